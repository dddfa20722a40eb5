"""The two doors to what trainers do in a session: with an account (staff too), and by a trainer's personal link."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from members.models import User
from members.web.guards import found_or_404
from members.web.links import LinkRequest
from training.models import Expert, TrainingSession
from training.web.links import EXPERT_LINK
from training.web.sessions import SessionRequest, session_page

P = ParamSpec("P")

# the same page behind each door, by the name of the address with an account
LINK_NAMES = {
    "session_ics": "teaching_calendar",
    "session_attendance": "teaching_attendance",
    "session_results": "teaching_results",
    "session_paper": "teaching_paper",
    "session_paper_job": "teaching_paper_job",
    "session_paper_file": "teaching_paper_file",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Through which door a session was opened: by somebody with an account, or by the trainer of a link."""

    session: TrainingSession
    by: User | None
    expert: Expert | None

    @property
    def is_link(self) -> bool:
        """Whether a personal link opened it."""
        return self.by is None

    @property
    def is_run(self) -> bool:
        """Whether staff opened it, who see what trainers do not."""
        return self.by is not None and self.by.has_perm("training.run_session", self.session)

    @property
    def session_url(self) -> str:
        """The trainer's own page of the session."""
        if self.expert is not None:
            return reverse("teaching_session", args=[self.expert.pk, self.session.pk])
        return reverse("my_teaching_session", args=[self.session.pk])

    @property
    def attendance_url(self) -> str:
        """The list of who was there."""
        return self.url("session_attendance")

    @property
    def results_url(self) -> str:
        """What came of the session."""
        return self.url("session_results")

    @property
    def papers_url(self) -> str:
        """Where the sheet to sign and the questions to print are asked for."""
        return self.url("session_paper")

    def url(self, name: str, *parts: object) -> str:
        """The address of a page about the session behind this door, by its name with an account."""
        if self.expert is not None:
            return reverse(LINK_NAMES[name], args=[self.expert.pk, self.session.pk, *parts])
        return reverse(name, args=[self.session.association.slug, self.session.pk, *parts])


class TeachingRequest(HttpRequest):
    """A request for one session by somebody who teaches or runs it."""

    door: Door
    htmx: HtmxDetails


TeachingView = Callable[Concatenate[TeachingRequest, P], HttpResponse]


def account_door(view: TeachingView[P]) -> Callable[..., HttpResponseBase]:
    """Guard a view at `/a/<slug>/training/sessions/<uuid>/…`: staff, and trainers of the session with an account."""

    @wraps(view)
    def guarded(request: SessionRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.door = Door(request.training_session, request.user, None)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return session_page("training.teach_session")(guarded)


def link_door(view: TeachingView[P]) -> Callable[..., HttpResponse]:
    """Guard a view at `/training/teaching/<uuid>/<session>/…`: a session that the trainer of the link teaches."""

    @wraps(view)
    def guarded(
        request: LinkRequest[Expert], session: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        taught = TrainingSession.objects.select_related("association", "course")
        found = found_or_404(taught.filter(trainers__expert=request.opened), pk=session)
        request.door = Door(found, None, request.opened)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return EXPERT_LINK.page(guarded)
