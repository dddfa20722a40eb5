"""The row lock of a return: answers, questions, evidence and moves of one return come one after the other."""

from datetime import datetime
from uuid import UUID

from reporting.models import Submission
from reporting.models.submission import SubmissionQuerySet
from reporting.selectors.return_rows import WITH_ROUND, WITHOUT
from spm_portal.common.prepared import Prepared


def locked_returns() -> SubmissionQuerySet:
    """Returns whose rows are locked when they are read, with what permissions and sheets ask of them."""
    return Submission.objects.select_for_update(of=("self",)).select_related(*WITH_ROUND).defer(*WITHOUT)


_LOCKED = Prepared(lambda pk: locked_returns().filter(pk=pk))


_LOCKED_AGAIN = Prepared(
    lambda pk: Submission.objects.select_for_update(of=("self",)).select_related("round").filter(pk=pk)
)


def locked_return(
    submission_id: UUID, *, at: datetime | None = None, known: Submission | None = None
) -> Submission:
    """One return under its row lock, until the transaction ends; `at` is the moment at which permissions look at it.

    `known`: the same return as it was read a moment ago; its MFI, association and catalogue are taken from there.
    """
    found = _LOCKED(submission_id) if known is None else _LOCKED_AGAIN(submission_id)
    if not found:
        raise Submission.DoesNotExist
    submission = found[0]
    if known is not None:
        submission.institution, submission.association = known.institution, known.association
        if submission.round.catalogue_id == known.round.catalogue_id:
            submission.round.catalogue = known.round.catalogue
    submission.as_of = at
    return submission
