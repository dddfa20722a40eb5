"""What several raters gave the same item, and the value proposed for the session."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from capacity.frameworks import Framework, Item
from capacity.scoring.marks import NOT_APPLICABLE, Score, Scores, Thresholds, exact, mean_of
from capacity.scoring.means import mean


@dataclass(frozen=True, slots=True)
class Spread:
    """What several raters gave one item. All three levels are None where nobody gave one."""

    lowest: int | None
    highest: int | None
    median: Fraction | None
    scored: int
    not_applicable: int
    is_disputed: bool
    proposal: Score | None


def spread(given: Iterable[Score | None], thresholds: Thresholds) -> Spread:
    """What the raters gave one item; a rater without a score (None) counts for nothing.

    Disputed: `spread_from` levels or more between lowest and highest, or some say that it does not apply and others
    scored it. Proposal for the consensus: the lower median, the middle level, and of two middle ones the lower: raters
    tend to score too high, and who wants the higher one can show why. Not applicable if more than half say so.
    """
    scores = tuple(given)
    levels = sorted(score for score in scores if isinstance(score, int))
    not_applicable = scores.count(NOT_APPLICABLE)
    if not levels:
        proposal = NOT_APPLICABLE if not_applicable else None
        return Spread(None, None, None, 0, not_applicable, is_disputed=False, proposal=proposal)
    lower, upper = levels[(len(levels) - 1) // 2], levels[len(levels) // 2]
    is_wide = levels[-1] - levels[0] >= exact(thresholds.spread_from)
    return Spread(
        lowest=levels[0],
        highest=levels[-1],
        median=Fraction(lower + upper, 2),
        scored=len(levels),
        not_applicable=not_applicable,
        is_disputed=is_wide or not_applicable > 0,
        proposal=NOT_APPLICABLE if not_applicable > len(levels) else lower,
    )


def spreads(framework: Framework, raters: Iterable[Scores], thresholds: Thresholds) -> dict[str, Spread]:
    """The spread of every item by its code, in the order of the framework."""
    sheets = tuple(raters)
    return {
        item.code: spread([sheet.get(item.code) for sheet in sheets], thresholds) for item in framework.items
    }


def mean_of_raters(
    items: Iterable[Item], raters: Iterable[Scores], thresholds: Thresholds
) -> Fraction | None:
    """What some raters think of some items: the mean of their means, one vote each; those without a mean left out."""
    asked = tuple(items)
    means = [found for sheet in raters if (found := mean(asked, sheet, thresholds).value) is not None]
    return mean_of(means) if means else None
