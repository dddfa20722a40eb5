"""What happened to returns, for the home page, a return's own page and the reviewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.models import Association, User
from reporting.enums import Move, ReturnState
from reporting.models import Submission, Transition


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


def title_of(transition: Transition) -> str:
    """What a move did, as a past event."""
    if transition.move == Move.SUBMIT:
        again = transition.to_state == ReturnState.RESUBMITTED
        return _("Resubmitted") if again else _("Submitted")
    return {
        Move.SIGN: _("Signed by the first of two"),
        Move.START_REVIEW: _("Review started"),
        Move.SEND_BACK: _("Returned to the MFI"),
        Move.APPROVE: _("Approved"),
        Move.REOPEN: _("Re-opened"),
    }[Move(transition.move)]


def timeline(submission: Submission) -> Sequence[Event]:
    """The moves of a return, the newest first, and its beginning."""
    moves = submission.transitions.select_related("by").order_by("-at", "-pk")
    events = [
        Event(
            title=title_of(transition),
            by=str(transition.by) if transition.by else "",
            at=transition.at,
            text=transition.comment,
            strong=transition.move in {Move.SUBMIT, Move.SIGN, Move.APPROVE},
        )
        for transition in moves
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
