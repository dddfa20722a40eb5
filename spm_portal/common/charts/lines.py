"""Lines over time, with gaps where nothing is known and breaks where figures cannot be compared."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from spm_portal.common.charts.labels import spread, text_width, wrap
from spm_portal.common.charts.model import Chart, NotPublished, Number, Spec, Table, Value
from spm_portal.common.charts.scale import Scale, as_decimal, known, numbers, ticks
from spm_portal.common.charts.svg import Pen, describe, in_words, number

DASHES = ("", "7 4", "2 4", "10 4 2 4")


@dataclass(frozen=True)
class LinePoint:
    """A value and how many members it rests on (a band, "5-9").

    ``words`` say what stands in the table instead of the value: a bound, or why there is none.
    """

    value: Value
    n: str = ""
    words: str = ""


@dataclass(frozen=True)
class LineSeries:
    """One line; a single one needs no ``label`` where the title names it.

    ``breaks`` holds the places where the line starts anew, because the series or its members changed.
    """

    label: str
    points: tuple[LinePoint, ...]
    breaks: frozenset[int] = field(default_factory=frozenset)


def line(
    spec: Spec, periods: tuple[str, ...], series: tuple[LineSeries, ...], *, floor: Number | None = 0
) -> Chart:
    """Draw up to four series over the periods.

    ``floor`` is where the scale begins; ``None`` lets the data decide.
    """
    if not periods or any(len(each.points) != len(periods) for each in series):
        raise ValueError("Every series needs one point per period.")
    pen = Pen(spec)
    found = numbers(point.value for each in series for point in each.points)
    low = min([*found, float(floor)] if floor is not None else found or [0.0])
    marks = ticks(low, max(found or [1.0]))
    plot = _Plot(pen, periods, series, marks)
    plot.axes()
    plot.breaks()
    for index in range(len(series)):
        plot.draw(index)
    plot.names()
    withheld = (point.value for each in series for point in each.points)
    bottom = pen.withheld_key(plot.count_row() + 8, withheld) - 8
    with_n = [any(point.n for point in each.points) for each in series]
    headers: list[str] = [""]
    for each, counted in zip(series, with_n, strict=True):
        headers += [each.label, "n"] if counted else [each.label]
    rows = []
    for place, period in enumerate(periods):
        cells = [period]
        for each, counted in zip(series, with_n, strict=True):
            cells.append(_words(each.points[place], spec))
            cells += [each.points[place].n] if counted else []
        rows.append(tuple(cells))
    spoken = [
        (
            each.label,
            [f"{period} {_words(point, spec)}" for period, point in zip(periods, each.points, strict=True)],
        )
        for each in series
    ]
    return pen.finish(bottom, describe(spoken), Table(tuple(headers), tuple(rows)))


def _name(series: LineSeries, spec: Spec) -> str:
    """What stands at the end of a line: its label, else its last value."""
    found = [value for point in series.points if (value := known(point.value)) is not None]
    return series.label or (spec.format(as_decimal(found[-1])) if found else "")


def _words(point: LinePoint, spec: Spec) -> str:
    return point.words or in_words(point.value, spec)


class _Plot:
    """The geometry of one line chart."""

    top, tall = 24.0, 190.0

    def __init__(
        self, pen: Pen, periods: tuple[str, ...], series: tuple[LineSeries, ...], marks: list[float]
    ) -> None:
        self.pen, self.periods, self.series, self.marks = pen, periods, series, marks
        width = pen.style.width
        self.mark_words = [pen.spec.format(as_decimal(mark)) for mark in marks]
        self.left = max(text_width(word, 11.5) for word in self.mark_words) + 10
        names = max((text_width(_name(each, pen.spec), 12.5, bold=True) for each in series), default=0)
        self.name_room = min(names + 6, width * (0.32 if pen.style.narrow else 0.28))
        self.right = width - self.name_room - 12
        self.bottom = self.top + self.tall
        self.y = Scale(marks[0], marks[-1], self.bottom, self.top)
        self.lonely = len(periods) == 1

    def x(self, place: float) -> float:
        if self.lonely:
            return (self.left + self.right) / 2
        inset = 14
        return self.left + inset + (self.right - self.left - inset - 4) * place / (len(self.periods) - 1)

    def axes(self) -> None:
        for mark, word in zip(self.marks, self.mark_words, strict=True):
            y = self.y(mark)
            self.pen.grid(f"M{number(self.left)} {number(y)}H{number(self.right + 4)}")
            self.pen.muted(self.left - 8, y + 4, word, anchor="end")
        room = (self.right - self.left) / max(len(self.periods), 1)
        widest = max(text_width(period, 11.5) for period in self.periods)
        every = max(1, -(-int(widest + 8) // max(int(room), 1)))
        for place, period in enumerate(self.periods):
            if (len(self.periods) - 1 - place) % every == 0:
                self.pen.muted(self.x(place), self.bottom + 18, period, anchor="middle")

    def breaks(self) -> None:
        for place in sorted(
            {place for each in self.series for place in each.breaks if 0 < place < len(self.periods)}
        ):
            x = self.x(place - 0.5)
            self.pen.path(
                f"M{number(x)} {number(self.top - 4)}V{number(self.bottom)}",
                "c-axis",
                self.pen.palette.muted,
                1,
                "3 3",
            )
            self.pen.text(x, self.top - 10, _("new series"), anchor="middle", css="c-muted", size=10.5)

    def draw(self, index: int) -> None:
        series = self.series[index]
        css, colour = self.pen.series_stroke(index)
        d, joined = [], False
        for place, point in enumerate(series.points):
            value = known(point.value)
            if isinstance(point.value, NotPublished):
                room = (self.right - self.left) / max(len(self.periods), 1)
                half = min(room * 0.4, 14)
                self.pen.hatched(self.x(place) - half, self.top, 2 * half, self.tall)
            if value is None:
                joined = False
                continue
            pen_down = joined and place not in series.breaks
            d.append(f"{'L' if pen_down else 'M'}{number(self.x(place))} {number(self.y(value))}")
            joined = True
        if d:
            self.pen.path("".join(d), css, colour, 2.25, DASHES[index % len(DASHES)])
        for place, point in enumerate(series.points):
            value = known(point.value)
            if value is not None:
                self.pen.marker(index, self.x(place), self.y(value), 4)

    def names(self) -> None:
        """The name and last value of each line at its end, kept apart."""
        last: list[tuple[int, int, float]] = []
        for index, series in enumerate(self.series):
            places = [place for place, point in enumerate(series.points) if known(point.value) is not None]
            if places:
                value = known(series.points[places[-1]].value) or 0.0
                last.append((index, places[-1], value))
        names = [wrap(self.series[index].label, self.name_room, 12.5, most=2) for index, _, _ in last]
        gap = 15.0 * (max((len(name) for name in names), default=1) + 1)
        moved = spread([self.y(value) for _, _, value in last], gap, self.top + 6, self.bottom - gap / 2)
        for (index, place, value), name, y in zip(last, names, moved, strict=True):
            css, colour = self.pen.series_fill(index)
            x = self.right + 12
            for row, words in enumerate(name if self.series[index].label else ()):
                self.pen.text(
                    x, y + 2 + 14 * row, words, css=f"{css} c-name", fill=colour, size=12.5, bold=True
                )
            words = self.pen.spec.format(as_decimal(value))
            if self.series[index].label:
                if place != len(self.periods) - 1:  # the line ends earlier than the picture
                    words = f"{words} ({self.periods[place]})"
                self.pen.muted(x, y + 2 + 14 * len(name), words)
            elif place == len(self.periods) - 1:
                self.pen.text(x, y + 4, words, css=f"{css} c-name", fill=colour, size=12.5, bold=True)
            else:  # an older value stands at its own point, not at the end of the line
                at = (self.x(place), self._beside(series, place, value))
                self.pen.text(
                    *at, words, anchor="middle", css=f"{css} c-name", fill=colour, size=12.5, bold=True
                )

    def _beside(self, series: LineSeries, place: int, value: float) -> float:
        """Where the words of a point stand: over it, or under it where the line comes down to it."""
        before = known(series.points[place - 1].value) if place and place not in series.breaks else None
        under = self.y(value) + 20
        if before is not None and before > value and under < self.bottom - 4:
            return under
        return self.y(value) - 9

    def count_row(self) -> float:
        """The band of n under each period when there is one series; the table has it for several."""
        bottom = self.bottom + 26
        if len(self.series) != 1 or not any(point.n for point in self.series[0].points):
            return bottom
        points = self.series[0].points
        self.pen.muted(0, bottom + 10, "n")
        step = self.x(1) - self.x(0)
        widest = max(text_width(point.n, 11.5) for point in points) + 4
        rows = 1 if self.lonely else min(3, -(-int(widest) // max(int(step), 1)))
        for place, point in enumerate(points):
            # bands that would touch take turns in two or three rows, the newest in the first
            row = (len(points) - 1 - place) % rows
            self.pen.muted(self.x(place), bottom + 10 + 13 * row, point.n, anchor="middle")
        return bottom + 3 + 13 * rows
