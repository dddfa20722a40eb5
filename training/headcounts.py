"""Counts of people told without telling of few: small groups are put together until the rest is no small group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST = 5


@dataclass(frozen=True, slots=True)
class Headcount:
    """People of one group, or of several (`keys`) that are told together because one of them is small."""

    keys: tuple[str, ...]
    people: int

    @property
    def is_together(self) -> bool:
        """Whether several groups stand in one figure."""
        return len(self.keys) > 1


def told_counts(counts: Mapping[str, int], *, least: int = LEAST) -> Sequence[Headcount]:
    """Groups with people, the largest first, none of them smaller than `least` unless there are fewer people at all.

    What is smaller stands together at the end, with as many of the next larger ones as it takes; so nobody can take
    what is told from the total and get a small group. Nothing is told where all together are too few.
    """
    groups = sorted(((people, key) for key, people in counts.items() if people > 0), reverse=True)
    if sum(people for people, _key in groups) < least:
        return ()
    told = [Headcount((key,), people) for people, key in groups if people >= least]
    small = [(people, key) for people, key in groups if people < least]
    while small and sum(people for people, _key in small) < least:
        nearest = told.pop()
        small.insert(0, (nearest.people, nearest.keys[0]))
    if small:
        told.append(Headcount(tuple(sorted(key for _p, key in small)), sum(people for people, _key in small)))
    return tuple(told)
