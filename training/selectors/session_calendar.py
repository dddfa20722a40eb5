"""Sessions for calendars: what a person's feed holds, and a year by months."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from members.models import Association, User
from training.enums import LIVE_REGISTRATIONS, SessionState
from training.models import Registration, TrainingSession
from training.selectors.sessions import SessionRow, rows_of, sessions_of

# past sessions stay in feeds for a while, so that calendars do not forget them at once
FEED_KEEPS = timedelta(days=60)
MOST_IN_FEED = 200
MOST_IN_MONTH = 40


@dataclass(frozen=True, slots=True)
class Month:
    """The sessions that begin in a month of the association's time; `more` are not listed."""

    first: datetime
    rows: tuple[SessionRow, ...]
    more: int


def feed_sessions(user: User, *, at: datetime) -> list[TrainingSession]:
    """Sessions of a person's calendar: of own associations, of own memberships, and those taught; two queries."""
    return list(
        TrainingSession.objects.visible_to(user)
        .filter(ends_at__gt=at - FEED_KEEPS)
        .exclude(Q(state=SessionState.DRAFT) | Q(state=SessionState.CANCELLED, announced_at__isnull=True))
        .select_related("association")
        .prefetch_related("days")
        .order_by("starts_at", "pk")[:MOST_IN_FEED]
    )


def joined_by(user: User, sessions: list[TrainingSession]) -> set[UUID]:
    """Sessions for which people of the person's own MFIs are registered."""
    rows = Registration.objects.visible_to(user).filter(
        session__in=[one.pk for one in sessions], state__in=LIVE_REGISTRATIONS
    )
    return set(rows.values_list("session_id", flat=True))


def months_of(association: Association, year: int, user: User) -> list[Month]:
    """The year by months, in four queries: at most so many sessions of each month are listed."""
    zone = ZoneInfo(association.time_zone)
    begins, ends = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    found = list(
        sessions_of(association, user)
        .filter(starts_at__gte=begins, starts_at__lt=ends)
        .exclude(state=SessionState.CANCELLED)
        .order_by("starts_at", "pk")[: 12 * MOST_IN_MONTH * 3]
    )
    by_month: dict[int, list[TrainingSession]] = {number: [] for number in range(1, 13)}
    for one in found:
        by_month[one.starts_at.astimezone(zone).month].append(one)
    listed = [one for rows in by_month.values() for one in rows[:MOST_IN_MONTH]]
    rows = {row.session.pk: row for row in rows_of(listed, user)}
    return [
        Month(
            datetime(year, number, 1, tzinfo=zone),
            tuple(rows[one.pk] for one in sessions[:MOST_IN_MONTH]),
            max(len(sessions) - MOST_IN_MONTH, 0),
        )
        for number, sessions in by_month.items()
    ]
