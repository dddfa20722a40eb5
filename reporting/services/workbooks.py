"""Excel as an equal channel: make the workbook, take one in, rehearse what it would change, confirm or discard it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.models import User
from members.workbooks import guard
from reporting.enums import AnswerSource, UploadState
from reporting.models import Submission
from reporting.models.workbook import WorkbookUpload
from reporting.selectors.returns import ReturnSheet, load_sheet
from reporting.selectors.workbooks import WORKBOOK_KIND
from reporting.services.answers import AnswerChange, EditRefused, SaveResult, save_answers
from reporting.services.locking import locked_return
from reporting.workbooks import compare
from reporting.workbooks.layout import FORMAT
from reporting.workbooks.mark import Mark, MarkBroken
from reporting.workbooks.reader import ReadAnswer, mark_in, read
from spm_portal.common.audit import record
from spm_portal.common.jobs import request_job
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.uploads import read_upload

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

FILE, PORTAL = "file", "portal"  # which of two values of a conflict is right


def make_workbook(sheet: ReturnSheet, *, language: str, at: datetime) -> tuple[bytes, str]:
    """The workbook of a return as it is now, and the name of its file."""
    from reporting.workbooks.writer import write  # late: loads XlsxWriter

    submission = sheet.submission
    name = slugify(submission.institution.label) or "return"
    return write(sheet, language=language, at=at), f"{name}-{submission.round.code}.xlsx"


def upload(*, submission_id: UUID, upload: "UploadedFile[bytes]", by: User, at: datetime) -> WorkbookUpload:
    """Keep an uploaded workbook and ask for it to be read; earlier ones that wait are set aside.

    Raises Refused in words where the file is not taken, EditRefused where the person may not change the return.
    """
    file = read_upload(upload, accept={"xlsx"}, max_bytes=guard.MAX_BYTES)
    with transaction.atomic():
        submission = locked_return(submission_id)
        _allow(by, submission)
        WorkbookUpload.objects.filter(
            submission=submission, state__in=(UploadState.READING, UploadState.READY, UploadState.REFUSED)
        ).update(state=UploadState.DISCARDED, settled_at=at, settled_by=by)
        made = WorkbookUpload(
            association_id=submission.association_id,
            institution_id=submission.institution_id,
            submission=submission,
            name=file.name,
            size=len(file.content),
            sha256=file.sha256,
            uploaded_at=at,
            uploaded_by=by,
        )
        made.file.save(f"workbooks/{submission.pk}/{made.pk}.xlsx", ContentFile(file.content), save=False)
        made.save(force_insert=True)
        record("workbook.uploaded", submission, by=by, at=at, association_id=submission.association_id)
        ask_to_read(made, by=by, at=at)
    return made


def ask_to_read(made: WorkbookUpload, *, by: User, at: datetime) -> None:
    """Ask a worker to read the file, also once more."""
    request_job(
        WORKBOOK_KIND, by=by, at=at, args={"upload": str(made.pk)}, association_id=made.association_id
    )


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a workbook would change and what is wrong with it, or why it is not taken."""

    changes: list[compare.Line] = field(default_factory=list)
    problems: list[compare.Line] = field(default_factory=list)
    refusal: str = ""


def rehearse(*, upload_id: UUID, raw: Mapping[str, Any], at: datetime) -> DryRun:
    """What an opened workbook (`raw`) would change; nothing changes and nothing is kept.

    The changes are really made and taken back again, so that the dry run is right by construction.
    """
    with transaction.atomic():
        found = WorkbookUpload.objects.select_related("uploaded_by").get(pk=upload_id)
        submission = locked_return(found.submission_id)
        try:
            changes, problems = _rehearse(raw, submission, found.uploaded_by, at)
        except (Refused, EditRefused) as refused:
            return DryRun(refusal=str(refused.message))
        return DryRun(changes, problems)


def record_reading(*, upload_id: UUID, run: DryRun, annotated: bytes | None = None, at: datetime) -> None:
    """Keep a dry run and the same workbook with remarks, both or neither; a second run of the job changes nothing."""
    with transaction.atomic():
        found = WorkbookUpload.objects.select_for_update(of=("self",)).get(pk=upload_id)
        if found.state != UploadState.READING:
            return
        found.changes, found.problems, found.refusal = run.changes, run.problems, run.refusal
        found.state = UploadState.REFUSED if run.refusal else UploadState.READY
        found.annotated = ""
        if annotated is not None:
            # the name is made of the upload: what a killed worker left under it is replaced
            name = f"workbooks/{found.submission_id}/{found.pk}-annotated.xlsx"
            found.annotated.storage.delete(name)
            found.annotated.save(name, ContentFile(annotated), save=False)
        found.save(update_fields=["changes", "problems", "state", "refusal", "annotated"])
        record("workbook.read", found, by=None, at=at, association_id=found.association_id)


def confirm(
    *, upload_id: UUID, by: User, at: datetime, choices: Mapping[str, str] | None = None
) -> WorkbookUpload:
    """Take a workbook in, all or nothing; twice is once. `choices` settles conflicts by code: "file", "portal".

    Raises Refused in words where cells cannot be read, a conflict is not settled, or the return changed meanwhile
    (then the workbook is read anew), and EditRefused.
    """
    with transaction.atomic():
        found = WorkbookUpload.objects.select_for_update(of=("self",)).get(pk=upload_id)
        submission = locked_return(found.submission_id)
        if found.state == UploadState.APPLIED:
            return found
        _allow(by, submission)
        if found.state != UploadState.READY:
            raise Refused(_("This workbook can no longer be taken in. Upload it again."))
        if is_blocked(found):
            raise Refused(_("Some cells cannot be read. Correct them in the workbook and upload it again."))
        result = _apply(found, submission, choices or {}, by, at)
        if result is not None:
            found.state, found.settled_at, found.settled_by = UploadState.APPLIED, at, by
            found.save(update_fields=["state", "settled_at", "settled_by"])
            record(
                "workbook.applied",
                submission,
                by=by,
                at=at,
                association_id=submission.association_id,
                upload=str(found.pk),
                answers=len(result.saved),
            )
            return found
        found.state = UploadState.READING
        found.save(update_fields=["state"])
        ask_to_read(found, by=by, at=at)
    raise Refused(
        _("The return was changed meanwhile. The workbook is read once more: look at the changes again.")
    )


def discard(*, upload_id: UUID, by: User, at: datetime) -> WorkbookUpload:
    """Set an uploaded workbook aside; one that was taken in stays so."""
    with transaction.atomic():
        found = WorkbookUpload.objects.select_for_update(of=("self",)).get(pk=upload_id)
        submission = locked_return(found.submission_id)
        if found.state in {UploadState.APPLIED, UploadState.DISCARDED}:
            return found
        _allow(by, submission)
        found.state, found.settled_at, found.settled_by = UploadState.DISCARDED, at, by
        found.save(update_fields=["state", "settled_at", "settled_by"])
        record("workbook.discarded", submission, by=by, at=at, association_id=submission.association_id)
        return found


def is_blocked(found: WorkbookUpload) -> bool:
    """Whether cells of it cannot be read, so that nothing of it can be taken in."""
    return any(line["severity"] == "unreadable" for line in found.problems)


def link_of(submission: Submission, problem: Mapping[str, Any]) -> str:
    """The full address of the question that a problem is about; "" where it has none."""
    if not problem["section"]:
        return ""
    parts = submission.association.slug, submission.pk, problem["section"]
    return address_of("return_section", *parts, fragment=f"f-{problem['code']}")


def _apply(
    found: WorkbookUpload, submission: Submission, choices: Mapping[str, str], by: User, at: datetime
) -> SaveResult | None:
    """Save all lines, or none of them and give None."""
    catalogue = load_sheet(submission).catalogue
    changes = []
    for line in found.changes:
        code, version = line["code"], line["version"]
        if line["conflict"]:
            choice = choices.get(code)
            if choice not in {FILE, PORTAL}:
                raise Refused(_("Choose for “%(label)s” which value is right.") % {"label": line["label"]})
            if choice == PORTAL:
                continue
            version = line["now"]
        value = compare.value_of(catalogue.indicator(code), line)
        changes.append(AnswerChange(code, value, line["missing"], line["note"], version))
    with transaction.atomic():
        result = save_answers(
            submission_id=submission.pk, changes=changes, by=by, at=at, source=AnswerSource.WORKBOOK
        )
        if not result.is_clean:
            transaction.set_rollback(True)
            return None
    return result


def _rehearse(
    raw: Mapping[str, Any], submission: Submission, by: User, at: datetime
) -> tuple[list[compare.Line], list[compare.Line]]:
    """What the workbook would change and what is wrong with it; raises Refused, EditRefused."""
    mark = _checked_mark(raw, submission)
    before = load_sheet(submission)
    reading = read(raw, before, mark.language)
    with transaction.atomic():
        result = save_answers(
            submission_id=submission.pk,
            changes=[_change(one, mark) for one in reading.answers],
            by=by,
            at=at,
            source=AnswerSource.WORKBOOK,
        )
        transaction.set_rollback(True)
    conflicts = {conflict.code: conflict.theirs for conflict in result.conflicts}
    lines = compare.change_lines(before, reading.answers, result.saved, conflicts, mark.versions)
    return lines, compare.problem_lines(result.sheet, reading, result.refused, lines)


def _change(one: ReadAnswer, mark: Mark) -> AnswerChange:
    return AnswerChange(one.code, one.value, one.missing, one.note, mark.versions.get(one.code, 0))


def _checked_mark(raw: Mapping[str, Any], submission: Submission) -> Mark:
    """The mark if it is of this very return; raises Refused in words."""
    again = _("Download the workbook of this return and copy your figures into it.")
    try:
        mark = mark_in(raw)
    except MarkBroken:
        raise Refused(
            _("This is not a workbook of this portal, or its mark was changed.") + " " + again
        ) from None
    if mark.association != str(submission.association_id):
        why = _("This workbook belongs to another association.")
    elif mark.institution != str(submission.institution_id):
        why = _("This workbook belongs to another MFI.")
    elif mark.round != str(submission.round_id) or mark.submission != str(submission.pk):
        why = _("This workbook was made for another round.")
    elif mark.catalogue != submission.round.catalogue.sha256 or mark.format != FORMAT:
        why = _("This workbook was made from another version of the questions.")
    else:
        return mark
    raise Refused(f"{why} {again}")


def _allow(by: User, submission: Submission) -> None:
    if not by.has_perm("reporting.edit_return", submission):
        raise EditRefused(_("The answers of this return cannot be changed now, or not by you."))
