"""Sessions held, offered as a record that an assessment of the association's capacities cites."""

from datetime import UTC, datetime, timedelta

import pytest

from capacity.services import proofs
from members.selectors import records
from tests.capacity.rating_world import AT, make_rating_world
from tests.factories.members import InstitutionFactory
from tests.factories.training import CourseFactory, ParticipantFactory, RegistrationFactory, SessionFactory
from training.enums import RegistrationState
from training.models import Attendance

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_an_assessment_cites_the_sessions_held_and_training_of_trainers_apart():
    world = make_rating_world()
    association = world.assessment.association
    plain = CourseFactory(association=association)
    of_trainers = CourseFactory(association=association, for_trainers=True, hours=24)
    member = InstitutionFactory()

    def held(course, starts_at, people):
        session = SessionFactory(course=course, starts_at=starts_at, created_by=world.manager)
        for state in people:
            RegistrationFactory(
                session=session,
                asked_by=world.manager,
                participant=ParticipantFactory(association=association, institution=member),
                state=state,
                queued_at=starts_at,
            )
        return session

    seat, waits = RegistrationState.CONFIRMED, RegistrationState.WAITING
    first = datetime(2025, 5, 5, 6, tzinfo=UTC)
    held(plain, first, [seat, seat, waits])
    signed = held(plain, first + timedelta(days=30), [seat, seat])
    Attendance.objects.create(
        association=association,
        session=signed,
        day=signed.days.get(),
        registration=signed.registrations.first(),
        present=True,
        marked_at=first,
        marked_by="Grace",
    )
    held(of_trainers, first, [seat])
    held(plain, AT + timedelta(days=1), [seat])  # still to come
    held(plain, AT - timedelta(days=10), [waits])  # nobody came
    offers = records.offered(association, ["sessions_held"], AT)
    assert [
        (one.key, one.facts["sessions"], one.facts["participants"], one.facts["hours"]) for one in offers
    ] == [
        ("2025", 2, 3, "16"),
        ("2025-trainers", 1, 1, "24"),
    ]
    proof = proofs.add_record(
        assessment_id=world.assessment.pk,
        rater_id=world.by_account.pk,
        item="A4-SY1",
        key="sessions_held:2025-trainers",
        by=world.reviewer,
        at=AT,
    )
    assert proof.facts["participants"] == 1
    assert "train trainers" in proof.title
