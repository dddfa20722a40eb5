"""The matrix as a file: one row for each address and method, one column for each persona."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.permissions.addresses import Address

FILE = Path(__file__).with_name("matrix.csv")
METHODS = ("GET", "POST")
# What a cell may say: "login" is a redirect to the sign-in page, 302 one to anywhere else.
ANSWERS = frozenset({"200", "204", "302", "400", "401", "403", "404", "405", "409", "422", "login"})

# The columns, and how docs/permissions.md calls them.
PERSONAS = {
    "anonymous": "Visitor",
    "manager": "Manager",
    "reviewer": "Reviewer",
    "signatory": "Signatory of the MFI",
    "editor": "Editor of the MFI",
    "other_member": "Signatory of another member",
    "other_manager": "Manager of another association",
    "other_association": "Signatory elsewhere",
    "donor": "Donor with an agreement",
    "other_donor": "Donor without",
    "ex_staff": "Former reviewer",
    "ex_member": "Signatory of a former member",
    "operator": "Operator",
    "support": "Support (admin)",
}
COLUMNS = ("area", "what", "pattern", "name", "case", "method", *PERSONAS)


@dataclass(frozen=True)
class Row:
    """What each persona is answered at one address by one method."""

    area: str
    what: str
    pattern: str  # may end in * for the support tool, where one row stands for many addresses
    name: str
    case: str
    method: str
    cells: dict[str, frozenset[str]]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes the row different from all others."""
        return self.pattern, self.name, self.case, self.method


RowOf = Callable[[Address, str, str], Row | None]


def load() -> list[Row]:
    """The rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [_row(line) for line in csv.DictReader(file)]


def _row(line: dict[str, str]) -> Row:
    cells = {persona: frozenset(line[persona].split("|")) for persona in PERSONAS}
    unknown = sorted(frozenset().union(*cells.values()) - ANSWERS)
    if unknown:
        raise ValueError(f"matrix.csv, {line['pattern']} {line['method']}: no such answer {unknown}")
    return Row(**{name: line[name] for name in COLUMNS[:6]}, cells=cells)


def finder(rows: list[Row]) -> RowOf:
    """Finds the row about an address: an exact one, or the longest prefix of the support tool."""
    exact = {row.key: row for row in reversed(rows)}
    wide = sorted((row for row in rows if "*" in row.pattern), key=lambda row: -len(row.pattern))

    def row_of(address: Address, case: str, method: str) -> Row | None:
        found = exact.get((address.pattern, address.name, case, method))
        if found is not None:
            return found
        covering = (
            row
            for row in wide
            if (row.case, row.method) == (case, method) and fnmatchcase(address.pattern, row.pattern)
        )
        return next(covering, None)

    return row_of


def save(rows: list[Row]) -> None:
    """Write the file; used to draft rows, which a person then reads."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            cells = ["|".join(sorted(row.cells[persona])) for persona in PERSONAS]
            writer.writerow([row.area, row.what, row.pattern, row.name, row.case, row.method, *cells])
