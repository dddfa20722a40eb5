"""The first sheet of a workbook: what it is, how it works, what the colours mean, where the sections are."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from reporting.selectors.returns import ReturnSheet
from reporting.workbooks import layout
from reporting.workbooks.layout import VALUE, SheetPlan
from reporting.workbooks.styles import Styles


def write_cover(
    ws: Worksheet,
    sheet: ReturnSheet,
    plans: Sequence[SheetPlan],
    styles: Styles,
    *,
    at: datetime,
    right_to_left: bool,
) -> None:
    """Facts of the round, how to fill the workbook in, what the colours mean, and links to the sections."""
    submission = sheet.submission
    ws.hide_gridlines(2)
    if right_to_left:
        ws.right_to_left()
    ws.set_column(0, 0, 3)
    ws.set_column(1, 1, 34)
    ws.set_column(2, 2, 62)
    ws.set_column(3, 3, 16)
    ws.set_row(0, 8, styles.band)
    ws.set_row(1, 20)
    ws.write_string(1, 1, submission.association.name, styles.muted)
    ws.set_row(2, 32)
    ws.write_string(2, 1, submission.institution.name, styles.title)
    ws.write_string(3, 1, submission.round.name, styles.subtitle)
    facts = (
        (_("Period to"), date_format(submission.round.period_end)),
        (_("Due"), date_format(submission.round.due_at)),
        (
            _("Currency"),
            _("%(currency)s, in full units (not thousands)") % {"currency": submission.currency},
        ),
        (_("Made on"), date_format(at, "DATETIME_FORMAT")),
    )
    row = 5
    for label, text in facts:
        ws.write_string(row, 1, label, styles.muted)
        ws.write_string(row, 2, text, styles.plain)
        row += 1
    row = _steps(ws, styles, row + 1)
    row = _legend(ws, styles, row + 1)
    ws.write_string(row + 1, 1, _("Sections"), styles.heading)
    ws.write_string(row + 1, 3, _("Questions"), styles.heading_end)
    row += 2
    for plan in plans:
        questions = sum(line.choice is None for line in plan.lines)
        ws.merge_range(row, 1, row, 2, "", styles.row)
        ws.write_url(
            row,
            1,
            f"internal:'{plan.name}'!{layout.cell_name(layout.FIRST_ROW, VALUE)}",
            styles.link,
            string=f"{plan.section.number}. {plan.section.title}",
        )
        ws.write_number(row, 3, questions, styles.row_number)
        row += 1
    ws.protect()
    ws.set_paper(9)
    ws.fit_to_pages(1, 1)


def _steps(ws: Worksheet, styles: Styles, row: int) -> int:
    steps = (
        _(
            "Fill in the pale yellow cells, section by section. Lists open on a click; help shows beside the cell."
        ),
        _("Where there is no figure, leave the cell empty and choose a reason beside it. Zero is a figure."),
        _("Notes are optional. Last year's figure stands at the end of each row."),
        _("Save the file as .xlsx and upload it on the page of your return, under “Work in Excel”."),
        _("The portal shows what would change and every problem; nothing is saved before you confirm."),
    )
    ws.write_string(row, 1, _("How it works"), styles.heading)
    for number, text in enumerate(steps, start=1):
        ws.set_row(row + number, 20)
        ws.merge_range(row + number, 1, row + number, 3, f"{number}.  {text}", styles.wrapped)
    return row + len(steps) + 1


def _legend(ws: Worksheet, styles: Styles, row: int) -> int:
    ws.write_string(row, 1, _("Colours"), styles.heading)
    legend = (
        (styles.legend_needed, _("Required and still empty")),
        (styles.legend_input, _("To fill in")),
        (
            styles.legend_bad,
            _("Cannot be right: a part above its whole, a figure outside its limits, a text"),
        ),
        (styles.legend_locked, _("Locked: shown for your information")),
    )
    for style, text in legend:
        row += 1
        ws.write_string(row, 1, "", style)
        ws.write_string(row, 2, f"  {text}", styles.plain)
    return row + 1
