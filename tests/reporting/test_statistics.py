"""Smoothed quantiles, ratios, shares, panels and rounding: tables and properties."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reporting import statistics
from reporting.statistics import LOWER, MIDDLE, UPPER, Place, Unit, exact, quartiles, smoothed_quantile

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
MANY = st.lists(AMOUNTS, min_size=8, max_size=40)
QUANTILES = st.sampled_from([LOWER, MIDDLE, UPPER])


@pytest.mark.parametrize(
    ("n", "q", "window"),
    [
        (5, MIDDLE, (1, 3)),
        (6, MIDDLE, (1, 4)),
        (7, MIDDLE, (2, 4)),
        (8, MIDDLE, (2, 5)),
        (8, LOWER, (0, 3)),
        (8, UPPER, (4, 7)),
        (9, LOWER, (1, 3)),
        (9, UPPER, (5, 7)),
        (10, LOWER, (1, 4)),
        (10, UPPER, (5, 8)),
        (13, LOWER, (2, 4)),
        (20, UPPER, (13, 16)),
    ],
)
def test_window_of_order_statistics(n, q, window):
    assert statistics.quantile_window(n, q) == window


@pytest.mark.parametrize(("n", "q"), [(0, MIDDLE), (4, MIDDLE), (7, LOWER), (7, UPPER)])
def test_too_few_values_are_refused(n, q):
    with pytest.raises(ValueError, match="too few"):
        smoothed_quantile(list(range(n)), q)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4, 5], 3),
        ([1, 2, 4, 9, 100], 5),
        ([0, 1, 2, 4, 9, 100], 4),
        ([7] * 6, 7),
        ([-5, -4, -3, 0, 9], Fraction(-7, 3)),
    ],
)
def test_median_is_the_mean_of_the_middle_three_or_four(values, expected):
    assert statistics.median(values) == expected


def test_quartiles_of_nine():
    result = quartiles([1, 2, 3, 4, 5, 6, 7, 8, 30])
    assert (result.lower, result.median, result.upper) == (3, 5, 7)


@given(values=MANY, q=QUANTILES)
def test_quantile_lies_between_the_extremes(values, q):
    assert min(values) <= smoothed_quantile(values, q) <= max(values)


@given(values=MANY, q=QUANTILES, data=st.data())
def test_quantile_does_not_depend_on_order(values, q, data):
    assert smoothed_quantile(data.draw(st.permutations(values)), q) == smoothed_quantile(values, q)


@given(values=MANY, q=QUANTILES, factor=st.integers(1, 1000), shift=st.integers(-1000, 1000))
def test_quantile_scales_and_shifts_with_the_values(values, q, factor, shift):
    moved = [v * factor + shift for v in values]
    assert smoothed_quantile(moved, q) == smoothed_quantile(values, q) * factor + shift


@given(values=MANY)
def test_negation_mirrors_the_quartiles(values):
    mirrored, straight = quartiles([-v for v in values]), quartiles(values)
    assert mirrored == statistics.Quartiles(-straight.upper, -straight.median, -straight.lower)


@given(values=MANY)
def test_quartiles_are_ordered(values):
    result = quartiles(values)
    assert result.lower <= result.median <= result.upper


@given(values=st.lists(st.integers(0, 10**6), min_size=8, max_size=19, unique=True), q=QUANTILES)
def test_no_quantile_is_a_copy_of_one_member(values, q):
    """P7, as far as it can hold: equality with a raw value may happen by chance (2 of 1, 2, 3), copying
    may not.

    At least three members, each alone, move the figure, and it lies strictly inside their window.
    """
    ordered = sorted(values)
    figure = smoothed_quantile(ordered, q)
    first, last = statistics.quantile_window(len(ordered), q)
    assert ordered[first] < figure < ordered[last]
    movers = 0
    for index, own in enumerate(ordered):
        moved = [*ordered[:index], own + Fraction(1, 2), *ordered[index + 1 :]]
        movers += smoothed_quantile(moved, q) != figure
    assert movers >= 3


def test_that_property_can_fail():
    """The plain median of five is moved by one member only: the very thing that smoothing prevents."""
    from statistics import median as plain

    ordered = [1, 2, 3, 4, 5]
    moved = [[*ordered[:i], v + Fraction(1, 2), *ordered[i + 1 :]] for i, v in enumerate(ordered)]
    assert sum(plain(values) != 3 for values in moved) == 1


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")])
def test_values_must_be_finite(bad):
    with pytest.raises(ValueError, match="finite"):
        exact(bad)


@pytest.mark.parametrize("bad", [True, "3", None])
def test_values_must_be_numbers(bad):
    with pytest.raises(TypeError):
        exact(bad)


def test_floats_count_as_they_print():
    assert exact(0.1) + exact(0.2) == exact(0.3)
    assert statistics.mean([0.1] * 3) == Fraction(1, 10)


@given(values=st.lists(AMOUNTS, min_size=1, max_size=30), data=st.data())
def test_mean_and_total_are_exact_whatever_the_order(values, data):
    shuffled = data.draw(st.permutations(values))
    assert statistics.total(shuffled) == statistics.total(values)
    assert min(values) <= statistics.mean(shuffled) <= max(values)


def test_mean_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        statistics.mean([])


def test_ratio_of_sums_weighs_members_by_size():
    assert statistics.ratio_of_sums([(1, 10), (90, 100)]) == Fraction(91, 110)
    assert statistics.ratio_of_sums([(1, 0), (2, 0)]) is None


def test_shares_are_of_the_members():
    assert statistics.shares(["b", "a", "b", "b"]) == {"a": 25, "b": 75}
    assert statistics.share_of(0, 3) == 0
    with pytest.raises(ValueError, match="share"):
        statistics.share_of(0, 0)


@given(choices=st.lists(st.sampled_from("abc"), min_size=1))
def test_shares_add_up_to_a_hundred(choices):
    assert sum(statistics.shares(choices).values()) == 100


def test_change_is_on_the_same_members_only():
    panel = statistics.matched_panel({"a": 1, "b": 2, "gone": 9}, {"b": 3, "a": 1, "new": 7})
    assert panel == {"a": (1, 1), "b": (2, 3)}
    assert list(panel) == ["a", "b"]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [(100, 110, 10), (-100, -50, 50), (3, 0, -100), (0, 5, None)],
)
def test_percent_change(before, after, change):
    assert statistics.percent_change(before, after) == change


@pytest.mark.parametrize(
    ("own", "expected"),
    [(1, Place.BELOW), (2, Place.WITHIN), (4, Place.WITHIN), (5, Place.ABOVE)],
)
def test_place_against_the_middle_half(own, expected):
    assert statistics.place(own, 2, 4) == expected


@pytest.mark.parametrize(
    ("value", "unit", "n", "decimals", "expected"),
    [
        ("1234567", Unit.AMOUNT, 9, None, "1230000"),
        ("1235000", Unit.AMOUNT, 9, None, "1240000"),
        ("-1235000", Unit.AMOUNT, 9, None, "-1240000"),
        ("999.6", Unit.AMOUNT, 9, None, "1000"),
        ("0.012345", Unit.RATIO, 9, None, "0.0123"),
        ("3.2449", Unit.PERCENT, 9, 1, "3.2"),
        ("27.3456", Unit.PERCENT, 9, 1, "27.3"),
        ("0", Unit.AMOUNT, 9, None, "0"),
        ("1232", Unit.COUNT, 9, None, "1230"),
        ("1232.5", Unit.COUNT, 9, None, "1235"),
        ("2", Unit.COUNT, 9, None, "5"),
        ("-1", Unit.COUNT, 9, None, "-5"),
        ("0", Unit.COUNT, 9, None, "0"),
        ("71.5", Unit.SCORE, 9, None, "72"),
        ("28.57", Unit.SHARE, 7, None, "30"),
        ("28.57", Unit.SHARE, 19, None, "30"),
        ("28.57", Unit.SHARE, 20, None, "29"),
    ],
)
def test_rounding_for_publication(value, unit, n, decimals, expected):
    assert statistics.round_published(Fraction(value), unit, n=n, decimals=decimals) == Fraction(expected)


@given(value=AMOUNTS)
def test_significant_rounding_keeps_three_digits_and_half_a_percent(value):
    rounded = statistics.round_significant(Fraction(value))
    assume(value != 0)
    assert abs(rounded - Fraction(value)) <= abs(Fraction(value)) * Fraction(1, 200)
    assert len(str(abs(rounded.numerator)).rstrip("0")) <= 3 or rounded.denominator > 1
    assert statistics.round_significant(rounded) == rounded
