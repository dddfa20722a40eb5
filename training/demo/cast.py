"""Who acts in the demonstrated training year, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from members.models import Association, Institution, User


@dataclass(frozen=True)
class Cast:
    """Who acts: the association with its staff, members by short name with the person who acts for each."""

    association: Association
    manager: User
    reviewer: User
    members: Mapping[str, Institution]
    people: Mapping[str, User]
    at: datetime

    def day(self, days: int) -> date:
        """The day so many days from now."""
        return (self.at + timedelta(days=days)).date()

    def moment(self, days: int) -> datetime:
        """The moment so many days from now."""
        return self.at + timedelta(days=days)

    def hour(self, days: int, at: time) -> datetime:
        """An hour of the day so many days from now, as the association's clocks say."""
        return datetime.combine(self.day(days), at, ZoneInfo(self.association.time_zone))

    def days_since(self, month: int, day: int) -> int:
        """How many days ago that day was in the last year that is published: the year before the last one."""
        return (self.at.date() - date(self.at.year - 2, month, day)).days
