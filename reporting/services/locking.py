"""The row lock of a return: answers, questions, evidence and moves of one return come one after the other."""

from datetime import datetime
from uuid import UUID

from reporting.models import Submission
from reporting.models.submission import SubmissionQuerySet
from reporting.selectors.returns import WITH_ROUND, WITHOUT


def locked_returns() -> SubmissionQuerySet:
    """Returns whose rows are locked when they are read, with what permissions and sheets ask of them."""
    return Submission.objects.select_for_update(of=("self",)).select_related(*WITH_ROUND).defer(*WITHOUT)


def locked_return(submission_id: UUID, *, at: datetime | None = None) -> Submission:
    """One return under its row lock, until the transaction ends; `at` is the moment at which permissions look at it."""
    submission = locked_returns().get(pk=submission_id)
    submission.as_of = at
    return submission
