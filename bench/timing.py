"""Timing two things against each other, turn by turn, so that a busy machine slows both."""

import resource
import statistics
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def with_children() -> float:
    """Seconds of processor time of this process and of those that it started and that have ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def medians(
    works: Mapping[str, Work],
    *,
    rounds: int,
    warm_up: int = 2,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Median seconds of process time of each work; all are run once a round, in turn."""
    for work in works.values():
        for _ in range(warm_up):
            work()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begun = clock()
            work()
            taken[name].append(clock() - begun)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def ratio(of: float, to: float) -> float:
    """`of` as a multiple of `to`, to two decimals."""
    return round(of / to, 2)
