"""Tables as CSV that a spreadsheet opens as data: words stay words, numbers stay numbers."""

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | None

# A spreadsheet takes a text that begins so for a formula.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table in UTF-8 with commas and decimal points, whatever the language, so that programs read it alike.

    A text that a spreadsheet would run as a formula gets an apostrophe before it; nothing stands for None.
    """
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_plain(name) for name in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _plain(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
    # a float that is whole is written as people write it
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
