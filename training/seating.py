"""Who on a waiting list gets a seat: in the order of the list, as far as seats and the quotas of members reach."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

M = TypeVar("M", bound=Hashable)
P = TypeVar("P", bound=Hashable)


def has_place(member: M | None, *, seated: Sequence[M | None], seats: int, quota: int | None) -> bool:
    """Whether one more person of this member fits; people of no member are bound by no quota."""
    if len(seated) >= seats:
        return False
    return quota is None or member is None or sum(1 for one in seated if one == member) < quota


def next_up(
    queue: Iterable[tuple[P, M | None]], *, seated: Sequence[M | None], seats: int, quota: int | None
) -> list[P]:
    """The people of the queue (person, member) who get a seat now, in its order.

    `seated` names the member of each person who has a seat. Who is held back by the quota alone keeps the place in
    the queue and is passed over.
    """
    taken, count = Counter(seated), len(seated)
    found: list[P] = []
    for person, member in queue:
        if count >= seats:
            break
        if quota is not None and member is not None and taken[member] >= quota:
            continue
        taken[member] += 1
        count += 1
        found.append(person)
    return found
