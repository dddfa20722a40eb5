"""Statistics over members, exact and smoothed so that no figure is a copy of one member's number.

Everything is computed in fractions: a result depends on the numbers alone, never on their order or on
float noise. Only the disclosure gate calls these functions on more than one member's values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

MEDIAN_MINIMUM = 5
QUARTILES_MINIMUM = 8
_PLAIN = 10.0**15
"""Below this a whole float prints all its digits."""
LOWER, MIDDLE, UPPER = Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)

V = TypeVar("V")
Number = int | float | Decimal | Fraction


class Unit(StrEnum):
    """What a figure is counted in, as far as rounding is concerned."""

    AMOUNT = "amount"
    COUNT = "count"
    SCORE = "score"
    PERCENT = "percent"
    RATIO = "ratio"
    SHARE = "share"


class Place(StrEnum):
    """Where a member stands against its peers; never a rank."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True)
class Quartiles:
    """Lower quartile, median and upper quartile, smoothed."""

    lower: Fraction
    median: Fraction
    upper: Fraction


def exact(value: Number) -> Fraction:
    """`value` without loss; a float counts as the decimal text that it prints (0.1 is one tenth).

    Raises ValueError for NaN and infinity, TypeError for anything that is not a number (True and False
    included).
    """
    if value.__class__ is Fraction:
        return value
    # most values by far, and the slow way gives them the same
    if value.__class__ is int or (value.__class__ is float and value.is_integer() and abs(value) < _PLAIN):
        return Fraction(int(value))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction):
        raise TypeError("A statistic takes numbers only.")
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("A statistic takes finite numbers only.")
    return Fraction(value)


def in_order(values: Iterable[Fraction]) -> list[Fraction]:
    """The values from the smallest to the largest, compared as floats and only where those are equal exactly."""
    return sorted(values, key=lambda value: (float(value), value))


def quantile_window(n: int, q: Fraction) -> tuple[int, int]:
    """First and last index (from 0, both inside) of the order statistics that stand for quantile `q` of `n`.

    The position is h = (n - 1) q, as in R's type 7. Where h is whole the window is h - 1, h, h + 1 (three
    values), otherwise the four around it, floor(h) - 1 to floor(h) + 2. Needs n >= 5 for the median, n >=
    8 for quartiles.
    """
    if n < (MEDIAN_MINIMUM if q == MIDDLE else QUARTILES_MINIMUM):
        raise ValueError(f"{n} values are too few for this quantile.")
    position = (n - 1) * q
    low = position.numerator // position.denominator
    return low - 1, low + (1 if position.denominator == 1 else 2)


def smoothed_quantile(values: Collection[Number], q: Fraction) -> Fraction:
    """Mean of the three or four middle order statistics at `q` (disclosure rule R5).

    Why: the plain median of an odd number of members *is* one member's number, and with five members all
    type-7 quartiles are. The smoothed one moves with each of at least three members. It may still
    *coincide* with a member's number (the middle one of 1, 2, 3 is their mean); nobody outside can tell
    that it does, and rounding follows. It lies between the smallest and largest value of its window,
    scales and shifts with the values.
    """
    ordered = in_order(exact(v) for v in values)
    first, last = quantile_window(len(ordered), q)
    window = ordered[first : last + 1]
    return Fraction(sum(window), len(window))


def median(values: Collection[Number]) -> Fraction:
    """The smoothed median, from five values."""
    return smoothed_quantile(values, MIDDLE)


def quartiles(values: Collection[Number]) -> Quartiles:
    """Smoothed quartiles and median, from eight values; lower <= median <= upper always."""
    return Quartiles(
        smoothed_quantile(values, LOWER), smoothed_quantile(values, MIDDLE), smoothed_quantile(values, UPPER)
    )


def total(values: Iterable[Number]) -> Fraction:
    """The sum."""
    return sum((exact(v) for v in values), Fraction(0))


def mean(values: Collection[Number]) -> Fraction:
    """Sum divided by number; each member counts once, whatever its size."""
    if not values:
        raise ValueError("A mean needs at least one value.")
    return total(values) / len(values)


def ratio_of_sums(pairs: Iterable[tuple[Number, Number]]) -> Fraction | None:
    """Sum of numerators over sum of denominators, so that large members weigh more; None where that is 0."""
    numerators, denominators = Fraction(0), Fraction(0)
    for numerator, denominator in pairs:
        numerators += exact(numerator)
        denominators += exact(denominator)
    return numerators / denominators if denominators else None


def share_of(count: int, n: int) -> Fraction:
    """`count` of `n` in per cent."""
    if not 0 <= count <= n or n == 0:
        raise ValueError("A share needs 0 <= count <= n and n > 0.")
    return Fraction(100 * count, n)


def shares(choices: Collection[str]) -> dict[str, Fraction]:
    """Per cent of members for each choice made, in alphabetical order of the choices."""
    counts = Counter(choices)
    return {choice: share_of(counts[choice], len(choices)) for choice in sorted(counts)}


def percent_change(before: Number, after: Number) -> Fraction | None:
    """100 (after - before) / |before|; None where `before` is 0, because no percentage says it."""
    start = exact(before)
    return 100 * (exact(after) - start) / abs(start) if start else None


def matched_panel(before: Mapping[str, V], after: Mapping[str, V]) -> dict[str, tuple[V, V]]:
    """Both values of every member that has both, by key: change is only ever shown on the same members."""
    return {key: (before[key], after[key]) for key in sorted(before.keys() & after.keys())}


def place(own: Number, lower: Number, upper: Number) -> Place:
    """Where `own` stands against the published middle half, its borders included in "within"."""
    if exact(own) < exact(lower):
        return Place.BELOW
    return Place.ABOVE if exact(own) > exact(upper) else Place.WITHIN


def round_half_away(value: Fraction, step: Fraction) -> Fraction:
    """`value` to the nearest multiple of `step`, halves away from zero."""
    halves = abs(value) / step + Fraction(1, 2)
    rounded = step * (halves.numerator // halves.denominator)
    return rounded if value >= 0 else -rounded


def round_significant(value: Fraction, digits: int = 3, decimals: int | None = None) -> Fraction:
    """`value` to `digits` significant digits, and to no finer than `decimals` decimals where given."""
    if value == 0:
        return value
    exponent = 0
    while abs(value) >= Fraction(10) ** (exponent + 1):
        exponent += 1
    while abs(value) < Fraction(10) ** exponent:
        exponent -= 1
    place_value = exponent - digits + 1
    if decimals is not None:
        place_value = max(place_value, -decimals)
    return round_half_away(value, Fraction(10) ** place_value)


def share_step(n: int) -> int:
    """Points to which a share of `n` contributors is rounded: a finer one tells how many they are."""
    return 5 if n < 20 else 1


def round_published(value: Fraction, unit: Unit, *, n: int, decimals: int | None = None) -> Fraction:
    """`value` as it may be published (disclosure rule R11), after all tests.

    Amounts, percentages and ratios to three significant digits (no finer than `decimals`), counts to 5 (a
    count above zero never becomes zero), scores to
    one point, shares of members to 5 points below 20 contributors and to one point from there. Totals and
    parts are rounded independently, so they need not add up.
    """
    match unit:
        case Unit.COUNT:
            rounded = round_half_away(value, Fraction(5))
            return rounded or Fraction(5 if value > 0 else -5 if value < 0 else 0)
        case Unit.SCORE:
            return round_half_away(value, Fraction(1))
        case Unit.SHARE:
            return round_half_away(value, Fraction(share_step(n)))
        case Unit.AMOUNT | Unit.PERCENT | Unit.RATIO:
            return round_significant(value, 3, decimals)
