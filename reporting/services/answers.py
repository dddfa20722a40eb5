"""Writing answers: version-checked so that two people never lose a value, with history, counters and hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import access_of
from members.models import User
from reporting.enums import AnswerSource
from reporting.models import Explanation, Submission
from reporting.selectors.returns import ReturnSheet, load_sheet, renewed
from reporting.services.answer_writer import AnswerChange, AnswerWriter, Conflict, SaveResult
from reporting.services.attachments import give_up
from reporting.services.hearing import hearing_of, keep
from reporting.services.locking import locked_return
from reporting.values import FIELDS, canonical_number
from spm_portal.common.audit import acting, record
from spm_portal.common.typed import one_line

__all__ = [
    "AnswerChange",
    "Conflict",
    "EditRefused",
    "ExplanationClash",
    "ExplanationRefused",
    "SaveResult",
    "answers_sha256",
    "attach",
    "explain",
    "import_answers",
    "refresh_counters",
    "save_answers",
]

MAX_REASON = 2_000


class EditRefused(PermissionDenied):
    """This person may not change this return, or nobody may now; `message` says which to the person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ExplanationRefused(ValueError):
    """A reason that was not taken; the text says why."""


class ExplanationClash(ExplanationRefused):
    """Somebody else gave a reason since; the text says which."""


def save_answers(
    *,
    submission_id: UUID,
    changes: Iterable[AnswerChange],
    by: User,
    at: datetime,
    source: AnswerSource = AnswerSource.PAGE,
    sheet: ReturnSheet | None = None,
) -> SaveResult:
    """Save what one person typed; each answer for itself.

    A change that was typed on an older version of an answer is not written but told as a conflict with both values,
    unless it says the same. A value that the type cannot hold is refused with a sentence. The other changes are saved
    all the same. Changes of one call come from one opened page, or from none; see `reporting.ordering`. A `sheet` that
    the caller has just loaded spares reading again what nobody changes by answering. Raises EditRefused, also where the
    round is closed or the association's staff hold the return.
    """
    offered = list(changes)
    with transaction.atomic(), acting(by, source=source.value):
        submission = locked_return(submission_id, at=at, known=sheet.submission if sheet else None)
        _allow_edit(by, submission)
        source = _source(by, submission, source)
        hearing = hearing_of(submission, offered[0].page if offered else None, by)
        present = renewed(sheet, submission) if sheet is not None else load_sheet(submission)
        writer = AnswerWriter(present, by=by, at=at, source=source, hearing=hearing)
        try:
            for change in offered:
                writer.offer(
                    change if change.page == hearing.page else replace(change, page=None, sequence=0)
                )
            keep(hearing, submission, by=by, at=at)
            return _finish(submission, writer, by, at)
        except BaseException:
            # a rolled back transaction leaves no row, so it must leave no file
            give_up(writer.stored)
            raise


def import_answers(
    *,
    submission_id: UUID,
    values: Mapping[str, Any],
    at: datetime,
    by: User | None = None,
    missing: Mapping[str, str] | None = None,
    source: AnswerSource = AnswerSource.IMPORT,
) -> SaveResult:
    """Write the values of an import in few statements; what is the same already writes nothing.

    Not bound to a person's permission nor to the state of the return: commands decide. Codes that the round does not
    ask and values that do not fit are in `refused`, and the caller decides whether to go on.
    """
    reasons = missing or {}
    with transaction.atomic(), acting(by, source=source.value):
        submission = locked_return(submission_id)
        writer = AnswerWriter(load_sheet(submission), by=by, at=at, source=source)
        for code in dict.fromkeys((*values, *reasons)):
            writer.put(AnswerChange(code=code, value=values.get(code), missing=reasons.get(code, "")))
        return _finish(submission, writer, by, at)


def attach(
    *,
    submission_id: UUID,
    code: str,
    upload: "UploadedFile[bytes]",
    by: User,
    at: datetime,
    expected_version: int | None = None,
    note: str | None = None,
) -> SaveResult:
    """Keep a file as the answer of a file question; a file that is not taken is told in `refused`."""
    change = AnswerChange(code, note=note, expected_version=expected_version, file=upload)
    return save_answers(submission_id=submission_id, changes=[change], by=by, at=at)


def explain(
    *,
    submission_id: UUID,
    rule: str,
    reason: str,
    by: User,
    at: datetime,
    source: AnswerSource = AnswerSource.PAGE,
    again: bool = False,
    expected: str | None = None,
) -> ReturnSheet:
    """Keep why a value that a rule warns about is right; a blank reason takes it back.

    `again` takes the reason that the last approved return gave for the same rule, where there is one.

    `expected` is the reason that was on the screen (None: not known): another one that somebody gave meanwhile is not
    written over.

    Raises ExplanationRefused unless the rule warns now, ExplanationClash, and EditRefused.
    """
    text = one_line(reason)
    with transaction.atomic(), acting(by, source=source.value):
        submission = locked_return(submission_id, at=at)
        _allow_edit(by, submission)
        sheet = load_sheet(submission)
        kept = sheet.explanations.get(rule)
        if again and rule in sheet.previous_explanations:
            text = sheet.previous_explanations[rule].reason
        if rule not in {found.rule for found in sheet.warnings} and (text or kept is None):
            raise ExplanationRefused(_("This warning is settled already: there is nothing to explain."))
        if len(text) > MAX_REASON:
            raise ExplanationRefused(
                _("This reason has %(count)s characters, more than %(limit)s. Shorten it.")
                % {"count": len(text), "limit": MAX_REASON}
            )
        if text == (kept.reason if kept else ""):
            return sheet
        if kept is not None and expected is not None and kept.reason != expected:
            raise ExplanationClash(
                _("%(person)s gave a reason meanwhile: “%(reason)s”. Leave it, or put yours in its place.")
                % {"person": kept.given_by or _("Somebody"), "reason": kept.reason}
            )
        _write_reason(submission, kept, rule, text, by, at)
        record(
            "return.explained", submission, by=by, at=at, association_id=submission.association_id, rule=rule
        )
        sheet = load_sheet(submission)
        refresh_counters(submission, sheet, by=by, at=at)
        return sheet


def _write_reason(
    submission: Submission, kept: Explanation | None, rule: str, text: str, by: User, at: datetime
) -> None:
    if kept is None:
        Explanation.objects.create(
            association_id=submission.association_id,
            institution_id=submission.institution_id,
            submission=submission,
            rule=rule,
            reason=text,
            given_at=at,
            given_by=by,
        )
    elif text:
        Explanation.objects.filter(pk=kept.pk).update(reason=text, given_at=at, given_by=by)
    else:
        kept.delete()


def refresh_counters(
    submission: Submission, sheet: ReturnSheet, *, by: User | None = None, at: datetime | None = None
) -> None:
    """Make the counters of the return repeat what its answers say; with `at` also who touched it last, and when."""
    fields: dict[str, Any] = {
        "required_count": sheet.progress.required,
        "answered_count": sheet.progress.answered,
        "error_count": len(sheet.errors),
        "warning_count": len(sheet.warnings),
        "unexplained_count": len(sheet.open_warnings),
    }
    if at is not None:
        fields |= {"touched_at": at, "touched_by_id": by.pk if by is not None else None}
    changed = {name: value for name, value in fields.items() if getattr(submission, name) != value}
    if changed:
        Submission.objects.filter(pk=submission.pk).update(**changed)
        for name, value in changed.items():
            setattr(submission, name, value)


def answers_sha256(sheet: ReturnSheet) -> str:
    """The hash of all answers of a return: values, reasons for missing ones, notes; the same in every database."""
    rows = []
    for code in sorted(sheet.answers):
        answer = sheet.answers[code]
        fields = {name: getattr(answer, name) for name in FIELDS if getattr(answer, name) is not None}
        if "number" in fields:
            fields["number"] = canonical_number(fields["number"])
        if fields.pop("file_id", None) is not None and answer.file is not None:
            # what the file says, not where this database keeps it
            fields["file"] = answer.file.sha256
        if fields or answer.missing or answer.note:
            rows.append([code, fields, answer.missing, answer.note])
    canonical = json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _allow_edit(by: User, submission: Submission) -> None:
    if by.has_perm("reporting.edit_return", submission):
        return
    if not by.has_perm("reporting.view_return", submission):
        raise EditRefused(_("You may not change this return."))
    if not submission.round.is_open:
        raise EditRefused(_("The round is closed: answers can no longer be changed. Ask your association."))
    if submission.is_editable and submission.is_locked(submission.as_of or submission.round.due_at):
        raise EditRefused(_("The deadline and its grace have passed. Ask your association for an extension."))
    if not submission.is_editable:
        raise EditRefused(
            _("The return is with the association (%(state)s): answers cannot be changed now.")
            % {"state": submission.get_state_display()}
        )
    raise EditRefused(
        _(
            "Only people of the MFI change the answers of its return. To key what came on paper, begin that first."
        )
    )


def _source(by: User, submission: Submission, source: AnswerSource) -> AnswerSource:
    """Staff who may edit and do not work for the MFI key what it handed in on paper, by whichever way."""
    access = access_of(by)
    own = submission.institution_id in access.works_for
    return AnswerSource.PAPER if submission.association_id in access.staff_of and not own else source


def _finish(submission: Submission, writer: AnswerWriter, by: User | None, at: datetime) -> SaveResult:
    result = writer.write()
    if result.saved:
        record(
            "return.answered",
            submission,
            by=by,
            at=at,
            association_id=submission.association_id,
            source=writer.source.value,
            codes=list(result.saved),
        )
        refresh_counters(submission, result.sheet, by=by, at=at)
    else:
        # a catalogue or last year's return may have changed since
        refresh_counters(submission, result.sheet)
    return result
