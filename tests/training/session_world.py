"""What tests of sessions begin with: an announced session of Amani in autumn, and people of its members."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from members.models import Institution, User
from tests.cast import Cast
from tests.factories.training import CourseFactory, SessionFactory
from training.enums import RegistrationState
from training.models import Registration, Scholarship, TrainingSession
from training.services import registrations
from training.services.registrations import Person
from training.services.schedule import Day
from training.services.sessions import SessionValues

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
STARTS = datetime(2026, 9, 14, 6, 0, tzinfo=UTC)  # nine in the morning in Nairobi


def values(**fields: Any) -> SessionValues:
    """Two days in Nairobi in September."""
    said: dict[str, Any] = {
        "title": "Social targets, autumn",
        "language": "en",
        "time_zone": "Africa/Nairobi",
        "days": [
            Day(date(2026, 9, 14), time(9), time(17)),
            Day(date(2026, 9, 15), time(9), time(13)),
        ],
        "closes_at": datetime(2026, 9, 1, 17, 0),
        "seats": 2,
        "currency": "KES",
        "place": "Nairobi",
    }
    return SessionValues(**(said | fields))


def session_of(cast: Cast, **fields: Any) -> TrainingSession:
    """An announced session of Amani with two seats at 1,000 KES."""
    course = fields.pop("course", None) or CourseFactory(association=cast.amani, title="Social targets")
    said = {"starts_at": STARTS, "seats": 2, "price": Decimal(1000), "created_by": cast.manager, **fields}
    made: TrainingSession = SessionFactory(course=course, **said)
    return made


def person(name: str, **fields: Any) -> Person:
    """A woman who agrees, with an address made of her name."""
    said: dict[str, Any] = {
        "name": name,
        "sex": "female",
        "email": f"{name.lower()}@mfi.example",
        "consents": True,
        **fields,
    }
    return Person(**said)


def register(
    session: TrainingSession, member: Institution | None, by: User, *names: str, at: datetime = NOW
) -> list[Registration]:
    """Register people of these names."""
    return registrations.register(
        session_id=session.pk,
        institution_id=member.pk if member else None,
        people=[person(name) for name in names],
        by=by,
        at=at,
    )


def standing(session: TrainingSession) -> dict[str, str]:
    """The state of each person's newest registration, by name."""
    rows = session.registrations.order_by("asked_at", "pk").values_list("participant__name", "state")
    return dict(rows)


def seats_taken(session: TrainingSession) -> int:
    """How many have a seat."""
    return session.registrations.filter(state=RegistrationState.CONFIRMED).count()


def scholarship_of(cast: Cast, **fields: Any) -> Scholarship:
    """Half the price of everything in 2026, from 50,000 KES."""
    said = {
        "name": "Women’s fund",
        "budget": Decimal(50000),
        "currency": "KES",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "share": 50,
        **fields,
    }
    made: Scholarship = Scholarship.objects.create(association=cast.amani, **said)
    return made
