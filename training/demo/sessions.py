"""Sessions of the demonstration: those that were held with all that came of them, and those to come."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from training.demo.cast import Cast
from training.demo.words import APPLIED, JOBS, LIKED, MEN, MISSED, WOMEN, Coming, Held
from training.enums import EvaluationStage, MoneyKind, Sex, TestStage
from training.evaluating import QUESTIONS
from training.models import (
    Course,
    Evaluation,
    Expert,
    Registration,
    Scholarship,
    SessionDay,
    TestSheet,
    TrainingSession,
)
from training.selectors.passing import passing
from training.services import attendance, certificates, money, registrations, scholarships, sessions
from training.services.attendance import Mark
from training.services.money import Line
from training.services.registrations import Person
from training.services.schedule import Day
from training.services.sessions import SessionValues

MORNING, EVENING = time(9), time(17)


def hold(
    cast: Cast, held: Held, number: int, trainers: Sequence[Expert], fund: Scholarship | None
) -> TrainingSession:
    """One session from its announcement to certificates, some of them lost on the way."""
    session = _announced(
        cast,
        held.code,
        start=-held.days_ago,
        days=held.days,
        place=held.place,
        seats=held.seats,
        price=held.price,
        trainers=trainers,
        told=-held.days_ago - 40,
    )
    asked = cast.moment(-held.days_ago - 30)
    seats: list[Registration] = []
    for place, member in enumerate(held.members):
        seats += registrations.register(
            session_id=session.pk,
            institution_id=cast.members[member].pk,
            people=_people(number, place, held.people_each, member),
            by=cast.people[member],
            at=asked + timedelta(hours=place),
        )
    for one in seats[:3] if fund else ():
        if fund and one.participant.sex == Sex.FEMALE:
            scholarships.award(registration_id=one.pk, scholarship_id=fund.pk, by=cast.manager, at=asked)
    _write_down(cast, session, held, seats, trainers)
    return session


def _write_down(
    cast: Cast, session: TrainingSession, held: Held, seats: list[Registration], trainers: Sequence[Expert]
) -> None:
    """Attendance, tests, evaluations, money, and certificates for those who passed."""
    over = session.ends_at + timedelta(hours=1)
    days = list(SessionDay.objects.filter(session=session))
    marks = [
        Mark(day.pk, one.pk, present=(place + at) % 11 != 5)
        for at, day in enumerate(days)
        for place, one in enumerate(seats)
    ]
    attendance.mark(session_id=session.pk, marks=marks, by=cast.reviewer, at=over)
    TestSheet.objects.bulk_create(
        TestSheet(
            association=cast.association,
            registration=one,
            stage=stage,
            score=Decimal(min(base + (place * 7) % 24, 100)),
            taken_at=moment,
        )
        for place, one in enumerate(seats)
        for stage, base, moment in (
            (TestStage.PRE, 36, session.starts_at),
            (TestStage.POST, 70, session.ends_at),
        )
    )
    asked = [(EvaluationStage.AFTER, over, 4)]
    if held.days_ago > 190:
        asked.append((EvaluationStage.SIX_MONTHS, session.ends_at + timedelta(days=183), 3))
    Evaluation.objects.bulk_create(
        Evaluation(
            association=cast.association,
            registration=one,
            stage=stage,
            ratings={code: min(usual + (place + at) % 2, 5) for at, code in enumerate(QUESTIONS[stage])},
            trainers={str(trainer.pk): 4 + place % 2 for trainer in trainers}
            if stage == EvaluationStage.AFTER
            else {},
            liked=LIKED[place % 3] if stage == EvaluationStage.AFTER else "",
            missed=MISSED[place % 3],
            applied=APPLIED[place % 3],
            given_at=moment,
        )
        for stage, moment, usual in asked
        for place, one in enumerate(seats)
        if place % 5 != 4
    )
    sessions.mark_held(session_id=session.pk, by=cast.reviewer, at=over)
    money.write_lines(
        session_id=session.pk,
        lines=[
            Line(MoneyKind.VENUE, Decimal(held.cost * 4 // 10), Decimal(held.cost * 4 // 10)),
            Line(MoneyKind.TRAINERS, Decimal(held.cost // 2), Decimal(held.cost // 2)),
            Line(MoneyKind.MATERIALS, Decimal(held.cost // 10), Decimal(held.cost // 8)),
            *([Line(MoneyKind.DONOR, Decimal(held.grant), Decimal(held.grant))] if held.grant else []),
        ],
        by=cast.manager,
        at=over,
    )
    passed = [one.registration.pk for one in passing(session) if one.passed]
    certificates.issue(
        session_id=session.pk, registration_ids=passed, by=cast.manager, at=over + timedelta(days=3)
    )


def prepare(cast: Cast, coming: Coming, trainers: Sequence[Expert]) -> TrainingSession:
    """A session to come, with people who have a seat, wait for one, or wait for approval."""
    session = _announced(
        cast,
        coming.code,
        start=coming.in_days,
        days=coming.days,
        place=coming.place,
        seats=coming.seats,
        price=coming.price,
        trainers=trainers,
        told=-20,
        quota=coming.quota,
        approval=coming.approval,
    )
    for place, member in enumerate(coming.members):
        registrations.register(
            session_id=session.pk,
            institution_id=cast.members[member].pk,
            people=_people(7, place, coming.people_each, member),
            by=cast.people[member],
            at=cast.moment(-12 + place),
        )
    return session


def _announced(
    cast: Cast,
    code: str,
    *,
    start: int,
    days: int,
    place: str,
    seats: int,
    price: int,
    trainers: Sequence[Expert],
    told: int,
    quota: int | None = None,
    approval: bool = False,
) -> TrainingSession:
    course = Course.objects.get(association=cast.association, code=code)
    first = _weekday(cast.day(start))
    session = sessions.prepare(
        course_id=course.pk,
        values=SessionValues(
            title=course.title,
            language="en",
            time_zone=cast.association.time_zone,
            days=[Day(first + timedelta(days=one), MORNING, EVENING) for one in range(days)],
            closes_at=datetime.combine(first - timedelta(days=3), EVENING),
            seats=seats,
            currency=cast.association.currency,
            price=Decimal(price),
            is_online=not place,
            place=place,
            country="KE" if place else "",
            online_url="" if place else "https://meet.example.org/amani",
            quota_per_member=quota,
            needs_approval=approval,
            trainers=[one.pk for one in trainers],
            confirmed=True,
        ),
        by=cast.manager,
        at=cast.moment(told - 5),
    )
    sessions.announce(session_id=session.pk, by=cast.manager, at=cast.moment(told))
    return session


def _weekday(day: date) -> date:
    """Monday to Wednesday of the same week, so that three days never meet a weekend."""
    return day - timedelta(days=day.weekday())


def _people(number: int, place: int, how_many: int, member: str) -> list[Person]:
    """Women and men of one member; the same people come back in later sessions."""
    found = []
    for one in range(how_many):
        is_woman = (one + place) % 2 == 0
        names = WOMEN if is_woman else MEN
        name = names[(place * 5 + one * 3 + number) % len(names)]
        found.append(
            Person(
                name=name,
                sex=Sex.FEMALE if is_woman else Sex.MALE,
                email=f"{name.lower().replace(' ', '.')}@{member.lower().replace(' ', '-')}.example",
                consents=True,
                job=JOBS[(one + place + number) % len(JOBS)],
                country="KE" if one % 4 else "UG",
            )
        )
    return found
