"""When what people do about a session is open: marking attendance, tests before and after, evaluations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MARK_BEFORE = timedelta(hours=12)
PRE_OPENS = timedelta(days=14)
END_BEGINS = timedelta(hours=2)  # the last two hours of a session, in which people sit together and have time
POST_CLOSES = timedelta(days=30)
EVALUATION_CLOSES = timedelta(days=60)
SIX_MONTHS = timedelta(days=182)
SIX_MONTHS_CLOSES = timedelta(days=270)  # the day on which the person's link ends


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment, until a moment that no longer belongs to it."""

    starts_at: datetime
    ends_at: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def may_mark(day: Span, at: datetime) -> bool:
    """Whether attendance of a day may be written down: from twelve hours before it begins, for good."""
    return at >= day.starts_at - MARK_BEFORE


def taking_window(stage: str, days: Sequence[Span], time_zone: str) -> Span:
    """When a test may be taken: `pre` until the end of the first day, `post` from the end of the last day on.

    `days` are those of the session, parts of one date together; the date is that of the session's time zone.
    """
    first = min(day.starts_at for day in days)
    last = max(day.ends_at for day in days)
    if stage == "post":
        return Span(last - END_BEGINS, last + POST_CLOSES)
    zone = ZoneInfo(time_zone)
    date = first.astimezone(zone).date()
    closes = max(day.ends_at for day in days if day.starts_at.astimezone(zone).date() == date)
    return Span(first - PRE_OPENS, closes)


def evaluation_window(stage: str, ends_at: datetime) -> Span:
    """When an evaluation may be given, of a session that ends at a moment."""
    if stage == "six_months":
        return Span(ends_at + SIX_MONTHS, ends_at + SIX_MONTHS_CLOSES)
    return Span(ends_at - END_BEGINS, ends_at + EVALUATION_CLOSES)


def asking_window(stage: str, ends_at: datetime) -> Span:
    """When people are written to about an evaluation: once the session is over, while enough time is left to answer."""
    opens = evaluation_window(stage, ends_at)
    return Span(max(opens.starts_at, ends_at), opens.ends_at - timedelta(days=7))
