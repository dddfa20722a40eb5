"""The figures of an assessment: each formula on a small case worked out by hand, and what must always hold."""

from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capacity.frameworks import BreakReason, read
from capacity.scoring import (
    NOT_APPLICABLE,
    Band,
    Thresholds,
    band,
    changes,
    gaps,
    mean,
    mean_of_raters,
    ranked_areas,
    results,
    share_of_scale,
    spread,
    spreads,
    strongest,
    verification,
    weakest,
)
from tests.capacity.documents import small, small_with

pytestmark = pytest.mark.unit
NA = NOT_APPLICABLE
LIMITS = Thresholds()


@cache
def framework():
    """Area A: A1, A2 (KS), A3 (SY); area B: B1 (KS), B2 (SY); levels 0 to 4."""
    return read(small())


CODES = ("A1", "A2", "A3", "B1", "B2")
FULL = {"A1": 4, "A2": 2, "A3": 0, "B1": 3, "B2": 4}


def test_means_by_hand():
    told = results(framework(), FULL, LIMITS)
    assert told.areas["A"].value == 2
    assert told.areas["B"].value == Fraction(7, 2)
    assert told.categories["KS"].value == 3  # 4, 2 and 3
    assert told.categories["SY"].value == 2
    assert told.cells["A", "KS"].value == 3
    assert told.cells["B", "SY"].value == 4
    # Of areas (2 + 3.5) / 2, not of items 13 / 5: both areas weigh the same.
    assert told.overall.value == Fraction(11, 4)
    assert told.overall.number == 2.75
    assert (told.overall.scored, told.overall.missing, told.overall.not_applicable) == (5, 0, 0)


@pytest.mark.parametrize(
    ("scores", "value", "counts"),
    [
        ({"A1": 4, "A2": 2, "A3": 0}, 2, (3, 0, 0)),
        ({"A1": 4, "A2": 2}, 3, (2, 0, 1)),  # two of three are more than three fifths
        ({"A1": 4}, None, (1, 0, 2)),
        ({"A1": 4, "A2": NA}, None, (1, 1, 1)),  # one of two that apply
        ({"A1": 4, "A2": NA, "A3": NA}, 4, (1, 2, 0)),
        ({"A1": NA, "A2": NA, "A3": NA}, None, (0, 3, 0)),
        ({}, None, (0, 0, 3)),
    ],
)
def test_a_mean_needs_its_share_of_items_that_apply(scores, value, counts):
    found = mean(framework().items_of("A"), scores, LIMITS)
    assert found.value == value
    assert (found.scored, found.not_applicable, found.missing) == counts


def test_the_share_is_met_exactly():
    document = small()
    document["areas"][0]["items"] += [
        {
            "code": f"A{n}",
            "category": "KS",
            "text": f"Item {n}",
            "proof": [f"{n}-{level}" for level in range(5)],
        }
        for n in (4, 5)
    ]
    items = read(document).items_of("A")
    assert mean(items, {"A1": 1, "A2": 1, "A3": 1}, LIMITS).value == 1  # 3 of 5 is 0.6
    assert mean(items, {"A1": 1, "A2": 1}, LIMITS).value is None


def test_overall_is_silent_unless_every_area_that_applies_is_told():
    assert results(framework(), {"A1": 4, "A2": 4, "A3": 4}, LIMITS).overall.value is None
    without_b = {"A1": 4, "A2": 4, "A3": 4, "B1": NA, "B2": NA}
    assert results(framework(), without_b, LIMITS).overall.value == 4
    assert results(framework(), {}, LIMITS).overall.value is None


@pytest.mark.parametrize("scores", [{"X9": 1}, {"A1": 5}, {"A1": -1}])
def test_a_score_that_cannot_be_is_refused(scores):
    with pytest.raises(ValueError, match=r"X9|A1"):
        results(framework(), scores, LIMITS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (0, Band.WEAK),
        (1.5, Band.WEAK),
        (1.6, Band.MIDDLE),
        (2.9, Band.MIDDLE),
        (3, Band.STRONG),
    ],
)
def test_bands(value, expected):
    assert band(value, LIMITS) is expected


def test_thresholds_follow_the_scale():
    document = small_with(scale=[{"level": n, "label": f"L{n}"} for n in range(3)], evidence_from=2)
    for area in document["areas"]:
        for item in area["items"]:
            item["proof"] = item["proof"][:3]
    shorter = read(document)
    assert Thresholds().on(shorter) == Thresholds(0.6, 1.5, 0.75, 1.0)
    assert Thresholds().on(framework()) == Thresholds()
    assert share_of_scale(Fraction(3, 2), shorter) == 0.75
    assert share_of_scale(None, shorter) is None


# --- Raters -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_scores", "ends", "median", "disputed", "proposal"),
    [
        ((), (None, None), None, False, None),
        ((None, None), (None, None), None, False, None),
        ((3,), (3, 3), 3, False, 3),
        ((2, 3), (2, 3), Fraction(5, 2), False, 2),
        ((3, 1, 2), (1, 3), 2, True, 2),
        ((4, 1, 2, 3), (1, 4), Fraction(5, 2), True, 2),
        ((2, None, 3, 3), (2, 3), 3, False, 3),
        ((NA, NA), (None, None), None, False, NA),
        ((NA, 3), (3, 3), 3, True, 3),
        ((NA, NA, 3), (3, 3), 3, True, NA),
    ],
)
def test_spread_of_raters(given_scores, ends, median, disputed, proposal):
    found = spread(given_scores, LIMITS)
    assert (found.lowest, found.highest) == ends
    assert found.median == median
    assert found.is_disputed is disputed
    assert found.proposal == proposal


def test_spreads_has_every_item_in_order():
    found = spreads(framework(), [{"A1": 1}, {"A1": 3, "B2": 4}], LIMITS)
    assert tuple(found) == CODES
    assert found["A1"].is_disputed
    assert found["B2"].proposal == 4
    assert found["B1"].scored == 0


def test_a_group_of_raters_has_one_vote_each():
    sheets = [{"A1": 4, "A2": 4, "A3": 4}, {"A1": 0, "A2": 1, "A3": NA}, {"A1": 3}, {}]
    assert mean_of_raters(framework().items_of("A"), sheets, LIMITS) == Fraction(9, 4)  # of 4 and 1/2
    assert mean_of_raters(framework().items_of("A"), sheets[2:], LIMITS) is None


# --- Change -----------------------------------------------------------------------------------------------


def test_change_on_the_same_items():
    found = changes(
        (framework(), {**FULL, "A3": NA}), (framework(), {**FULL, "A2": 3, "A3": 1, "B1": 2}), LIMITS
    )
    assert found.areas["A"].before == 3  # of A1 and A2 alone: A3 did not apply before
    assert found.areas["A"].difference == Fraction(1, 2)
    assert (found.areas["A"].compared, found.areas["A"].left_out) == (2, 1)
    assert found.areas["B"].difference == Fraction(-1, 2)
    assert found.overall == 0
    assert [row.difference for row in found.items] == [0, 1, None, -1, 0]


def test_a_changed_item_breaks_and_its_area_is_told_without_it():
    document = small(version="2")
    document["areas"][0]["items"][0]["text"] = "Something else is asked"
    later = read(document)
    found = changes((framework(), FULL), (later, {**FULL, "A1": 0, "A2": 3}), LIMITS)
    assert found.items[0].broken is BreakReason.TEXT
    assert found.items[0].difference is None
    assert found.areas["A"].difference == Fraction(1, 2)  # not the fall of A1 from 4 to 0
    document["areas"][0]["items"][1]["proof"][2] = "Another proof point"
    found = changes((framework(), FULL), (read(document), FULL), LIMITS)
    assert found.areas["A"].difference is None  # one of three is too few
    assert found.areas["B"].difference == 0
    assert found.overall is None


def test_removed_and_added_items_are_named():
    document = small(version="2")
    document["areas"][1]["items"][1]["code"] = "B9"
    found = changes((framework(), FULL), (read(document), {"B9": 4, "B1": 3}), LIMITS)
    assert [(row.code, row.broken) for row in found.items[-2:]] == [
        ("B9", BreakReason.ADDED),
        ("B2", BreakReason.REMOVED),
    ]
    assert (found.areas["B"].compared, found.areas["B"].left_out) == (1, 2)


# --- Strengths, gaps, verification ------------------------------------------------------------------------


def test_strongest_and_weakest_in_a_stable_order():
    scores = {"A1": 4, "A2": 1, "A3": 1, "B1": 1, "B2": 4}
    # Of equals the item of the stronger area comes first among the strongest, of the weaker area among the weakest.
    assert [row.item.code for row in strongest(framework(), scores, LIMITS)] == ["B2", "A1"]
    assert [row.item.code for row in weakest(framework(), scores, LIMITS)] == ["A2", "A3", "B1"]
    assert ranked_areas(framework(), results(framework(), scores, LIMITS)) == ("B", "A")
    assert ranked_areas(framework(), results(framework(), dict.fromkeys(CODES, 2), LIMITS)) == ("A", "B")


def test_gaps_are_weak_items_and_those_below_their_goal():
    found = gaps(
        framework(), {"A1": 1, "A2": 0, "A3": 2, "B1": 3, "B2": NA}, LIMITS, goals={"A3": 4, "B1": 3}
    )
    assert [(gap.item.code, gap.goal, gap.size) for gap in found] == [
        ("A2", 3, 3),
        ("A1", 3, 2),
        ("A3", 4, 2),
    ]
    assert gaps(framework(), {"A3": 2}, LIMITS) == ()
    assert gaps(framework(), {}, LIMITS) == ()


def test_verification_subtracts_on_the_same_items():
    found = verification(framework().items, {**FULL, "A3": NA}, {"A1": 2, "A3": 1, "B1": 4, "B2": NA})
    assert (found.scored, found.verified, found.share) == (4, 2, Fraction(1, 2))
    assert (found.self_mean, found.verified_mean) == (Fraction(7, 2), 3)
    assert found.difference == Fraction(-1, 2)
    assert (found.overstated, found.understated) == (1, 1)
    nothing = verification(framework().items, {}, {"A1": 2})
    assert (nothing.share, nothing.difference) == (None, None)


# --- What always holds ------------------------------------------------------------------------------------

LEVEL = st.integers(0, 4)
SCORES = st.dictionaries(st.sampled_from(CODES), LEVEL | st.just(NA))


def _means(told):
    return [told.overall, *told.areas.values(), *told.categories.values(), *told.cells.values()]


@settings(max_examples=60)
@given(SCORES)
def test_means_lie_between_the_lowest_and_the_highest_level_given(scores):
    levels = [score for score in scores.values() if score is not NA]
    for each in _means(results(framework(), scores, LIMITS)):
        assert each.value is None or min(levels) <= each.value <= max(levels)


@settings(max_examples=60)
@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_scores_and_raters_changes_nothing(scores, random):
    mixed = list(scores.items())
    random.shuffle(mixed)
    assert results(framework(), dict(mixed), LIMITS) == results(framework(), scores, LIMITS)
    values = list(scores.values())
    random.shuffle(values)
    assert spread(values, LIMITS) == spread(scores.values(), LIMITS)


@settings(max_examples=60)
@given(SCORES, st.sampled_from(CODES))
def test_not_applicable_in_place_of_nothing_never_moves_a_mean(scores, code):
    scores.pop(code, None)
    before, after = results(framework(), scores, LIMITS), results(framework(), {**scores, code: NA}, LIMITS)
    pairs = zip([*before.areas.values(), *before.categories.values()], _same_order(after), strict=True)
    for old, new in pairs:
        assert old.value is None or new.value == old.value


def _same_order(told):
    return [*told.areas.values(), *told.categories.values()]


@settings(max_examples=60)
@given(SCORES, st.sampled_from(CODES), LEVEL, LEVEL)
def test_a_higher_level_never_lowers_a_mean(scores, code, one, other):
    low, high = sorted((one, other))
    before, after = (results(framework(), {**scores, code: level}, LIMITS) for level in (low, high))
    for old, new in zip(_means(before), _means(after), strict=True):
        assert (old.value is None) == (new.value is None)
        assert old.value is None or old.value <= new.value


@settings(max_examples=60)
@given(st.lists(LEVEL | st.just(NA) | st.none(), max_size=7))
def test_a_proposal_is_what_some_rater_gave_and_never_above_the_median(values):
    found = spread(values, LIMITS)
    assert found.proposal is None or found.proposal in values
    if found.median is not None and found.proposal is not NA:
        assert found.lowest <= found.proposal <= found.median <= found.highest


@settings(max_examples=60)
@given(SCORES, SCORES)
def test_change_there_and_back_is_the_same_with_the_other_sign(old, new):
    there = changes((framework(), old), (framework(), new), LIMITS)
    back = changes((framework(), new), (framework(), old), LIMITS)
    for code, each in there.areas.items():
        other = back.areas[code]
        if each.difference is not None and other.difference is not None:
            assert each.difference == -other.difference
