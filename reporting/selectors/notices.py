"""What happened to returns, for the home page, a return's own page and the reviewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.models import Association, User
from reporting.enums import Move, ReturnState
from reporting.models import Submission, Transition
from spm_portal.common.prepared import Prepared

_MOVES: Prepared[Any] = Prepared(
    lambda submission: (
        Transition.objects.filter(submission=submission)
        .order_by("-at", "-pk")
        .values_list("move", "to_state", "at", "comment", "by__name", "by__email", named=True)
    )
)


class Moved(Protocol):
    """As much of a move as its title says."""

    @property
    def move(self) -> str:
        """Which move."""

    @property
    def to_state(self) -> str:
        """Where it led."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in words; the shape that the timeline component shows."""

    title: str
    by: str
    at: datetime
    text: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One move of one return, told to both sides."""

    transition: Transition
    title: str

    @property
    def submission(self) -> Submission:
        """The return that moved."""
        return self.transition.submission


def title_of(moved: Moved) -> str:
    """What a move did, as a past event."""
    if moved.move == Move.SUBMIT:
        again = moved.to_state == ReturnState.RESUBMITTED
        return _("Resubmitted") if again else _("Submitted")
    return {
        Move.SIGN: _("Signed by the first of two"),
        Move.START_REVIEW: _("Review started"),
        Move.SEND_BACK: _("Returned to the MFI"),
        Move.APPROVE: _("Approved"),
        Move.REOPEN: _("Re-opened"),
    }[Move(moved.move)]


def timeline(submission: Submission) -> Sequence[Event]:
    """The moves of a return, the newest first, and its beginning."""
    events = [
        Event(
            title=title_of(one),
            by=one.by__name or one.by__email or "",
            at=one.at,
            text=one.comment,
            strong=one.move in {Move.SUBMIT, Move.SIGN, Move.APPROVE},
        )
        for one in _MOVES(submission.pk)
    ]
    return [*events, Event(title=_("Round opened"), by="", at=submission.round.opened_at)]


def notices(user: User, association: Association, *, limit: int = 8) -> Sequence[Notice]:
    """The latest moves of returns that the person may see, in one query; those of imports tell nobody anything."""
    latest: QuerySet[Transition] = (
        Transition.objects.visible_to(user)
        .filter(association=association, submission__imported=False)
        .select_related("by", "submission__institution", "submission__round", "submission__association")
        .order_by("-at", "-pk")[:limit]
    )
    return [Notice(transition, title_of(transition)) for transition in latest]
