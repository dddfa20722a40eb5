"""Which peer groups may stand beside each other: sets of members whose differences single nobody out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

MOST_GROUPS = 6
"""Groups of one edition: what several sets tell together grows with the power of their number."""

Members = frozenset[str]


class Verdict(StrEnum):
    """Whether a group is offered, and if not, why."""

    OFFERED = "offered"
    TOO_FEW = "too_few"  # contributors
    EVERYBODY = "everybody"  # the group is all members
    REST_TOO_FEW = "rest_too_few"  # all members without the group are a handful
    SAME = "same"  # as another group
    CLOSE = "close"  # another group differs by a handful
    CLOSE_TO_EARLIER = "close_to_earlier"  # a group of an earlier edition of the round differs by a handful
    DERIVABLE = "derivable"  # several groups together leave a handful
    TOO_MANY = "too_many"  # groups are offered already


@dataclass(frozen=True, slots=True)
class Offer:
    """The verdict on one group; `other` is the key of the group that stands in its way, where there is one."""

    verdict: Verdict
    other: str = ""

    @property
    def offered(self) -> bool:
        """Whether the group is offered."""
        return self.verdict is Verdict.OFFERED


def offers(
    groups: Mapping[str, Members],
    everyone: Members,
    owners: Mapping[str, str],
    minimum: int,
    earlier: Sequence[Members] = (),
) -> dict[str, Offer]:
    """The verdict on each group, in this order: an earlier one is never dropped for a later one.

    `owners` maps every member to its owner, since members of one owner are one contributor. `earlier` are the sets
    that earlier editions of the same round published: whoever keeps them can subtract them too.
    """

    def count(members: Iterable[str]) -> int:
        return len({owners[key] for key in members})

    def few(members: Members) -> bool:
        return 0 < count(members) < minimum

    taken: dict[str, Members] = {}
    verdicts: dict[str, Offer] = {}
    for key, members in groups.items():
        verdicts[key] = _offer(members, everyone, taken, earlier, few=few, count=count, minimum=minimum)
        if verdicts[key].offered:
            taken[key] = members
    return verdicts


def _offer(
    members: Members,
    everyone: Members,
    taken: Mapping[str, Members],
    earlier: Sequence[Members],
    *,
    few: Callable[[Members], bool],
    count: Callable[[Members], int],
    minimum: int,
) -> Offer:
    if count(members) < minimum:
        return Offer(Verdict.TOO_FEW)
    if members == everyone:
        return Offer(Verdict.EVERYBODY)
    if few(everyone - members):
        return Offer(Verdict.REST_TOO_FEW)
    for other, theirs in taken.items():
        if members == theirs:
            return Offer(Verdict.SAME, other)
        if few(members - theirs) or few(theirs - members):
            return Offer(Verdict.CLOSE, other)
    if any(few(members - theirs) or few(theirs - members) for theirs in earlier):
        return Offer(Verdict.CLOSE_TO_EARLIER)
    if len(taken) >= MOST_GROUPS:
        return Offer(Verdict.TOO_MANY)
    if any(few(rest) for rest in derivable([everyone, *taken.values()], members)):
        return Offer(Verdict.DERIVABLE)
    return Offer(Verdict.OFFERED)


def derivable(published: Sequence[Members], new: Members) -> list[Members]:
    """Every set whose sum follows by adding and subtracting the new set's and the published ones'.

    Each published set is added once, subtracted once, or left out; a set that results counts where no member is in it
    twice or negatively. The new set itself is not listed.
    """
    patterns: dict[tuple[int, ...], set[str]] = {}
    for key in new.union(*published):
        pattern = (*(int(key in one) for one in published), int(key in new))
        patterns.setdefault(pattern, set()).add(key)
    found: set[Members] = set()
    for signs in product((0, 1, -1), repeat=len(published)):
        if not any(signs):
            continue
        for own in (1, -1):
            weights = {
                pattern: sum(sign * inside for sign, inside in zip((*signs, own), pattern, strict=True))
                for pattern in patterns
            }
            if all(weight in (0, 1) for weight in weights.values()):
                found.add(
                    frozenset(
                        key for pattern, weight in weights.items() if weight for key in patterns[pattern]
                    )
                )
    found.discard(frozenset())
    return sorted(found, key=lambda one: (len(one), sorted(one)))
