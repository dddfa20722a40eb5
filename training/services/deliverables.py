"""What an expert owes in a case: handed in by the expert's link or by staff, accepted or sent back by staff."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line, paragraphs
from spm_portal.common.uploads import CheckedFile, read_upload
from training.enums import CaseStage, DeliverableState
from training.models import Deliverable
from training.services import case_notices
from training.services.case_calls import chosen_call
from training.services.case_steps import locked_case, log

MOST_NOTE, MOST_DECISION = 4000, 500


def hand_in(
    *,
    deliverable_id: UUID,
    note: str,
    by: User | None,
    at: datetime,
    upload: "UploadedFile[bytes] | None" = None,
    call_id: UUID | None = None,
) -> Deliverable:
    """Hand a deliverable in, as a file, as words, or both; sending the same twice is harmless. Raises Refused.

    `by` is None for the expert by link, whose call is `call_id`.
    """
    file = read_upload(upload) if upload is not None else None
    words = paragraphs(note)
    if len(words) > MOST_NOTE:
        raise Refused(_("Write a note of at most %(limit)d characters.") % {"limit": MOST_NOTE})
    with transaction.atomic(), acting(by):
        one = _locked(deliverable_id, by, call_id)
        if _is_repeat(one, words, file):
            return one
        if one.state == DeliverableState.ACCEPTED:
            raise Refused(
                _("“%(title)s” was accepted, so that nothing of it changes.") % {"title": one.title}
            )
        if file is None and not words:
            raise Refused(_("Attach a file, or write where the result can be found."))
        if file is not None:
            _keep(one, file)
        one.note, one.state, one.delivered_at = words, DeliverableState.DELIVERED, at
        one.save()
        log("case.delivered", one.case, by, at, deliverable=str(one.pk), by_link=by is None)
        case_notices.delivered(one, by=by, at=at)
    return one


def accept(*, deliverable_id: UUID, by: User, at: datetime, words: str = "") -> Deliverable:
    """Accept a deliverable; doing it twice is harmless. Raises Refused."""
    return _decide(deliverable_id, DeliverableState.ACCEPTED, words, by, at)


def send_back(*, deliverable_id: UUID, words: str, by: User, at: datetime) -> Deliverable:
    """Send a deliverable back with words that say what is to be done; doing it twice is harmless. Raises Refused."""
    return _decide(deliverable_id, DeliverableState.RETURNED, words, by, at)


def _decide(deliverable_id: UUID, state: DeliverableState, words: str, by: User, at: datetime) -> Deliverable:
    said = one_line(words)
    with transaction.atomic(), acting(by):
        one = _locked(deliverable_id, by, None)
        if one.state == state:
            return one
        if one.state != DeliverableState.DELIVERED:
            raise Refused(
                _("“%(title)s” is “%(state)s”. Only what was delivered can be accepted or sent back.")
                % {"title": one.title, "state": one.get_state_display()}
            )
        if len(said) > MOST_DECISION:
            raise Refused(_("Write at most %(limit)d characters.") % {"limit": MOST_DECISION})
        if state == DeliverableState.RETURNED and not said:
            raise Refused(_("Write what is to be done, so that the expert knows."))
        one.state, one.decision, one.decided_at, one.decided_by = state, said, at, by
        one.save(update_fields=["state", "decision", "decided_at", "decided_by"])
        log(f"case.deliverable_{state}", one.case, by, at, deliverable=str(one.pk))
        case_notices.decided(one, by=by, at=at)
    return one


def _locked(deliverable_id: UUID, by: User | None, call_id: UUID | None) -> Deliverable:
    """A deliverable under the lock of its case, which is under way."""
    known = Deliverable.objects.filter(pk=deliverable_id).first()
    if known is None:
        raise PermissionDenied
    if by is None and (call_id is None or chosen_call(call_id).case_id != known.case_id):
        raise PermissionDenied
    case = locked_case(known.case_id, by, "training.run_case")
    if case.stage != CaseStage.DELIVERY:
        raise Refused(
            _("Deliverables are handed in and accepted while the case is “%(stage)s”.")
            % {"stage": CaseStage.DELIVERY.label}
        )
    one = Deliverable.objects.get(pk=deliverable_id)  # as it is now that nobody else changes it
    one.case = case
    return one


def _is_repeat(one: Deliverable, note: str, file: CheckedFile | None) -> bool:
    same_file = one.sha256 == file.sha256 if file is not None else True
    return one.state == DeliverableState.DELIVERED and one.note == note and same_file


def _keep(one: Deliverable, file: CheckedFile) -> None:
    # nothing of the given name reaches the file system; files of earlier rounds stay for the history
    one.file.save(
        f"deliverables/{one.association_id}/{one.pk}-{file.sha256[:16]}.{file.kind}",
        ContentFile(file.content),
        save=False,
    )
    one.name, one.content_type = file.name, file.content_type
    one.size, one.sha256 = len(file.content), file.sha256
