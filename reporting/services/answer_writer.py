"""Decides what becomes of each typed answer (written, the same, refused, in conflict) and writes them in bulk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.utils.translation import gettext as _

from members.models import User
from reporting.catalogue import Indicator, IndicatorType
from reporting.enums import AnswerSource, MissingReason
from reporting.models import Answer, Attachment
from reporting.ordering import Kept, Verdict, Word, judge
from reporting.selectors.returns import ReturnSheet, reread, with_answers
from reporting.services.attachments import store, unsaved
from reporting.services.hearing import Hearing
from reporting.values import Fields, Stored, ValueRefused, fields_of, same_fields
from spm_portal.common.typed import paragraphs
from spm_portal.common.uploads import UploadRefused, read_upload

MAX_NOTE = 4_000
WRITTEN = (
    "number",
    "text",
    "choices",
    "flag",
    "file_id",
    "missing",
    "note",
    "verification",
    "source",
    "version",
    "page",
    "sequence",
    "changed_at",
    "changed_by_id",
)


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """What somebody wants one answer to be.

    `value` as the engine has it (None: no value; for a file that is here already the id of its attachment); `file` a
    new upload; `missing` why there is no value; `note` None leaves the note alone; `expected_version` the version that
    was on the screen (None or 0: there was no answer yet); `page` and `sequence` which opened page sends it, and as its
    how many-eth word; `follows` earlier pages of the person, whose typed values this page took over.
    """

    code: str
    value: Any = None
    missing: str = ""
    note: str | None = None
    expected_version: int | None = None
    file: "UploadedFile[bytes] | None" = None
    page: UUID | None = None
    sequence: int = 0
    follows: frozenset[UUID] = frozenset()

    @property
    def word(self) -> Word:
        """The change as far as its order matters."""
        return Word(self.expected_version or 0, self.page, self.sequence, self.follows)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else changed the answer meanwhile: what is stored now, and what was typed on the older version."""

    code: str
    theirs: Answer | None
    yours: AnswerChange


@dataclass(frozen=True, slots=True)
class SaveResult:
    """Codes that were written, conflicts, refusals in words by code, and the sheet as it is now.

    `late` came after a later word of their own page and changed nothing; `untouched` were sent as the person had found
    them, so that somebody else's newer value stays.
    """

    saved: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    refused: Mapping[str, str]
    sheet: ReturnSheet
    late: frozenset[str] = frozenset()
    untouched: frozenset[str] = frozenset()

    @property
    def is_clean(self) -> bool:
        """Whether everything that was typed is stored."""
        return not self.conflicts and not self.refused


def _version(answer: Answer | None) -> int:
    return answer.version if answer else 0


class _Kept(Stored, Protocol):
    """An answer row or one of its history rows."""

    missing: str
    note: str


@dataclass(frozen=True, slots=True)
class _State:
    """All that a person says in one answer."""

    fields: Fields
    missing: str
    note: str

    def equals(self, kept: _Kept | None) -> bool:
        if kept is None:
            return self.fields.is_empty and not self.missing and not self.note
        return same_fields(self.fields, kept) and self.missing == kept.missing and self.note == kept.note


@dataclass
class AnswerWriter:
    """Collects changes of one locked return, then writes them with a version check each."""

    sheet: ReturnSheet
    by: User | None
    at: datetime
    source: AnswerSource
    hearing: Hearing = field(default_factory=Hearing)
    stored: list[Attachment] = field(default_factory=list)
    _late: set[str] = field(default_factory=set)
    _left: set[str] = field(default_factory=set)
    _new: dict[str, Answer] = field(default_factory=dict)
    _changed: dict[str, Answer] = field(default_factory=dict)
    _changes: dict[str, AnswerChange] = field(default_factory=dict)
    _conflicts: list[Conflict] = field(default_factory=list)
    _refused: dict[str, str] = field(default_factory=dict)

    def indicator(self, code: str) -> Indicator | None:
        """The indicator if the round asks it; otherwise the change is refused."""
        if code in self.sheet.computed.asked:
            return self.sheet.catalogue.indicator(code)
        self.refuse(code, _("This round does not ask “%(code)s”.") % {"code": code[:64]})
        return None

    def refuse(self, code: str, message: str) -> None:
        """Note that a change is not taken."""
        self._refused[code] = message

    def offer(self, change: AnswerChange) -> None:
        """Take a person's change if nothing newer speaks against it, or tell what does."""
        heard = self.hearing.of(change.page, change.code)
        self.hearing.hear(change.page, change.code, change.sequence)
        current = self.sheet.answers.get(change.code)
        kept = self._kept(current)
        if change.file is not None:
            verdict = judge(change.word, kept, heard=heard, same=False)
            state = self._state_of_file(change) if verdict is Verdict.TAKE else None
        else:
            state = self._state(change)
            if state is None:
                return
            verdict = judge(change.word, kept, heard=heard, same=state.equals(current))
        if verdict is Verdict.LATE:
            self._late.add(change.code)
        elif verdict is Verdict.TAKE and state is not None:
            self._accept(change, state, current)
        elif verdict is Verdict.CLASH:
            if state is not None and self._untouched(change, state, current):
                self._left.add(change.code)
            else:
                self._conflicts.append(Conflict(change.code, current, change))

    def _kept(self, current: Answer | None) -> Kept:
        """What is stored, as far as order matters; a page speaks for the person who wrote by it alone."""
        if current is None:
            return Kept()
        mine = self.by is not None and current.changed_by_id == self.by.pk
        return Kept(current.version, current.page if mine else None)

    def _state_of_file(self, change: AnswerChange) -> _State | None:
        """Check and keep an upload; None after a refusal."""
        indicator = self.indicator(change.code)
        if indicator is None or change.file is None or self.by is None:
            return None
        if indicator.type is not IndicatorType.FILE:
            self.refuse(change.code, _("This question takes no file."))
            return None
        try:
            file = read_upload(change.file, accept=indicator.accept)
        except UploadRefused as refusal:
            self.refuse(change.code, str(refusal))
            return None
        attachment = unsaved(self.sheet.submission, file, by=self.by, at=self.at)
        self.stored.append(attachment)
        store(attachment, file)
        return self._state(replace(change, value=str(attachment.pk), missing="", file=None))

    def put(self, change: AnswerChange) -> None:
        """Take a change whatever the version: imports, which hold the lock and know nothing of versions."""
        state = self._state(change)
        current = self.sheet.answers.get(change.code)
        if state is not None and not state.equals(current):
            self._accept(change, state, current)

    def _state(self, change: AnswerChange) -> _State | None:
        """What the change says, cleaned; None after a refusal."""
        indicator = self.indicator(change.code)
        if indicator is None:
            return None
        try:
            fields = fields_of(indicator, change.value)
        except ValueRefused as refusal:
            self.refuse(change.code, str(refusal))
            return None
        fault = self._reason_fault(change.missing, fields) or self._file_fault(fields.file_id)
        current = self.sheet.answers.get(change.code)
        note = change.note if change.note is not None else (current.note if current else "")
        note = paragraphs(note)
        if len(note) > MAX_NOTE:
            fault = _("The note has %(count)s characters, more than %(limit)s. Shorten it.") % {
                "count": len(note),
                "limit": MAX_NOTE,
            }
        if fault:
            self.refuse(change.code, fault)
            return None
        return _State(fields, change.missing, note)

    def _reason_fault(self, missing: str, fields: Fields) -> str:
        if missing and missing not in MissingReason.values:
            return _("“%(reason)s” is not in the list of reasons. Choose one of it.") % {
                "reason": missing[:60]
            }
        if missing and not fields.is_empty:
            return _("There is a value and a reason for having none. Empty the box, or take the reason away.")
        return ""

    def _file_fault(self, file_id: UUID | None) -> str:
        if file_id is None:
            return ""
        # only files that were handed in for this very return
        if Attachment.objects.filter(pk=file_id, submission=self.sheet.submission).exists():
            return ""
        return _("This file is not here. Upload it again.")

    def _untouched(self, change: AnswerChange, state: _State, current: Answer | None) -> bool:
        """Whether the person left the older version as it was: then the newer value of somebody else stays."""
        expected = change.expected_version or 0
        if expected == 0:
            return state.equals(None)
        if current is None:
            return False
        event_model: type[Model] = Answer.pgh_event_model  # type: ignore[attr-defined]
        base = event_model._default_manager.filter(pgh_obj_id=current.pk, version=expected).first()
        if base is None:
            return False
        if change.note is None:
            # the note was not on the form: only the value and the reason were
            state = _State(state.fields, state.missing, base.note)  # type: ignore[attr-defined]
        return state.equals(base)  # type: ignore[arg-type]

    def _accept(self, change: AnswerChange, state: _State, current: Answer | None) -> None:
        submission = self.sheet.submission
        answer = Answer(
            pk=current.pk if current else uuid4(),
            association_id=submission.association_id,
            institution_id=submission.institution_id,
            submission=submission,
            code=change.code,
            **state.fields.as_dict(),
            missing=state.missing,
            note=state.note,
            source=self.source,
            version=_version(current) + 1,
            page=change.page,
            sequence=change.sequence,
            changed_at=self.at,
            changed_by=self.by,
        )
        if current is None:
            self._new[change.code] = answer
        else:
            # what staff checked was the old value, or the old reason why there is none
            if same_fields(current, answer) and current.missing == answer.missing:
                answer.verification = current.verification
            self._changed[change.code] = answer
        self._changes[change.code] = change

    def write(self) -> SaveResult:
        """Write what was accepted. A row that somebody without the lock changed meanwhile becomes a conflict."""
        written = self._insert() | self._update()
        answers = {**self._new, **self._changed}
        has_file = any(answer.file_id is not None for answer in answers.values())
        if self._conflicts or has_file or self._changes.keys() != written:
            self.sheet = reread(self.sheet)
        elif written:
            # under the lock of the return and with every row written, what was sent is what is stored
            self.sheet = with_answers(self.sheet, answers)
        for code in self._changes.keys() - written:
            self._conflicts.append(Conflict(code, self.sheet.answers.get(code), self._changes[code]))
        order = self.sheet.catalogue.position
        return SaveResult(
            saved=tuple(sorted(written, key=lambda code: order[code])),
            conflicts=tuple(sorted(self._conflicts, key=lambda conflict: order[conflict.code])),
            refused=dict(self._refused),
            sheet=self.sheet,
            late=frozenset(self._late),
            untouched=frozenset(self._left),
        )

    def _insert(self) -> set[str]:
        if not self._new:
            return set()
        Answer.objects.bulk_create(self._new.values(), ignore_conflicts=True)
        ours = [answer.pk for answer in self._new.values()]
        return set(Answer.objects.filter(pk__in=ours).values_list("code", flat=True))

    def _update(self) -> set[str]:
        return {
            code
            for code, answer in self._changed.items()
            if Answer.objects.filter(pk=answer.pk, version=answer.version - 1).update(
                **{name: getattr(answer, name) for name in WRITTEN}
            )
        }
