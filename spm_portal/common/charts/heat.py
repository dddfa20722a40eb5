"""A heat map: rows and columns of figures in five steps of one colour, each with its number."""

from __future__ import annotations

from dataclasses import dataclass

from spm_portal.common.charts.labels import text_width, wrap
from spm_portal.common.charts.model import Chart, NotPublished, Number, Spec, Table, Value
from spm_portal.common.charts.scale import known, numbers
from spm_portal.common.charts.svg import Pen, describe, in_words


@dataclass(frozen=True)
class HeatRow:
    """One row: a label and one value per column."""

    label: str
    values: tuple[Value, ...]


def heat(
    spec: Spec,
    columns: tuple[str, ...],
    data: tuple[HeatRow, ...],
    *,
    low: Number | None = None,
    high: Number | None = None,
) -> Chart:
    """Draw the table of values; colour runs from ``low`` to ``high`` (the smallest and largest value if not given)."""
    if not columns or any(len(row.values) != len(columns) for row in data):
        raise ValueError("Every row needs one value per column.")
    pen = Pen(spec)
    narrow = pen.style.narrow
    found = numbers(value for row in data for value in row.values) or [0.0]
    bottom_value = float(low) if low is not None else min(found)
    top_value = float(high) if high is not None else max(found)
    widest = max((text_width(row.label) for row in data), default=0)
    left = 0 if narrow else min(widest, 220) + 10  # on a phone the label stands above its cells
    cell = (pen.style.width - left) / len(columns)
    heads = [wrap(column, cell - 6, 11.5, most=3) for column in columns]
    top = 15.0 * max(len(head) for head in heads) + 8
    for place, head in enumerate(heads):
        for index, words in enumerate(head):
            y = top - 8 - 15 * (len(head) - 1 - index)
            pen.muted(left + cell * (place + 0.5), y, words, anchor="middle")
    tall, above = 34.0, 20.0 if narrow else 0.0
    for index, row in enumerate(data):
        y = top + index * (tall + above) + above
        if narrow:
            pen.text(0, y - 6, row.label, room=pen.style.width)
        else:
            lines = wrap(row.label, left - 10, most=2)
            pen.lines(left - 10, y + tall / 2 + 3.5, lines, anchor="end", leading=14)
        for place, value in enumerate(row.values):
            _cell(pen, value, (left + cell * place, y, cell - 2, tall - 2), bottom_value, top_value)
    bottom = top + (tall + above) * len(data)
    bottom = pen.withheld_key(bottom + 8, (value for row in data for value in row.values)) - 8
    words_of = [(row.label, [in_words(value, spec) for value in row.values]) for row in data]
    spoken = [(label, [f"{c} {w}" for c, w in zip(columns, cells, strict=True)]) for label, cells in words_of]
    table = Table(("", *columns), tuple((label, *cells) for label, cells in words_of))
    return pen.finish(bottom, describe(spoken), table)


def _cell(pen: Pen, value: Value, box: tuple[float, float, float, float], low: float, high: float) -> None:
    x, y, width, height = box
    if isinstance(value, NotPublished):
        pen.hatched(x + 0.5, y + 0.5, width - 1, height - 1)
        return
    number = known(value)
    centre = (x + width / 2, y + height / 2 + 4.5)
    if number is None:
        pen.element(
            "rect", "c-empty", x=x, y=y, width=width, height=height, fill="none", stroke=pen.palette.grid
        )
        pen.text(*centre, "–", anchor="middle", css="c-muted", size=12)
        return
    steps = len(pen.palette.heat)
    share = (number - low) / (high - low) if high > low else 0.5
    step = min(max(int(share * steps), 0), steps - 1)
    pen.rect(x, y, width, height, f"c-h{step + 1}", pen.palette.heat[step], 2)
    words = in_words(value, pen.spec)
    pen.text(
        *centre,
        words,
        anchor="middle",
        css=f"c-hi{step + 1}",
        fill=pen.palette.heat_ink[step],
        size=12,
        room=width,
    )
