"""Every test is handed out once, and long ones stand where a process begins."""

import pytest

from tests.plugins.order import in_lanes, sizes

NAMES = [
    *(f"tests/common/test_short.py::test_{number}" for number in range(10)),
    "tests/faults/test_long.py::test_kill",
    "tests/journeys/test_long.py::test_one",
    "tests/journeys/test_long.py::test_two",
    *(f"tests/members/test_short.py::test_{number}" for number in range(9)),
]


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 30])
def test_every_test_is_handed_out_once(processes):
    assert sorted(in_lanes(NAMES, processes)) == list(range(len(NAMES)))
    assert sum(sizes(len(NAMES), processes)) == len(NAMES)


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_each_process_begins_with_long_tests_of_its_kind(processes):
    order = in_lanes(NAMES, processes)
    second = next(iter(sizes(len(NAMES), processes)))
    assert [NAMES[number] for number in order[:2]] == NAMES[11:13]
    assert NAMES[order[second]] == NAMES[10]


def test_more_long_tests_than_a_process_gets_are_not_lost():
    names = [f"tests/journeys/test_long.py::test_{number}" for number in range(5)]
    assert in_lanes([*names, "tests/common/test_short.py::test_it"], 3) == list(range(6))
