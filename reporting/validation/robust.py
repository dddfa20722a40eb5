"""How far a figure lies from what a member usually reports, by median and MAD: one odd year does not hide the next.

The deviation is |x - median| / max(1.4826 * MAD, floor), where MAD is the median of |value - median| and 1.4826 makes
it the standard deviation of a normal distribution. It is the modified score of Iglewicz and Hoaglin (How to Detect and
Handle Outliers, 1993), who call 3.5 unusual; the floor keeps a member whose figure never moved from being asked about
every small step. Amounts and counts are skewed and grow by factors, so they are compared on a log scale.

A member that grows steadily leaves the median of its past behind every year. So the figure is also compared with last
year's moved by the median of the earlier yearly steps, by the same formula, and the smaller of the two deviations
counts: unusual is what fits neither the usual level nor the usual growth.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log
from statistics import median
from typing import NamedTuple

FEWEST = 4  # earlier values: with fewer a median absolute deviation says nothing
CONSISTENT = 1.4826
LOG_FLOOR = 0.1  # of a step of a tenth nobody would speak
POINTS_FLOOR = 2.0


class Usual(NamedTuple):
    """What earlier values say: the middle of them, and how far from it this one is, in robust standard deviations."""

    middle: float
    deviation: float


def against_history(value: float, earlier: Sequence[float], *, by_factors: bool) -> Usual | None:
    """Compare a value with earlier ones, newest first; None for fewer than four, or where a log has no meaning.

    `by_factors` compares on a log scale: zeros and negative figures do not count there.
    """
    if not by_factors:
        return _compared(value, earlier, POINTS_FLOOR)
    if value <= 0:
        return None
    found = _compared(log(value), [log(one) for one in earlier if one > 0], LOG_FLOOR)
    return None if found is None else Usual(exp(found.middle), found.deviation)


def _compared(value: float, earlier: Sequence[float], floor: float) -> Usual | None:
    if len(earlier) < FEWEST:
        return None
    steps = [later - before for later, before in pairwise(earlier)]
    level = _deviation(value, earlier, floor)
    growth = _deviation(value - earlier[0], steps, floor)
    return Usual(median(earlier), min(level, growth))


def _deviation(value: float, known: Sequence[float], floor: float) -> float:
    middle = median(known)
    spread = CONSISTENT * median(abs(one - middle) for one in known)
    return abs(value - middle) / max(spread, floor)
