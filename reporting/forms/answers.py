"""Reading what people typed into the controls of a return: numbers in their language, ticks, files, reasons, notes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _

from reporting.catalogue import Indicator, IndicatorType
from reporting.models import Answer
from reporting.selectors.returns import ReturnSheet
from reporting.services.answers import AnswerChange
from reporting.values import fields_of, same_fields
from spm_portal.common.numbers import NumberError, parse_number

# Names of controls: a prefix and the code of the question.
VALUE = "v-"
REASON = "m-"
NOTE = "n-"
VERSION = "r-"
REMOVE = "x-"
# Of the whole page: which opened one it is, and how many-eth word of it this is.
PAGE, SEQUENCE, FOLLOWS = "page", "sequence", "follows"
MAX_FOLLOWS = 9  # pages in a row that could not save one answer
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Settled:
    """Which of two values of one question the person chose: their own (over that version) or the stored one."""

    code: str
    mine: bool
    version: int


def settled_conflict(data: QueryDict) -> Settled | None:
    """The choice between two values, if a button of it was pressed: its name says whose, its value `code:version`."""
    for name in (MINE, THEIRS):
        if name in data:
            code, _colon, version = data.get(name, "").partition(":")
            return Settled(code, name == MINE, _count(version))
    return None


@dataclass(frozen=True, slots=True)
class Typed:
    """The controls of one question as they were sent, and what they mean.

    `change` is None where the text cannot be read; then `fault` says why. `cleared` names what was emptied because the
    other was newly given: "value" for a new reason, "reason" for a new value.
    """

    code: str
    texts: tuple[str, ...]
    reason: str
    note: str | None
    version: int
    change: AnswerChange | None = None
    fault: str = ""
    cleared: str = ""


def read_typed(sheet: ReturnSheet, data: QueryDict, files: Any, *, language: str) -> dict[str, Typed]:
    """Every question of the return whose controls were sent, by code, in the order of the form."""
    asked = sheet.computed.asked
    settled = settled_conflict(data)
    found = {}
    for indicator in sheet.catalogue.indicators:
        code = indicator.code
        if code not in asked or VERSION + code not in data:
            continue
        version = _count(data.get(VERSION + code, ""))
        if settled is not None and settled.code == code:
            if not settled.mine:
                continue  # what is stored stays, what was typed is let go
            version = settled.version
        found[code] = _read(indicator, sheet.answers.get(code), data, files, version, language)
    return found


def changes_of(typed: Iterable[Typed], data: QueryDict) -> list[AnswerChange]:
    """The changes that could be read, each with its place in the order of the page that sent them."""
    page, sequence = _page(data.get(PAGE, "")), _count(data.get(SEQUENCE, ""))
    if page is None or not sequence:
        page, sequence = None, 0
    follows = frozenset(
        earlier
        for text in data.get(FOLLOWS, "").split()[:MAX_FOLLOWS]
        if (earlier := _page(text)) is not None
    )
    return [
        replace(one.change, page=page, sequence=sequence, follows=follows)
        for one in typed
        if one.change is not None
    ]


def _read(
    indicator: Indicator,
    stored: Answer | None,
    data: QueryDict,
    files: Mapping[str, Any],
    version: int,
    language: str,
) -> Typed:
    code = indicator.code
    note = data.get(NOTE + code)
    typed = Typed(
        code=code,
        texts=tuple(data.getlist(VALUE + code)),
        reason=data.get(REASON + code, ""),
        note=note,
        version=version,
    )
    if indicator.type is IndicatorType.FILE:
        return _file(typed, stored, files.get(VALUE + code), bool(data.get(REMOVE + code)))
    try:
        value = _value(indicator, typed.texts, language)
        fields = fields_of(indicator, value)
    except ValueError as fault:
        return _with(typed, fault=str(fault))
    if fields.is_empty or not typed.reason:
        return _with(typed, change=_change(typed, None if fields.is_empty else value, typed.reason))
    # both are there: the one that is new was meant
    if stored is not None and typed.reason == stored.missing:
        return _with(typed, change=_change(typed, value, ""), cleared="reason")
    if stored is not None and same_fields(fields, stored):
        return _with(typed, change=_change(typed, None, typed.reason), cleared="value")
    return _with(
        typed,
        fault=_("There is a value and a reason for having none. Empty the box, or take the reason away."),
    )


def _file(typed: Typed, stored: Answer | None, upload: "UploadedFile[bytes] | None", remove: bool) -> Typed:
    kept = str(stored.file_id) if stored is not None and stored.file_id and not remove else None
    if upload is not None:
        change = AnswerChange(
            typed.code, note=typed.note, expected_version=typed.version or None, file=upload
        )
        return _with(typed, change=change)
    if kept and typed.reason:
        return _with(
            typed, fault=_("There is a file and a reason for having none. Remove the file, or the reason.")
        )
    return _with(typed, change=_change(typed, kept, typed.reason))


def _change(typed: Typed, value: Any, reason: str) -> AnswerChange:
    return AnswerChange(typed.code, value, reason, typed.note, typed.version or None)


def _value(indicator: Indicator, texts: tuple[str, ...], language: str) -> Any:
    """The value that the texts mean; raises ValueError with a sentence for the person."""
    kind = indicator.type
    if kind is IndicatorType.MULTIPLE_CHOICE:
        return tuple(text for text in texts if text)
    text = texts[-1].strip() if texts else ""
    if not text:
        return None
    if kind.is_number:
        return _number(indicator, text, language)
    if kind is IndicatorType.BOOLEAN:
        if text not in {"yes", "no"}:
            raise ValueError(_("Choose yes or no."))
        return text == "yes"
    if kind is IndicatorType.SINGLE_CHOICE:
        choice = indicator.choice_spelled(text)
        return choice.value if choice else text
    return texts[-1]


def _number(indicator: Indicator, text: str, language: str) -> Any:
    # people copy a figure with its sign for per cent; beside a box that says % it means the same
    if indicator.type is IndicatorType.PERCENTAGE:
        text = text.removesuffix("%").removesuffix("٪").rstrip()
    try:
        return parse_number(text, language=language, whole=indicator.type is IndicatorType.INTEGER)
    except NumberError as fault:
        raise ValueError(str(fault)) from None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _page(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _with(typed: Typed, *, change: AnswerChange | None = None, fault: str = "", cleared: str = "") -> Typed:
    return Typed(typed.code, typed.texts, typed.reason, typed.note, typed.version, change, fault, cleared)
