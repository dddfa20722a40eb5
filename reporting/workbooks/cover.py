"""The first sheet of a workbook: whose it is, how it works, what the colours mean, where the sections are."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from reporting.selectors.returns import ReturnSheet
from reporting.selectors.verification import checked_words
from reporting.validation.progress import Count
from reporting.workbooks import layout
from reporting.workbooks.checks import MARK, Checks
from reporting.workbooks.layout import VALUE, SheetPlan
from reporting.workbooks.styles import Styles
from spm_portal.common.templatetags.ui import country

A4 = 9
LABEL, TEXT, COUNT, STATE = 1, 2, 3, 4


def write_cover(
    ws: Worksheet,
    sheet: ReturnSheet,
    plans: Sequence[SheetPlan],
    styles: Styles,
    checks: Checks,
    *,
    at: datetime,
    footer: str,
    right_to_left: bool,
) -> None:
    """Facts of the round, how to fill the workbook in, what the colours mean, and links to the sections."""
    submission = sheet.submission
    ws.hide_gridlines(2)
    if right_to_left:
        ws.right_to_left()
    for column, width in ((0, 3), (LABEL, 26), (TEXT, 58), (COUNT, 20), (STATE, 16), (5, 3)):
        ws.set_column(column, column, width)
    ws.set_row(0, 10)
    for column in range(6):
        ws.write_blank(0, column, None, styles.band)
    ws.set_row(1, 24)
    ws.write_string(1, LABEL, submission.association.name, styles.muted)
    ws.set_row(2, 34)
    ws.write_string(2, LABEL, submission.institution.name, styles.title)
    ws.set_row(3, 22)
    ws.write_string(3, LABEL, submission.round.name, styles.subtitle)
    row = _facts(ws, sheet, styles, at, 5)
    row = _steps(ws, styles, row + 1)
    row = _sections(ws, sheet, plans, styles, checks, row + 1)
    _legend(ws, styles, row + 1)
    ws.protect()
    ws.set_landscape()
    ws.set_paper(A4)
    ws.center_horizontally()
    ws.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    ws.fit_to_pages(1, 1)
    ws.set_footer(footer)
    ws.set_tab_color(styles.accent)
    ws.activate()


def _facts(ws: Worksheet, sheet: ReturnSheet, styles: Styles, at: datetime, row: int) -> int:
    submission, institution = sheet.submission, sheet.submission.institution
    before = sheet.previous_submission
    facts = [
        (_("Country"), country(institution.country)),
        (_("Period to"), date_format(submission.round.period_end)),
        (_("Due"), date_format(submission.round.due_at)),
        (_("Money in"), _("%(currency)s, in full units (not thousands)") % {"currency": submission.currency}),
        (_("Figures beside the answers"), before.round.name if before else ""),
        (_("Answers as of"), date_format(at, "DATETIME_FORMAT")),
        (_("How far checked"), checked_words(sheet)),
    ]
    for label, text in facts:
        if text:
            ws.write_string(row, LABEL, label, styles.muted)
            ws.write_string(row, TEXT, text, styles.fact)
            row += 1
    return row


def _steps(ws: Worksheet, styles: Styles, row: int) -> int:
    steps = (
        _("Fill in the pale yellow cells, sheet by sheet. Lists open on a click; help stands below each question."),
        _("Where there is no figure, leave the cell empty and choose why beside it. Zero is a figure."),
        _("The column “Check” says while you type what is still to do and what cannot be right."),
        _("Save the file as .xlsx and upload it on the page of your return, under “Work in Excel”."),
        _("The portal shows what would change and every problem; nothing is saved before you confirm."),
    )  # fmt: skip
    ws.set_row(row, 22)
    for column in range(LABEL, STATE + 1):
        ws.write_string(row, column, _("How to fill it in") if column == LABEL else "", styles.heading)
    for number, text in enumerate(steps, start=1):
        ws.set_row(row + number, 19)
        ws.merge_range(row + number, LABEL, row + number, STATE, f"{number}.  {text}", styles.wrapped)
    return row + len(steps) + 1


def _sections(
    ws: Worksheet,
    sheet: ReturnSheet,
    plans: Sequence[SheetPlan],
    styles: Styles,
    checks: Checks,
    row: int,
) -> int:
    """Each section with a link, how many required questions were answered, and whether it is complete by now."""
    ws.set_row(row, 22)
    ws.write_string(row, LABEL, _("Sections"), styles.heading)
    ws.write_string(row, TEXT, "", styles.heading)
    ws.write_string(row, COUNT, _("Answered so far"), styles.heading_end)
    ws.write_string(row, STATE, _("Now"), styles.heading_status)
    for plan in plans:
        row += 1
        count = sheet.progress.per_section.get(plan.section.code, Count(0, 0))
        ws.set_row(row, 18)
        ws.write_url(
            row,
            LABEL,
            f"internal:'{plan.name}'!{layout.cell_name(layout.FIRST_ROW, VALUE)}",
            styles.link,
            string=f"{plan.section.number}. {plan.section.title}",
        )
        ws.write_string(row, TEXT, "", styles.row)
        of = _("%(answered)s of %(required)s") % {"answered": count.answered, "required": count.required}
        ws.write_string(row, COUNT, of, styles.row_end)
        ws.write_string(row, STATE, MARK, styles.status)
        done = f"=({checks.open_questions(plan)})=0"
        ws.conditional_format(
            row, STATE, row, STATE, {"type": "formula", "criteria": done, "format": styles.finished}
        )
    return row + 1


def _legend(ws: Worksheet, styles: Styles, row: int) -> int:
    for column in range(LABEL, STATE + 1):
        ws.write_string(row, column, _("Colours") if column == LABEL else "", styles.heading)
    legend = (
        (styles.legend_input, _("To fill in")),
        (styles.legend_needed, _("Required and still empty")),
        (styles.legend_bad, _("Cannot be right: correct it")),
        (styles.legend_odd, _("Unusual: check it, or say on the portal why it is right")),
        (styles.legend_locked, _("Not to fill in")),
    )
    for style, text in legend:
        row += 1
        ws.write_string(row, LABEL, "", style)
        ws.write_string(row, TEXT, f"  {text}", styles.plain)
    return row + 1
