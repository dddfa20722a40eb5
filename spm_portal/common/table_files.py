"""Tables as files: CSV of one table, Excel with a sheet for each; text of people stays text."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse

from spm_portal.common.csv_file import csv_bytes
from spm_portal.common.downloads import made_file

Cell = str | int | float | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
KINDS = {"csv": CSV, "xlsx": XLSX}
# Text of people stays text: no cell becomes a formula or a link.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MOST_TEXT = 32_000
WIDEST = 46  # signs of a column; longer texts go on in the next line
LINE, MOST_LINES = 20, 20  # pixels of a line, and how many a row shows


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a heading row, and rows of words and numbers."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def as_csv(sheet: Sheet) -> bytes:
    """The table as CSV."""
    return csv_bytes(sheet.headers, sheet.rows)


def as_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The tables as an Excel workbook, without formulas or links."""
    import xlsxwriter  # late: only where a file is made

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    top, wrapped = book.add_format({"valign": "top"}), book.add_format({"valign": "top", "text_wrap": True})
    for table in sheets:
        sheet = book.add_worksheet(table.title[:31])
        for column, heading in enumerate(table.headers):
            sheet.write_string(0, column, heading, head)
            sheet.set_column(column, column, _width(table, column))
        for number, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(number, column, value, top)
                elif value:
                    looks = wrapped if len(value) > WIDEST else top
                    sheet.write_string(number, column, value[:MOST_TEXT], looks)
            longest = max((len(value) for value in row if isinstance(value, str)), default=0)
            if longest > WIDEST:  # not every program fits the height by itself
                sheet.set_row_pixels(number, LINE * min(math.ceil(longest / (WIDEST - 6)), MOST_LINES))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.headers) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    book.close()
    return out.getvalue()


def kind_of(kind: str) -> str:
    """The kind of file that the address names; Http404 for one that is not made."""
    if kind not in KINDS:
        raise Http404
    return kind


def table_file(tables: Sequence[Sheet], *, kind: str, name: str) -> HttpResponse:
    """The tables as one file, kept by nobody on the way: CSV has the first alone. `name` without its ending."""
    content = as_csv(tables[0]) if kind == "csv" else as_workbook(tables)
    response = made_file(content, name=f"{name}.{kind}", content_type=KINDS[kind])
    response["Cache-Control"] = "private, no-store"
    return response


def _width(table: Sheet, column: int) -> float:
    longest = max(
        [
            len(table.headers[column]),
            *(len(str(row[column])) for row in table.rows if row[column] is not None),
        ]
    )
    return min(max(longest + 2, 9), WIDEST)
