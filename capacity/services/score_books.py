"""Scores from a rater's workbook: read with care, shown first, and written whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from capacity.models import Score
from capacity.selectors.frameworks import framework_of
from capacity.selectors.rating import RatingSheet, raters, sheet_of
from capacity.services.proofs import add_link, clean_url
from capacity.services.scores import RatingForbidden, Word, allow_scoring, check_word, import_scores
from capacity.workbooks import reading
from capacity.workbooks.layout import MarkBroken
from members.models import User
from members.workbooks import child, guard
from spm_portal.common.refusal import Refused
from spm_portal.common.uploads import read_upload

_SALT = "capacity.score_books"
SHOWN_FOR = 24 * 60 * 60  # seconds that a dry run can be confirmed


@dataclass(frozen=True, slots=True)
class Change:
    """What a row of the workbook would change; `now` is the score as it stands."""

    word: Word
    link: str
    now: Score | None
    needs_evidence: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a workbook says: changes, rows that say what is stored, and faults by cell. `proposal` confirms it."""

    changes: tuple[Change, ...]
    same: int
    faults: tuple[tuple[str, str], ...]
    proposal: str

    @property
    def needing_evidence(self) -> int:
        """How many of the changes still need evidence before handing in."""
        return sum(change.needs_evidence for change in self.changes)


def rehearse(*, rater_id: UUID, upload: "UploadedFile[bytes]", by: User, at: datetime) -> DryRun:
    """Read a workbook and say what it would change; nothing is written.

    Raises Refused for a file that cannot be opened, of another rater or framework, and RatingForbidden.
    """
    file = read_upload(upload, accept=("xlsx",), max_bytes=guard.MAX_BYTES)
    rater = raters().get(pk=rater_id)
    allow_scoring(rater, by, at=at)
    sheet = sheet_of(rater)
    if not sheet.is_open:
        raise RatingForbidden(_("These scores are handed in. Open them again to change them."))
    try:
        raw = child.read(file.content)
    except child.BookRefused as refused:
        raise Refused(str(refused)) from None
    versions = _versions(sheet, raw)
    found = reading.read(raw, sheet.framework)
    faults = list(found.faults)
    changes: list[Change] = []
    same = 0
    for row in found.scores:
        word = Word(
            row.item,
            row.level,
            row.not_applicable,
            row.reason if row.not_applicable else "",
            row.note,
            versions.get(row.item, 0),
        )
        told = _fault(sheet, word, row.link)
        if told:
            faults.append((row.where, told))
        elif _is_same(sheet, word, row.link):
            same += 1
        else:
            changes.append(_change(sheet, word, row.link))
    proposal = _proposal(rater_id, changes) if changes and not faults else ""
    return DryRun(tuple(changes), same, tuple(faults), proposal)


def confirm(*, rater_id: UUID, proposal: str, by: User, at: datetime) -> int:
    """Write what a dry run showed: all of it or nothing; how many items. Raises Refused, RatingForbidden."""
    try:
        parts: dict[str, Any] = signing.loads(proposal, salt=_SALT, max_age=SHOWN_FOR)
    except signing.BadSignature:
        raise Refused(_("What was shown is too old or not complete. Upload the file again.")) from None
    if parts["rater"] != str(rater_id):
        raise Refused(_("This is the workbook of somebody else. Upload the one of this rater."))
    words = [Word(*fields) for fields, _link in parts["rows"]]
    with transaction.atomic():
        assessment_id = raters().get(pk=rater_id).assessment_id
        result = import_scores(rater_id=rater_id, words=words, by=by, at=at)
        for word, (_fields, link) in zip(words, parts["rows"], strict=True):
            if link:
                add_link(
                    assessment_id=assessment_id,
                    rater_id=rater_id,
                    item=word.item,
                    title="",
                    url=link,
                    by=by,
                    at=at,
                )
    return len(result.saved)


def _versions(sheet: RatingSheet, raw: dict[str, Any]) -> dict[str, int]:
    """The versions of scores that the workbook was made from, if it is this rater's; raises Refused."""
    try:
        mark = reading.mark_in(raw)
    except MarkBroken:
        raise Refused(
            _(
                "This is no workbook of the portal, or its hidden sheet is gone. Download it here and fill it in."
            )
        ) from None
    version = sheet.assessment.framework
    if mark.framework != version.sha256:
        raise Refused(
            _("This workbook is of another framework, “%(theirs)s”; here “%(ours)s” is scored.")
            % {
                "theirs": mark.framework_name,
                "ours": f"{framework_of(version).title} {version.version}",
            }
        )
    if mark.rater != str(sheet.rater.pk):
        raise Refused(
            _("This is the workbook of somebody else. Upload the one of %(name)s.")
            % {"name": sheet.rater.name}
        )
    return mark.versions


def _fault(sheet: RatingSheet, word: Word, link: str) -> str:
    told = check_word(sheet.framework, word)
    if told:
        return told
    if link:
        try:
            clean_url(link)
        except Refused as refused:
            return str(refused)
    score = sheet.scores.get(word.item)
    if word.version != (score.version if score else 0) and not _is_same(sheet, word, link):
        return _("The score was changed on the portal since the workbook was made. Look at it there.")
    return ""


def _is_same(sheet: RatingSheet, word: Word, link: str) -> bool:
    score = sheet.scores.get(word.item)
    shown = not link or any(proof.url == clean_url(link) for proof in sheet.proofs.get(word.item, ()))
    return (
        shown
        and score is not None
        and (
            (score.level, score.not_applicable, score.reason, score.note.strip())
            == (word.level, word.not_applicable, " ".join(word.reason.split()), word.note.strip())
        )
    )


def _change(sheet: RatingSheet, word: Word, link: str) -> Change:
    needs = word.level is not None and sheet.framework.needs_evidence(word.level)
    shown = bool(link or sheet.proofs.get(word.item))
    return Change(word, link, sheet.scores.get(word.item), needs and not shown)


def _proposal(rater_id: UUID, changes: Sequence[Change]) -> str:
    rows = [
        (
            [
                one.word.item,
                one.word.level,
                one.word.not_applicable,
                one.word.reason,
                one.word.note,
                one.word.version,
            ],
            one.link,
        )
        for one in changes
    ]
    return signing.dumps({"rater": str(rater_id), "rows": rows}, salt=_SALT, compress=True)
