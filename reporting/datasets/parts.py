"""What a report is made of: typed, frozen blocks that pages and the PDF show alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from reporting.datasets.verification_words import Levels, words_of_many
from spm_portal.common.numbers import format_money, format_number, format_percent

NO_BREAK = "\u00a0"
MILLION = 1_000_000
HALF_PAGE = 130  # millimetres


class Shape(StrEnum):
    """How a figure is drawn."""

    RADAR = "radar"
    DOTS = "dots"
    STACKED = "stacked"
    STRIP = "strip"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A figure that exists and is not published."""

    reason: str = ""


Shown = float | Withheld | None
"""A published number, the fact that it is not published, or None where nobody answered."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes numbers of one unit in the report's language: per cent, an ISO currency, points or plain numbers."""

    language: str
    unit: str = ""
    decimals: int | None = None

    def __call__(self, value: float | Decimal) -> str:
        """The number in words; large amounts and counts in millions, which loses no published digit."""
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if self.unit == "%":
            return format_percent(number, language=self.language, decimals=None)
        if len(self.unit) == 3 and self.unit.isupper():
            if abs(number) >= MILLION:
                millions = format_number(number / MILLION, language=self.language)
                words = _("%(currency)s %(number)s million") % {"currency": self.unit, "number": millions}
                return words.replace(" ", NO_BREAK)
            return format_money(number, self.unit, language=self.language, decimals=None)
        return format_number(number, language=self.language)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a figure: a value per series or part, its contributors as a band and how far they were checked.

    It has a unit and a scale of its own, if any.
    """

    label: str
    values: tuple[Shown, ...]
    n: str = ""
    write: Writer | None = None
    domain: tuple[float, float] | None = None
    levels: Levels | None = None

    @property
    def withheld(self) -> bool:
        """Whether nothing of the row is published."""
        return not any(isinstance(value, int | float) for value in self.values)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as data: the question it answers, its rows, and what stands under it.

    `series` names the values of each row: the lines of a radar, the parts of a stacked bar (yes, partly, no, told
    together), or lower quartile, median and upper quartile of a strip.
    """

    id: str
    title: str
    shape: Shape
    series: tuple[str, ...]
    rows: tuple[Row, ...]
    write: Writer
    period: str
    source: str
    formula: str = ""
    maximum: float | None = None
    number: int = 0
    kind: str = "figure"
    checked_words: str = ""
    """How far its values were checked, where the rows do not say it themselves."""

    @property
    def n(self) -> str:
        """The contributors behind the rows as a band, or from the smallest to the largest band."""
        order = ("5-9", "10-19", "20+")
        bands = sorted(
            {row.n for row in self.rows if row.n}, key=lambda b: order.index(b) if b in order else 0
        )
        if not bands:
            return ""
        pretty = [band.replace("-", "–") for band in bands]
        if len(pretty) == 1:
            return pretty[0]
        return _("%(first)s to %(last)s") % {"first": pretty[0], "last": pretty[-1]}

    @property
    def checked(self) -> str:
        """How far the values behind the rows were checked, in words; empty where nothing is known."""
        return self.checked_words or words_of_many(row.levels for row in self.rows)

    @property
    def withheld(self) -> bool:
        """Whether no row has anything to show."""
        return all(row.withheld for row in self.rows)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number that matters first, and how far it was checked; `withheld` where it is not published."""

    label: str
    figure: str
    note: str = ""
    withheld: bool = False
    levels: Levels | None = None

    @property
    def checked(self) -> str:
        """How far the values behind it were checked, in words; empty where nothing is known."""
        return self.levels.words if self.levels else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; the first column heads its row, columns from `numeric_from` on are numbers."""

    id: str
    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric_from: int = 1
    number: int = 0
    kind: str = "table"

    @property
    def is_words(self) -> bool:
        """Whether no column holds numbers alone."""
        return self.numeric_from >= len(self.headers)


@dataclass(frozen=True, slots=True)
class Prose:
    """A heading, paragraphs and a list."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    id: str = ""
    kind: str = "prose"


@dataclass(frozen=True, slots=True)
class Term:
    """A definition of the annex: what a figure means and how it is worked out."""

    code: str
    label: str
    meaning: str
    formula: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """Definitions of one section of the catalogue."""

    title: str
    terms: tuple[Term, ...]
    id: str = ""
    kind: str = "glossary"


@dataclass(frozen=True, slots=True)
class Words:
    """What the editors wrote about a chapter, as markdown: whoever shows it takes it through the sanitiser."""

    text: str
    title: str = ""
    id: str = "words"
    kind: str = "words"


@dataclass(frozen=True, slots=True)
class Case:
    """A case that the report tells: words as markdown, the MFI if it agreed, the photo by its hash and in words."""

    title: str
    text: str
    institution: str = ""
    photo: str = ""
    photo_sha256: str = ""
    photo_words: str = ""
    id: str = ""
    kind: str = "case"


Block = Figure | Table | Prose | Glossary | Words | Case


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its address, title, one sentence that says what it shows, key figures and blocks."""

    code: str
    title: str
    lede: str
    key_figures: tuple[KeyFigure, ...] = ()
    blocks: tuple[Block, ...] = ()
    annex: bool = False
    number: str = ""

    @property
    def is_short(self) -> bool:
        """Whether it fills less than half a printed page, so that it may follow another chapter on one."""
        height = 30 + (22 if self.key_figures else 0)
        for block in self.blocks:
            if isinstance(block, Figure):
                height += 105 if block.shape is Shape.RADAR else 28 + 9 * len(block.rows)
            elif isinstance(block, Table):
                height += 18 + 6 * len(block.rows)
            elif isinstance(block, Words | Case):
                height += 12 + 5 * (len(block.text) // 90 + block.text.count("\n"))
            else:
                height += 35
        return height < HALF_PAGE and not self.annex

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Its charts."""
        return tuple(block for block in self.blocks if isinstance(block, Figure))


@dataclass(frozen=True, slots=True)
class Message:
    """A key message: one true sentence, and the chapter that shows it."""

    text: str
    chapter: str


@dataclass(frozen=True, slots=True)
class ReportData:
    """A whole report, made of published cells and public facts only."""

    association: str
    association_label: str
    accent: str
    title: str
    round_name: str
    year: int
    period: str
    period_end: date
    edition: int
    period_end_words: str
    published_at: datetime
    published_words: str
    language: str
    rtl: bool
    currency: str
    key_figures: tuple[KeyFigure, ...]
    messages: tuple[Message, ...]
    chapters: tuple[Chapter, ...]
    published_count: int
    withheld_count: int
    imported: bool = False
    foreword: Words | None = None

    @property
    def full_title(self) -> str:
        """Title, association and year in one line."""
        return f"{self.association}: {self.title} {self.year}"

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases that it tells."""
        return tuple(
            block for chapter in self.chapters for block in chapter.blocks if isinstance(block, Case)
        )

    def chapter(self, code: str) -> Chapter | None:
        """The chapter at this address."""
        return next((chapter for chapter in self.chapters if chapter.code == code), None)


def numbered(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Chapters, figures and tables with their numbers; annexes carry letters."""
    found: list[Chapter] = []
    figures = tables = 0
    body = [chapter for chapter in chapters if not chapter.annex]
    annexes = [chapter for chapter in chapters if chapter.annex]
    for place, chapter in enumerate([*body, *annexes]):
        blocks: list[Block] = []
        for block in chapter.blocks:
            if isinstance(block, Figure):
                figures += 1
                blocks.append(replace(block, number=figures))
            elif isinstance(block, Table):
                tables += 1
                blocks.append(replace(block, number=tables))
            else:
                blocks.append(block)
        number = chr(ord("A") + place - len(body)) if chapter.annex else str(place + 1)
        found.append(replace(chapter, blocks=tuple(blocks), number=number))
    return tuple(found)
