"""Sessions that the association held, as records that may stand as evidence of its capacities."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy, ngettext

from members.models import Association
from members.selectors.records import RecordKind, RecordOffer
from training.enums import SessionState
from training.models import Registration, TrainingSession
from training.selectors.attendance import took_part

SESSIONS = "sessions_held"
YEARS = 5


def sessions_held(association: Association, at: datetime) -> list[RecordOffer]:
    """The sessions of each of the last five years that were over at a moment, and those that trained trainers apart."""
    over = (
        TrainingSession.objects.filter(
            association=association,
            state__in=(SessionState.ANNOUNCED, SessionState.HELD),
            ends_at__lte=at,
            ends_at__year__gt=at.year - YEARS,
        )
        .select_related("course")
        .order_by("-ends_at", "pk")
    )
    held: dict[tuple[int, bool], list[TrainingSession]] = defaultdict(list)
    for session in over:
        held[session.ends_at.year, session.course.for_trainers].append(session)
    people: dict[object, int] = defaultdict(int)
    there = took_part(
        Registration.objects.filter(session__in=[one.pk for rows in held.values() for one in rows])
    )
    for session_id in there.values_list("session_id", flat=True):
        people[session_id] += 1
    # a session to which nobody came was not held
    found = {key: kept for key, rows in held.items() if (kept := [one for one in rows if people[one.pk]])}
    return [
        _offer(year, for_trainers, rows, sum(people[one.pk] for one in rows))
        for (year, for_trainers), rows in sorted(found.items(), key=lambda one: (-one[0][0], one[0][1]))
    ]


def _offer(year: int, for_trainers: bool, rows: Sequence[TrainingSession], people: int) -> RecordOffer:
    hours = sum((one.course.hours for one in rows), Decimal(0))
    facts: dict[str, str | int | None] = {
        "year": year,
        "sessions": len(rows),
        "participants": people,
        "hours": f"{hours.normalize():f}",
        "training_of_trainers": int(for_trainers),
    }
    title = (
        ngettext(
            "%(sessions)s session to train trainers held in %(year)s: %(participants)s people, %(hours)s hours",
            "%(sessions)s sessions to train trainers held in %(year)s: %(participants)s people, %(hours)s hours",
            len(rows),
        )
        if for_trainers
        else ngettext(
            "%(sessions)s session held in %(year)s: %(participants)s people, %(hours)s hours",
            "%(sessions)s sessions held in %(year)s: %(participants)s people, %(hours)s hours",
            len(rows),
        )
    )
    key = f"{year}-trainers" if for_trainers else f"{year}"
    return RecordOffer(SESSIONS, key, title % facts, facts)


SESSION_KINDS = (RecordKind(SESSIONS, gettext_lazy("Training sessions held"), sessions_held),)
