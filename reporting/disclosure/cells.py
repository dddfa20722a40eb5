"""What goes into the disclosure gate and what comes out: measures, policy, cells."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from reporting.statistics import MEDIAN_MINIMUM, QUARTILES_MINIMUM, Number, Unit, exact

Choices = str | AbstractSet[str] | list[str] | tuple[str, ...]
Value = Number | tuple[Number, Number] | bool | Choices
Contributions = Mapping[str, Value]
Owners = Mapping[str, str]


class Kind(StrEnum):
    """The statistics that are offered; minimum, maximum, ranks and outer percentiles are not."""

    SUM = "sum"
    MEDIAN = "median"
    QUARTILES = "quartiles"
    MEAN = "mean"
    SHARE_YES = "share_yes"
    DISTRIBUTION = "distribution"
    RATIO_OF_SUMS = "ratio_of_sums"


class Reason(StrEnum):
    """Why a cell is not published: for staff and the log. Everyone else sees one marker (R12)."""

    TOO_FEW = "too_few"
    DOMINATED = "dominated"
    PINNED = "pinned"
    ONE_SIDED = "one_sided"
    DERIVABLE = "derivable"
    INFERABLE = "inferable"
    REVISED = "revised"
    HELD_BACK = "held_back"
    PANEL_BROKEN = "panel_broken"
    UNDEFINED = "undefined"
    NOT_OFFERED = "not_offered"
    NOBODY = "nobody"
    ERROR = "error"


class Relation(StrEnum):
    """How the true figure stands to the published value; bounds are for shares near 0 and 100 % only."""

    EQUAL = "equal"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"


class Change(StrEnum):
    """What a change is measured in."""

    PERCENT = "percent"
    POINTS = "points"


@dataclass(frozen=True)
class Contributor:
    """One member's place in the gate: `key` names the member, `owner` whoever knows its figures (R1)."""

    key: str
    owner: str


@dataclass(frozen=True)
class Measure:
    """One statistic of one indicator.

    `unit` decides the rounding and `decimals` the finest decimal of amounts, percentages and ratios.
    `bounded` is the possible range where there is one (a score: 0 to 100). `choices` are all choices of a
    distribution, those that nobody took included; `multiple` says that a member may take several. A ratio
    of sums in per cent is multiplied by 100 here.
    """

    code: str
    kind: Kind
    unit: Unit = Unit.AMOUNT
    bounded: tuple[Number, Number] | None = None
    decimals: int | None = None
    choices: tuple[str, ...] = ()
    multiple: bool = False

    def __post_init__(self) -> None:
        if self.bounded is not None and exact(self.bounded[0]) >= exact(self.bounded[1]):
            raise ValueError(f"{self.code}: the lower bound must be below the upper one.")
        if (self.kind is Kind.DISTRIBUTION) != bool(self.choices):
            raise ValueError(f"{self.code}: a distribution, and nothing else, lists its choices.")
        if len(set(self.choices)) != len(self.choices):
            raise ValueError(f"{self.code}: a choice is listed twice.")


@dataclass(frozen=True)
class Policy:
    """Parameters of the gate.

    `k` contributors at least (an association may ask for up to 20), `kq` for quartiles, `rev` changed contributors
    before a figure is replaced by a new one; `p` is the share of the largest contribution within
    which nobody may be able to estimate it; `w` the width (in per cent of a bounded range) that every
    value must keep; `edge_n` the contributors from which "at most 20 %" may be said. `p` and `w` come
    from the environment: who knows them can undo part of the protection, so they are not shown.
    """

    k: int = 5
    kq: int = 8
    rev: int = 3
    p: Decimal = field(default=Decimal("0.15"), repr=False)
    w: Decimal = field(default=Decimal(20), repr=False)
    edge_n: int = 10

    def __post_init__(self) -> None:
        if self.k < 3:
            raise ValueError("Fewer than three contributors are never published: set k to 3 or more.")
        if self.k > 20:
            raise ValueError("More than twenty contributors would publish nothing: set k to 20 or less.")
        if self.rev < 3:
            raise ValueError("Fewer than three changed contributors show themselves: set rev to 3 or more.")
        if self.kq < self.k:
            raise ValueError("Quartiles need no fewer contributors than other figures: set kq to k or more.")
        if not 0 < exact(self.p) < 1:
            raise ValueError("p is a share: set it above 0 and below 1, such as 0.15.")
        if not 0 < exact(self.w) <= 50:
            raise ValueError("w is a width in per cent of the range: set it above 0 and up to 50.")
        if self.edge_n < 10:
            raise ValueError("One-sided shares need ten contributors: set edge_n to 10 or more.")

    def needed(self, kind: Kind) -> int:
        """Contributors that a figure of this kind needs."""
        if kind is Kind.MEDIAN:
            return max(self.k, MEDIAN_MINIMUM)
        if kind is Kind.QUARTILES:
            return max(self.kq, QUARTILES_MINIMUM)
        return self.k


@dataclass(frozen=True)
class Part:
    """One number of a cell that has several: a quartile ("lower") or the share of one or of several
    choices."""

    codes: tuple[str, ...]
    value: float


@dataclass(frozen=True)
class Cell:
    """One figure of a release, or the fact that it is not published.

    "Not published" is a value of its own: such a cell carries no number, no parts and no band, only the
    reason. `breakdown` and `category` are empty for the total; `change` is set for a change between two
    periods, `kept` for a figure of an earlier edition that too few contributors changed.
    """

    code: str
    statistic: Kind
    published: bool
    value: float | None = None
    parts: tuple[Part, ...] = ()
    relation: Relation = Relation.EQUAL
    reason: Reason | None = None
    n_band: str | None = None
    breakdown: str | None = None
    category: str | None = None
    change: Change | None = None
    kept: bool = False

    def __post_init__(self) -> None:
        has_figure = (self.value is not None) != bool(self.parts)
        if self.published and (not has_figure or self.reason is not None or self.n_band is None):
            raise ValueError(f"{self.code}: a published cell has a value or parts, a band and no reason.")
        if not self.published and (
            self.value is not None
            or self.parts
            or self.n_band is not None
            or self.relation is not Relation.EQUAL
            or self.reason is None
        ):
            raise ValueError(f"{self.code}: a cell that is not published carries only its reason.")

    def part(self, *codes: str) -> float | None:
        """The value of one part, None where it is not published."""
        return next((part.value for part in self.parts if part.codes == codes), None)


@dataclass(frozen=True)
class Contribution:
    """One member's value, read: a number (yes is 1), its denominator, or the choices taken."""

    contributor: Contributor
    number: Fraction = Fraction(0)
    denominator: Fraction = Fraction(1)
    choices: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        # a fraction's own hash costs more than all else that is done with it
        return hash((self.contributor.key, self.number.numerator, self.number.denominator))


Population = tuple[Contribution, ...]
Parts = tuple[tuple[str, ...], ...]
Limits = tuple[int, int]


@dataclass(frozen=True)
class Claim:
    """What a published figure tells: its members, the choices whose shares it gives, or a bound.

    `limits` are the least and the most yes that a bound leaves possible; None where the figure is exact.
    """

    population: Population
    parts: Parts = ()
    limits: Limits | None = None


def read_population(measure: Measure, contributions: Contributions, owners: Owners) -> Population:
    """The contributions in a fixed order, every value checked; any doubt raises and closes the gate."""
    return tuple(
        _read(measure, Contributor(key, owners[key]), contributions[key]) for key in sorted(contributions)
    )


def _read(measure: Measure, contributor: Contributor, value: Value) -> Contribution:
    kind = measure.kind
    if kind is Kind.DISTRIBUTION:
        return Contribution(contributor, choices=_read_choices(measure, value))
    if kind is Kind.SHARE_YES:
        if not isinstance(value, bool):
            raise TypeError("A share of yes takes true and false only.")
        return Contribution(contributor, Fraction(value))
    if kind is Kind.RATIO_OF_SUMS:
        if not isinstance(value, tuple):
            raise TypeError("A ratio of sums takes pairs of numerator and denominator.")
        numerator, denominator = value
        return Contribution(contributor, exact(numerator), exact(denominator))  # type: ignore[arg-type]
    number = exact(value)  # type: ignore[arg-type]
    if measure.bounded is not None and not exact(measure.bounded[0]) <= number <= exact(measure.bounded[1]):
        raise ValueError("A value lies outside the bounds of its measure.")
    return Contribution(contributor, number)


def _read_choices(measure: Measure, value: Value) -> frozenset[str]:
    if measure.multiple != (not isinstance(value, str)):
        raise TypeError("One choice is a text, several are a collection of texts.")
    if isinstance(value, str):
        taken = frozenset({value})
    elif isinstance(value, AbstractSet | list | tuple):
        taken = frozenset(str(choice) for choice in value)
    else:
        raise TypeError("Choices are texts.")
    if not taken <= set(measure.choices):
        raise ValueError("A choice is not in the list of its measure.")
    return taken
