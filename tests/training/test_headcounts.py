"""Small groups of people are never told, and never to be worked out from the total."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.headcounts import LEAST, told_counts

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, []),
        ({"KE": 4}, []),
        ({"KE": 5}, [(("KE",), 5)]),
        ({"KE": 9, "UG": 0}, [(("KE",), 9)]),
        ({"KE": 9, "UG": 3, "TZ": 2}, [(("KE",), 9), (("TZ", "UG"), 5)]),
        ({"KE": 9, "RW": 6, "UG": 3}, [(("KE",), 9), (("RW", "UG"), 9)]),
        ({"KE": 30, "UG": 1}, [(("KE", "UG"), 31)]),
    ],
)
def test_small_groups_stand_together(counts: dict[str, int], told: list[tuple[tuple[str, ...], int]]) -> None:
    assert [(one.keys, one.people) for one in told_counts(counts)] == told


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 40)))
def test_no_sum_or_difference_of_what_is_told_is_a_small_group(counts: dict[str, int]) -> None:
    told = told_counts(counts)
    total = sum(counts.values())
    if not told:
        assert total < LEAST
        return
    assert sum(one.people for one in told) == total
    assert sorted(key for one in told for key in one.keys) == sorted(key for key, n in counts.items() if n)
    parts = [one.people for one in told]
    for size in range(1, len(parts) + 1):
        for some in combinations(parts, size):
            assert sum(some) >= LEAST
            assert not 0 < total - sum(some) < LEAST
