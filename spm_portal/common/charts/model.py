"""What goes into a chart and what comes out: values, style, specification and the finished ``Chart``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class NotPublished:
    """A figure that exists but is withheld. Drawn as hatching; never a number, never zero, never blank."""

    reason: str = ""


Number = int | float | Decimal
Value = Number | NotPublished | None
"""A number, ``None`` for "no answer", or ``NotPublished``."""

Formatter = Callable[[Number], str]


@dataclass(frozen=True)
class Palette:
    """Colours written as presentation attributes. Pages override them by class, the PDF shows them as they are.

    The six series colours keep apart in lightness as well as in hue, so they survive colour blindness and grey print.
    """

    ink: str = "#1c2326"
    muted: str = "#5b646a"
    grid: str = "#dcdad3"
    paper: str = "#ffffff"
    series: tuple[str, ...] = ("#0b6470", "#a65a0b", "#5566ab", "#a44a72", "#66722a", "#646b72")
    soft: str = "#cfe0e1"
    tones: tuple[tuple[str, str], ...] = (
        ("yes", "#0b6470"),
        ("partly", "#8fbfc0"),
        ("no", "#dd9a55"),
        ("unanswered", "#e6e4de"),
    )
    heat: tuple[str, ...] = ("#e9f1f0", "#bfdad9", "#86b9ba", "#2c777f", "#0b5763")
    heat_ink: tuple[str, ...] = ("#1c2326", "#1c2326", "#1c2326", "#ffffff", "#ffffff")


@dataclass(frozen=True)
class Style:
    """How a chart is laid out, apart from its data.

    ``width`` is in the units of the view box; under 480 labels go above their bars. ``shape`` turns a label into what
    is drawn (the PDF joins Arabic letters there). ``alt_in_title`` puts the summary into ``<title>``, the only text a
    PDF reader gets. ``rtl`` mirrors the anchors of text.
    """

    width: int = 640
    palette: Palette = field(default_factory=Palette)
    font_family: str = "system-ui, 'Noto Sans', 'DejaVu Sans', Arial, sans-serif"
    shape: Callable[[str], str] = str
    alt_in_title: bool = False
    rtl: bool = False

    @property
    def narrow(self) -> bool:
        return self.width < 480


WIDE = Style()
NARROW = Style(width=360)


@dataclass(frozen=True)
class Note:
    """The line under a chart: how many reported (a band), when, from where, by which formula, and how far checked."""

    n: str = ""
    period: str = ""
    source: str = ""
    formula: str = ""
    checked: str = ""


@dataclass(frozen=True)
class Table:
    """The data of a chart as text, ready to print; the first column is the row's heading."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def plain(value: Number) -> str:
    """Shortest plain writing of a number with at most one decimal, for callers that pass no formatter."""
    return f"{float(value):.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Spec:
    """What every chart needs beside its data.

    ``id`` is unique on the page (letters, digits, hyphen); ``title`` is the question the chart answers; ``format``
    writes a number as text; ``summary`` replaces the description made from the data.
    """

    id: str
    title: str
    format: Formatter = plain
    note: Note = field(default_factory=Note)
    style: Style = WIDE
    summary: str = ""


@dataclass(frozen=True)
class Chart:
    """A finished chart: the picture (markup already vouched for), and everything that must stand around it."""

    id: str
    svg: str
    title: str
    description: str
    table: Table
    note: Note
    narrow: bool = False
