"""Who was there on which day of a session: the list to mark, and the share of the hours that people attended."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from training.enums import RegistrationState
from training.models import Attendance, Registration, SessionDay, TrainingSession
from training.windows import Span, may_mark


@dataclass(frozen=True, slots=True)
class Seat:
    """One person with a seat: the mark of each day, None where nothing is marked."""

    registration: Registration
    marks: tuple[Attendance | None, ...]

    @property
    def name(self) -> str:
        """The person's name."""
        return self.registration.participant.name


@dataclass(frozen=True, slots=True)
class MemberSeats:
    """The people of one member; `name` is empty for those whom the association itself sends."""

    name: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class AttendanceList:
    """All days of a session, and everybody with a seat, by member."""

    session: TrainingSession
    days: tuple[SessionDay, ...]
    members: tuple[MemberSeats, ...]

    @property
    def seats(self) -> tuple[Seat, ...]:
        """Everybody with a seat."""
        return tuple(seat for member in self.members for seat in member.seats)

    def counts(self, place: int) -> tuple[int, int, int]:
        """How many are marked present and absent on the day at this place, and how many are not marked."""
        marks = [seat.marks[place] for seat in self.seats]
        present = sum(1 for mark in marks if mark is not None and mark.present)
        left = sum(1 for mark in marks if mark is None)
        return present, len(marks) - present - left, left


def spans_of(session: TrainingSession) -> list[Span]:
    """The days of a session; as a whole where none is written."""
    days = [Span(day.starts_at, day.ends_at) for day in session.days.all()]
    return days or [Span(session.starts_at, session.ends_at)]


def day_to_mark(days: Collection[SessionDay], at: datetime) -> int:
    """The place of the day that somebody most likely wants to mark: the last that may be marked, else the first."""
    open_days = [place for place, day in enumerate(days) if may_mark(Span(day.starts_at, day.ends_at), at)]
    return open_days[-1] if open_days else 0


def attendance_list(session: TrainingSession) -> AttendanceList:
    """Everybody with a seat, by member and name, with the marks of each day."""
    days = tuple(session.days.all())
    found: dict[tuple[UUID, UUID], Attendance] = {
        (mark.registration_id, mark.day_id): mark for mark in Attendance.objects.filter(session=session)
    }
    by_member: dict[str, list[Seat]] = defaultdict(list)
    seats = (
        Registration.objects.filter(session=session, state=RegistrationState.CONFIRMED)
        .select_related("participant", "institution")
        .order_by("institution__name", "participant__name", "pk")
    )
    for one in seats:
        marks = tuple(found.get((one.pk, day.pk)) for day in days)
        by_member[one.institution.name if one.institution else ""].append(Seat(one, marks))
    members = tuple(MemberSeats(name, tuple(rows)) for name, rows in by_member.items())
    return AttendanceList(session, days, members)


def attended_share(registration_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """How much of the session's time each registered person was there, in whole percent, rounded down.

    0 where nothing is marked: whoever asks whether a person attended enough needs a mark for it.
    """
    hours: dict[UUID, float] = defaultdict(float)
    rows = Attendance.objects.filter(registration_id__in=registration_ids, present=True).values_list(
        "registration_id", "day__starts_at", "day__ends_at"
    )
    for pk, starts_at, ends_at in rows:
        hours[pk] += (ends_at - starts_at).total_seconds()
    whole: dict[UUID, float] = defaultdict(float)
    days = SessionDay.objects.filter(session__registrations__in=registration_ids).values_list(
        "session__registrations__id", "starts_at", "ends_at"
    )
    for pk, starts_at, ends_at in days:
        whole[pk] += (ends_at - starts_at).total_seconds()
    return {pk: int(100 * hours[pk] / whole[pk]) if whole[pk] else 0 for pk in registration_ids}


def took_part(registrations: "QuerySet[Registration]") -> "QuerySet[Registration]":
    """Those who were there: marked present on a day, or, where nobody marked attendance, everybody with a seat."""
    marks = Attendance.objects.filter(registration=OuterRef("pk"))
    of_session = Attendance.objects.filter(session=OuterRef("session"))
    return registrations.filter(
        Q(Exists(marks.filter(present=True))) | ~Q(Exists(of_session)),
        state=RegistrationState.CONFIRMED,
    )
