"""Horizontal bars, stacked answers that add up to 100 %, and the small bar that stands in a table's cell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from spm_portal.common.charts.labels import text_width, wrap
from spm_portal.common.charts.model import Chart, NotPublished, Number, Palette, Spec, Table, Value
from spm_portal.common.charts.scale import Scale, as_decimal, known, numbers, ticks
from spm_portal.common.charts.svg import Pen, attribute, describe, in_words, not_published_text, number, safe


@dataclass(frozen=True)
class Bar:
    """One bar.

    ``detail`` is shown muted after the value (a unit, a change); ``emphasis`` marks the reader's own.
    """

    label: str
    value: Value
    detail: str = ""
    emphasis: bool = False


@dataclass(frozen=True)
class StackPart:
    """One kind of answer. ``tone`` is a name of the palette's tones: yes, partly, no, unanswered."""

    label: str
    tone: str


@dataclass(frozen=True)
class StackRow:
    """One question and how it was answered: counts or shares in the order of the parts, or not published."""

    label: str
    values: tuple[Value, ...] | NotPublished
    detail: str = ""


@dataclass(frozen=True)
class _Rows:
    """Where the labels and the bars of a list of rows stand: beside each other, or above each other when narrow."""

    pen: Pen
    labels: tuple[str, ...]
    top: float
    bar: float = 18

    @property
    def left(self) -> float:
        if self.pen.style.narrow:
            return 0
        widest = max((text_width(label) for label in self.labels), default=0)
        return min(widest, 230) + 12

    @property
    def pitch(self) -> float:
        return self.bar + (26 if self.pen.style.narrow else 14)

    def place(self, index: int) -> float:
        """The top of a row's bar, its label being written."""
        y = self.top + index * self.pitch
        label = self.labels[index]
        if self.pen.style.narrow:
            self.pen.text(0, y + 12, label, room=self.pen.style.width)
            return y + 18
        lines = wrap(label, self.left - 12, most=2)
        self.pen.lines(self.left - 12, y + self.bar / 2 + 4.5, lines, anchor="end", leading=14)
        return y

    @property
    def bottom(self) -> float:
        return self.top + len(self.labels) * self.pitch


def bars(spec: Spec, data: tuple[Bar, ...], *, axis: bool = False, maximum: Number | None = None) -> Chart:
    """Draw one bar per row, the value at its end.

    ``maximum`` fixes the scale (100 for shares); ``axis`` draws ticks.
    """
    pen = Pen(spec)
    found = numbers(each.value for each in data)
    low, high = min([0.0, *found]), max([0.0, *found])
    if maximum is not None:
        high = max(float(maximum), high)
    if low == high:
        high = 1.0
    marks = ticks(low, high) if axis else [low, high]
    rows = _Rows(pen, tuple(each.label for each in data), 4)
    scale = _bar_scale(pen, rows, data, marks[0], marks[-1])
    if axis:
        for mark in marks:
            x = scale(mark)
            pen.grid(f"M{number(x)} 0V{number(rows.bottom)}")
            pen.muted(
                x, rows.bottom + 14, spec.format(as_decimal(mark)), anchor="start" if x < 8 else "middle"
            )
    for index, each in enumerate(data):
        _bar(pen, rows, scale, index, each)
    if not pen.style.narrow or low < 0:
        pen.path(f"M{number(scale(0))} 0V{number(rows.bottom - 8)}", "c-axis", pen.palette.muted)
    table = Table(("", _("Value")), tuple((each.label, in_words(each.value, spec)) for each in data))
    spoken = [(each.label, [in_words(each.value, spec)]) for each in data]
    return pen.finish(rows.bottom + (22 if axis else 2), describe(spoken), table)


def _bar_scale(pen: Pen, rows: _Rows, data: tuple[Bar, ...], low: float, high: float) -> Scale:
    """The longest scale on which every value still has room for its words after its bar."""
    space = pen.style.width - rows.left
    negative = 0.0
    if low < 0:
        negative = max(
            (_words_width(each, pen.spec) for each in data if (known(each.value) or 0) < 0), default=0
        )
    reach = space - negative
    for each in data:
        value = known(each.value)
        if value is not None and value >= 0:
            share = (value - low) / (high - low)
            reach = min(reach, (space - negative - _words_width(each, pen.spec)) / max(share, 0.05))
    start = rows.left + negative
    return Scale(low, high, start, start + max(reach, space * 0.2))


def _words_width(each: Bar, spec: Spec) -> float:
    width = text_width(in_words(each.value, spec), bold=True) + 10
    return width + text_width(each.detail, 11.5) + 6 if each.detail else width


def _bar(pen: Pen, rows: _Rows, scale: Scale, index: int, each: Bar) -> None:
    y = rows.place(index)
    middle = y + rows.bar / 2 + 4.5
    value = known(each.value)
    if value is None:
        room = pen.style.width - scale(0)
        if isinstance(each.value, NotPublished):
            pen.hatched(scale(0), y, 48, rows.bar)
            pen.muted(scale(0) + 56, middle, not_published_text(each.value), room=room - 56)
        else:
            pen.muted(scale(0) + 6, middle, in_words(None, pen.spec), room=room)
        return
    css, colour = pen.series_fill(1 if each.emphasis else 0)
    start, end = sorted((scale(0), scale(value)))
    pen.rect(start, y, max(end - start, 1), rows.bar, css, colour, 2)
    words = (
        pen.spec.format(each.value)
        if not isinstance(each.value, NotPublished) and each.value is not None
        else ""
    )
    if value < 0:
        pen.text(start - 6, middle, words, anchor="end", bold=True)
        return
    pen.text(end + 6, middle, words, bold=True, detail=each.detail)


def stacked(
    spec: Spec, parts: tuple[StackPart, ...], data: tuple[StackRow, ...], *, as_given: bool = False
) -> Chart:
    """Draw how each question was answered, every bar adding up to 100 %. Values are counts or shares.

    With `as_given` the values are shares in per cent and written as they are: rounded ones need not add up.
    """
    pen = Pen(spec)
    top = _tone_key(pen, parts) + 6
    rows = _Rows(pen, tuple(row.label for row in data), top, 22)
    scale = Scale(0, 1, rows.left, pen.style.width)
    table_rows, spoken = [], []
    for index, row in enumerate(data):
        y = rows.place(index)
        if isinstance(row.values, NotPublished):
            pen.withheld(scale(0), y, scale(1) - scale(0), rows.bar, row.values)
            words = [not_published_text(row.values), *[""] * (len(parts) - 1)]
            spoken.append((row.label, words[:1]))
        else:
            shares = _shares(row.values, len(parts))
            words = [spec.format(as_decimal(share * 100)) for share in shares]
            if as_given:
                words = [in_words(value, spec) if value else "–" for value in row.values]
            _segments(pen, parts, shares, words, scale, y, rows.bar)
            spoken.append(
                (row.label, [f"{part.label} {word}" for part, word in zip(parts, words, strict=True)])
            )
        table_rows.append((row.label, *words, row.detail))
    detailed = any(row.detail for row in data)
    headers = ("", *(part.label for part in parts), "n")
    table = Table(
        headers if detailed else headers[:-1],
        tuple(cells if detailed else cells[:-1] for cells in table_rows),
    )
    return pen.finish(rows.bottom, describe(spoken), table)


def _shares(values: tuple[Value, ...], count: int) -> list[float]:
    if len(values) != count:
        raise ValueError("Every row needs one value per part.")
    known_values = [max(known(value) or 0.0, 0.0) for value in values]
    total = sum(known_values)
    return [value / total if total else 0.0 for value in known_values]


def _segments(
    pen: Pen,
    parts: tuple[StackPart, ...],
    shares: list[float],
    words: list[str],
    scale: Scale,
    y: float,
    bar: float,
) -> None:
    """Draw the parts of one bar side by side, each with its share in words where there is room."""
    tones = dict(pen.palette.tones)
    start = 0.0
    for part, share, word in zip(parts, shares, words, strict=True):
        if share <= 0:
            continue
        x, width = scale(start), scale(start + share) - scale(start)
        pen.rect(x, y, max(width - 1.5, 0.8), bar, f"c-t-{part.tone}", tones.get(part.tone, pen.palette.soft))
        if width > text_width(word, 12) + 8:
            light = part.tone == "yes"
            pen.text(
                x + width / 2,
                y + bar / 2 + 4.5,
                word,
                anchor="middle",
                css=f"c-i-{part.tone}",
                fill=pen.palette.paper if light else pen.palette.ink,
                size=12,
            )
        start += share


def _tone_key(pen: Pen, parts: tuple[StackPart, ...]) -> float:
    tones = dict(pen.palette.tones)
    x, y = 0.0, 12.0
    for part in parts:
        width = 18 + text_width(part.label, 12)
        if x and x + width > pen.style.width:
            x, y = 0, y + 20
        pen.rect(x, y - 10, 12, 12, f"c-t-{part.tone}", tones.get(part.tone, pen.palette.soft), 2)
        pen.text(x + 18, y, part.label, size=12)
        x += width + 18
    return y + 10


def spark_bar(
    value: Value, maximum: Number = 100, *, width: int = 96, label: str = "", palette: Palette | None = None
) -> str:
    """A small bar for a table's cell.

    Without ``label`` it is decoration beside the number and hidden from readers.
    """
    colours = palette or Palette()
    share = min(max((known(value) or 0) / float(maximum), 0), 1) if float(maximum) > 0 else 0
    name = f'role="img" aria-label={attribute(label)}' if label else 'aria-hidden="true"'
    fill = (
        f'<rect class="c-s1" width="{number(width * share)}" height="8" rx="2" fill="{colours.series[0]}"/>'
    )
    return safe(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="c-spark" viewBox="0 0 {width} 8" '
        f'width="{width}" height="8" {name}>'
        f'<rect class="c-track" width="{width}" height="8" rx="2" fill="{colours.grid}"/>{fill if share else ""}</svg>'
    )
