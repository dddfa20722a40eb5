"""Approving many returns at once, only those with which nothing is left to ask."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from reporting.enums import Move, QuestionState, ReturnState
from reporting.models import Submission
from reporting.selectors.rounds import WITH_STAFF
from reporting.services.locking import locked_return
from reporting.services.outcomes import Outcome
from reporting.services.transitions import MoveRefused, move


def approve_clean(*, submission_ids: Collection[UUID], by: User, at: datetime) -> Sequence[Outcome]:
    """Approve the returns without errors, warnings without a reason and questions; the others stay, with the reason.

    Each return in a transaction of its own, by the moves of a single one: started if nobody has, then approved.
    Where the round asks for four eyes, the move itself refuses whoever began the review, and nothing is started.
    """
    submissions = (
        Submission.objects.filter(pk__in=submission_ids)
        .select_related("association", "institution", "round")
        .order_by("institution__name", "pk")
    )
    return [_approve(submission, by, at) for submission in submissions]


def _approve(submission: Submission, by: User, at: datetime) -> Outcome:
    try:
        with transaction.atomic():
            held = locked_return(submission.pk)
            refusal = _why_not(held)
            if refusal:
                return Outcome(submission, False, refusal)
            if held.state != ReturnState.IN_REVIEW:
                move(submission_id=held.pk, move=Move.START_REVIEW, by=by, at=at)
            move(submission_id=held.pk, move=Move.APPROVE, by=by, at=at)
    except MoveRefused as error:
        return Outcome(submission, False, str(error))
    return Outcome(submission, True, _("approved"))


def _why_not(held: Submission) -> str:
    if held.state == ReturnState.APPROVED:
        return _("It is approved already.")
    if held.state not in WITH_STAFF:
        return _("The member holds the return.")
    if held.error_count:
        return _("It has errors.")
    if held.unexplained_count:
        return _("It has warnings without a reason.")
    if held.questions.exclude(state=QuestionState.RESOLVED).exists():
        return _("Questions on it are not resolved.")
    return ""
