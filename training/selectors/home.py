"""What waits for a reader of the training area, and what is on next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q

from members.access import access_of
from members.models import Association, Institution, User
from training.enums import (
    CaseStage,
    NeedState,
    RegistrationState,
    SessionState,
    SurveyState,
)
from training.lifetimes import STEPS
from training.models import (
    Case,
    Certificate,
    Need,
    NeedsReply,
    NeedsSurvey,
    Participant,
    Registration,
    TrainingSession,
)
from training.selectors.certificates import in_force
from training.selectors.sessions import SessionRow, filtered, rows_of, sessions_of

MOST_SESSIONS = 6
STAFF_TURN = (CaseStage.REQUESTED, CaseStage.DIAGNOSIS, CaseStage.TERMS, CaseStage.CALL, CaseStage.CONTRACT)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: a code for its words, how many, and the page where it is done."""

    code: str
    count: int
    page: str
    query: str = ""


def for_staff(association: Association, user: User, at: datetime) -> list[Waiting]:
    """What staff have to do, what cannot wait first; a constant number of queries."""
    seats = Registration.objects.filter(association=association, state=RegistrationState.REQUESTED)
    over = TrainingSession.objects.filter(
        association=association, state=SessionState.ANNOUNCED, ends_at__lt=at
    )
    found = [
        Waiting("approve", seats.filter(session__ends_at__gt=at).count(), "sessions"),
        Waiting("close", over.count(), "sessions", query="?show=past"),
        Waiting("cases", Case.objects.filter(association=association, stage__in=STAFF_TURN).count(), "cases"),
        Waiting(
            "needs",
            Need.objects.filter(association=association, state=NeedState.PROPOSED).count(),
            "needs",
        ),
        Waiting(
            "certificates", _ending(association, user, at), "certificates", query=f"?standing={STEPS[0]}"
        ),
    ]
    return [one for one in found if one.count]


def for_member(association: Association, user: User, at: datetime) -> list[Waiting]:
    """What the person's MFI has to do; a constant number of queries."""
    works_for = access_of(user).works_for
    own = Institution.objects.members_of(association).filter(pk__in=works_for)
    answered = NeedsReply.objects.filter(survey=OuterRef(OuterRef("pk"))).values("institution")
    surveys = NeedsSurvey.objects.filter(
        Exists(own.exclude(pk__in=answered)),
        association=association,
        state=SurveyState.OPEN,
        closes_at__gt=at,
    )
    rate = Case.objects.filter(
        association=association, institution__in=works_for, stage=CaseStage.RATING
    ).exclude(ratings__side="member")
    found = [
        Waiting("surveys", surveys.count(), "our_needs"),
        Waiting("rate", rate.count(), "cases"),
        Waiting(
            "certificates", _ending(association, user, at), "certificates", query=f"?standing={STEPS[0]}"
        ),
    ]
    return [one for one in found if one.count]


def next_sessions(association: Association, user: User, at: datetime) -> list[SessionRow]:
    """The sessions that come next, with how full they are."""
    rows = filtered(sessions_of(association, user), show="upcoming", at=at)
    return rows_of(rows[:MOST_SESSIONS], user)


def coming_people(association: Association, user: User, at: datetime) -> list[Registration]:
    """People of the person's MFIs who have or wait for a seat in sessions to come, the nearest first."""
    return list(
        Registration.objects.filter(
            association=association,
            institution__in=access_of(user).works_for,
            state__in=(RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.REQUESTED),
            session__ends_at__gt=at,
        )
        .select_related("session", "participant")
        .order_by("session__starts_at", "participant__name")[:10]
    )


def people_of(association: Association, user: User, words: str = "") -> Any:
    """People whom members sent, as far as the person may see them, with what they took part in."""
    rows = Participant.objects.visible_to(user).filter(association=association, erased_at__isnull=True)
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(email__iexact=words) | Q(institution__name__icontains=words)
        )
    held = Q(registrations__session__state=SessionState.HELD, registrations__attendance__present=True)
    return (
        rows.select_related("institution")
        .annotate(
            held_sessions=Count("registrations__session", filter=held, distinct=True),
            held_certificates=Count(
                "certificates", filter=Q(certificates__revoked_at__isnull=True), distinct=True
            ),
        )
        .order_by("name", "pk")
    )


def _ending(association: Association, user: User, at: datetime) -> int:
    today = at.astimezone(ZoneInfo(association.time_zone)).date()
    visible = Certificate.objects.visible_to(user).filter(association=association)
    return in_force((today, today + timedelta(days=STEPS[0]))).filter(pk__in=visible.values("pk")).count()
