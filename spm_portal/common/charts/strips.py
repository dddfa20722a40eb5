"""Dots on a line for comparing a few values per row, and the middle half of a group with one's own place in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from spm_portal.common.charts.labels import text_width, wrap
from spm_portal.common.charts.model import Chart, Formatter, NotPublished, Number, Spec, Table, Value
from spm_portal.common.charts.scale import Scale, as_decimal, known, numbers
from spm_portal.common.charts.svg import SMALL, Pen, describe, in_words, number

# room for the words after a row: the own value, and the median or the row's note
BESIDE, BESIDE_NOTED = 150, 200
MOST_BESIDE = 0.42  # of the width: the rails need the rest


@dataclass(frozen=True)
class DotRow:
    """One row of a dot strip: a label and one value per series."""

    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class StripRow:
    """The quartiles of a group and one's own value.

    Each row has its own scale and may have its own formatter. `note` stands beside one's own value in the place of the
    median, for example where it lies.
    """

    label: str
    lower: Value
    median: Value
    upper: Value
    own: Value = None
    domain: tuple[Number, Number] | None = None
    format: Formatter | None = None
    note: str = ""


def _label_room(pen: Pen, labels: list[str]) -> float:
    if pen.style.narrow:
        return 0
    return min(max((text_width(label) for label in labels), default=0), 230) + 14


def _label(pen: Pen, label: str, room: float, top: float, middle: float, beside: float = 80) -> None:
    if pen.style.narrow:
        pen.text(0, top + 12, label, room=pen.style.width - beside)
        return
    pen.lines(room - 14, middle + 4.5, wrap(label, room - 14, most=2), anchor="end", leading=14)


def dots(
    spec: Spec, names: tuple[str, ...], data: tuple[DotRow, ...], *, low: Number = 0, high: Number = 100
) -> Chart:
    """Draw one row per label with a dot per series between ``low`` and ``high``; the first series' value in words."""
    if any(len(row.values) != len(names) for row in data):
        raise ValueError("Every row needs one value per series.")
    pen = Pen(spec)
    narrow = pen.style.narrow
    top = pen.key(list(names), 12, 0) + 4 if len(names) > 1 else 4.0
    left = _label_room(pen, [row.label for row in data])
    scale = Scale(float(low), float(high), left + 8, pen.style.width - (8 if narrow else 58))
    pitch = 40.0 if narrow else 30.0
    bottom = top + pitch * len(data)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        mark = float(low) + (float(high) - float(low)) * share
        if narrow:  # short ticks on each rail leave the labels above it alone
            rails = (top + index * pitch + 27 for index in range(len(data)))
            pen.grid("".join(f"M{number(scale(mark))} {number(rail - 5)}v10" for rail in rails))
        else:
            pen.grid(f"M{number(scale(mark))} {number(top)}V{number(bottom)}")
        # on a phone the outer ticks would stick out of the picture
        anchor = {0.0: "start", 1.0: "end"}.get(share, "middle") if narrow else "middle"
        pen.muted(scale(mark), bottom + 14, spec.format(as_decimal(mark)), anchor=anchor)
    for index, row in enumerate(data):
        _dot_row(pen, scale, row, top + index * pitch, left)
    words = [(row.label, [in_words(value, spec) for value in row.values]) for row in data]
    spoken = [
        (
            label,
            [f"{name} {word}" if len(names) > 1 else word for name, word in zip(names, cells, strict=True)],
        )
        for label, cells in words
    ]
    table = Table(("", *names), tuple((label, *cells) for label, cells in words))
    bottom = pen.withheld_key(bottom + 26, (value for row in data for value in row.values[1:]))
    return pen.finish(bottom - 4, describe(spoken), table)


def _dot_row(pen: Pen, scale: Scale, row: DotRow, top: float, left: float) -> None:
    narrow = pen.style.narrow
    middle = top + (27 if narrow else 15)
    _label(pen, row.label, left, top, middle)
    first = row.values[0]
    word_y, word_x = (top + 12, pen.style.width - 2) if narrow else (middle + 4.5, pen.style.width)
    if isinstance(first, NotPublished):
        pen.withheld(scale.start, middle - 6, scale.end - scale.start, 12, first)
    else:
        pen.path(
            f"M{number(scale.start)} {number(middle)}H{number(scale.end)}", "c-rail", pen.palette.grid, 3
        )
        found = numbers(row.values)
        if len(found) > 1:
            pen.path(
                f"M{number(scale(min(found)))} {number(middle)}H{number(scale(max(found)))}",
                "c-axis",
                pen.palette.muted,
                2,
            )
        word = pen.spec.format(first) if first is not None else "–"
        pen.text(word_x, word_y, word, anchor="end", bold=True)
    for index in reversed(range(len(row.values))):
        value = known(row.values[index])
        if isinstance(row.values[index], NotPublished) and index:
            pen.hatched(scale.end - 26, middle - 5.5, 26, 11)
        elif value is not None:
            pen.marker(index, scale(value), middle, 6 if index == 0 else 5)


def strip(spec: Spec, data: tuple[StripRow, ...], *, own_label: str = "") -> Chart:
    """Draw the middle half of the group as a box with its median, and one's own value as a diamond."""
    pen = Pen(spec)
    narrow = pen.style.narrow
    has_own = any(row.own is not None for row in data)
    own_label = own_label or _("You")
    top = _strip_key(pen, own_label if has_own else "") + 6
    left = _label_room(pen, [row.label for row in data])
    pitch = 46.0 if narrow else 36.0
    beside = 0.0 if narrow else _room_beside(pen, data, has_own=has_own)
    rows, spoken = [], []
    for index, row in enumerate(data):
        words = _strip_row(pen, row, top + index * pitch, left, has_own=has_own, beside=beside)
        rows.append((row.label, *words))
        said = [
            _("median %(value)s") % {"value": words[1]},
            _("middle half %(low)s to %(high)s") % {"low": words[0], "high": words[2]},
        ]
        if isinstance(row.median, NotPublished):
            said = [words[1]]
        spoken.append((row.label, [f"{own_label} {words[3]}", *said] if has_own else said))
    headers: tuple[str, ...] = ("", _("Lower quartile"), _("Median"), _("Upper quartile"), own_label)
    if not has_own:
        headers, rows = headers[:-1], [row[:-1] for row in rows]
    return pen.finish(top + pitch * len(data), describe(spoken), Table(headers, tuple(rows)))


def _strip_key(pen: Pen, own: str) -> float:
    words = _("middle half of members")
    pen.element("rect", "c-soft", x=0, y=3, width=22, height=11, rx=2, fill=pen.palette.soft)
    pen.text(28, 13, words, size=12)
    x = 28 + text_width(words, 12) + 16
    pen.path(f"M{number(x + 4)} 2v13", "c-strong", pen.palette.ink, 2)
    pen.text(x + 12, 13, _("median"), size=12)
    if not own:
        return 24
    x += 12 + text_width(_("median"), 12) + 16
    down = 0.0
    if x + 18 + text_width(own, 12) > pen.style.width:  # a long name has a line of its own
        x, down = 0.0, 20.0
    pen.marker(1, x + 6, 9 + down, 5)
    pen.text(x + 18, 13 + down, own, size=12, room=pen.style.width - x - 18)
    return 24 + down


def _room_beside(pen: Pen, data: tuple[StripRow, ...], *, has_own: bool) -> float:
    """What the longest words beside the rails take; as much for all rows, so that the rails end together."""
    widest = 0.0
    for row in data:
        write = row.format or pen.spec.format
        value, own = known(row.median), known(row.own)
        median = _("median %(value)s") % {"value": write(value)} if value is not None else ""
        room = text_width(row.note or median, SMALL) + 18
        if has_own:
            room += text_width(write(own) if own is not None else "–", bold=True) + 18
        widest = max(widest, room)
    usual = BESIDE_NOTED if any(row.note for row in data) else BESIDE
    return max(usual, min(widest, pen.style.width * MOST_BESIDE))


def _strip_row(
    pen: Pen, row: StripRow, top: float, left: float, *, has_own: bool, beside: float
) -> list[str]:
    """Draw one row; returns lower, median, upper and own in words."""
    write = row.format or pen.spec.format
    narrow = pen.style.narrow
    middle = top + (29 if narrow else 18)
    words = [
        write(value)
        if value is not None and not isinstance(value, NotPublished)
        else in_words(value, pen.spec)
        for value in (row.lower, row.median, row.upper, row.own)
    ]
    right = pen.style.width - (4 if narrow else beside)
    shown = f"{words[3]} · {row.note}" if row.note else words[3]
    word_room = max(80.0, text_width(shown, bold=True) + 12) if has_own else 80.0
    _label(pen, row.label, left, top, middle, word_room)
    if isinstance(row.median, NotPublished):
        pen.withheld(left + 4, middle - 7, right - left - 4, 14, row.median)
        if narrow:
            pen.text(pen.style.width, top + 12, words[3] if has_own else "", anchor="end", bold=True)
        else:
            pen.text(right + 14, middle + 4.5, words[3] if has_own else "", bold=True)
        return words
    found = numbers((row.lower, row.median, row.upper, row.own))
    low, high = _domain(row, found)
    scale = Scale(low, high, left + 10, right - 8)
    pen.path(f"M{number(left + 4)} {number(middle)}H{number(right)}", "c-rail", pen.palette.grid, 3)
    lower, median, upper, own = (known(value) for value in (row.lower, row.median, row.upper, row.own))
    if lower is not None and upper is not None:
        start, end = sorted((scale(lower), scale(upper)))
        pen.element(
            "rect",
            "c-soft",
            x=start,
            y=middle - 7,
            width=max(end - start, 2),
            height=14,
            rx=2,
            fill=pen.palette.soft,
        )
    if median is not None:
        pen.path(f"M{number(scale(median))} {number(middle - 8)}v16", "c-strong", pen.palette.ink, 2)
    if own is not None:
        pen.marker(1, scale(own), middle, 6)
    _strip_words(
        pen,
        words,
        row.note,
        own_known=own is not None,
        has_own=has_own,
        y=top + 12 if narrow else middle + 4.5,
        right=right,
    )
    return words


def _strip_words(
    pen: Pen, words: list[str], note: str, *, own_known: bool, has_own: bool, y: float, right: float
) -> None:
    """The own value bold, the median or the row's note muted beside it."""
    median = note or _("median %(value)s") % {"value": words[1]}
    if not has_own:
        if pen.style.narrow:
            pen.muted(pen.style.width, y, median, anchor="end")
        else:
            pen.muted(right + 14, y, median)
        return
    own = words[3] if own_known else "–"
    if pen.style.narrow:
        pen.text(pen.style.width, y, f"{own} · {note}" if note else own, anchor="end", bold=True)
        return
    pen.text(right + 14, y, own, bold=True)
    pen.muted(
        pen.style.width,
        y,
        median,
        anchor="end",
        room=pen.style.width - right - 22 - text_width(own, bold=True),
    )


def _domain(row: StripRow, found: list[float]) -> tuple[float, float]:
    """The row's scale: the given one, widened to what must be seen, or the values with air around them."""
    if row.domain is not None:
        return min([float(row.domain[0]), *found]), max([float(row.domain[1]), *found])
    if not found:
        return 0.0, 1.0
    low, high = min(found), max(found)
    air = (high - low) * 0.35 or abs(high) * 0.2 or 1.0
    return (max(low - air, 0.0) if low >= 0 else low - air), high + air
