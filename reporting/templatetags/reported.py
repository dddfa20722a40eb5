"""Tags that show reported values the way the reader's language writes them."""

import zoneinfo
from datetime import datetime
from typing import Any

from django import template
from django.utils import formats

from reporting.catalogue import Derived, Indicator
from reporting.datasets.wording import change_text, value_text

register = template.Library()


@register.simple_tag
def reported(part: Indicator | Derived, value: Any, currency: str = "") -> str:
    """A value with its unit; nothing for none."""
    return value_text(part, value, currency)


@register.simple_tag
def change(value: float | None, in_points: bool = False) -> str:
    """A change with its sign: +12.5 % or −3.0 points; nothing for none."""
    return change_text(value, in_points=in_points)


@register.simple_tag
def clock_of(at: datetime, time_zone: str, weekday: bool = False) -> str:
    """A moment as the clocks of the association show it: day and time, and the zone by name."""
    local = at.astimezone(zoneinfo.ZoneInfo(time_zone))
    day = formats.date_format(local, "DATE_FORMAT")
    if weekday:
        day = f"{formats.date_format(local, 'l')}, {day}"
    return f"{day}, {local:%H:%M} ({time_zone})"
