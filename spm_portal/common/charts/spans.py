"""A timeline: each row a bar from one day to another over the quarters of the years, with a line for today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from spm_portal.common.charts.labels import text_width, wrap
from spm_portal.common.charts.model import Chart, Spec, Table
from spm_portal.common.charts.svg import SMALL, Pen, describe, number

MOST_NAMED = 12  # with more quarters only the years are named
_BAR, _HEAD = 14.0, 40.0


@dataclass(frozen=True)
class SpanRow:
    """One row. Without a start it is a mark on its last day; `series` chooses the colour, `detail` says its state."""

    label: str
    end: date
    start: date | None = None
    series: int = 0
    detail: str = ""


@dataclass(frozen=True)
class _Axis:
    first: date
    last: date
    left: float
    width: float

    def x(self, day: date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return self.left + share * self.width


def quarter_of(day: date) -> date:
    """The first day of the day's quarter."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def next_quarter(first: date) -> date:
    """The first day of the quarter after the one that begins there."""
    return date(first.year + 1, 1, 1) if first.month == 10 else date(first.year, first.month + 3, 1)


def quarter_words(first: date) -> str:
    """The quarter's name without its year, such as Q3."""
    return _("Q%(number)s") % {"number": (first.month - 1) // 3 + 1}


def spans(spec: Spec, rows: Iterable[SpanRow], *, today: date) -> Chart:
    """Draw the rows in their order. ValueError without any."""
    data = tuple(rows)
    if not data:
        raise ValueError("A timeline needs a row.")
    pen = Pen(spec)
    narrow = pen.style.narrow
    widest = max(text_width(row.label) for row in data)
    left = 0.0 if narrow else min(widest, 230) + 12
    days = [day for row in data for day in (row.start, row.end) if day is not None]
    first = quarter_of(min(days))
    last = next_quarter(quarter_of(max(days)))
    # today stands in the picture unless that would squeeze everything else into a corner
    room = (last - first) / 2
    if first - room <= today <= last + room:
        first, last = min(first, quarter_of(today)), max(last, next_quarter(quarter_of(today)))
    # states stand in a column behind the bars; on a phone beside the label
    right = 0.0 if narrow else max(text_width(row.detail, SMALL) for row in data) + 12
    axis = _Axis(first, last, left, pen.style.width - left - min(right, 120.0))
    pitch = _BAR + (28 if narrow else 20)
    bottom = _HEAD + pitch * len(data)
    _quarters(pen, axis, bottom)
    if first <= today < last:
        x = axis.x(today)
        pen.path(
            f"M{number(x)} {number(_HEAD - 6)}V{number(bottom)}", "c-strong", pen.palette.ink, 1.5, "4 3"
        )
        anchor = "end" if x > pen.style.width - 50 else "start"
        pen.muted(x - 4 if anchor == "end" else x + 4, bottom + 12, _("today"), anchor=anchor)
    for index, row in enumerate(data):
        _row(pen, axis, row, _HEAD + index * pitch)
    cells = [(row.label, *_days(row), row.detail) for row in data]
    table = Table(("", _("From"), _("Until"), _("State")), tuple(cells))
    spoken = [(label, [f"{start or '…'} – {end}", state]) for label, start, end, state in cells]
    return pen.finish(bottom + 18, describe(spoken), table)


def _quarters(pen: Pen, axis: _Axis, bottom: float) -> None:
    quarters = []
    at = axis.first
    while at < axis.last:
        quarters.append(at)
        at = next_quarter(at)
    wide = axis.width / len(quarters)
    for index, first in enumerate(quarters):
        x = axis.x(first)
        begins_year = first.month == 1 or index == 0
        if begins_year:
            pen.text(
                x + 4, 12, str(first.year), size=SMALL, bold=True, room=wide * (5 - (first.month + 2) // 3)
            )
        if len(quarters) <= MOST_NAMED and wide >= 24:
            pen.muted(x + 4, 27, quarter_words(first), room=wide)
        top = 0 if begins_year else 17
        if len(quarters) <= MOST_NAMED or begins_year:
            pen.grid(f"M{number(x)} {top}V{number(bottom)}")


def _row(pen: Pen, axis: _Axis, row: SpanRow, y: float) -> None:
    narrow = pen.style.narrow
    if narrow:
        taken = text_width(row.detail, SMALL) + 10 if row.detail else 0.0
        # the lines of quarters and of today pass behind the words
        pen.rect(0, y - 1, pen.style.width, 16, "c-paper", pen.palette.paper)
        pen.text(0, y + 11, row.label, room=pen.style.width - taken)
        pen.muted(pen.style.width, y + 11, row.detail, anchor="end")
        y += 17
    else:
        pen.lines(
            axis.left - 12,
            y + _BAR / 2 + 4.5,
            wrap(row.label, axis.left - 12, most=2),
            anchor="end",
            leading=14,
        )
    css, colour = pen.series_fill(row.series)
    end = axis.x(row.end + timedelta(days=1))
    if row.start is None:
        pen.marker(row.series, max(end - 6, axis.left + 6), y + _BAR / 2, 6)
        start = end - 12
    else:
        start = axis.x(row.start)
        pen.rect(start, y, max(end - start, 3), _BAR, css, colour, 3)
    if row.detail and not narrow:
        pen.muted(axis.left + axis.width + 10, y + _BAR / 2 + 4, row.detail)


def _days(row: SpanRow) -> tuple[str, str]:
    start = date_format(row.start, "SHORT_DATE_FORMAT") if row.start else ""
    return start, date_format(row.end, "SHORT_DATE_FORMAT")
