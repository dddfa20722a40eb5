"""Strengths and gaps: judged by practices, place and change, each with its reason; the same facts, the same words."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.scoring import MOST, Dimension, Figure, Judgement, Range, judge, of_dimension, of_figure
from reporting.statistics import Place

MIDDLE = Range(40, 60)


def dimension(
    code: str, *shares: float, index: float | None = None, middle: Range | None = None
) -> Dimension:
    practices = tuple((f"{code}_{number}", share) for number, share in enumerate(shares))
    return Dimension(code, index, practices, middle)


def figure(code: str, value: float, **more: object) -> Figure:
    return Figure(code, value, **{"is_better_high": True, "middle": MIDDLE, **more})  # type: ignore[arg-type]


def codes(found: Judgement) -> tuple[list[str], list[str]]:
    return [one.code for one in found.strengths], [one.code for one in found.gaps]


@pytest.mark.parametrize(
    ("one", "strengths", "gaps"),
    [
        (dimension("A", 1, 1, 1), ["A"], []),
        (dimension("A", 0, 0, 0.5), [], ["A"]),
        # a dimension in the middle of things is neither
        (dimension("A", 1, 1, 1, 0.5, 0.5), [], []),
        # the place among members decides where practices do not
        (dimension("A", 1, 1, 0.5, 0.5, index=75, middle=Range(20, 60)), ["A"], []),
        (dimension("A", 1, 1, 0.5, 0.5, index=75, middle=Range(80, 90)), [], ["A"]),
        # one answered practice says nothing of a dimension
        (dimension("A", 0), [], []),
        (figure("a", 75), ["a"], []),
        (figure("a", 25), [], ["a"]),
        (figure("a", 75, is_better_high=False), [], ["a"]),
        (figure("a", 25, is_better_high=False), ["a"], []),
        # the borders of the middle half belong to it
        (figure("a", 40), [], []),
        (figure("a", 60), [], []),
        # without a release the own change speaks, if it is large enough
        (figure("a", 50, middle=None, before=40), ["a"], []),
        (figure("a", 30, middle=None, before=40), [], ["a"]),
        (figure("a", 41, middle=None, before=40), [], []),
        (figure("a", 44, middle=None, before=40, in_points=True), [], []),
        (figure("a", 46, middle=None, before=40, in_points=True), ["a"], []),
        (figure("a", 46, middle=None, before=0), [], []),
        (figure("a", 46, middle=None), [], []),
    ],
)
def test_what_is_a_strength_and_what_a_gap(
    one: Dimension | Figure, strengths: list[str], gaps: list[str]
) -> None:
    found = judge([one], []) if isinstance(one, Dimension) else judge([], [one])
    assert codes(found) == (strengths, gaps)


def test_a_point_keeps_its_facts() -> None:
    point = of_dimension(dimension("A", 1, 0.5, 0, index=50, middle=Range(60, 80)))
    assert point is not None
    assert (point.in_place, point.asked, point.place) == (1, 3, Place.BELOW)
    assert point.missing == ("A_2", "A_1")  # the furthest from it first
    better = of_figure(figure("a", 50, before=40))
    assert better is not None
    assert (better.place, better.improved) == (Place.WITHIN, True)
    outside = of_figure(figure("a", 70, before=40))
    assert outside is not None
    assert (outside.place, outside.improved) == (Place.ABOVE, None)


def test_further_outside_weighs_more_up_to_a_width() -> None:
    scores = [of_figure(figure("a", value)) for value in (61, 70, 80, 500)]
    numbers = [one.score for one in scores if one is not None]
    assert numbers[0] < numbers[1] < numbers[2] == numbers[3]


def test_a_middle_half_of_no_width_is_no_division_by_zero() -> None:
    assert of_figure(figure("a", 1, middle=Range(0, 0))) is not None
    assert of_figure(figure("a", 0, middle=Range(0, 0))) is None


def test_one_thing_is_told_once() -> None:
    """Retention and drop-out are two sides of the same answers."""
    same = {"family": "D3", "inputs": frozenset({"left", "stayed"})}
    found = judge([], [figure("dropout", 90, is_better_high=False, **same), figure("retention", 10, **same)])
    assert codes(found)[1] == ["dropout"]


def test_different_things_come_before_more_of_the_same() -> None:
    figures = [
        figure(code, value, family=family, inputs=frozenset({code}))
        for code, value, family in (("a", 0, "X"), ("b", 5, "X"), ("c", 6, "X"), ("d", 35, "Y"))
    ]
    assert set(codes(judge([], figures))[1]) == {"a", "d", "b"}


shares = st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=5)
values = st.floats(-1000, 1000)
dimensions = st.lists(
    st.builds(
        lambda code, given, index: (code, given, index),
        st.sampled_from("ABCDEFG"),
        shares,
        st.none() | st.floats(0, 100),
    ),
    max_size=7,
    unique_by=lambda one: one[0],
)
figures_given = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        values,
        st.booleans(),
        st.none() | st.tuples(values, values),
        st.none() | values,
    ),
    max_size=8,
    unique_by=lambda one: one[0],
)


@given(dimensions, figures_given, st.randoms(use_true_random=False))
def test_nothing_is_both_and_order_does_not_matter(
    given_dimensions: list[tuple[str, list[float], float | None]],
    given_figures: list[tuple[str, float, bool, tuple[float, float] | None, float | None]],
    rng: random.Random,
) -> None:
    first = [dimension(code, *many, index=index, middle=MIDDLE) for code, many, index in given_dimensions]
    second = [
        Figure(code, value, high, Range(*sorted(middle)) if middle else None, before)
        for code, value, high, middle, before in given_figures
    ]
    found = judge(first, second)
    strengths, gaps = codes(found)
    assert not set(strengths) & set(gaps)
    assert len(strengths) <= MOST
    assert len(gaps) <= MOST
    assert all(-1 <= one.score <= 1 for one in (*found.strengths, *found.gaps))
    assert all(one.missing for one in found.gaps if one.is_dimension)
    rng.shuffle(first)
    rng.shuffle(second)
    assert judge(first, second) == found
