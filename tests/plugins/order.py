"""Which test process begins with what, where there are several: each begins with long tests of a kind of its own.

The first has the journeys, so that one Chromium works at a time and not as many as there are processes; the second what
waits for started processes, and other long tests. Short ones come after these and to the other processes. pytest-xdist
gives each process an equal part of the list, one after the other, and a process that is done takes from the end of
another's part (`--dist worksteal`), where the short ones are.
"""

from collections.abc import Iterable, Iterator

import pytest

JOURNEYS = "tests/journeys/"
LONG = (
    "tests/tools/test_run.py",
    "tests/faults/",
    "tests/permissions/",
    "tests/reporting/test_sixty_members.py",
    "tests/tools/test_plugins.py",
)


def lane_of(name: str) -> int | None:
    """The process that begins with a test of this name, or None for a short one."""
    if name.startswith(JOURNEYS):
        return 0
    return 1 if name.startswith(LONG) else None


def sizes(tests: int, processes: int) -> Iterator[int]:
    """How many tests pytest-xdist gives to each process at first."""
    for left in range(processes, 0, -1):
        given = tests // left
        yield given
        tests -= given


def in_lanes(names: Iterable[str], processes: int) -> list[int]:
    """The numbers of the tests in the order in which they are handed out."""
    lanes: list[list[int]] = [[] for _ in range(processes)]
    short: list[int] = []
    for number, name in enumerate(names):
        lane = lane_of(name)
        (short if lane is None else lanes[lane % processes]).append(number)
    waiting = iter(short)
    total = len(short) + sum(map(len, lanes))
    for lane_tests, size in zip(lanes, sizes(total, processes), strict=True):
        lane_tests.extend(number for _, number in zip(range(size - len(lane_tests)), waiting, strict=False))
    return [number for lane_tests in lanes for number in lane_tests] + list(waiting)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Only in a process of pytest-xdist; tests run by hand keep the order of their files."""
    processes = int(getattr(config, "workerinput", {}).get("workercount", 1))
    if processes > 1:
        items[:] = [items[number] for number in in_lanes([item.nodeid for item in items], processes)]
