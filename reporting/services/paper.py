"""Keying a return that came on paper: staff begin and finish, the MFI's signature confirms."""

from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.selectors.readers import people_of
from members.services.letters import Letter, letter, tell
from reporting.models import Attachment, PaperEntry, Submission
from reporting.selectors.paper import keyed_codes
from reporting.services.attachments import give_up, store, unsaved
from reporting.services.locking import locked_return
from spm_portal.common.audit import acting, record
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import paragraphs
from spm_portal.common.uploads import read_upload

MAX_REASON = 1_000
SCANS = ("pdf", "png", "jpg")


class PaperForbidden(Refused):
    """The person may not do this with this return, whatever they correct."""


def begin(
    *,
    submission_id: UUID,
    reason: str,
    by: User,
    at: datetime,
    scan: "UploadedFile[bytes] | None" = None,
) -> PaperEntry:
    """Begin to key a return that came on paper; from then on this person may answer its questions.

    Where the same person has begun already, that entry goes on. Raises PaperForbidden, and Refused with what to do.
    """
    file = read_upload(scan, accept=SCANS) if scan is not None else None
    with transaction.atomic(), acting(by):
        submission = locked_return(submission_id, at=at)
        forget(by)
        if not by.has_perm("reporting.key_paper_return", submission):
            raise PaperForbidden(
                _(
                    "Staff key a return from paper while it is with the MFI, the round is open and nothing is locked."
                )
            )
        held = PaperEntry.objects.filter(submission=submission, closed_at=None).select_related("opened_by")
        known = held.first()
        if isinstance(known, PaperEntry):
            if known.opened_by_id == by.pk:
                return known
            raise Refused(
                _("%(person)s is keying this return from paper already. Only one person does at a time.")
                % {"person": known.opened_by}
            )
        reason = paragraphs(reason)
        if not reason:
            raise Refused(_("Say who handed the paper in, and how."))
        if len(reason) > MAX_REASON:
            raise Refused(_("Say it in at most %(limit)s characters.") % {"limit": MAX_REASON})
        stored: list[Attachment] = []
        try:
            if file is not None:
                attachment = unsaved(submission, file, by=by, at=at)
                stored.append(attachment)
                store(attachment, file)
            made = PaperEntry.objects.create(
                association_id=submission.association_id,
                institution_id=submission.institution_id,
                submission=submission,
                reason=reason,
                scan=stored[0] if stored else None,
                opened_at=at,
                opened_by=by,
            )
            assert isinstance(made, PaperEntry)
            _tell("paper.begun", submission, by, at)
        except BaseException:
            # a rolled back transaction leaves no row, so it must leave no file
            give_up(stored)
            raise
    return made


def finish(*, submission_id: UUID, by: User, at: datetime) -> int:
    """End the keying and ask the MFI to look; returns how many answers were keyed.

    The person who began or a manager ends it. Where nothing was keyed nobody is told, and only history keeps that it
    was begun. Nothing to end is no fault. Raises PaperForbidden.
    """
    with transaction.atomic(), acting(by):
        submission = locked_return(submission_id, at=at)
        forget(by)
        entry = PaperEntry.objects.filter(submission=submission, closed_at=None).first()
        is_staff = by.has_perm("reporting.view_board", submission.round)
        is_manager = by.has_perm("reporting.manage_round", submission.round)
        if not is_staff or (isinstance(entry, PaperEntry) and entry.opened_by_id != by.pk and not is_manager):
            raise PaperForbidden(_("Whoever began to key a return from paper, or a manager, ends it."))
        if not isinstance(entry, PaperEntry):
            return 0
        count = _close(entry, at)
        if count:
            _told(entry, submission, count, at)
        _tell("paper.finished" if count else "paper.given_up", submission, by, at)
    return count


def confirm(submission: Submission, *, by: User, at: datetime) -> None:
    """Note that the signature under these answers confirms what was keyed; `move` calls it in its transaction.

    An entry that is still open ends with the signature: the answers are handed in, so nobody keys any more.
    """
    entries = PaperEntry.objects.filter(submission=submission, confirmed_at=None)
    for entry in entries.select_for_update(of=("self",)):
        assert isinstance(entry, PaperEntry)
        if entry.closed_at is None and not _close(entry, at):
            continue
        entry.confirmed_at, entry.confirmed_by = at, by
        entry.save(update_fields=["confirmed_at", "confirmed_by"])


def _close(entry: PaperEntry, at: datetime) -> int:
    """End an entry and say how many answers it brought; one that brought none is taken away."""
    count = len(keyed_codes(entry))
    if count:
        entry.closed_at = at
        entry.save(update_fields=["closed_at"])
    else:
        entry.delete()
    return count


def _tell(verb: str, submission: Submission, by: User, at: datetime) -> None:
    record(verb, submission, by=by, at=at, association_id=submission.association_id)


def _told(entry: PaperEntry, submission: Submission, count: int, at: datetime) -> None:
    """Ask the people of the MFI to look at what was keyed in their name."""

    def words(_reader: User) -> Letter:
        values = {
            "mfi": submission.institution.label,
            "round": submission.round.name,
            "association": submission.association.label,
            "person": str(entry.opened_by),
            "count": count,
            "address": address_of("return", submission.association.slug, submission.pk),
        }
        return letter(
            _("%(mfi)s: your paper return “%(round)s” was keyed, please confirm it") % values,
            _(
                "%(person)s of %(association)s keyed the paper return of %(mfi)s for “%(round)s”. Answers "
                "keyed: %(count)s.\n\nLook at it. When it is right, a signatory of the MFI signs and submits it: "
                "the signature confirms what was keyed.\n\nOpen the return:\n%(address)s"
            )
            % values,
        )

    tell(
        people_of(submission.institution_id),
        words,
        purpose="paper.keyed",
        about=entry.pk,
        at=at,
        association_id=submission.association_id,
    )
