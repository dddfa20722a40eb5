"""Reads the plain cells of an Excel workbook with the standard library alone; runs in the child process.

Formatting, pictures and everything else are passed over; the sizes that a sheet claims are not believed. A library
that builds the whole workbook would take longer to start than this takes to read.
"""

import io
import math
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from xml.parsers import expat

from members.workbooks.guard import MAX_COLUMNS, MAX_ROWS, Refused

MAX_SHEETS = 60
MAX_CHARACTERS = 4_000_000
MAX_TEXTS = 200_000

RawCell = tuple[int, str, str, bool]  # column from 1, kind, text, whether shown as a percentage
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# What is no sign of a date in a format: texts, escaped signs, colours and conditions (but not [h], [mm], [ss]).
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how Excel writes control characters, and this pattern itself
_PERCENT_IDS = frozenset({9, 10})
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - Excel knows no zones
_MARCH_1900 = 60  # before it Excel is off by the 29 February 1900 that never was


class Look(NamedTuple):
    """What a number format says of the value."""

    date: bool = False
    percent: bool = False


class Part(NamedTuple):
    """One sheet by its name and where it stands in the file."""

    name: str
    path: str


def read_cells(content: bytes) -> dict[str, Any]:
    """The sheets with their rows: each its number and its cells that hold something; raises Refused.

    Kinds of cells: n number, s text, b truth, d date, e error, f formula without a result.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        parts, from_1904 = _sheets(archive)
        if len(parts) > MAX_SHEETS:
            raise Refused("too_many_sheets", limit=MAX_SHEETS)
        texts = _texts(archive.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
        looks = _looks(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else []
        reader = _Reader(texts, looks, _EPOCHS[from_1904])
        return {
            "sheets": [{"name": part.name, "rows": reader.rows(archive.read(part.path))} for part in parts]
        }


def _sheets(archive: zipfile.ZipFile) -> tuple[list[Part], bool]:
    """The worksheets in their order, and whether days are counted from 1904."""
    targets: dict[str, str] = {}

    def relation(name: str, given: Mapping[str, str]) -> None:
        if name == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            targets[given.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", given.get("Target", "")))[
                1:
            ]

    parts: list[Part] = []
    from_1904 = False

    def element(name: str, given: Mapping[str, str]) -> None:
        nonlocal from_1904
        if name == "workbookPr":
            from_1904 = given.get("date1904", "0") in {"1", "true"}
        elif name == "sheet":
            key = next((text for key, text in given.items() if key.endswith(":id")), "")
            if key in targets:
                parts.append(Part(given.get("name", ""), targets[key]))

    _parse(archive.read("xl/_rels/workbook.xml.rels"), start=relation)
    _parse(archive.read("xl/workbook.xml"), start=element)
    return parts, from_1904


def _texts(data: bytes) -> list[str]:
    """The shared texts; runs of one text are joined, readings beside Asian text left out."""
    found: list[str] = []
    pieces: list[str] = []
    inside = reading = False
    size = 0

    def start(name: str, given: Mapping[str, str]) -> None:
        nonlocal inside, reading
        if name == "t":
            inside = not reading
        elif name == "rPh":
            reading = True

    def text(words: str) -> None:
        if inside:
            pieces.append(words)

    def end(name: str) -> None:
        nonlocal inside, reading, size
        if name == "t":
            inside = False
        elif name == "rPh":
            reading = False
        elif name == "si":
            found.append("".join(pieces))
            pieces.clear()
            size += len(found[-1])
            if size > MAX_CHARACTERS or len(found) > MAX_TEXTS:
                raise Refused("too_much_text")

    _parse(data, start=start, text=text, end=end)
    return found


def _looks(data: bytes) -> list[Look]:
    """What each style says of the value, by its place in the list of cell formats."""
    formats: dict[int, str] = {}
    found: list[Look] = []
    inside = False

    def start(name: str, given: Mapping[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            formats[int(given.get("numFmtId", "0"))] = given.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            found.append(_look(int(given.get("numFmtId", "0")), formats))

    def end(name: str) -> None:
        nonlocal inside
        if name == "cellXfs":
            inside = False

    _parse(data, start=start, end=end)
    return found


def _look(number: int, formats: Mapping[int, str]) -> Look:
    if number not in formats:
        return Look(number in _DATE_IDS, number in _PERCENT_IDS)
    plain = _NO_DATE.sub("", formats[number].partition(";")[0])
    return Look(bool(re.search(r"[dmyhs]", plain, re.IGNORECASE)), "%" in plain)


class _Reader:
    """Reads one sheet after the other and counts the characters of all."""

    def __init__(self, texts: list[str], looks: list[Look], epoch: datetime) -> None:
        self.texts, self.looks, self.epoch = texts, looks, epoch
        self.characters = 0

    def rows(self, data: bytes) -> list[tuple[int, list[RawCell]]]:
        """The rows of a sheet that hold something; raises Refused where something stands far away."""
        self.found: list[tuple[int, list[RawCell]]] = []
        self.cells: list[RawCell] = []
        self.row = self.column = 0
        self.given: Mapping[str, str] = {}
        self.pieces: list[str] = []
        self.inside = self.formula = self.result = self.reading = False
        _parse(data, start=self._start, text=self._text, end=self._end)
        return self.found

    def _start(self, name: str, given: Mapping[str, str]) -> None:
        if name == "c":
            self.given, self.formula, self.result = given, False, False
            place = given.get("r")
            if place is None:
                self.column += 1
            else:
                self.column, self.row = _place(place)
            self.pieces.clear()
        elif name == "row":
            self.row = int(given.get("r", self.row + 1))
            self.column = 0
            self.cells.clear()
        elif name == "v" or (name == "t" and not self.reading):
            self.inside = self.result = True
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.reading = True

    def _text(self, words: str) -> None:
        if self.inside:
            self.pieces.append(words)

    def _end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.inside = False
        elif name == "rPh":
            self.reading = False
        elif name == "c" and (self.result or self.formula):
            self._keep()
        elif name == "row" and self.cells:
            self.found.append((self.row, self.cells.copy()))

    def _keep(self) -> None:
        found = self._cell(self.given, "".join(self.pieces), self.formula, self.result)
        if found is None:
            return
        if self.row > MAX_ROWS or self.column > MAX_COLUMNS:
            raise Refused("far_away", cell=f"{_letters(self.column)}{self.row}", rows=MAX_ROWS)
        self.cells.append((self.column, *found))
        self.characters += len(found[1])
        if self.characters > MAX_CHARACTERS:
            raise Refused("too_much_text")

    def _cell(
        self, given: Mapping[str, str], text: str, formula: bool, result: bool
    ) -> tuple[str, str, bool] | None:
        """The kind, the text and whether it is shown as a percentage; None where nothing stands there."""
        kind = given.get("t", "n")
        if kind == "s":
            text = self.texts[int(text)] if text else ""
        if kind in {"s", "str", "inlineStr"}:
            if formula and not result:
                return ("f", "", False)
            return ("s", _ESCAPED.sub(_unescaped, text), False) if text else None
        if not text:
            return ("f", "", False) if formula else None
        if kind == "b":
            return ("b", "1" if text.strip() in {"1", "true"} else "", False)
        if kind in {"e", "d"}:
            return (kind, text, False)
        return self._number(float(text), int(given.get("s", "0")))

    def _number(self, value: float, style: int) -> tuple[str, str, bool]:
        if not math.isfinite(value):
            return ("e", "#NUM!", False)
        look = self.looks[style] if style < len(self.looks) else Look()
        if look.date:
            return ("d", self._day(value), False)
        # Excel keeps 15 digits; the rest is the noise of binary fractions
        return ("n", f"{value:.15g}", look.percent)

    def _day(self, value: float) -> str:
        try:
            late = value < _MARCH_1900 and self.epoch.year < 1900
            return (self.epoch + timedelta(days=value + late)).isoformat()
        except OverflowError:
            return f"{value:.15g}"


def _parse(
    data: bytes,
    *,
    start: Callable[[str, Mapping[str, str]], None],
    text: Callable[[str], None] | None = None,
    end: Callable[[str], None] | None = None,
) -> None:
    """Walk through XML by names without prefixes; a document type is refused before anything of it is read."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Refused("entities")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    # a prefix is rare: the names are cut only where one is in use
    if b"<c " in data or b"<c>" in data or b"<si>" in data:
        parser.StartElementHandler, parser.EndElementHandler = start, end
    else:
        parser.StartElementHandler = lambda name, given: start(name.rpartition(":")[2], given)
        if end is not None:
            parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    parser.Parse(data, True)


def _place(place: str) -> tuple[int, int]:
    """The column and the row of a cell's name; raises Refused."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise Refused("not_a_workbook")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return column, int(found[2])


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _letters(column: int) -> str:
    def signs() -> Iterator[str]:
        left = column
        while left:
            left, place = divmod(left - 1, 26)
            yield chr(65 + place)

    return "".join(signs())[::-1]
