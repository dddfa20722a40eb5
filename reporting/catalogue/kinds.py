"""The closed lists of the catalogue: types, severities, tiers and so on, spelt as in the document."""

from enum import StrEnum


class IndicatorType(StrEnum):
    """What an indicator's answer is."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENTAGE = "percentage"
    BOOLEAN = "boolean"
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TEXT = "text"
    FILE = "file"

    @property
    def is_number(self) -> bool:
        """Whether the answer is a number that is typed in."""
        return self in NUMBER_TYPES

    @property
    def has_choices(self) -> bool:
        """Whether the answer is picked from a list."""
        return self in (IndicatorType.SINGLE_CHOICE, IndicatorType.MULTIPLE_CHOICE)


NUMBER_TYPES = frozenset(
    {IndicatorType.INTEGER, IndicatorType.DECIMAL, IndicatorType.MONEY, IndicatorType.PERCENTAGE}
)


class Severity(StrEnum):
    """What a finding does: an error blocks submission, a warning asks for a written reason, information nothing."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"

    @property
    def rank(self) -> int:
        """Its place where the gravest stand first."""
        return list(Severity).index(self)


class Mode(StrEnum):
    """What a rule does when it fires; the same words as an association's own settings use."""

    IN_FORCE = "in_force"
    TRIAL = "trial"
    OFF = "off"


class MissingReason(StrEnum):
    """Why there is no value: distinct from empty and from zero."""

    NOT_APPLICABLE = "not_applicable"
    NOT_TRACKED = "not_tracked"
    NOT_YET = "not_yet"
    REFUSED = "refused"


class Period(StrEnum):
    """When the figure holds."""

    END = "end"
    START = "start"
    FLOW = "flow"
    POLICY = "policy"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER_BETTER = "higher_better"
    LOWER_BETTER = "lower_better"
    TARGET_RANGE = "target_range"
    NEUTRAL = "neutral"


class Tier(StrEnum):
    """Core: in the short form too. Extended: in the full form only."""

    CORE = "core"
    EXTENDED = "extended"


class Visibility(StrEnum):
    """Who may see one MFI's answer unless it decides otherwise."""

    NAMED = "named"
    AGGREGATE = "aggregate"
    CONFIDENTIAL = "confidential"


class Evidence(StrEnum):
    """Whether a document should prove the answer."""

    NONE = "none"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


class Aggregate(StrEnum):
    """How the sector's figure is made."""

    SUM = "sum"
    MEDIAN = "median"
    MEAN = "mean"
    SHARE_YES = "share_yes"
    DISTRIBUTION = "distribution"
    RATIO_OF_SUMS = "ratio_of_sums"
    NONE = "none"


class Relation(StrEnum):
    """How children of a breakdown relate to their parent."""

    SUBSET = "subset"
    PARTITION = "partition"
    PARTITION_WITH_TOLERANCE = "partition_with_tolerance"


class TrendKind(StrEnum):
    """What a trend check compares with: the previous approved return, or (history) all the earlier ones."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"
    CONTINUITY = "continuity"
    HISTORY = "history"
