"""Hands a workbook back with remarks: coloured cells, comments and a sheet of problems.

Runs in the child process and knows no Django: all words come with the remarks. The file was guarded before; it is
opened with values only, so no formula is ever written back.
"""

import io
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from reporting.workbooks.guard import guard

AUTHOR = "SPM portal"
COLOURS = {"unreadable": "F8C9C4", "error": "F8C9C4", "conflict": "F8C9C4", "warning": "FCE3B0"}
_MINE = {f"00{colour}" for colour in COLOURS.values()} | {f"FF{colour}" for colour in COLOURS.values()}
_INPUT = "FFFFFDF5"  # the colour of a cell to fill in, which a settled remark gives back
_WIDTHS = (24, 9, 44, 60, 52, 40)


def annotate(content: bytes, remarks: dict[str, Any]) -> bytes:
    """The workbook with `remarks`: marks (sheet, cell, severity, text) and the sheet `problems`.

    `problems`: title, empty (words where there are none), head, rows of (severity, sheet, cell, question, what, how,
    link). Remarks of an earlier turn are taken away.
    """
    guard(content)
    book = load_workbook(io.BytesIO(content), data_only=True, keep_links=False, keep_vba=False)
    _clear(book)
    for mark in remarks["marks"]:
        if mark["sheet"] in book.sheetnames:
            _mark(book[mark["sheet"]][mark["cell"]], mark)
    _problems(book, remarks["problems"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _clear(book: Any) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=min(sheet.max_row, 2_000), max_col=min(sheet.max_column, 60)):
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
                    if cell.fill.fgColor.rgb in _MINE:
                        cell.fill = PatternFill("solid", fgColor=_INPUT)


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
    _text(sheet, 1, 1, problems["title"], Font(size=16, bold=True))
    if not problems["rows"]:
        _text(sheet, 3, 1, problems["empty"], Font())
        return
    for column, words in enumerate(problems["head"], start=1):
        cell = _text(sheet, 3, column, words, Font(bold=True, color="FFFFFFFF"))
        cell.fill = PatternFill("solid", fgColor="FF33403F")
    for number, (severity, *words) in enumerate(problems["rows"], start=4):
        for column, text in enumerate(words, start=1):
            cell = _text(sheet, number, column, text, Font())
            if column == 1 and severity in COLOURS:
                cell.fill = PatternFill("solid", fgColor=f"FF{COLOURS[severity]}")
        if words[0] in book.sheetnames and words[1]:
            place = sheet.cell(number, 2)
            place.hyperlink = f"#'{words[0]}'!{words[1]}"
            place.font = Font(color="FF0B5A5A", underline="single")
        if words[5].startswith(("https://", "http://")):
            sheet.cell(number, 6).hyperlink = words[5]
            sheet.cell(number, 6).font = Font(color="FF0B5A5A", underline="single")
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:F{3 + len(problems['rows'])}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _text(sheet: Any, row: int, column: int, text: str, font: Font) -> Any:
    """Write a text as a text, even one that looks like a formula."""
    cell = sheet.cell(row, column)
    cell.value = _clean(text)
    if cell.data_type == "f":
        cell.data_type = "s"
    cell.font = font
    cell.alignment = Alignment(wrap_text=row > 1, vertical="top")
    return cell


def _clean(text: str) -> str:
    return "".join(sign for sign in text if sign in "\n\t" or sign.isprintable())[:32_000]
