"""When a certificate ends, and when its holder is told so: pure calendar sums."""

import calendar
from datetime import date

# Days before the end on which the holder and the member are told.
STEPS = (90, 60, 30, 7)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last day of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def newest_step(expires_on: date, *, today: date, issued_on: date) -> int | None:
    """The step that has come: the smallest number of days that are not more than are left.

    None before the first step, after the end, and for steps that had passed when the certificate was issued.
    """
    left = (expires_on - today).days
    life = (expires_on - issued_on).days
    if left < 0:
        return None
    return min((step for step in STEPS if left <= step < life), default=None)
