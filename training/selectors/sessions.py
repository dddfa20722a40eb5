"""Sessions as pages and mails tell of them: when, where, how full."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format

from members.access import access_of
from members.models import Association, User
from training.enums import RegistrationState, SessionState
from training.models import Registration, SessionDay, TrainingSession

LINE = (
    "title",
    "state",
    "language",
    "time_zone",
    "starts_at",
    "ends_at",
    "place",
    "is_online",
    "seats",
    "course__topic",
)


@dataclass(frozen=True, slots=True)
class Places:
    """How full a session is."""

    seats: int
    confirmed: int = 0
    waiting: int = 0
    requested: int = 0

    @property
    def free(self) -> int:
        """Seats that nobody has."""
        return max(self.seats - self.confirmed, 0)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list, with how full it is and how many of the reader's own people have a seat."""

    session: TrainingSession
    places: Places
    own: int

    @property
    def when(self) -> str:
        """Its days in short."""
        return span_of(self.session)


@dataclass(frozen=True, slots=True)
class DayWords:
    """One day in the time of the place, and in the reader's where that differs."""

    day: SessionDay
    words: str
    for_reader: str


def sessions_of(association: Association, user: User) -> QuerySet[TrainingSession]:
    """Sessions of one association that the person may see."""
    return (
        TrainingSession.objects.visible_to(user)
        .filter(association=association)
        .select_related("association", "course")
    )


def filtered(
    rows: QuerySet[TrainingSession], *, show: str, at: datetime, topic: str = "", search: str = ""
) -> QuerySet[TrainingSession]:
    """The rows of one tab of the list, the nearest first."""
    if topic:
        rows = rows.filter(course__topic=topic)
    if search:
        rows = rows.filter(
            Q(title__icontains=search) | Q(place__icontains=search) | Q(course__code__iexact=search)
        )
    if show == "drafts":
        return rows.filter(state=SessionState.DRAFT).order_by("starts_at", "pk")
    if show == "cancelled":
        return rows.filter(state=SessionState.CANCELLED).order_by("-starts_at", "pk")
    live = rows.filter(state__in=(SessionState.ANNOUNCED, SessionState.HELD))
    if show == "past":
        return live.filter(ends_at__lte=at).order_by("-starts_at", "pk")
    return live.filter(ends_at__gt=at).order_by("starts_at", "pk")


def listed(rows: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    """The same rows with no more of each than a line of a list shows."""
    return rows.select_related(None).select_related("course").only(*LINE)


def places_of(sessions: Iterable[TrainingSession]) -> Mapping[UUID, Places]:
    """How full each session is, in one query."""
    held = list(sessions)
    counts: dict[Any, Any] = {
        one["session"]: one
        for one in Registration.objects.filter(session__in=[one.pk for one in held])
        .order_by()
        .values("session")
        .annotate(
            confirmed=Count("pk", filter=Q(state=RegistrationState.CONFIRMED)),
            waiting=Count("pk", filter=Q(state=RegistrationState.WAITING)),
            requested=Count("pk", filter=Q(state=RegistrationState.REQUESTED)),
        )
    }
    found = {}
    for one in held:
        count = counts.get(one.pk) or {}
        found[one.pk] = Places(
            one.seats, count.get("confirmed", 0), count.get("waiting", 0), count.get("requested", 0)
        )
    return found


def rows_of(sessions: Iterable[TrainingSession], user: User) -> list[SessionRow]:
    """Rows of a list, in two queries."""
    held = list(sessions)
    places = places_of(held)
    own = dict(
        Registration.objects.filter(
            session__in=[one.pk for one in held],
            institution__in=access_of(user).works_for,
            state=RegistrationState.CONFIRMED,
        )
        .order_by()
        .values_list("session")
        .annotate(count=Count("pk"))
    )
    return [SessionRow(one, places[one.pk], own.get(one.pk, 0)) for one in held]


def day_lines(session: TrainingSession) -> list[str]:
    """Each day in words, in the time of the session's place."""
    zone = ZoneInfo(session.time_zone)
    return [_day(one.starts_at, one.ends_at, zone) for one in session.days.all()]


def days_for(session: TrainingSession, reader_zone: str) -> list[DayWords]:
    """Each day in the time of the place; in the reader's own beside it, where the clocks differ."""
    zone, own = ZoneInfo(session.time_zone), ZoneInfo(reader_zone)
    found = []
    for one in session.days.all():
        here, there = _day(one.starts_at, one.ends_at, zone), _day(one.starts_at, one.ends_at, own)
        differs = one.starts_at.astimezone(zone).utcoffset() != one.starts_at.astimezone(own).utcoffset()
        found.append(DayWords(one, here, there if differs else ""))
    return found


def _day(begins: datetime, ends: datetime, zone: ZoneInfo) -> str:
    first, last = begins.astimezone(zone), ends.astimezone(zone)
    day = f"{date_format(first, 'l')}, {date_format(first, 'DATE_FORMAT')}"
    until = f"{last:%H:%M}"
    if last.date() != first.date():
        until = f"{date_format(last, 'DATE_FORMAT')} {until}"
    return f"{day}, {first:%H:%M}–{until} ({zone.key})"


def span_of(session: TrainingSession) -> str:
    """First and last day in the time of the place."""
    zone = ZoneInfo(session.time_zone)
    first, last = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    begins = date_format(first, "DATE_FORMAT")
    return begins if first.date() == last.date() else f"{begins} – {date_format(last, 'DATE_FORMAT')}"


def is_open(session: TrainingSession, at: datetime) -> bool:
    """Whether members may register people now."""
    return session.state == SessionState.ANNOUNCED and at < session.registration_closes_at


def sees_join_link(session: TrainingSession, user: User) -> bool:
    """Whether the person may see the link to join: staff, trainers, and the MFI of somebody with a seat."""
    return user.has_perm("training.teach_session", session) or (
        Registration.objects.filter(
            session=session,
            institution__in=access_of(user).works_for,
            state=RegistrationState.CONFIRMED,
        ).exists()
        and session.association_id in access_of(user).member_in
    )
