"""The two doors to a trainer's own pages: with an account, for all associations at once, and by a personal link."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from members.models import User
from members.web.guards import PersonRequest, person_page
from members.web.links import LinkRequest
from training.models import Expert, TrainingSession
from training.selectors.teaching import entries_of
from training.web.links import EXPERT_LINK
from training.web.teaching import Door

P = ParamSpec("P")

# the same page behind each door, by the name of the address with an account
LINK_NAMES = {
    "my_teaching_account": "my_teaching",
    "my_teaching_session": "teaching_session",
    "my_teaching_material": "teaching_material",
    "my_teaching_document": "teaching_document",
}


@dataclass(frozen=True, slots=True)
class OwnDoor:
    """Whose pages these are: the roster entries of one person; `by` None is the opener of the link."""

    experts: tuple[Expert, ...]
    by: User | None

    @property
    def is_link(self) -> bool:
        """Whether a personal link opened them."""
        return self.by is None

    def url(self, name: str, *parts: object) -> str:
        """The address of a page behind this door."""
        if self.is_link:
            return reverse(LINK_NAMES[name], args=[self.experts[0].pk, *parts])
        return reverse(name, args=parts)

    def of_session(self, session: TrainingSession, name: str) -> str:
        """The address of what is done in a session: attendance, results, papers."""
        return Door(session, self.by, self.experts[0] if self.is_link else None).url(name)


class OwnRequest(HttpRequest):
    """A request for a trainer's own pages."""

    own: OwnDoor


OwnView = Callable[Concatenate[OwnRequest, P], HttpResponse]


def account_door(view: OwnView[P]) -> Callable[..., HttpResponseBase]:
    """Guard a view at `/training/mine/…`: shows a person's own entries of the roster, none for most people."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.own = OwnDoor(entries_of(request.user), request.user)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return person_page(guarded)


def link_door(view: OwnView[P]) -> Callable[..., HttpResponse]:
    """Guard a view at `/training/teaching/<uuid>/…`: the browser opened this expert's link."""

    @wraps(view)
    def guarded(request: LinkRequest[Expert], *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.own = OwnDoor((request.opened,), None)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return EXPERT_LINK.page(guarded)
