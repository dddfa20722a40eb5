"""The guard of pages for guests, and the cookie by which a browser remembers the one link that it opened."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from reporting.models import GuestLink
from reporting.services.guests import guest_by_key
from spm_portal.common.rates import too_often

P = ParamSpec("P")

COOKIE = "guest"
SAVES_A_MINUTE = 120


class GuestRequest(HttpRequest):
    """A request of somebody without an account, who may answer the section of one link."""

    guest: GuestLink
    htmx: HtmxDetails


def guest_page(
    view: Callable[Concatenate[GuestRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Guard a view at `/guest/<uuid>/…`: the browser opened this very link, and the link has not ended.

    Whatever is missing, the answer is the same, so that nobody learns which links there are.
    """

    @wraps(view)
    def guarded(request: GuestRequest, pk: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = request.get_signed_cookie(COOKIE, default="", salt=_salt(pk))
        link = guest_by_key(pk, key, at=timezone.now()) if key else None
        if link is None:
            return gone(request)
        if request.method == "POST" and too_often(f"guest:{link.pk}", limit=SAVES_A_MINUTE):
            return gone(request, status=429)
        request.guest = link
        # a guest has no profile: moments are told in the association's time
        with timezone.override(ZoneInfo(link.submission.association.time_zone)):
            response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    page = never_cache(guarded)
    page.guard = "guest_page"  # type: ignore[attr-defined]
    return page


def gone(request: HttpRequest, *, status: int = 404) -> HttpResponse:
    """The one page for every link that opens nothing; sent to the script of a form as "not allowed any more"."""
    if status == 404 and request.method == "POST":
        status = 403
    response = render(
        request, "reporting/guests/gone.html", {"shell": None, "busy": status == 429}, status=status
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    # the address may hold a token: it must not come into the log of refused requests
    response._has_been_logged = True  # type: ignore[attr-defined] # read by django.utils.log
    return response


def remember(response: HttpResponse, link: GuestLink) -> None:
    """Let this browser open the link's pages, and send the cookie to no other page."""
    response.set_signed_cookie(
        COOKIE,
        link.token_hash,
        salt=_salt(link.pk),
        expires=link.expires_at,
        path=reverse("guest_section", args=[link.pk]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(pk: UUID) -> str:
    return f"reporting.guest:{pk}"
