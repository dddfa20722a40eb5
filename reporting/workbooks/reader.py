"""Reads what stands in an opened workbook: rows by their hidden code wherever they are, values of each kind, faults."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from reporting.catalogue import Catalogue, Indicator, IndicatorType
from reporting.models import Answer
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import ReturnSheet
from reporting.values import canonical_number, fields_of, same_fields
from reporting.workbooks.layout import KEYS, MARK_SHEET, TICK, cell_name
from reporting.workbooks.mark import Mark, MarkBroken, opened
from reporting.workbooks.words import folded, no_word, reason_words, visible, yes_word
from spm_portal.common.numbers import NumberError, parse_number

_TICKED, _NOT_TICKED = {"x", "✓", "✔", "1", "true"}, {"", "-", "0", "false"}


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as the child gave it; see `opening.read_workbook` for the kinds."""

    place: str
    kind: str = ""
    text: str = ""
    percent: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing visible stands there."""
        return self.kind == "" or (self.kind == "s" and not folded(self.text))


@dataclass(frozen=True, slots=True)
class Row:
    """A row with a code: its sheet and its cells by the name of the column."""

    sheet: str
    cells: Mapping[str, RawCell]


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """One question as the workbook has it; `cell` is where its value stands."""

    code: str
    sheet: str
    cell: str
    value: Any
    missing: str
    note: str | None


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that cannot be read: what is wrong, with what to do."""

    code: str
    sheet: str
    cell: str
    text: str


@dataclass
class Reading:
    """All that was read. `absent` are questions whose row is not in the file; their answers stay. `places`: by code."""

    answers: list[ReadAnswer] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)


class CellError(ValueError):
    """A cell that cannot be read; the text is for the person."""


def mark_in(raw: Mapping[str, Any]) -> Mark:
    """The mark of an opened workbook; raises MarkBroken."""
    for sheet in raw["sheets"]:
        if sheet["name"] == MARK_SHEET:
            texts = {number: cells[0][2] for number, cells in sheet["rows"] if cells[0][0] == 1}
            return opened(texts.get(1, ""), texts.get(2, ""))
    raise MarkBroken


def read(raw: Mapping[str, Any], sheet: ReturnSheet, language: str) -> Reading:
    """The answers in an opened workbook, beside the present ones of `sheet`; words in the workbook's `language`.

    The texts of faults are in the language that is active, the person's.
    """
    with translation.override(language):
        words = _Words(catalogue_of(sheet.submission.round.catalogue))
    reading = Reading()
    rows, twice = _rows(raw)
    asked = sheet.computed.asked
    for indicator in sheet.catalogue.indicators:
        code = indicator.code
        if code not in asked:
            continue
        row = rows.get(code)
        if row is None:
            reading.absent.append(code)
            continue
        cell = row.cells.get("value", RawCell("A1")).place
        reading.places[code] = (row.sheet, cell)
        if code in twice:
            other = twice[code]
            text = _(
                "This question stands twice, here and in %(sheet)s, row %(row)s. Delete one of the rows."
            )
            number = other.cells["code"].place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            reading.faults.append(
                CellFault(code, row.sheet, cell, text % {"sheet": other.sheet, "row": number})
            )
            continue
        _read_one(reading, sheet, indicator, row, rows, language, words)
    return reading


class _Words:
    """The words of the workbook's language, looked up once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.yes, self.no = folded(yes_word()), folded(no_word())
        self.reasons = {folded(text): key for key, text in reason_words().items()}
        self.reasons |= {key: key for key in reason_words()}


def _rows(raw: Mapping[str, Any]) -> tuple[dict[str, Row], dict[str, Row]]:
    """Every row with a code by it, and the second row of those that stand twice."""
    rows: dict[str, Row] = {}
    twice: dict[str, Row] = {}
    for sheet in raw["sheets"]:
        columns: dict[int, str] = {}
        for number, cells in sheet["rows"]:
            texts = {column: text for column, _kind, text, _percent in cells}
            if {"code", "value"} <= set(texts.values()) and not columns:
                columns = {column: text for column, text in texts.items() if text in KEYS}
                continue
            found = {
                columns[column]: RawCell(cell_name(number - 1, column - 1), kind, text, percent)
                for column, kind, text, percent in cells
                if column in columns
            }
            code = visible(found["code"].text) if "code" in found else ""
            if not code:
                continue
            for column, key in columns.items():
                found.setdefault(key, RawCell(cell_name(number - 1, column - 1)))
            row = Row(sheet["name"], found)
            if code in rows:
                twice[code] = row
            else:
                rows[code] = row
    return rows, twice


def _read_one(
    reading: Reading,
    sheet: ReturnSheet,
    indicator: Indicator,
    row: Row,
    rows: Mapping[str, Row],
    language: str,
    words: _Words,
) -> None:
    code, stored = indicator.code, sheet.answers.get(indicator.code)
    place = reading.places[code]
    try:
        value = _value(indicator, row, rows, stored, language, words)
        fields = fields_of(indicator, value)
    except ValueError as fault:
        sheet_name, cell = getattr(fault, "place", place)
        reading.faults.append(CellFault(code, sheet_name, cell, str(fault)))
        return
    why = row.cells.get("missing", RawCell("A1"))
    missing = "" if why.is_blank else words.reasons.get(folded(why.text), "?")
    if missing == "?":
        text = _("“%(reason)s” is not in the list of reasons. Choose one of it, or empty the cell.")
        reading.faults.append(CellFault(code, row.sheet, why.place, text % {"reason": why.text[:60]}))
        return
    if missing and not fields.is_empty:
        # both are there: the one that is new was meant
        if stored is not None and missing == stored.missing:
            missing = ""
        elif stored is not None and same_fields(fields, stored):
            value = None
        else:
            text = _("There is a value and a reason for having none. Empty one of the two cells.")
            reading.faults.append(CellFault(code, row.sheet, why.place, text))
            return
    note = row.cells.get("note")
    reading.answers.append(
        ReadAnswer(code, *place, value, missing, _note(note, stored) if note is not None else None)
    )


def _note(cell: RawCell, stored: Answer | None) -> str:
    text = "" if cell.is_blank else visible(cell.text)
    return stored.note if stored is not None and visible(stored.note) == text else text


def _value(
    indicator: Indicator,
    row: Row,
    rows: Mapping[str, Row],
    stored: Answer | None,
    language: str,
    words: _Words,
) -> Any:
    kind = indicator.type
    if kind is IndicatorType.FILE:  # files come by the page; the one that is there stays
        return str(stored.file_id) if stored is not None and stored.file_id else None
    if kind is IndicatorType.MULTIPLE_CHOICE:
        return _ticks(indicator, rows, stored, words)
    cell = row.cells.get("value", RawCell("A1"))
    if cell.kind == "f":
        raise CellError(
            _(
                "The result of this formula is not in the file. Open it in Excel and save it, or type the figure."
            )
        )
    if cell.kind == "e":
        raise CellError(
            _("The formula here gives the error %(error)s. Type the figure itself.")
            % {"error": cell.text[:20]}
        )
    if cell.is_blank:
        return None
    if kind.is_number:
        return _number(indicator, cell, stored, language)
    if kind is IndicatorType.BOOLEAN:
        return _truth(cell, words)
    if kind is IndicatorType.SINGLE_CHOICE:
        return _choice((words.catalogue.indicator(indicator.code), indicator), cell)
    text = visible(cell.text)
    return stored.text if stored is not None and stored.text and visible(stored.text) == text else text


def _number(indicator: Indicator, cell: RawCell, stored: Answer | None, language: str) -> Decimal:
    if cell.kind == "n":
        number = Decimal(cell.text)
        if indicator.type is IndicatorType.PERCENTAGE and cell.percent:
            number *= 100
        kept = stored.number if stored is not None else None
        # Excel keeps 15 digits: a longer figure that was left alone stays whole
        if kept is not None and Decimal(f"{float(kept):.15g}") == number:
            return kept
        return number
    if cell.kind == "d":
        raise CellError(
            _("Excel took this for a date. Format the cell as a number and type the figure again.")
        )
    if cell.kind == "b":
        raise CellError(_("Type a number, or choose why there is none."))
    text = visible(cell.text)
    if indicator.type is IndicatorType.PERCENTAGE:
        text = text.removesuffix("%").removesuffix("٪").rstrip()
    # accountants' negatives, as a sheet shows and people paste them
    if (inner := text.removeprefix("(").removesuffix(")")) == text[1:-1] and inner[:1].isdecimal():
        text = f"-{inner}"
    try:
        return parse_number(text, language=language, whole=indicator.type is IndicatorType.INTEGER)
    except NumberError as fault:
        raise CellError(str(fault)) from None


def _truth(cell: RawCell, words: _Words) -> bool:
    if cell.kind == "b":
        return bool(cell.text)
    text = folded(cell.text)
    if text in {words.yes, "yes"}:
        return True
    if text in {words.no, "no"}:
        return False
    raise CellError(_("Choose yes or no."))


def _choice(spoken: Iterable[Indicator], cell: RawCell) -> Any:
    """The choice that is meant, in the workbook's language or the reader's."""
    text = folded(cell.text)
    for choice in (choice for indicator in spoken for choice in indicator.choices):
        if text in {folded(choice.label), str(choice.value).casefold()}:
            return choice.value
        if (
            cell.kind == "n"
            and not isinstance(choice.value, str)
            and Decimal(cell.text) == Decimal(str(choice.value))
        ):
            return choice.value
    raise CellError(_("“%(value)s” is not in the list. Choose one entry of it.") % {"value": cell.text[:60]})


def _ticks(
    indicator: Indicator, rows: Mapping[str, Row], stored: Answer | None, words: _Words
) -> tuple[str, ...]:
    """The entries that are marked; one whose row is not in the file stays as it is."""
    kept = set(stored.choices or ()) if stored is not None else set()
    ticked = []
    for choice in indicator.choices:
        value = str(choice.value)
        row = rows.get(f"{indicator.code}{TICK}{value}")
        if row is None:
            if value in kept:
                ticked.append(value)
            continue
        cell = row.cells.get("value", RawCell("A1"))
        text = folded(cell.text)
        if text in {words.yes, "yes"} or text in _TICKED:
            ticked.append(value)
        elif text not in _NOT_TICKED and text not in {words.no, "no"}:
            fault = CellError(
                _("“%(value)s” says neither yes nor no. Choose yes, or empty the cell.")
                % {"value": cell.text[:60]}
            )
            fault.place = (row.sheet, cell.place)  # type: ignore[attr-defined]
            raise fault
    return tuple(ticked)


def number_text(value: Decimal) -> str:
    """A number as it is kept between reading and confirming."""
    return canonical_number(value)
