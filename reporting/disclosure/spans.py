"""R7 for any number of overlapping sets: which few members' sum follows from adding and subtracting published sets.

Only who stands in which set matters here, never a value, so that one answer serves every question that the same members
answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

PRIME = 2**61 - 1
"""Elimination is done modulo this: far above any minor of the few rows of zeros and ones, so that nothing is lost."""
MOST_STEPS = 200_000
"""Unions of classes that are looked at; with more of them the gate closes."""


@lru_cache(maxsize=4096)
def handfuls(sets: frozenset[int], owners: tuple[int, ...], k: int) -> frozenset[int]:
    """Every set of fewer than `k` owners whose sum the sums of `sets` determine, by whatever factors.

    A set is a number whose bits are its members; `owners` has the owner of each bit. Members that stand in the same
    sets cannot be told apart, so the answer is made of whole classes of them. Raises OverflowError where the sets
    overlap too much to look at everything.
    """
    classes = _classes(sets)
    keys = _keys(sorted(sets), classes)
    small = [
        (key, one, owned)
        for key, one in zip(keys, classes, strict=True)
        if _few(owned := _owned(one, owners), k)
    ]
    by_key: dict[int, list[int]] = {}
    for position, (key, _, _) in enumerate(small):
        by_key.setdefault(key, []).append(position)
    seen = spread = 0  # owners that stand in several classes
    for _, _, owned in small:
        spread |= seen & owned
        seen |= owned
    found: set[int] = set()
    steps = 0
    # a union is finished by the last of its classes, which is looked up and not tried
    waiting: list[tuple[int, int, int, int]] = [(0, 0, 0, 0)]
    while waiting:
        start, key, members, owned = waiting.pop()
        for last in by_key.get(-key % PRIME, ()):
            if last >= start and _few(owned | small[last][2], k):
                found.add(members | small[last][1])
        for position in range(start, len(small) - 1):
            steps += 1
            if steps > MOST_STEPS:
                raise OverflowError("The groups overlap too much to look at all that follows from them.")
            its_key, its_members, its_owners = small[position]
            together = owned | its_owners
            # where k - 1 owners are in, one more class fits only if they are its owners
            if _few(together, k - 1) or (_few(together, k) and together & spread):
                waiting.append((position + 1, (key + its_key) % PRIME, members | its_members, together))
    return frozenset(found)


def _few(owned: int, k: int) -> bool:
    return owned.bit_count() < k


def _owned(members: int, owners: Sequence[int]) -> int:
    found = 0
    while members:
        lowest = members & -members
        found |= 1 << owners[lowest.bit_length() - 1]
        members ^= lowest
    return found


def _classes(sets: frozenset[int]) -> list[int]:
    """The members that stand in the same sets, by class."""
    everybody = 0
    for one in sets:
        everybody |= one
    classes = [everybody] if everybody else []
    for one in sorted(sets):
        classes = [part for members in classes for part in (members & one, members & ~one) if part]
    return classes


def _keys(sets: Sequence[int], classes: Sequence[int]) -> list[int]:
    """A number for each class such that the sum of a union is determined where its numbers add up to nothing.

    The sum of a union is determined if the union stands at right angles to all that may change unseen (the kernel of
    the sets). The numbers mix a basis of the kernel with fixed factors: a determined union always adds up to nothing,
    another one by an accident of one in 10^18, which would hold back a figure and never tell one.
    """
    rows = [[int(bool(members & one)) for members in classes] for one in sets]
    pivots: list[int] = []
    rank = 0
    for column in range(len(classes)):
        at = next((number for number in range(rank, len(rows)) if rows[number][column]), None)
        if at is None:
            continue
        rows[rank], rows[at] = rows[at], rows[rank]
        inverse = pow(rows[rank][column], -1, PRIME)
        pivot = rows[rank] = [value * inverse % PRIME for value in rows[rank]]
        for number, row in enumerate(rows):
            if number != rank and row[column]:
                factor = row[column]
                rows[number] = [(a - factor * b) % PRIME for a, b in zip(row, pivot, strict=True)]
        pivots.append(column)
        rank += 1
    keys = [0] * len(classes)
    for number, column in enumerate(sorted(set(range(len(classes))) - set(pivots)), start=1):
        mixed = pow(3, 1009 * number, PRIME)
        keys[column] = mixed
        for row, pivot_column in zip(rows, pivots, strict=False):
            keys[pivot_column] = (keys[pivot_column] - mixed * row[column]) % PRIME
    return keys
