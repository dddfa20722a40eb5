"""Registered people as pages show them: those of a session with places in the queue, and the known of a member."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from members.models import Association, Institution, User
from training.enums import LIVE_REGISTRATIONS, RegistrationState
from training.models import Participant, Registration, ScholarshipAward, TrainingSession
from training.seating import has_place

GROUPS = (
    RegistrationState.REQUESTED,
    RegistrationState.CONFIRMED,
    RegistrationState.WAITING,
    RegistrationState.REFUSED,
    RegistrationState.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A registration in a list, with the scholarship and, for the waiting, the place in the queue (from 1)."""

    registration: Registration
    award: ScholarshipAward | None
    place: int | None

    @property
    def to_pay(self) -> Decimal:
        """The price less the scholarship."""
        return self.registration.price - (self.award.amount if self.award else 0)


@dataclass(frozen=True, slots=True)
class Group:
    """People in one state."""

    state: RegistrationState
    rows: tuple[PersonRow, ...]

    @property
    def is_over(self) -> bool:
        """Whether these registrations have ended."""
        return self.state not in LIVE_REGISTRATIONS


def registrations_of(association: Association, user: User) -> QuerySet[Registration]:
    """Registrations at an association that the person may see."""
    rows = Registration.objects.visible_to(user).filter(association=association)
    found: QuerySet[Registration] = rows.select_related(  # type: ignore[assignment]
        "session__course", "session__association", "participant", "institution", "asked_by"
    )
    return found


def groups_of(session: TrainingSession, user: User) -> list[Group]:
    """The people of a session whom the reader may see, by state, in three queries."""
    people = list(
        registrations_of(session.association, user)
        .filter(session=session)
        .order_by("asked_at", "participant__name")
    )
    awards = awards_of(one.pk for one in people)
    queue = list(
        session.registrations.filter(state=RegistrationState.WAITING)
        .order_by("queued_at", "asked_at", "pk")
        .values_list("pk", flat=True)
    )
    places = {pk: number for number, pk in enumerate(queue, start=1)}
    rows = [PersonRow(one, awards.get(one.pk), places.get(one.pk)) for one in people]
    rows.sort(key=lambda row: row.place or 0)
    found = []
    for state in GROUPS:
        chosen = tuple(row for row in rows if row.registration.state == state)
        if chosen:
            found.append(Group(state, chosen))
    return found


def awards_of(registrations: Iterable[UUID]) -> dict[UUID, ScholarshipAward]:
    """Awards that were not freed, by registration."""
    live = ScholarshipAward.objects.filter(registration__in=list(registrations), freed_at__isnull=True)
    return {one.registration_id: one for one in live.select_related("scholarship")}


def place_in_queue(registration: Registration) -> int | None:
    """The place on the waiting list (from 1); None for people who do not wait."""
    if registration.state != RegistrationState.WAITING:
        return None
    queue = list(
        Registration.objects.filter(session=registration.session_id, state=RegistrationState.WAITING)
        .order_by("queued_at", "asked_at", "pk")
        .values_list("pk", flat=True)
    )
    return queue.index(registration.pk) + 1 if registration.pk in queue else None


def waits_for(session: TrainingSession, institution: Institution | None) -> str:
    """What keeps one more person of a member from a seat now: "quota", "seats", or nothing (empty)."""
    member = institution.pk if institution else None
    seated = list(
        session.registrations.filter(state=RegistrationState.CONFIRMED).values_list(
            "institution_id", flat=True
        )
    )
    if has_place(member, seated=seated, seats=session.seats, quota=session.quota_per_member):
        return ""
    is_within = has_place(member, seated=seated, seats=len(seated) + 1, quota=session.quota_per_member)
    return "seats" if is_within else "quota"


def known_people(session: TrainingSession, institution: Institution | None) -> list[Participant]:
    """People whom a member sent before and who are not registered for this session."""
    here = session.registrations.filter(state__in=LIVE_REGISTRATIONS).values("participant_id")
    return list(
        Participant.objects.filter(
            association=session.association, institution=institution, erased_at__isnull=True
        )
        .exclude(pk__in=here)
        .order_by("name", "pk")[:200]
    )
