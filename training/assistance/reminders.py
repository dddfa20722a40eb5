"""When somebody is reminded in a case: days around the due day, the newest step alone."""

from datetime import date, timedelta
from typing import Final

# days from the due day
DELIVERABLE_STEPS: Final = (-7, -1, 3, 14)
FOLLOW_UP_STEPS: Final = (-7, 0, 14)
# an outage of so many days is made up for; older steps are let go
CATCH_UP: Final = timedelta(days=3)


def step_of(due_on: date, steps: tuple[int, ...], *, today: date, since: date) -> int | None:
    """The newest step whose day has come and is not long past; None where none is, or where it lies before `since`."""
    come = [
        step
        for step in steps
        if since <= due_on + timedelta(days=step) <= today
        and today - (due_on + timedelta(days=step)) <= CATCH_UP
    ]
    return max(come, default=None)
