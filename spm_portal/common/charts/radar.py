"""The radar of the seven dimensions: the field's custom picture, up to three series."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

from spm_portal.common.charts.labels import wrap
from spm_portal.common.charts.model import Chart, NotPublished, Number, Spec, Table, Value
from spm_portal.common.charts.scale import as_decimal, known
from spm_portal.common.charts.svg import FONT_SIZE, Pen, describe, in_words, number

DASHES = ("", "7 4", "2 4")


@dataclass(frozen=True)
class RadarSeries:
    """One line of the radar: its name and one value per axis."""

    label: str
    values: tuple[Value, ...]


def radar(spec: Spec, axes: tuple[str, ...], series: tuple[RadarSeries, ...], maximum: Number = 100) -> Chart:
    """Draw up to three series over the axes, from 0 at the centre to ``maximum`` at the rim.

    A series is interrupted where its value is unknown. An axis whose first series is not published is hatched.
    """
    if len(axes) < 3:
        raise ValueError("A radar needs at least three axes.")
    if not 1 <= len(series) <= 3:
        raise ValueError("A radar takes one to three series.")
    if any(len(each.values) != len(axes) for each in series):
        raise ValueError("Every series needs one value per axis.")
    pen = Pen(spec)
    web = _Web(pen, axes, float(maximum))
    web.background(series[0])
    for index in reversed(range(len(series))):
        web.series(index, series[index])
    bottom = web.bottom + 12
    if len(series) > 1:
        bottom = pen.key([each.label for each in series], bottom + 16)
    bottom = pen.withheld_key(bottom + 4, series[0].values)
    rows = [
        (axis, [in_words(each.values[place], spec) for each in series]) for place, axis in enumerate(axes)
    ]
    headers = ("", *(each.label for each in series))
    spoken = [
        (
            axis,
            [
                f"{each.label} {word}" if len(series) > 1 else word
                for each, word in zip(series, words, strict=True)
            ],
        )
        for axis, words in rows
    ]
    table = Table(headers, tuple((axis, *words) for axis, words in rows))
    return pen.finish(bottom, describe(spoken), table)


class _Web:
    """The geometry of one radar."""

    def __init__(self, pen: Pen, axes: tuple[str, ...], maximum: float) -> None:
        self.pen, self.axes, self.maximum = pen, axes, maximum
        width = pen.style.width
        self.radius = 84.0 if pen.style.narrow else 150.0
        self.size = 12 if pen.style.narrow else FONT_SIZE
        self.cx = width / 2
        self.cy = self.radius + 42
        self.bottom = self.cy + self.radius * cos(pi / len(axes) if len(axes) % 2 else 0)

    def point(self, axis: float, value: float) -> tuple[float, float]:
        angle = 2 * pi * axis / len(self.axes)
        reach = self.radius * min(max(value / self.maximum, 0), 1.2)
        return self.cx + reach * sin(angle), self.cy - reach * cos(angle)

    def outline(self, places: list[tuple[float, float]], *, closed: bool = True) -> str:
        steps = "L".join(f"{number(x)} {number(y)}" for x, y in places)
        return f"M{steps}{'Z' if closed else ''}"

    def background(self, first: RadarSeries) -> None:
        count = len(self.axes)
        for place, value in enumerate(first.values):
            if isinstance(value, NotPublished):
                corners = [(self.cx, self.cy)]
                corners += [
                    self.point(place + step, self.maximum * cos(pi / count * step * 2))
                    for step in (-0.5, 0.5)
                ]
                corners.insert(2, self.point(place, self.maximum))
                self.pen.element("path", "", d=self.outline(corners), fill=self.pen.hatch())
        for share in (0.25, 0.5, 0.75, 1):
            ring = [self.point(place, self.maximum * share) for place in range(count)]
            self.pen.grid(self.outline(ring))
        self.pen.grid(
            "".join(
                self.outline([(self.cx, self.cy), self.point(place, self.maximum)], closed=False)
                for place in range(count)
            )
        )
        for share in (0.5, 1):
            text = self.pen.spec.format(as_decimal(self.maximum * share))
            x, y = self.point(0, self.maximum * share)
            self.pen.text(x + 4, y + 12, text, css="c-muted", size=10.5)
        for place, label in enumerate(self.axes):
            self.label(place, label)

    def label(self, place: int, label: str) -> None:
        x, y = self.point(place, self.maximum * (1.08 if not self.pen.style.narrow else 1.1))
        side = x - self.cx
        if abs(side) < self.radius * 0.1:
            above = y < self.cy
            lines = wrap(label, self.pen.style.width * 0.6, most=2)
            if not above:
                self.reach(y + 12 + 7.5 * (len(lines) - 1), lines)
            self.pen.lines(
                x,
                y - 4 - 7.5 * (len(lines) - 1) if above else y + 12 + 7.5 * (len(lines) - 1),
                lines,
                anchor="middle",
            )
            return
        outward = self.pen.style.width - x if side > 0 else x
        lines = wrap(label, outward - 6, self.size, most=5 if self.pen.style.narrow else 4)
        anchor = "start" if side > 0 else "end"
        if self.pen.style.rtl:
            anchor = "end" if anchor == "start" else "start"
        drop = 8 if y > self.cy + self.radius * 0.7 else 4
        self.reach(y + drop, lines)
        self.pen.lines(x + (4 if side > 0 else -4), y + drop, lines, anchor=anchor, size=self.size)

    def reach(self, y: float, lines: list[str]) -> None:
        """Remember how far down the labels go."""
        self.bottom = max(self.bottom, y + 7.5 * (len(lines) - 1) + 4)

    def series(self, index: int, series: RadarSeries) -> None:
        css, colour = self.pen.series_stroke(index)
        known_places = [
            self.point(place, value) if (value := known(raw)) is not None else None
            for place, raw in enumerate(series.values)
        ]
        whole = [place for place in known_places if place is not None]
        if len(whole) == len(known_places):
            d = self.outline(whole)
            if index == 0:
                fill_css, _ = self.pen.series_fill(0)
                self.pen.element("path", fill_css, d=d, fill=colour, fill_opacity=".14")
        else:
            d = "".join(self.outline(run, closed=False) for run in _runs(known_places) if len(run) > 1)
        if d:
            self.pen.path(d, css, colour, 2.25 if index == 0 else 1.75, DASHES[index])
        for x, y in whole:
            self.pen.marker(index, x, y, 4 if index == 0 else 3.4)


def _runs(places: list[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Unbroken stretches around the circle; the last one joins the first when both ends are known."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    if len(runs) > 1 and places[0] is not None and places[-1] is not None:
        runs[0] = runs.pop() + runs[0]
    return [run for run in runs if run]
