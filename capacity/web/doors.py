"""The two doors to a rater's form: staff with an account (their own form, or one on paper), and a personal link."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from capacity.models import Rater
from capacity.selectors.rating import raters
from capacity.services.raters import rater_by_key, rater_by_token
from capacity.services.scores import RatingForbidden, allow_scoring
from members.models import User
from members.web.guards import AssociationRequest, association_page, found_or_404
from members.web.links import LinkRequest, PersonalLink

P = ParamSpec("P")

RATER_LINK = PersonalLink(
    name="rater",
    home="rater_page",
    by_token=rater_by_token,
    by_key=rater_by_key,
    ends_at=lambda rater: rater.link_ends_at,
    posts_a_minute=240,
)
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
    """Guard a view at `/capacity/rating/<uuid>/…`: the browser opened this rater's link, and the link has not ended."""

    def opened(request: LinkRequest[Rater], *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.door = Door(request.opened, None)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return RATER_LINK.page(wraps(view)(opened))
