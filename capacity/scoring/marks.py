"""A score, the limits of the figures, and exact arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final

from capacity.frameworks import Framework


class Mark(Enum):
    """What may stand in the place of a level."""

    NOT_APPLICABLE = "not_applicable"


NOT_APPLICABLE: Final = Mark.NOT_APPLICABLE
Score = int | Mark
Scores = Mapping[str, Score]

_WRITTEN_FOR = 4  # the highest level of the scale that the thresholds below are written for


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of the figures; those in levels are written for a scale from 0 to 4, `on` fits them to another one.

    `least_share`: of the items that apply, scored, before a mean is told. `spread_from`: levels between the lowest and
    the highest rater, from which an item is disputed.
    """

    least_share: float = 0.6
    strong_from: float = 3.0
    weak_to: float = 1.5
    spread_from: float = 2.0

    def on(self, framework: Framework) -> "Thresholds":
        """The same limits as shares of the framework's own scale."""
        factor = framework.highest / _WRITTEN_FOR
        return Thresholds(
            self.least_share, self.strong_from * factor, self.weak_to * factor, self.spread_from * factor
        )


def mean_of(values: Sequence[int] | Sequence[Fraction]) -> Fraction:
    """The sum divided by the number of values; there must be one."""
    return sum(map(Fraction, values), Fraction(0)) / len(values)


def is_enough(scored: int, applicable: int, thresholds: Thresholds) -> bool:
    """Whether enough of what applies is scored to tell a mean."""
    return scored > 0 and scored >= exact(thresholds.least_share) * applicable


def exact(limit: float) -> Fraction:
    """The limit as it is written: 0.6 means three fifths, not the nearest binary number."""
    return Fraction(str(limit))
