"""Personal links of the training area: of a registered person, of a trainer or adviser, of an expert who is called."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from spm_portal.common.tokens import row_by_key, row_by_token
from training.enums import CaseStage
from training.models import CaseCall, Expert, Registration

# a person is asked once more six months after a session; the link stays open a while longer
AFTER_THE_SESSION = timedelta(days=270)


def _registrations(at: datetime) -> QuerySet[Registration]:
    """Registrations of people whose data were not erased, until nine months after their session."""
    return Registration.objects.select_related(
        "association", "session__course", "participant", "institution"
    ).filter(session__ends_at__gt=at - AFTER_THE_SESSION, participant__erased_at__isnull=True)


def has_living_link(registration: Registration, *, at: datetime) -> bool:
    """Whether the person's own pages still open, so that a mail may lead there."""
    return registration.session.ends_at > at - AFTER_THE_SESSION


def registration_by_token(token: str, *, at: datetime) -> Registration | None:
    """The registration behind a living link."""
    return row_by_token(_registrations(at), token)


def registration_by_key(pk: UUID, key: str, *, at: datetime) -> Registration | None:
    """The registration whose link a browser opened before."""
    return row_by_key(_registrations(at), pk, key)


def _experts() -> QuerySet[Expert]:
    """Experts who were not taken off the roster."""
    return Expert.objects.select_related("association").filter(retired_at__isnull=True)


def expert_by_token(token: str, *, at: datetime) -> Expert | None:
    """The expert behind a link; it has no end but that of the entry in the roster."""
    return row_by_token(_experts(), token)


def expert_by_key(pk: UUID, key: str, *, at: datetime) -> Expert | None:
    """The expert whose link a browser opened before."""
    return row_by_key(_experts(), pk, key)


def _calls() -> QuerySet[CaseCall]:
    """Calls of cases that still look for their expert, or that found this one and are not over."""
    return CaseCall.objects.select_related("association", "case__institution", "expert").filter(
        expert__retired_at__isnull=True,
        case__stage__in=(
            CaseStage.CALL,
            CaseStage.CONTRACT,
            CaseStage.DELIVERY,
            CaseStage.RATING,
            CaseStage.FOLLOW_UP,
        ),
    )


def call_by_token(token: str, *, at: datetime) -> CaseCall | None:
    """The call behind a living link."""
    return row_by_token(_calls(), token)


def call_by_key(pk: UUID, key: str, *, at: datetime) -> CaseCall | None:
    """The call whose link a browser opened before."""
    return row_by_key(_calls(), pk, key)
