"""A session of two days with five people of two members, two trainers and a test of three questions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.test import Client

from members.enums import Role
from members.models import User
from members.web.links import PersonalLink
from spm_portal.common.tokens import hash_of
from tests.factories.members import AssociationFactory, InstitutionFactory, MembershipFactory, person
from tests.factories.training import (
    CourseFactory,
    ExpertFactory,
    ParticipantFactory,
    RegistrationFactory,
    SessionFactory,
)
from training.enums import RegistrationState
from training.models import (
    Course,
    Expert,
    Registration,
    SessionDay,
    SessionTrainer,
    TestQuestion,
    TrainingSession,
)

BEGINS = datetime(2026, 9, 14, 6, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=1, hours=6)


@dataclass(frozen=True)
class LearningWorld:
    """Who takes part; `people` have a seat, `waiting` has none."""

    course: Course
    session: TrainingSession
    days: list[SessionDay]
    people: list[Registration]
    waiting: Registration
    trainer: Expert
    colleague: Expert
    questions: list[TestQuestion]
    manager: User
    teacher: User  # the colleague's account, without a role anywhere

    def answers(self, right: int) -> dict[str, list[int]]:
        """Answers of which the first so many are right."""
        return {
            str(one.pk): list(one.correct) if place < right else [1]
            for place, one in enumerate(self.questions)
        }


def make_learning_world(begins: datetime = BEGINS, **session: Any) -> LearningWorld:
    """Build it; two days of eight and of six hours, from a moment on."""
    association = AssociationFactory()
    course = CourseFactory(association=association, pass_mark=60)
    ends = begins + timedelta(days=1, hours=6)
    held = SessionFactory(course=course, starts_at=begins, ends_at=ends, day=False, **session)
    days = [
        SessionDay.objects.create(association=association, session=held, starts_at=start, ends_at=end)
        for start, end in ((begins, begins + timedelta(hours=8)), (begins + timedelta(days=1), ends))
    ]
    members = [InstitutionFactory(name=name) for name in ("Kilimo", "Umoja")]
    for one in members:
        MembershipFactory(association=association, institution=one)
    manager = person(Role.ASSOCIATION_MANAGER, association)
    rows = [
        RegistrationFactory(
            session=held,
            asked_by=manager,
            participant=ParticipantFactory(
                association=association, institution=members[place % 2], name=f"Person {place}"
            ),
            token_hash=hash_of(f"person-{place}"),
            **(
                {"state": RegistrationState.WAITING, "queued_at": begins, "confirmed_at": None}
                if place == 5
                else {}
            ),
        )
        for place in range(6)
    ]
    teacher = User.objects.create_user(email="teacher@example.org", password="x" * 12)
    trainer = ExpertFactory(association=association, name="Grace", token_hash=hash_of("grace"))
    colleague = ExpertFactory(association=association, name="Peter", user=teacher)
    for expert in (trainer, colleague):
        SessionTrainer.objects.create(association=association, session=held, expert=expert)
    questions = [
        TestQuestion.objects.create(
            association=association,
            course=course,
            position=place,
            text=f"Question {place}",
            choices=["A wish", "A hope", "A figure", "A date"],
            correct=correct,
        )
        for place, correct in enumerate(([2], [2, 3], [0]))
    ]
    return LearningWorld(
        course, held, days, rows[:5], rows[5], trainer, colleague, questions, manager, teacher
    )


def with_link(kind: PersonalLink[Any], row: Any) -> Client:
    """A browser that opened a personal link before."""
    client = Client()
    signer = signing.get_cookie_signer(salt=kind.name + f"{kind.name}:{row.pk}")
    client.cookies[kind.name] = signer.sign(row.token_hash)
    return client
