"""The days of a session as typed in the time of its place: made into moments, and refused where they cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from spm_portal.common.refusal import Refused

MOST_DAYS = 30
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Day:
    """One day as the clocks at the place show it."""

    on: date
    begins: time
    ends: time


Moments = list[tuple[datetime, datetime]]


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name. Raises Refused."""
    if name not in available_timezones():
        raise Refused(_("There is no time zone “%(name)s”. Choose one from the list.") % {"name": name[:40]})
    return ZoneInfo(name)


def moment_of(local: datetime, zone: ZoneInfo) -> datetime:
    """A moment as typed, in UTC. Raises Refused for one that the clocks there skip."""
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local:
        raise Refused(
            _(
                "%(day)s, %(time)s does not exist in %(zone)s: the clocks go forward then. Choose another time."
            )
            % {"day": date_format(local, "DATE_FORMAT"), "time": f"{local:%H:%M}", "zone": zone.key}
        )
    return found


def moments_of(days: Sequence[Day], zone: ZoneInfo) -> Moments:
    """The days as moments in UTC, the first first. Raises Refused for what cannot be, naming the day."""
    if not days:
        raise Refused(_("Give at least one day, with the times from and until."))
    if len(days) > MOST_DAYS:
        raise Refused(
            _("These are %(count)d days; at most %(most)d fit in one session. Make two sessions of it.")
            % {"count": len(days), "most": MOST_DAYS}
        )
    found: list[tuple[datetime, datetime, Day]] = []
    for day in days:
        if day.ends <= day.begins:
            raise Refused(
                _(
                    "%(day)s ends at %(ends)s, which is not after it begins at %(begins)s. Correct one of the "
                    "times; a session past midnight is written as two days."
                )
                % _named(day)
            )
        begins = moment_of(datetime.combine(day.on, day.begins), zone)
        ends = moment_of(datetime.combine(day.on, day.ends), zone)
        found.append((begins, ends, day))
    found.sort(key=lambda one: one[:2])
    for (_b, ends, before), (begins, _e, after) in pairwise(found):
        if begins < ends:
            raise Refused(
                _(
                    "Two days overlap: %(day)s, %(begins)s to %(ends)s, and %(other)s, %(from)s to %(until)s. "
                    "Let one end before the other begins."
                )
                % (
                    _named(before)
                    | {
                        "other": date_format(after.on, "DATE_FORMAT"),
                        "from": f"{after.begins:%H:%M}",
                        "until": f"{after.ends:%H:%M}",
                    }
                )
            )
    if found[-1][1] - found[0][0] > LONGEST:
        raise Refused(
            _("Between the first and the last day lies more than a year. Check the years of the days.")
        )
    return [(begins, ends) for begins, ends, _day in found]


def check_ahead(moments: Moments, zone: ZoneInfo, *, at: datetime) -> None:
    """Refuse a first day that has begun already."""
    first = moments[0][0]
    if first <= at:
        raise Refused(
            _(
                "The first day, %(day)s at %(time)s (%(zone)s), lies in the past. "
                "Check the year, or give a day to come."
            )
            % _clock(first, zone)
        )


def check_closing(closes_at: datetime, moments: Moments, zone: ZoneInfo) -> None:
    """Refuse a registration that would close after the session began."""
    first = moments[0][0]
    if closes_at > first:
        closing = _clock(closes_at, zone)
        raise Refused(
            _(
                "Registration would close on %(closing)s at %(at)s, after the session began on %(day)s at "
                "%(time)s (%(zone)s). Let it close before."
            )
            % (_clock(first, zone) | {"closing": closing["day"], "at": closing["time"]})
        )


def _named(day: Day) -> dict[str, str]:
    return {
        "day": date_format(day.on, "DATE_FORMAT"),
        "begins": f"{day.begins:%H:%M}",
        "ends": f"{day.ends:%H:%M}",
    }


def _clock(at: datetime, zone: ZoneInfo) -> dict[str, str]:
    local = at.astimezone(zone)
    return {"day": date_format(local, "DATE_FORMAT"), "time": f"{local:%H:%M}", "zone": zone.key}
