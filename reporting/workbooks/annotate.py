"""Hands a workbook back with remarks: coloured cells, comments and a sheet of problems.

Runs in the child process and knows no Django: all words come with the remarks. The file was guarded before; it is
opened with values only, so no formula is ever written back.
"""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from members.workbooks.cells import read_cells
from members.workbooks.guard import guard
from reporting.workbooks.marks import COLOURS

AUTHOR = "SPM portal"
_MINE = {f"00{colour}" for colour in COLOURS.values()} | {f"FF{colour}" for colour in COLOURS.values()}
_WIDTHS = (26, 8, 40, 62, 46, 14)
_FONT = "Calibri"


def annotate(content: bytes, remarks: dict[str, Any]) -> bytes:
    """The workbook with `remarks`: marks (sheet, cell, severity, text) and the sheet `problems`.

    `input` is the colour of a cell to fill in. `problems`: title, lede, empty (words where there are none), open
    (words of a link), head, rows of (severity, sheet, cell, question, what, how, link). Remarks of an earlier turn
    are taken away.
    """
    guard(content)
    read_cells(content)  # refuses cells far away, through which openpyxl would walk
    book = load_workbook(io.BytesIO(content), data_only=True, rich_text=True, keep_links=False)
    _clear(book, remarks["input"])
    for mark in remarks["marks"]:
        if mark["sheet"] in book.sheetnames:
            _mark(book[mark["sheet"]][mark["cell"]], mark)
    _problems(book, remarks["problems"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _clear(book: Any, colour: str) -> None:
    """Take away the remarks of an earlier turn; a settled cell gets back the colour of one to fill in."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=min(sheet.max_row, 2_000), max_col=min(sheet.max_column, 60)):
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
                    if cell.fill.fgColor.rgb in _MINE:
                        cell.fill = PatternFill("solid", fgColor=f"FF{colour}")


def _mark(cell: Any, mark: dict[str, str]) -> None:
    cell.fill = PatternFill("solid", fgColor=f"FF{COLOURS[mark['severity']]}")
    earlier = f"{cell.comment.text}\n\n" if cell.comment is not None and cell.comment.author == AUTHOR else ""
    note = Comment(earlier + mark["text"], AUTHOR)
    note.width, note.height = 320, 60 + 22 * (len(note.text) // 45 + 1)
    cell.comment = note


def _problems(book: Any, problems: dict[str, Any]) -> None:
    name = problems["name"]
    if name in book.sheetnames:
        del book[name]
    sheet = book.create_sheet(name, 1)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.rightToLeft = bool(problems.get("rtl"))
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _text(sheet, 1, 1, problems["title"], Font(name=_FONT, size=20, bold=True))
    sheet.row_dimensions[1].height = 34
    _text(sheet, 2, 1, problems["lede"] if problems["rows"] else problems["empty"], Font(name=_FONT, size=11))
    sheet["A2"].alignment = sheet["A1"].alignment.copy()
    sheet.row_dimensions[2].height = 24
    if not problems["rows"]:
        return
    for column, words in enumerate(problems["head"], start=1):
        cell = _text(sheet, 3, column, words, Font(name=_FONT, size=11, bold=True, color="FFFFFFFF"))
        cell.fill = PatternFill("solid", fgColor="FF33403F")
    sheet.row_dimensions[3].height = 24
    for number, (severity, *words) in enumerate(problems["rows"], start=4):
        _problem(book, sheet, number, severity, words, problems["open"])
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:F{3 + len(problems['rows'])}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.sheet_properties.tabColor = "FFB3261E"
    sheet.print_title_rows = "3:3"
    sheet.oddFooter.right.text = "&P / &N"


def _problem(book: Any, sheet: Any, number: int, severity: str, words: Sequence[str], link: str) -> None:
    """One row: sheet, cell, question, what is wrong, how to fix it, and the way to the question on the portal."""
    for column, text in enumerate(words, start=1):
        cell = _text(sheet, number, column, text, Font(name=_FONT, size=11))
        cell.border = Border(bottom=Side("thin", color="FFD9DEDD"))
        if column == 1 and severity in COLOURS:
            cell.fill = PatternFill("solid", fgColor=f"FF{COLOURS[severity]}")
    lines = (-(-len(text) // (width - 2)) for text, width in zip(words[:5], _WIDTHS, strict=False))
    sheet.row_dimensions[number].height = 15 * max(1, *lines) + 5
    blue = Font(name=_FONT, size=11, color="FF0B5A5A", underline="single")
    if words[0] in book.sheetnames and words[1]:
        place = sheet.cell(number, 2)
        place.hyperlink = f"#'{words[0]}'!{words[1]}"
        place.font = blue
    if words[5].startswith(("https://", "http://")):
        place = sheet.cell(number, 6)
        place.hyperlink, place.value, place.font = words[5], _clean(link), blue


def _text(sheet: Any, row: int, column: int, text: str, font: Font) -> Any:
    """Write a text as a text, even one that looks like a formula."""
    cell = sheet.cell(row, column)
    cell.value = _clean(text)
    if cell.data_type == "f":
        cell.data_type = "s"
    cell.font = font
    order = 2 if sheet.sheet_view.rightToLeft else 0
    cell.alignment = Alignment(wrap_text=row > 1, vertical="top", readingOrder=order)
    return cell


def _clean(text: str) -> str:
    return "".join(sign for sign in text if sign in "\n\t" or sign.isprintable())[:32_000]
