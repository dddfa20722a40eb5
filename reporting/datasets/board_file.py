"""The board of a round as an Excel file: the rows that are shown, without formulas or links."""

import io
import zoneinfo
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from reporting.selectors.board import Facts
from reporting.selectors.rounds import Board, BoardRow

# Text of people stays text: no cell becomes a formula or a link.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def board_workbook(board: Board, rows: Sequence[tuple[BoardRow, Facts]]) -> bytes:
    """One sheet with a heading row and a row for each member; moments on the association's clocks."""
    import xlsxwriter  # late: only where a file is made

    zone = zoneinfo.ZoneInfo(board.round.association.time_zone)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    sheet = book.add_worksheet(_("Board")[:31])
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    table = [_line(row, facts, zone) for row, facts in rows]
    for column, heading in enumerate(_headings()):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, 28 if column == 0 else 17)
    for number, line in enumerate(table, start=1):
        for column, value in enumerate(line):
            if isinstance(value, datetime):
                sheet.write_datetime(number, column, value, moment)
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value:
                sheet.write_string(number, column, str(value)[:32_000])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(table), 1), len(_headings()) - 1)
    book.close()
    return out.getvalue()


def _headings() -> list[str]:
    return [
        _("Member"),
        _("State"),
        _("Days in this state"),
        _("Held by"),
        _("Answered"),
        _("Required"),
        _("Errors"),
        _("Warnings"),
        _("Warnings without a reason"),
        _("Open questions"),
        _("Due"),
        _("Extended"),
        _("Days to go"),
        _("Submitted"),
        _("How it came"),
        _("Last contact"),
        _("Contact by"),
        _("Mail not delivered to"),
    ]


def _line(row: BoardRow, facts: Facts, zone: zoneinfo.ZoneInfo) -> list[Any]:
    held = row.submission
    timing = {"on_time": _("in time"), "within_grace": _("within grace"), "late": _("late")}
    return [
        held.institution.name,
        held.get_state_display(),
        facts.days,
        facts.holder,
        held.answered_count,
        held.required_count,
        row.errors,
        held.warning_count,
        held.unexplained_count,
        row.open_questions,
        _local(held.due.at, zone),
        _("yes") if held.due.extended else "",
        row.days_left,
        _local(held.submitted_at, zone),
        timing[row.timing] if row.timing else "",
        _local(facts.contact_at, zone),
        facts.contact,
        ", ".join(facts.failed),
    ]


def _local(at: datetime | None, zone: zoneinfo.ZoneInfo) -> datetime | None:
    """The clocks' time without a zone, as a spreadsheet has it."""
    return at.astimezone(zone).replace(tzinfo=None) if at is not None else None
