"""Personal links: the secret address in a mail opens the pages of one person who has no account, in this browser."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from spm_portal.common.rates import too_often

P = ParamSpec("P")
M = TypeVar("M", bound=Model)

OPENINGS_A_MINUTE = 60


class LinkRequest(HttpRequest, Generic[M]):
    """A request by somebody whose personal link this browser opened: `opened` is the row that the link belongs to."""

    opened: M
    htmx: HtmxDetails


@dataclass(frozen=True)
class PersonalLink(Generic[M]):
    """A kind of personal link, to rows with `token_hash` and `association`.

    `name` names its cookie; `home` the address of its first page, which takes the row's key. `by_token(token, at=)`
    finds the row whose link still opens something at a moment, `by_key(id, key, at=)` likewise by what the cookie
    keeps, the hash of the token. `ends_at` says when a row's link ends, None where it has no day.
    """

    name: str
    home: str
    by_token: Callable[..., M | None]
    by_key: Callable[..., M | None]
    ends_at: Callable[[M], datetime | None]
    posts_a_minute: int = 120

    def open(self, request: HttpRequest, token: str) -> HttpResponse:
        """Answer the address in the mail: remember the link in this browser, and leave the secret address at once."""
        if too_often(f"{self.name}-link:{get_ip(request)}", limit=OPENINGS_A_MINUTE):
            return gone(request, status=429)
        found = self.by_token(token, at=timezone.now())
        if found is None:
            return gone(request)
        response = redirect(self.home, found.pk)
        self._remember(response, found)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    def page(
        self, view: Callable[Concatenate[LinkRequest[M], P], HttpResponse]
    ) -> Callable[..., HttpResponse]:
        """Guard a view at `…/<uuid>/…`: the browser opened this very link, and the link has not ended.

        Whatever is missing, the answer is the same, so that nobody learns which links there are.
        """

        @wraps(view)
        def guarded(request: LinkRequest[M], pk: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            key = request.get_signed_cookie(self.name, default="", salt=self._salt(pk))
            found = self.by_key(pk, key, at=timezone.now()) if key else None
            if found is None:
                return gone(request)
            if request.method == "POST" and too_often(f"{self.name}:{pk}", limit=self.posts_a_minute):
                return gone(request, status=429)
            request.opened = found
            row: Any = found
            # somebody by link has no profile: moments are told in the association's time
            with timezone.override(ZoneInfo(row.association.time_zone)):
                response = view(request, *args, **kwargs)
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        page = never_cache(guarded)
        page.guard = "guest_page"  # type: ignore[attr-defined]
        return page

    def _remember(self, response: HttpResponse, found: M) -> None:
        row: Any = found
        response.set_signed_cookie(
            self.name,
            row.token_hash,
            salt=self._salt(row.pk),
            expires=self.ends_at(found),
            path=reverse(self.home, args=[row.pk]),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )

    def _salt(self, pk: UUID) -> str:
        return f"{self.name}:{pk}"


def gone(request: HttpRequest, *, status: int = 404) -> HttpResponse:
    """The one page for every link that opens nothing; sent to the script of a form as "not allowed any more"."""
    if status == 404 and request.method == "POST":
        status = 403
    response = render(request, "links/gone.html", {"shell": None, "busy": status == 429}, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    # the address may hold a token: it must not come into the log of refused requests
    response._has_been_logged = True  # type: ignore[attr-defined] # read by django.utils.log
    return response
