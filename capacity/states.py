"""Which step a plan item may take from where it stands, what a step needs, and what waits for what; no database."""

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

from capacity.enums import PlanStatus

Key = TypeVar("Key", bound=Hashable)

# the first is the usual next step
PLAN_STEPS: Final[Mapping[str, tuple[PlanStatus, ...]]] = {
    PlanStatus.PROPOSED: (PlanStatus.PLANNED, PlanStatus.UNDER_WAY, PlanStatus.DROPPED),
    PlanStatus.PLANNED: (PlanStatus.UNDER_WAY, PlanStatus.DONE, PlanStatus.PROPOSED, PlanStatus.DROPPED),
    PlanStatus.UNDER_WAY: (PlanStatus.DONE, PlanStatus.PLANNED, PlanStatus.DROPPED),
    PlanStatus.DONE: (PlanStatus.UNDER_WAY,),
    PlanStatus.DROPPED: (PlanStatus.PROPOSED,),
}
CLOSED: Final = (PlanStatus.DONE, PlanStatus.DROPPED)
# an item stands here only with somebody who does it and a day
SETTLED: Final = (PlanStatus.PLANNED, PlanStatus.UNDER_WAY, PlanStatus.DONE)
# an item comes here only when what it waits for is done
AFTER_OTHERS: Final = (PlanStatus.UNDER_WAY, PlanStatus.DONE)


def may_step(old: str, new: str) -> bool:
    """Whether the plan knows this step."""
    return new in PLAN_STEPS[old]


def needs_words(old: str, new: str) -> bool:
    """Whether a step has to be explained: dropping, and taking back what was done or dropped."""
    return new == PlanStatus.DROPPED or old in CLOSED


def is_circle(waits_for: Mapping[Key, Key | None], item: Key, other: Key) -> bool:
    """Whether `item` would in the end wait for itself if it waited for `other`."""
    at: Key | None = other
    seen = set()
    while at is not None and at not in seen:
        if at == item:
            return True
        seen.add(at)
        at = waits_for.get(at)
    return False
