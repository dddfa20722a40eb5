"""Timing two things against each other, turn by turn, so that a busy machine slows both."""

import statistics
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def medians(works: Mapping[str, Work], *, rounds: int, warm_up: int = 2) -> dict[str, float]:
    """Median seconds of process time of each work; all are run once a round, in turn."""
    for work in works.values():
        for _ in range(warm_up):
            work()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begun = time.process_time()
            work()
            taken[name].append(time.process_time() - begun)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def ratio(of: float, to: float) -> float:
    """`of` as a multiple of `to`, to two decimals."""
    return round(of / to, 2)
