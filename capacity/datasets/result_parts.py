"""What the results of an assessment are made of: typed, frozen, the same for page, PDF and workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from capacity.enums import ProofKind
from capacity.models import Proof
from capacity.scoring import Band
from spm_portal.common.charts.model import Number
from spm_portal.common.numbers import format_number

Value = float | None


@dataclass(frozen=True, slots=True)
class Levels:
    """Writes levels with one decimal in the reader's language; `signed` shows which way something changed."""

    language: str
    signed: bool = False

    def __call__(self, value: Number) -> str:
        """The number in words."""
        words = format_number(float(value), language=self.language, decimals=1)
        return f"+{words}" if self.signed and round(float(value), 1) > 0 else words


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area: its mean, what its raters thought, its change, and what was found from outside."""

    code: str
    number: int
    title: str
    value: Value
    band: Band | None
    scored: int
    not_applicable: int
    cells: tuple[Value, ...]  # by category; None where the area has no item of it, or too little is scored
    groups: tuple[Value, ...]  # by group of raters
    disputed: int
    earlier: Value = None  # its mean as it was told last time
    before: Value = None  # both over the items that can be compared
    after: Value = None
    compared: int = 0
    left_out: int = 0
    self_mean: Value = None  # both over the items that were checked from outside
    verified_mean: Value = None
    verified: int = 0
    overstated: int = 0
    understated: int = 0

    @property
    def label(self) -> str:
        """Its number and title."""
        return f"{self.number}. {self.title}"

    @property
    def difference(self) -> Value:
        """Levels gained since the last assessment."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence of an item; `detail` is the file's name, the address, or what the record said."""

    title: str
    kind: ProofKind
    kind_words: str
    detail: str
    day: date
    row: Proof


@dataclass(frozen=True, slots=True)
class Outside:
    """What was found from outside about an item."""

    level: int
    label: str
    verifier: str
    day: date
    note: str
    difference: int | None  # levels found minus levels agreed


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item with everything that was said of it. `level` None: it does not apply, for this reason."""

    code: str
    area: str
    category: str
    text: str
    level: int | None
    label: str
    reason: str
    minute: str
    proof: str  # what must be seen at this level
    evidence: tuple[Evidence, ...]
    raters: str  # what they gave, in words
    is_disputed: bool
    outside: Outside | None
    before: int | None
    difference: int | None
    broken: str  # why it cannot be compared with the last assessment


@dataclass(frozen=True, slots=True)
class Before:
    """The assessment before this one with which it is compared."""

    title: str
    as_of: date
    overall: Value  # the change, in levels
    risen: tuple[ItemLine, ...]
    fallen: tuple[ItemLine, ...]
    same: int
    breaks: tuple["BreakLine", ...]


@dataclass(frozen=True, slots=True)
class BreakLine:
    """An item that cannot be compared, and why."""

    code: str
    text: str
    reason: str


@dataclass(frozen=True)
class Results:
    """One assessment since its session, in one language."""

    language: str
    rtl: bool
    association: str
    association_label: str
    accent: str
    title: str
    as_of: date
    agreed_at: datetime | None
    agreed_by: str
    framework: str
    publisher: str
    source_note: str
    scale: tuple[tuple[int, str], ...]
    evidence_from: int
    categories: tuple[str, ...]
    groups: tuple[tuple[str, int], ...]  # groups of raters and how many each has
    waiting: int
    overall: Value
    band: Band | None
    areas: tuple[AreaLine, ...]
    by_category: tuple[Value, ...]
    items: tuple[ItemLine, ...]
    strongest: tuple[ItemLine, ...]
    weakest: tuple[ItemLine, ...]
    before: Before | None
    verified: int
    verified_of: int
    verified_difference: Value
    minute: str
    limits: Mapping[str, str]

    @property
    def highest(self) -> int:
        """The highest level."""
        return self.scale[-1][0]

    @property
    def write(self) -> Levels:
        """Writes a mean."""
        return Levels(self.language)

    @property
    def write_change(self) -> Levels:
        """Writes a change, with its sign."""
        return Levels(self.language, signed=True)

    @property
    def raters(self) -> int:
        """How many raters handed in."""
        return sum(count for _group, count in self.groups)

    @property
    def disputed(self) -> tuple[ItemLine, ...]:
        """Items on which raters were far apart."""
        return tuple(item for item in self.items if item.is_disputed)

    @property
    def not_applicable(self) -> tuple[ItemLine, ...]:
        """Items that do not apply."""
        return tuple(item for item in self.items if item.level is None and item.reason)

    def items_of(self, area: AreaLine) -> tuple[ItemLine, ...]:
        """The items of an area, in the order of the framework."""
        return tuple(item for item in self.items if item.area == area.code)

    def area_of(self, item: ItemLine) -> AreaLine:
        """The area of an item."""
        return next(area for area in self.areas if area.code == item.area)
