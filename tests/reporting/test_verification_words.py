"""What a published figure may say about how far its values were checked: no count below the minimum, and true words."""

from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reporting.datasets.verification_words import (
    RANK,
    Levels,
    levels_of_cell,
    verification_words,
    words_of_many,
)
from reporting.enums import VerificationLevel
from reporting.services.release_verification import STEP, told_levels

SELF, STAFF, SEEN, AUDITED = VerificationLevel.values
MINIMUM = 5

pytestmark = pytest.mark.unit


def told(*counts: int, minimum: int = MINIMUM) -> dict[str, object]:
    """What is told of that many contributors at each level."""
    levels = [level for level, count in zip(RANK, counts, strict=True) for _place in range(count)]
    return told_levels({str(place): level for place, level in enumerate(levels)}, {}, minimum=minimum)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0, 0), {}),
        ((5, 0, 0, 0), {"most": SELF}),
        ((3, 2, 0, 0), {"most": SELF}),
        ((2, 3, 0, 0), {"most": STAFF}),
        ((4, 0, 4, 0), {"most": SEEN}),
        ((0, 0, 0, 9), {"most": AUDITED}),
        # nine contributors never get a share
        ((4, 0, 5, 0), {"most": SEEN}),
        # evidence is asked for first
        ((5, 0, 5, 0), {"most": SEEN, "at_least": {SEEN: 50}}),
        ((6, 0, 4, 0), {"most": SELF}),
        ((10, 5, 5, 5), {"most": STAFF, "at_least": {STAFF: 60, SEEN: 40, AUDITED: 20}}),
        # four checked without evidence are not told apart from those with evidence
        ((10, 4, 6, 0), {"most": STAFF, "at_least": {SEEN: 30}}),
        ((20, 0, 0, 4), {"most": SELF}),
    ],
)
def test_what_is_told(counts: tuple[int, int, int, int], expected: dict[str, object]) -> None:
    assert told(*counts) == expected


def test_members_of_one_owner_are_one_contributor_as_little_checked_as_the_least() -> None:
    levels = {str(place): SEEN for place in range(6)} | {"a": SEEN, "b": SELF}
    owners = {key: key for key in levels} | {"a": "group", "b": "group"}
    assert told_levels(levels, owners, minimum=5) == {"most": SEEN}
    owners |= {str(place): "group" for place in range(1, 6)}
    assert told_levels(levels, owners, minimum=5) == {"most": SEEN}
    assert told_levels({"a": SEEN, "b": SELF}, owners, minimum=5) == {"most": SELF}


@given(
    counts=st.tuples(*[st.integers(0, 30)] * 4),
    minimum=st.integers(3, 12),
)
def test_no_share_stands_for_fewer_than_the_minimum(counts: tuple[int, int, int, int], minimum: int) -> None:
    found = told(*counts, minimum=minimum)
    shares = found.get("at_least", {})
    assert isinstance(shares, dict)
    total = sum(counts)
    reached = {level: sum(counts[place:]) for level, place in RANK.items()}
    if shares:
        assert total >= 10
        steps = [total, *(reached[level] for level in RANK if level in shares), 0]
        assert all(before - after >= minimum for before, after in pairwise(steps))
        for level, share in shares.items():
            assert share % STEP == 0
            assert abs(share - 100 * reached[level] / total) <= STEP / 2
    if total:
        assert 2 * reached[str(found["most"])] >= total
        higher = [level for level, place in RANK.items() if place > RANK[str(found["most"])]]
        assert all(2 * reached[level] < total for level in higher)


def test_words_of_a_cell() -> None:
    with translation.override("en"):
        assert verification_words({}) == ""
        assert verification_words({"most": SELF}) == "mostly self-reported"
        assert verification_words({"most": SEEN}) == "half or more with evidence"
        words = verification_words({"most": STAFF, "at_least": {SEEN: 40, STAFF: 80}})
        assert words.replace("\u00a0", " ").replace(" %", "%") == (
            "80% checked by staff or better, 40% with evidence or better"
        )


def test_words_of_several_rows() -> None:
    with translation.override("en"):
        assert words_of_many([None, None]) == ""
        assert words_of_many([Levels(SEEN), None, Levels(SEEN)]) == "half or more with evidence"
        mixed = words_of_many([Levels(AUDITED), Levels(SELF), Levels(STAFF)])
        assert mixed == "mostly self-reported to half or more audited"
        # shares that differ from row to row are not told of all
        assert words_of_many([Levels(SEEN, ((SEEN, 55),)), Levels(SEEN, ((SEEN, 80),))]) == (
            "half or more with evidence"
        )


def test_a_filter_asks_for_a_level_or_better() -> None:
    levels = levels_of_cell({"most": SEEN})
    assert levels is not None
    assert levels.reach(STAFF)
    assert levels.reach(SEEN)
    assert not levels.reach(AUDITED)
    assert levels_of_cell({"most": "nonsense"}) is None
