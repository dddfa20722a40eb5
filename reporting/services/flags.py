"""Marks "come back to this" on single questions, for everybody of the MFI."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from reporting.models import AnswerFlag, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.services.locking import locked_return
from spm_portal.common.audit import record
from spm_portal.common.refusal import Refused


def set_flag(*, submission_id: UUID, code: str, on: bool, by: User, at: datetime) -> None:
    """Put the mark on a question or take it away; what is so already writes nothing.

    Raises Refused for a code that the catalogue does not have, PermissionDenied where the person cannot change the
    return.
    """
    with transaction.atomic():
        submission = shared_return(submission_id, by=by, at=at)
        if code not in catalogue_of(submission.round.catalogue).position:
            raise Refused(_("This question is not in the form."))
        flags = AnswerFlag.objects.filter(submission=submission, code=code)
        if on is flags.exists():
            return
        if on:
            AnswerFlag.objects.create(
                association_id=submission.association_id,
                institution_id=submission.institution_id,
                submission=submission,
                code=code,
                flagged_at=at,
                flagged_by=by,
            )
        else:
            flags.delete()
        record(
            "answer.flag" if on else "answer.unflag",
            submission,
            by=by,
            at=at,
            association_id=submission.association_id,
            code=code,
        )


def shared_return(submission_id: UUID, *, by: User, at: datetime) -> Submission:
    """The return under a row lock, if this person may share its work now; otherwise PermissionDenied."""
    submission = locked_return(submission_id, at=at)
    if not by.has_perm("reporting.share_work", submission):
        raise PermissionDenied
    return submission
