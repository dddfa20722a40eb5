"""Moments in words, as the clocks of one place show them."""

import zoneinfo
from datetime import datetime

from django.utils import formats


def clock_of(at: datetime, time_zone: str, weekday: bool = False) -> str:
    """A moment as the clocks of a time zone show it, in the active language: day and time, and the zone by name."""
    local = at.astimezone(zoneinfo.ZoneInfo(time_zone))
    day = formats.date_format(local, "DATE_FORMAT")
    if weekday:
        day = f"{formats.date_format(local, 'l')}, {day}"
    return f"{day}, {local:%H:%M} ({time_zone})"
