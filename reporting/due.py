"""The one due moment of a return: extension, grace and lock, days to go, and when reminders are due. Pure."""

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

# Days from the due day; below 0 before it. Each step comes at the same hour of the association's clocks.
STEPS = (-21, -14, -7, -1, 1, 7)
HOUR = time(8)
# A step that was missed for longer than this says nothing any more, such as after months without a worker.
STALE = timedelta(days=14)
UTC = zoneinfo.ZoneInfo("UTC")


class Timing(StrEnum):
    """How a moment stands to the due moment."""

    ON_TIME = "on_time"
    WITHIN_GRACE = "within_grace"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Due:
    """When a return is due. `at` includes an extension; the very moment is still on time."""

    at: datetime
    grace: timedelta = timedelta()
    locks: bool = False
    extended: bool = False

    @property
    def grace_until(self) -> datetime:
        """The last moment within grace."""
        return self.at + self.grace

    def timing(self, moment: datetime) -> Timing:
        """Whether something at this moment is on time, within grace, or late."""
        if moment <= self.at:
            return Timing.ON_TIME
        return Timing.WITHIN_GRACE if moment <= self.grace_until else Timing.LATE

    def is_locked(self, moment: datetime) -> bool:
        """Whether the member can no longer answer and submit."""
        return self.locks and moment > self.grace_until

    def days_to_go(self, moment: datetime, zone: zoneinfo.ZoneInfo) -> int:
        """Calendar days until the due day as clocks there count them; below 0 after it."""
        return days_between(moment, self.at, zone)


def due_of(
    round_due_at: datetime,
    *,
    grace_hours: int = 0,
    locks: bool = False,
    extended_to: datetime | None = None,
) -> Due:
    """The due moment of one return: the round's, or the extension's where that is later."""
    extended = extended_to is not None and extended_to > round_due_at
    return Due(
        at=extended_to if extended and extended_to is not None else round_due_at,
        grace=timedelta(hours=grace_hours),
        locks=locks,
        extended=extended,
    )


def days_between(start: datetime, end: datetime, zone: zoneinfo.ZoneInfo) -> int:
    """Calendar days from one moment to another as people in this time zone count them."""
    return (end.astimezone(zone).date() - start.astimezone(zone).date()).days


def step_moment(due_at: datetime, step: int, zone: zoneinfo.ZoneInfo) -> datetime:
    """When a step is due: its day in this time zone, at the hour of reminders, whatever the clocks did between.

    Where clocks skip that hour, the moment is the same distance after the gap.
    """
    day = due_at.astimezone(zone).date() + timedelta(days=step)
    return datetime.combine(day, HOUR, tzinfo=zone).astimezone(UTC)


def newest_step(due_at: datetime, zone: zoneinfo.ZoneInfo, *, at: datetime, since: datetime) -> int | None:
    """The last step that has come and is not stale; steps from before `since` (asked, extended) never count."""
    come = [
        step
        for step in STEPS
        if since < (moment := step_moment(due_at, step, zone)) <= at and at - moment <= STALE
    ]
    return come[-1] if come else None


def closing_moment(opened_at: datetime, days: int, zone: zoneinfo.ZoneInfo) -> datetime:
    """When a time of so many whole days ends: the last minute of its last day as clocks there show it."""
    day = opened_at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59), tzinfo=zone).astimezone(UTC)


def middle_of(opened_at: datetime, closes_at: datetime) -> datetime:
    """The moment half-way, when those who have not replied are reminded."""
    return opened_at + (closes_at - opened_at) / 2
