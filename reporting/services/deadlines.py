"""Extensions: a later due moment for single members, with a reason, told to their people by mail."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import rules
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from reporting.models import Extension, Submission
from reporting.services import deadline_mails
from reporting.services.outcomes import Outcome, known_returns
from spm_portal.common import audit
from spm_portal.common.typed import one_line

MAX_REASON = 1000


class ExtensionRefused(Exception):
    """Why nobody got an extension; `field` names the part of the form where there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ExtensionForbidden(ExtensionRefused):
    """The person may not give extensions in one of these returns' rounds."""


def extend(
    *, submission_ids: Collection[UUID], due_at: datetime, reason: str, by: User, at: datetime
) -> Sequence[Outcome]:
    """Give one or many returns a later due moment; what became of each, in the order of the members' names.

    The same moment for the same return again writes nothing. A return that the association holds, or that is due
    later already, is passed over in words. Raises ExtensionRefused where the moment or the reason is at fault.
    """
    reason = one_line(reason)
    if not reason:
        raise ExtensionRefused(_("Write why, so that anybody can understand it later."), "reason")
    if len(reason) > MAX_REASON:
        raise ExtensionRefused(
            _("The reason has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(reason), "limit": MAX_REASON},
            "reason",
        )
    if due_at <= at:
        raise ExtensionRefused(_("The due time has passed already. Choose one in the future."), "due")
    with transaction.atomic(), audit.acting(by, reason=reason):
        forget(by)  # roles as they are now, not as the request found them
        outcomes = []
        for submission in known_returns(submission_ids):
            if not rules.has_perm("reporting.extend_deadline", by, submission):
                raise ExtensionForbidden(_("Only a manager of the association can do this."))
            refusal = _why_not(submission, due_at)
            if not refusal:
                _write(submission, due_at=due_at, reason=reason, by=by, at=at)
            outcomes.append(Outcome(submission, not refusal, refusal or _("extended")))
    return outcomes


def _why_not(submission: Submission, due_at: datetime) -> str:
    if not submission.round.is_open:
        return _("The round is closed.")
    if not submission.is_editable:
        return _("Nothing is due: the association holds the return.")
    if submission.due.at == due_at:
        return _("It is due at that moment already.")
    if submission.due.at > due_at:
        return _("It is due later already.")
    return ""


def _write(submission: Submission, *, due_at: datetime, reason: str, by: User, at: datetime) -> None:
    before = submission.due.at
    extension = Extension.objects.create(
        association_id=submission.association_id,
        institution_id=submission.institution_id,
        submission=submission,
        due_at=due_at,
        reason=reason,
        granted_at=at,
        granted_by=by,
    )
    submission.newest_extension = due_at
    audit.record(
        "return.extended",
        submission,
        by=by,
        at=at,
        association_id=submission.association_id,
        reason=reason,
        before=before.isoformat(),
        after=due_at.isoformat(),
    )
    deadline_mails.extended(submission, extension, at=at)
