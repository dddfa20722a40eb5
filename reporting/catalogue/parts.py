"""The parts of a catalogue version as frozen dataclasses; the fields are those of the document."""

from dataclasses import dataclass
from datetime import date

from reporting.catalogue.kinds import (
    Aggregate,
    Direction,
    Evidence,
    IndicatorType,
    Mode,
    Period,
    Relation,
    Severity,
    Tier,
    TrendKind,
    Visibility,
)
from reporting.expressions import Expression

ChoiceValue = str | int | float


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list; an exclusive one cannot be ticked together with others."""

    value: ChoiceValue
    label: str
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A way to break a figure down, e.g. by sex."""

    code: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension of the Universal Standards with the practices that make its index."""

    code: str
    label: str
    scored_indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContextValue:
    """A value that the association sets for a round, e.g. the exchange rate."""

    code: str
    label: str
    type: IndicatorType
    set_by: str


@dataclass(frozen=True, slots=True)
class Disaggregation:
    """Children of an indicator along one axis."""

    axis: str
    children: tuple[str, ...]
    relation: Relation


class _Measured:
    """What has a unit."""

    __slots__ = ()
    unit: str | None
    unit_label: str | None

    @property
    def unit_words(self) -> str:
        """The unit as it is read; empty for none."""
        return self.unit_label or self.unit or ""


@dataclass(frozen=True, slots=True)
class Indicator(_Measured):
    """One question of the form."""

    code: str
    section: str
    order: int
    label: str
    help: str
    type: IndicatorType
    unit: str | None
    period: Period
    required: bool
    relevance: Expression | None
    direction: Direction
    usspm_dimension: str | None
    usspm_standard: str | None
    tier: Tier
    min: int | float | None
    max: int | float | None
    decimals: int | None
    evidence: Evidence
    evidence_prompt: str | None
    disaggregations: tuple[Disaggregation, ...]
    child_of: str | None
    visibility_default: Visibility
    aggregate: Aggregate
    iris: str | None
    scored: bool
    choices: tuple[Choice, ...] = ()
    choices_ref: str | None = None
    accept: tuple[str, ...] = ()
    max_length: int | None = None
    unit_label: str | None = None

    def choice(self, value: object) -> Choice | None:
        """The choice with this value (true is not 1 here); None if there is none."""
        if isinstance(value, bool):
            return None
        return next((choice for choice in self.choices if choice.value == value), None)

    def choice_spelled(self, text: str) -> Choice | None:
        """The choice whose value is written `text` (as a form field sends it), e.g. "0.5"."""
        return next((choice for choice in self.choices if str(choice.value) == text), None)

    @property
    def carries_number(self) -> bool:
        """Whether an answer counts in arithmetic: numbers, yes or no, and choices such as yes, partly, no."""
        if self.type is IndicatorType.SINGLE_CHOICE:
            return all(not isinstance(choice.value, str) for choice in self.choices)
        return self.type.is_number or self.type is IndicatorType.BOOLEAN


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the form."""

    code: str
    number: int
    title: str
    help: str
    mix_category: str | None
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Derived(_Measured):
    """A figure worked out from answers."""

    code: str
    label: str
    help: str
    formula: Expression
    numerator: Expression | None
    denominator: Expression | None
    multiplier: int | float | None
    unit: str | None
    decimals: int
    direction: Direction
    usspm_dimension: str | None
    usspm_standard: str | None
    relevance: Expression | None
    sector_aggregate: Aggregate
    iris: str | None
    source: str | None
    unit_label: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How far a rule counts: in force, on trial or off, and in which periods.

    The dates are compared with the last day of the round's period, both included.
    """

    mode: Mode = Mode.IN_FORCE
    effective_from: date | None = None
    effective_until: date | None = None

    def on(self, day: date | None) -> Mode:
        """What the rule does for a period that ends on this day; OFF outside its dates. No day: dates do not count."""
        if day is not None:
            if self.effective_from is not None and day < self.effective_from:
                return Mode.OFF
            if self.effective_until is not None and day > self.effective_until:
                return Mode.OFF
        return self.mode


IN_FORCE = Terms()


@dataclass(frozen=True, slots=True)
class Rule:
    """A consistency check between answers: fires when `when` is absent or true and `check` is false."""

    id: str
    severity: Severity
    when: Expression | None
    check: Expression
    message: str
    terms: Terms = IN_FORCE

    @property
    def codes(self) -> tuple[str, ...]:
        """Every name of the rule, those of the check first."""
        return tuple(dict.fromkeys(self.check.codes + (self.when.codes if self.when else ())))


@dataclass(frozen=True, slots=True)
class TrendCheck:
    """A comparison with the previous approved return, or (history) with all earlier ones.

    `limit` is the largest unremarkable change: per cent (relative, continuity), points (absolute) or robust standard
    deviations from the median (history).
    For continuity `equals_previous` names last year's closing figure.
    """

    kind: TrendKind
    code: str
    limit: int | float
    severity: Severity
    compare: str
    equals_previous: str | None = None
    message: str | None = None
    terms: Terms = IN_FORCE

    @property
    def id(self) -> str:
        """The rule id of its findings, e.g. T-rel-active_clients."""
        return f"T-{self.kind.value[:3]}-{self.code}"

    @property
    def previous_code(self) -> str:
        """The code whose previous value is compared."""
        return self.equals_previous or self.code
