"""What trainers see of their own: sessions of all associations, and one session with its materials and participants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from members.models import User
from training.enums import RegistrationState, SessionState
from training.evaluating import Mean
from training.models import Expert, Registration, SessionTrainer, TrainingSession
from training.selectors.learning import for_trainers, results_of


@dataclass(frozen=True, slots=True)
class Taught:
    """A session that somebody teaches: in which part, for how many, and how its participants found the trainer."""

    session: TrainingSession
    level: str
    participants: int
    mark: Mean | None = None


@dataclass(frozen=True, slots=True)
class Teaching:
    """A trainer's sessions: to come, the next one first, and held, the last one first."""

    to_come: tuple[Taught, ...]
    past: tuple[Taught, ...]


def entries_of(user: User) -> tuple[Expert, ...]:
    """The entries of rosters that belong to a person's account."""
    own = Expert.objects.visible_to(user).filter(user=user, retired_at__isnull=True)
    return tuple(own.select_related("association").order_by("association__name", "pk"))


def is_on_a_roster(user: User) -> bool:
    """Whether the person is a trainer or expert of some association, by account."""
    return Expert.objects.visible_to(user).filter(user=user, retired_at__isnull=True).exists()


def sessions_of_experts(experts: Iterable[Expert]) -> QuerySet[TrainingSession]:
    """Every session that these entries of the roster teach, with association and course at hand."""
    return (
        TrainingSession.objects.filter(trainers__expert__in=[one.pk for one in experts])
        .select_related("association", "course")
        .distinct()
    )


def teaching_of(experts: Sequence[Expert], *, at: datetime) -> Teaching:
    """The trainer's sessions, with own marks where enough participants gave one."""
    keys = [one.pk for one in experts]
    rows = list(
        SessionTrainer.objects.filter(expert__in=keys)
        .select_related("session__association", "session__course")
        .annotate(
            seats_taken=Count(
                "session__registrations",
                filter=Q(session__registrations__state=RegistrationState.CONFIRMED),
                distinct=True,
            )
        )
        .order_by("session__starts_at", "pk")
    )
    held = [row.session for row in rows if row.session.state == SessionState.HELD]
    results = results_of(held) if held else {}
    found = []
    for row in rows:
        mark = None
        if row.session_id in results:
            after = for_trainers(results[row.session_id], [row.expert_id]).after
            pair = after.trainers.get(row.expert_id)
            mark = pair[1] if pair is not None and pair[1].value is not None else None
        found.append(Taught(row.session, str(row.get_level_display()), row.seats_taken, mark))
    coming = tuple(one for one in found if one.session.ends_at > at)
    return Teaching(coming, tuple(reversed([one for one in found if one.session.ends_at <= at])))


def participants_of(session_id: UUID) -> tuple[int, int]:
    """People with a seat, and of how many MFIs they are."""
    seats = Registration.objects.filter(session=session_id, state=RegistrationState.CONFIRMED)
    counted = seats.aggregate(people=Count("pk"), institutions=Count("institution", distinct=True))
    return counted["people"], counted["institutions"]
