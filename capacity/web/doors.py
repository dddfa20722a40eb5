"""The two doors to a rater's form: staff with an account (their own form, or one on paper), and a personal link."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from capacity.models import Rater
from capacity.selectors.rating import raters
from capacity.services.raters import rater_by_key
from capacity.services.scores import RatingForbidden, allow_scoring
from members.models import User
from members.web.guards import AssociationRequest, association_page, found_or_404
from spm_portal.common.rates import too_often

P = ParamSpec("P")

COOKIE = "rater"
SAVES_A_MINUTE = 240
# the same page behind each door, by the name of the address at the staff's
LINK_NAMES = {
    "rating": "rater_page",
    "rating_area": "rater_area",
    "rating_score": "rater_score",
    "rating_proofs": "rater_proofs",
    "rating_file": "rater_file",
}


@dataclass(frozen=True)
class Door:
    """Through which door a form was opened: whose form it is, and who acts (`by` None: the opener of the link)."""

    rater: Rater
    by: User | None

    @property
    def is_link(self) -> bool:
        """Whether a personal link opened it."""
        return self.by is None

    @property
    def is_paper(self) -> bool:
        """Whether staff key in what somebody wrote on paper."""
        return self.rater.on_paper

    def url(self, name: str, *parts: object) -> str:
        """The address of a page of the form behind this door."""
        if self.is_link:
            return reverse(LINK_NAMES[name], args=[self.rater.pk, *parts])
        return reverse(name, args=[self.rater.assessment.association.slug, self.rater.pk, *parts])


class RatingRequest(HttpRequest):
    """A request for the form of one rater."""

    door: Door
    htmx: HtmxDetails


RatingView = Callable[Concatenate[RatingRequest, P], HttpResponse]


def staff_door(view: RatingView[P]) -> Callable[..., HttpResponseBase]:
    """Guard a view at `/a/<slug>/capacity/raters/<uuid>/…`: the rater's own form, or one on paper that staff key in."""

    @wraps(view)
    def guarded(request: AssociationRequest, pk: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        rater = found_or_404(raters().filter(association=request.association), pk=pk)
        try:
            allow_scoring(rater, request.user, at=timezone.now())
        except RatingForbidden as refused:
            raise PermissionDenied(refused.message) from None
        request.door = Door(rater, request.user)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return association_page("capacity.view_capacity")(guarded)


def link_door(view: RatingView[P]) -> Callable[..., HttpResponse]:
    """Guard a view at `/capacity/rating/<uuid>/…`: the browser opened this rater's link, and the link has not ended.

    Whatever is missing, the answer is the same, so that nobody learns which raters there are.
    """

    @wraps(view)
    def guarded(request: RatingRequest, pk: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = request.get_signed_cookie(COOKIE, default="", salt=_salt(pk))
        rater = rater_by_key(pk, key, at=timezone.now()) if key else None
        if rater is None:
            return gone(request)
        if request.method == "POST" and too_often(f"rater:{rater.pk}", limit=SAVES_A_MINUTE):
            return gone(request, status=429)
        request.door = Door(rater, None)
        # a rater by link has no profile: moments are told in the association's time
        with timezone.override(ZoneInfo(rater.assessment.association.time_zone)):
            response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    page = never_cache(guarded)
    page.guard = "guest_page"  # type: ignore[attr-defined]
    return page


def gone(request: HttpRequest, *, status: int = 404) -> HttpResponse:
    """The one page for every link that opens nothing; sent to the form's script as "not allowed any more"."""
    if status == 404 and request.method == "POST":
        status = 403
    response = render(
        request, "capacity/rating/gone.html", {"shell": None, "busy": status == 429}, status=status
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    # the address may hold a token: it must not come into the log of refused requests
    response._has_been_logged = True  # type: ignore[attr-defined] # read by django.utils.log
    return response


def remember(response: HttpResponse, rater: Rater) -> None:
    """Let this browser open the rater's form, and send the cookie to no other page."""
    response.set_signed_cookie(
        COOKIE,
        rater.token_hash or "",
        salt=_salt(rater.pk),
        expires=rater.link_ends_at,
        path=reverse("rater_page", args=[rater.pk]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(pk: UUID) -> str:
    return f"capacity.rater:{pk}"
