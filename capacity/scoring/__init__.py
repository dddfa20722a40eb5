"""Every figure of an assessment: means, spread of raters, change, strengths, gaps, verification; pure.

A score is a level of the framework's scale or NOT_APPLICABLE; an item without an entry is not scored. The formulas:

- Mean of an area, of a category, or of a category within an area: the sum of the levels of its items divided by their
  number. Every item counts the same. Not applicable items are in neither number, nor are items that are not scored.
- A mean is told only if at least `least_share` of the items that apply are scored; otherwise it has no value. A few
  answers say nothing of the rest, and what is left unanswered is seldom what is strong.
- Overall: the mean of the means of areas, not of all items: the areas are tasks of equal standing, and one with eleven
  items would otherwise weigh more than one with seven. An area in which nothing applies is left out. It has a value
  only if every other area has one: a score that may leave out the weakest area flatters.
- Values are exact fractions, so that the order in which items come changes nothing.
"""

from capacity.scoring.changes import AreaChange, Changes, ItemChange, changes
from capacity.scoring.marks import NOT_APPLICABLE, Mark, Score, Scores, Thresholds
from capacity.scoring.means import Band, Mean, Results, band, check, mean, results, share_of_scale
from capacity.scoring.raters import Spread, mean_of_raters, spread, spreads
from capacity.scoring.standing import (
    Gap,
    Ranked,
    Verification,
    gaps,
    ranked_areas,
    strongest,
    verification,
    weakest,
)

__all__ = [
    "NOT_APPLICABLE",
    "AreaChange",
    "Band",
    "Changes",
    "Gap",
    "ItemChange",
    "Mark",
    "Mean",
    "Ranked",
    "Results",
    "Score",
    "Scores",
    "Spread",
    "Thresholds",
    "Verification",
    "band",
    "changes",
    "check",
    "gaps",
    "mean",
    "mean_of_raters",
    "ranked_areas",
    "results",
    "share_of_scale",
    "spread",
    "spreads",
    "strongest",
    "verification",
    "weakest",
]
