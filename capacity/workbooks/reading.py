"""Reads a rater's workbook: its mark, and what the yellow columns say of each item; every fault with its cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from capacity.frameworks import Framework
from capacity.workbooks.layout import MARK_SHEET, NOT_APPLICABLE, Mark, MarkBroken, opened

_READ = ("level", "reason", "note", "link")
_NOT_APPLICABLE = frozenset({NOT_APPLICABLE, "n/a", "na"})


@dataclass(frozen=True, slots=True)
class ReadScore:
    """What stands in the row of one item; `where` is the cell of its level."""

    item: str
    level: int | None
    not_applicable: bool
    reason: str
    note: str
    link: str
    where: str


@dataclass
class Reading:
    """The rows that say something, and what could not be read."""

    scores: list[ReadScore] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


def mark_in(raw: Mapping[str, Any]) -> Mark:
    """The mark of a workbook; raises MarkBroken."""
    for sheet in raw["sheets"]:
        if sheet["name"] == MARK_SHEET:
            for _row, cells in sheet["rows"]:
                return opened(cells[0][2])
    raise MarkBroken


def read(raw: Mapping[str, Any], framework: Framework) -> Reading:
    """What the workbook says of each item. Rows of items that are left empty say nothing."""
    found = Reading()
    seen: dict[str, str] = {}
    for sheet in raw["sheets"]:
        columns = _columns(sheet["rows"])
        if columns is None:
            continue
        for number, cells in sheet["rows"][1:]:
            by_column = {cell[0]: cell for cell in cells}
            row = {name: by_column.get(column) for name, column in columns.items()}
            places = {key: _place(sheet["name"], column, number) for key, column in columns.items()}
            _row(found, framework, seen, row, places)
    return found


def _columns(rows: Sequence[Any]) -> dict[str, int] | None:
    """The columns by their keys, from the hidden first row; None for a sheet of something else."""
    if not rows:
        return None
    keys = {cell[2]: cell[0] for cell in rows[0][1]}
    return {key: keys[key] for key in ("code", *_READ)} if {"code", *_READ} <= keys.keys() else None


def _row(
    found: Reading, framework: Framework, seen: dict[str, str], row: Any, places: Mapping[str, str]
) -> None:
    texts = {key: _text(cell) for key, cell in row.items()}
    code = texts["code"]
    broken = [key for key in _READ if row[key] is not None and row[key][1] in {"e", "f"}]
    said = bool(broken) or any(texts[key] for key in _READ)
    if not code:
        if said:
            fault = _("Something is written beside no item. Write it into the row of its item.")
            found.faults.append((places["level"], fault))
        return
    if not framework.has(code):
        # the row of headings under the hidden keys has a word in the column of items, and no item
        if said and row["level"] is not None and _is_heading(row):
            return
        found.faults.append(
            (places["code"], _("The framework has no item “%(item)s”.") % {"item": code[:60]})
        )
        return
    if code in seen:
        fault = _("The item %(item)s stands twice, also at %(where)s. Leave one of the rows.")
        found.faults.append((places["code"], fault % {"item": code, "where": seen[code]}))
        return
    seen[code] = places["code"]
    if not said:
        return
    if broken:
        fault = _("This cell holds a formula or an error. Write the value itself.")
        found.faults.append((places[broken[0]], fault))
        return
    level, not_applicable = _level(texts["level"])
    if level is None and not not_applicable:
        words = _("“%(text)s” is no level. Write one of: %(levels)s.") % {
            "text": texts["level"][:40],
            "levels": ", ".join([*map(str, framework.levels), NOT_APPLICABLE]),
        }
        if not texts["level"]:
            words = _("There is a note or a link, and no level. Write the level too.")
        found.faults.append((places["level"], words))
        return
    found.scores.append(
        ReadScore(code, level, not_applicable, texts["reason"], texts["note"], texts["link"], places["level"])
    )


def _is_heading(row: Any) -> bool:
    return all(row[key] is not None and row[key][1] == "s" for key in ("code", *_READ))


def _level(text: str) -> tuple[int | None, bool]:
    plain = text.lower()
    if plain in _NOT_APPLICABLE:
        return None, True
    whole = plain.removesuffix(".0")
    return (int(whole), False) if whole.isascii() and whole.isdigit() and len(whole) < 4 else (None, False)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell[2]).replace("\u200b", "").strip()


def _place(sheet: str, column: int, row: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row}"
