"""When somebody is reminded of what is owed to a donor: days around the due day, the newest step alone."""

from collections.abc import Iterable
from datetime import date, timedelta

# Days from the due day: two before it, three after it.
STEPS = (-14, -3, 1, 7, 30)
# From this step on the donor is told too.
TO_DONOR = 7


def newest_step(due_on: date, *, today: date, since: date, steps: Iterable[int] = STEPS) -> int | None:
    """The last step whose day has come; None where none has, or where its day lies before `since`.

    `since` is the day from which the thing is owed as it is now: a step of an earlier day says nothing about it.
    """
    come = [step for step in steps if since <= due_on + timedelta(days=step) <= today]
    return max(come, default=None)


def label_of(step: int, due_on: date) -> str:
    """What the ledger calls a step; a new due day begins the steps anew."""
    return f"d{step:+d} {due_on:%Y-%m-%d}"
