"""What an association owes a donor under an accepted offer: written down, drafted, handed in, asked about, accepted."""

from datetime import date, datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from capacity.enums import DutyState
from capacity.models import Obligation, ObligationStep
from capacity.services import support_notices
from capacity.services.offers import accepted, locked_offer, text_of
from capacity.services.owned import locked_for
from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.uploads import CheckedFile, read_upload

MOST_TITLE, MOST_REASON = 200, 300
MOST_TEXT = 20_000
# the association works on it
OPEN = (DutyState.DUE, DutyState.DRAFT, DutyState.QUESTIONS)
SETTLED = (DutyState.ACCEPTED, DutyState.SKIPPED)


def add(*, offer_id: UUID, title: str, due_on: date, by: User, at: datetime) -> Obligation:
    """Write down something that the association owes under an accepted offer; either side may.

    The same title on the same day is the one that is there. Raises Refused.
    """
    with transaction.atomic(), acting(by):
        offer = locked_offer(offer_id, by, "capacity.follow_offer")
        accepted(offer)
        words = " ".join(title.split())
        if not words or len(words) > MOST_TITLE:
            raise Refused(_("Say what is due in at most %(limit)d characters.") % {"limit": MOST_TITLE})
        known = offer.obligations.filter(title=words, due_on=due_on).first()
        if known is not None:
            return known
        made: Obligation = offer.obligations.create(
            association_id=offer.association_id,
            donor_id=offer.donor_id,
            title=words,
            due_on=due_on,
            state_since=at,
        )
        _log("obligation.added", made, by, at, due=due_on.isoformat())
    return made


def save_draft(
    *,
    obligation_id: UUID,
    text: str,
    version: int,
    by: User,
    at: datetime,
    upload: "UploadedFile[bytes] | None" = None,
) -> Obligation:
    """Keep what is written so far; the donor reads nothing of it before it is handed in.

    `version` is the one that the page showed: somebody else's newer words are never written over. Raises Refused.
    """
    file = read_upload(upload) if upload is not None else None
    with transaction.atomic(), acting(by):
        duty = _locked(obligation_id, by, "capacity.report_on_obligation")
        accepted(duty.offer)
        if _is_repeat(duty, text, version, file):
            return duty
        _write(duty, text, version, file, at)
        if duty.state != DutyState.DRAFT:
            _move(duty, DutyState.DRAFT, "", by, at)
        _save(duty)
        _log("obligation.draft", duty, by, at)
    return duty


def hand_in(
    *,
    obligation_id: UUID,
    text: str,
    version: int,
    by: User,
    at: datetime,
    upload: "UploadedFile[bytes] | None" = None,
) -> Obligation:
    """Hand the report in: the donor reads text and file from now on. Doing it twice is harmless. Raises Refused."""
    file = read_upload(upload) if upload is not None else None
    with transaction.atomic(), acting(by):
        duty = _locked(obligation_id, by, "capacity.report_on_obligation")
        accepted(duty.offer)
        if duty.state == DutyState.SUBMITTED and _is_repeat(duty, text, version, file):
            return duty
        _write(duty, text, version, file, at)
        if not duty.text and not duty.file:
            raise Refused(_("There is nothing to hand in yet. Write the report, or attach it as a file."))
        step = _move(duty, DutyState.SUBMITTED, duty.text, by, at)
        _save(duty)
        _log("obligation.submitted", duty, by, at)
        support_notices.moved(duty, step, to_donor=True, at=at)
    return duty


def ask(*, obligation_id: UUID, text: str, by: User, at: datetime) -> Obligation:
    """Give a report back with questions, as the donor. Raises Refused."""
    return _review(obligation_id, DutyState.QUESTIONS, (DutyState.SUBMITTED,), text, by, at)


def accept(*, obligation_id: UUID, by: User, at: datetime, text: str = "") -> Obligation:
    """Accept a report, as the donor; doing it twice is harmless. Raises Refused."""
    return _review(
        obligation_id, DutyState.ACCEPTED, (DutyState.SUBMITTED, DutyState.QUESTIONS), text, by, at
    )


def skip(*, obligation_id: UUID, reason: str, by: User, at: datetime) -> Obligation:
    """Say as the donor that something is not needed, and why; doing it twice is harmless. Raises Refused."""
    words = " ".join(reason.split())
    if len(words) > MOST_REASON:
        raise Refused(_("Say why in at most %(limit)d characters.") % {"limit": MOST_REASON})
    return _review(obligation_id, DutyState.SKIPPED, (*OPEN, DutyState.SUBMITTED), words, by, at)


def put_off(*, obligation_id: UUID, due_on: date, by: User, at: datetime) -> Obligation:
    """Give something another due day, as the donor; reminders begin anew. Raises Refused."""
    with transaction.atomic(), acting(by):
        duty = _locked(obligation_id, by, "capacity.review_obligation")
        accepted(duty.offer)
        if duty.state in SETTLED:
            raise Refused(_("This is settled, so that it needs no other day."))
        if due_on != duty.due_on:
            before, duty.due_on = duty.due_on, due_on
            duty.reminded = ""
            duty.save(update_fields=["due_on", "reminded"])
            _log("obligation.put_off", duty, by, at, before=before.isoformat(), due=due_on.isoformat())
            support_notices.put_off(duty, at=at)
    return duty


def _review(
    obligation_id: UUID,
    state: DutyState,
    from_states: tuple[DutyState, ...],
    text: str,
    by: User,
    at: datetime,
) -> Obligation:
    with transaction.atomic(), acting(by):
        duty = _locked(obligation_id, by, "capacity.review_obligation")
        accepted(duty.offer)
        words = text_of(text)
        if duty.state == state and state in SETTLED:
            return duty
        if (
            duty.state == state
            and duty.steps.filter(state=state, text=words, at__gte=duty.state_since).exists()
        ):
            return duty  # the second of two clicks
        if duty.state not in from_states:
            raise Refused(
                _("This cannot be done while the report is “%(state)s”. Look at the page anew.")
                % {"state": duty.get_state_display()}
            )
        if not words and state == DutyState.QUESTIONS:
            raise Refused(_("Write your questions, so that the association knows what to add."))
        if not words and state == DutyState.SKIPPED:
            raise Refused(_("Say why it is not needed."))
        if state == DutyState.SKIPPED:
            duty.skip_reason = words
        step = _move(duty, state, words, by, at)
        _save(duty)
        _log(f"obligation.{state}", duty, by, at)
        support_notices.moved(duty, step, to_donor=False, at=at)
    return duty


def _locked(obligation_id: UUID, by: User, permission: str) -> Obligation:
    rows = Obligation.objects.select_related("offer__association", "offer__donor", "offer__item")
    return locked_for(by, permission, rows, obligation_id)


def _is_repeat(duty: Obligation, text: str, version: int, file: CheckedFile | None) -> bool:
    """Whether a page sends again what it has sent just before: the second of two clicks."""
    same_file = file is None or (duty.name == file.name and file.sha256[:16] in (duty.file.name or ""))
    return duty.version == version + 1 and duty.text == text.strip() and same_file


def _write(duty: Obligation, text: str, version: int, file: CheckedFile | None, at: datetime) -> None:
    if duty.state not in OPEN:
        raise Refused(
            _("The report is “%(state)s”, so that it cannot be changed. What you typed was not kept.")
            % {"state": duty.get_state_display()}
        )
    if duty.version != version:
        raise Refused(
            _(
                "Somebody else changed this report since you opened the page. Your text still stands below: "
                "compare it with theirs, which stands beneath it, and save again."
            )
        )
    words = text.strip()
    if len(words) > MOST_TEXT:
        raise Refused(
            _("The text has %(count)d characters; at most %(limit)d fit. Attach it as a file instead.")
            % {"count": len(words), "limit": MOST_TEXT}
        )
    duty.text = words
    duty.version += 1
    if file is not None:
        # nothing of the given name reaches the file system; files of earlier rounds stay for the history
        duty.file.save(
            f"obligations/{duty.association_id}/{duty.pk}-{file.sha256[:16]}.{file.kind}",
            ContentFile(file.content),
            save=False,
        )
        duty.name, duty.content_type = file.name, file.content_type


def _move(duty: Obligation, state: DutyState, text: str, by: User, at: datetime) -> ObligationStep:
    duty.state, duty.state_since = state, at
    return ObligationStep.objects.create(
        association_id=duty.association_id,
        donor_id=duty.donor_id,
        obligation=duty,
        state=state,
        text=text,
        at=at,
        by=by,
    )


def _save(duty: Obligation) -> None:
    duty.save(
        update_fields=[
            "state",
            "state_since",
            "text",
            "file",
            "name",
            "content_type",
            "skip_reason",
            "version",
        ]
    )


def _log(verb: str, duty: Obligation, by: User, at: datetime, **data: str) -> None:
    record(
        verb,
        duty,
        by=by,
        at=at,
        association_id=duty.association_id,
        donor=str(duty.donor_id),
        offer=str(duty.offer_id),
        **data,
    )
