"""The child process that opens uploaded workbooks: guards, reads or annotates one file, and ends.

`python -m reporting.workbooks.opening read|annotate`: the file comes in by standard input, the answer goes out by
standard output. Knows no Django, no settings and no secrets; bounds itself in memory and processor time first.
"""

import io
import json
import math
import resource
import struct
import sys
import warnings
from datetime import date, datetime, time
from typing import Any

MEMORY = 512 * 2**20
SECONDS = 9
MAX_SHEETS = 60
MAX_CHARACTERS = 4_000_000
LENGTH = struct.Struct(">Q")

RawCell = tuple[str, str, bool]


def read_workbook(content: bytes) -> dict[str, Any]:
    """What stands in the workbook: by sheet its rows, each a number and its cells (column, kind, text, per cent).

    Kinds: n number, s text, b truth, d date, e error, f formula without a result. Empty cells are left out.
    """
    from openpyxl import load_workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    from reporting.workbooks.guard import MAX_COLUMNS, MAX_ROWS, Refused, guard

    bare = guard(content)
    # openpyxl would look through every row for the claimed size of a sheet, which is not believed anyway
    ReadOnlyWorksheet._get_size = lambda sheet: None
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    if len(book.worksheets) > MAX_SHEETS:
        raise Refused("too_many_sheets", limit=MAX_SHEETS)
    sheets, characters = [], 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        without = bare.get(sheet._worksheet_path.lstrip("/"), set())
        rows = []
        for cells in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS):
            found = []
            for cell in cells:
                if cell.value is None:
                    if not without or not hasattr(cell, "coordinate") or cell.coordinate not in without:
                        continue
                    raw = ("f", "", False)
                else:
                    raw = _raw(cell)
                found.append((cell.column, *raw))
                characters += len(raw[1])
            if found:
                rows.append((cells_row(cells), found))
            if characters > MAX_CHARACTERS:
                raise Refused("too_much_text")
        sheets.append({"name": sheet.title, "rows": rows})
    return {"sheets": sheets}


def cells_row(cells: Any) -> int:
    """The number of a row, from any cell in it that is there."""
    return next(int(cell.row) for cell in cells if hasattr(cell, "row"))


def _raw(cell: Any) -> RawCell:
    value = cell.value
    if isinstance(value, bool):
        return ("b", "1" if value else "", False)
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return ("e", "#NUM!", False)
        # Excel keeps 15 digits; the rest is the noise of binary fractions
        return ("n", f"{value:.15g}", "%" in (cell.number_format or ""))
    if isinstance(value, datetime | date | time):
        return ("d", value.isoformat(), False)
    text = str(value)
    return ("e" if cell.data_type == "e" else "s", text, False)


def main() -> int:
    """Do what the command line says; 0 and the answer, or 3 and a refusal as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    from reporting.workbooks.guard import Refused

    work, out = sys.argv[1], sys.stdout.buffer
    try:
        given = sys.stdin.buffer.read()
        if work == "read":
            out.write(json.dumps(read_workbook(given)).encode())
        else:
            from reporting.workbooks.annotate import annotate

            (length,) = LENGTH.unpack_from(given)
            start = LENGTH.size + length
            remarks = json.loads(given[LENGTH.size : start])
            out.write(annotate(given[start:], remarks))
    except Refused as refusal:
        out.write(json.dumps({"code": refusal.code, "parts": refusal.parts}).encode())
        return 3
    except MemoryError:
        out.write(b'{"code": "too_heavy", "parts": {}}')
        return 3
    except Exception as fault:  # noqa: BLE001 - a file fails in more ways than can be listed
        sys.stderr.write(f"{type(fault).__name__}: {fault}"[:500])
        out.write(b'{"code": "not_a_workbook", "parts": {}}')
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
