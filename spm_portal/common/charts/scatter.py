"""Two measures of the same members against each other."""

from __future__ import annotations

from dataclasses import dataclass

from spm_portal.common.charts.labels import spread, text_width
from spm_portal.common.charts.model import Chart, Formatter, NotPublished, Number, Spec, Table, Value
from spm_portal.common.charts.scale import Scale, as_decimal, known, ticks
from spm_portal.common.charts.svg import Pen, describe, number


@dataclass(frozen=True)
class ScatterPoint:
    """One member.

    Only ``highlight`` ones are named in the picture; points without both values are left out of it.
    """

    label: str
    x: Value
    y: Value
    highlight: bool = False


def scatter(
    spec: Spec,
    x_label: str,
    y_label: str,
    points: tuple[ScatterPoint, ...],
    *,
    x_format: Formatter | None = None,
    x_middle: Number | None = None,
    y_middle: Number | None = None,
) -> Chart:
    """Draw a dot per member; ``x_middle`` and ``y_middle`` (medians) divide the field by dashed lines."""
    pen = Pen(spec)
    write_x = x_format or spec.format
    drawn = [(p, x, y) for p in points if (x := known(p.x)) is not None and (y := known(p.y)) is not None]
    x_marks = ticks(*_span([x for _, x, _ in drawn]))
    y_marks = ticks(*_span([y for _, _, y in drawn]))
    y_words = [spec.format(as_decimal(mark)) for mark in y_marks]
    left = max(text_width(word, 11.5) for word in y_words) + 10
    top, tall = 26.0, (220.0 if pen.style.narrow else 280.0)
    across = Scale(x_marks[0], x_marks[-1], left + 4, pen.style.width - 14)
    up = Scale(y_marks[0], y_marks[-1], top + tall, top)
    pen.muted(0, 12, y_label, room=pen.style.width)
    for mark, word in zip(y_marks, y_words, strict=True):
        pen.grid(f"M{number(left)} {number(up(mark))}H{number(pen.style.width - 6)}")
        pen.muted(left - 8, up(mark) + 4, word, anchor="end")
    for mark in _fitting(
        x_marks, across, max(text_width(write_x(as_decimal(mark)), 11.5) for mark in x_marks)
    ):
        pen.muted(across(mark), top + tall + 18, write_x(as_decimal(mark)), anchor="middle")
    if x_middle is not None:
        pen.path(
            f"M{number(across(x_middle))} {number(top)}v{number(tall)}", "c-axis", pen.palette.muted, 1, "4 4"
        )
    if y_middle is not None:
        pen.path(
            f"M{number(left)} {number(up(y_middle))}H{number(pen.style.width - 6)}",
            "c-axis",
            pen.palette.muted,
            1,
            "4 4",
        )
    _dots(pen, drawn, across, up, (top, top + tall))
    pen.muted(pen.style.width - 6, top + tall + 36, x_label, anchor="end", room=pen.style.width - 12)
    rows = tuple((p.label, _word(p.x, write_x), _word(p.y, spec.format)) for p in points)
    spoken = [(label, [f"{x_label} {x}", f"{y_label} {y}"]) for label, x, y in rows]
    return pen.finish(top + tall + 44, describe(spoken), Table(("", x_label, y_label), rows))


def _word(value: Value, write: Formatter) -> str:
    return "–" if value is None or isinstance(value, NotPublished) else write(value)


def _span(values: list[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    # A scale that starts at zero unless the data are far from it.
    return (0.0, high) if 0 <= low < high * 0.6 else (low, high)


def _fitting(marks: list[float], scale: Scale, widest: float) -> list[float]:
    step = abs(scale(marks[1]) - scale(marks[0])) if len(marks) > 1 else scale.end
    every = max(1, -(-int(widest + 10) // max(int(step), 1)))
    return marks[::every]


def _dots(
    pen: Pen,
    drawn: list[tuple[ScatterPoint, float, float]],
    across: Scale,
    up: Scale,
    limits: tuple[float, float],
) -> None:
    css, colour = pen.series_fill(0)
    for point, x, y in drawn:
        if not point.highlight:
            pen.element(
                "circle",
                f"{css} c-halo",
                cx=across(x),
                cy=up(y),
                r=5,
                fill=colour,
                fill_opacity=".7",
                stroke=pen.palette.paper,
            )
    named = [(point, across(x), up(y)) for point, x, y in drawn if point.highlight]
    heights = spread([y for _, _, y in named], 16, limits[0] + 6, limits[1] - 6)
    for (point, x, y), label_y in zip(named, heights, strict=True):
        pen.marker(1, x, y, 6)
        left_side = text_width(point.label, bold=True) + 20 > pen.style.width - x and x > pen.style.width / 2
        room = (x - 16) if left_side else (pen.style.width - x - 16)
        pen.text(
            x + (-12 if left_side else 12),
            label_y + 4.5,
            point.label,
            anchor="end" if left_side else "start",
            bold=True,
            room=room,
        )
