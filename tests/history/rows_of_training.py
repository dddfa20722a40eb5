"""For every table of the training app with a history: how to make rows of it, and a field that may change."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import models

from tests.factories.members import LONG_AGO, AssociationFactory, InstitutionFactory, UserFactory
from tests.factories.training import (
    STARTS,
    CaseFactory,
    CertificateFactory,
    CourseFactory,
    ExpertFactory,
    ParticipantFactory,
    RegistrationFactory,
    SessionFactory,
    WorkFactory,
)
from training.enums import (
    CaseCostKind,
    ConflictKind,
    EvaluationStage,
    LearningKind,
    Level,
    MoneyKind,
    NeedSource,
    RatingSide,
    RegistrationState,
    Sex,
    TeachingLevel,
    TestStage,
    Topic,
    UseKind,
    WorkKind,
)
from training.models import (
    Attendance,
    Case,
    CaseCall,
    CaseCost,
    CaseHours,
    CaseRating,
    Certificate,
    Course,
    CourseMaterial,
    Deliverable,
    Evaluation,
    Expert,
    ExpertConflict,
    ExpertDocument,
    GroupMeeting,
    GroupMember,
    LearningGroup,
    MoneyLine,
    Need,
    NeedsReply,
    NeedsSurvey,
    Participant,
    PlanLine,
    Registration,
    Scholarship,
    ScholarshipAward,
    SessionDay,
    SessionMaterial,
    SessionTrainer,
    TeachingRight,
    TestQuestion,
    TestSheet,
    TrainingSession,
    Work,
    WorkRelation,
    WorkUse,
    WorkVersion,
)

DAY = date(2026, 6, 30)
_number = count(1)


def under(model: type[Any], parent_name: str, factory: Callable[[], Any], /, **fields: Any) -> models.Model:
    """A row that hangs on a parent, not stored; it names the parent's association."""
    parent = factory()
    row: models.Model = model(**{parent_name: parent, "association": parent.association}, **fields)
    return row


def owned(model: type[Any], **fields: Any) -> models.Model:
    """A row of an association, not stored."""
    row: models.Model = model(association=AssociationFactory(), **fields)
    return row


def session() -> Any:
    """A session without its day, so that rows of days are the test's own."""
    return SessionFactory(day=False)


def _relation() -> models.Model:
    work = WorkFactory()
    return WorkRelation(
        association=work.association, work=work, other=WorkFactory(association=work.association)
    )


def _material(model: type[Any], name: str, factory: Callable[[], Any]) -> models.Model:
    parent = factory()
    row: models.Model = model(
        **{name: parent}, association=parent.association, work=WorkFactory(association=parent.association)
    )
    return row


def _teaching() -> models.Model:
    expert = ExpertFactory()
    course = CourseFactory(association=expert.association)
    return TeachingRight(
        association=expert.association, expert=expert, course=course, level=TeachingLevel.ASSISTANT, since=DAY
    )


def _trainer() -> models.Model:
    one = session()
    expert = ExpertFactory(association=one.association)
    return SessionTrainer(association=one.association, session=one, expert=expert)


def _registration() -> models.Model:
    one = session()
    person = ParticipantFactory(association=one.association)
    return Registration(
        association=one.association,
        session=one,
        institution=person.institution,
        participant=person,
        state=RegistrationState.REQUESTED,
        asked_at=LONG_AGO,
        asked_by=UserFactory(),
    )


def _attendance() -> models.Model:
    registration = RegistrationFactory()
    return Attendance(
        association=registration.association,
        session=registration.session,
        day=registration.session.days.get(),
        registration=registration,
        present=True,
        marked_at=LONG_AGO,
        marked_by="The trainer",
    )


def _scholarship() -> Any:
    return owned(
        Scholarship,
        name="Fund",
        budget=Decimal(1000),
        currency="KES",
        starts_on=DAY,
        ends_on=DAY + timedelta(days=100),
        share=50,
    )


def _award() -> models.Model:
    fund = _scholarship()
    fund.save()
    registration = RegistrationFactory(session=SessionFactory(course__association=fund.association))
    return ScholarshipAward(
        association=fund.association,
        scholarship=fund,
        registration=registration,
        amount=Decimal(100),
        awarded_at=LONG_AGO,
        awarded_by=UserFactory(),
    )


def _certificate() -> models.Model:
    return CertificateFactory.build(
        registration=RegistrationFactory(),
        issued_by=UserFactory(),
        number=f"2026-{next(_number):05d}",
        code=f"c{next(_number):030d}",
    )


def _survey() -> Any:
    return owned(
        NeedsSurvey,
        title="Needs of 2026",
        year=2026,
        topics=[Topic.MISSION],
        closes_at=STARTS,
        created_at=LONG_AGO,
        created_by=UserFactory(),
    )


def _reply() -> models.Model:
    survey = _survey()
    survey.save()
    return NeedsReply(
        association=survey.association,
        survey=survey,
        institution=InstitutionFactory(),
        given_at=LONG_AGO,
        given_by=UserFactory(),
    )


def _need() -> Any:
    return owned(
        Need,
        year=2026,
        topic=Topic.MISSION,
        source=NeedSource.STAFF,
        key=f"staff:{next(_number)}",
        reason="Staff noted it.",
        proposed_at=LONG_AGO,
    )


def _case() -> models.Model:
    return CaseFactory.build(
        association=AssociationFactory(),
        institution=InstitutionFactory(),
        requested_by=UserFactory(),
        number=f"TA-{next(_number)}",
    )


def _call() -> models.Model:
    case = CaseFactory()
    expert = ExpertFactory(association=case.association)
    return CaseCall(association=case.association, case=case, expert=expert, asked_at=LONG_AGO, answer_by=DAY)


def _group() -> Any:
    return owned(
        LearningGroup, kind=LearningKind.WORKING_GROUP, title="Data", topic=Topic.DATA, starts_on=DAY
    )


def _saved_group() -> Any:
    group = _group()
    group.save()
    return group


def _document() -> models.Model:
    return under(
        ExpertDocument,
        "expert",
        ExpertFactory,
        title="Curriculum vitae",
        name="cv.pdf",
        file="cv.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        uploaded_at=LONG_AGO,
    )


ROWS: tuple[tuple[type[models.Model], Any, str, Any, Any], ...] = (
    (Work, lambda: owned(Work, kind=WorkKind.GUIDE, added_at=LONG_AGO), "licence", "CC BY", "CC BY-SA"),
    (
        WorkVersion,
        lambda: under(
            WorkVersion,
            "work",
            lambda: WorkFactory(version=False),
            language="fr",
            title=f"Guide {next(_number)}",
        ),
        "summary",
        "For staff",
        "For managers",
    ),
    (WorkRelation, _relation, "note", "Same author", "Same series"),
    (
        WorkUse,
        lambda: under(
            WorkUse,
            "work",
            WorkFactory,
            kind=UseKind.SPEECH,
            occasion="Annual meeting",
            used_on=DAY,
            written_at=LONG_AGO,
            written_by=UserFactory(),
        ),
        "audience",
        40,
        45,
    ),
    (
        Course,
        lambda: owned(
            Course,
            code=f"X{next(_number)}",
            title="Targets",
            level=Level.INTRODUCTORY,
            language="en",
            hours=Decimal(8),
            topic=Topic.MISSION,
            currency="KES",
        ),
        "summary",
        "Two days",
        "Three days",
    ),
    (CourseMaterial, lambda: _material(CourseMaterial, "course", CourseFactory), "moment", "before", "after"),
    (
        TestQuestion,
        lambda: under(TestQuestion, "course", CourseFactory, text="What?", choices=["A", "B"], correct=[0]),
        "position",
        1,
        2,
    ),
    (
        Expert,
        lambda: owned(Expert, name="Grace", email=f"g{next(_number)}@example.org", added_at=LONG_AGO),
        "organisation",
        "Consult",
        "Consult Ltd",
    ),
    (
        ExpertConflict,
        lambda: under(
            ExpertConflict,
            "expert",
            ExpertFactory,
            institution=InstitutionFactory(),
            kind=ConflictKind.PAID,
        ),
        "note",
        "Audit 2024",
        "Audit 2025",
    ),
    (ExpertDocument, _document, "title", "CV", "CV of 2026"),
    (TeachingRight, _teaching, "level", "co_trainer", "lead"),
    (
        TrainingSession,
        lambda: SessionFactory.build(course=CourseFactory(), created_by=UserFactory()),
        "seats",
        25,
        30,
    ),
    (
        SessionDay,
        lambda: under(SessionDay, "session", session, starts_at=STARTS, ends_at=STARTS + timedelta(hours=8)),
        "ends_at",
        STARTS + timedelta(hours=7),
        STARTS + timedelta(hours=6),
    ),
    (SessionTrainer, _trainer, "level", "co_trainer", "assistant"),
    (SessionMaterial, lambda: _material(SessionMaterial, "session", session), "moment", "before", "after"),
    (
        MoneyLine,
        lambda: under(MoneyLine, "session", session, kind=MoneyKind.VENUE, planned=Decimal(100)),
        "text",
        "Hall",
        "Hall and lunch",
    ),
    (
        Participant,
        lambda: owned(
            Participant,
            name="Amina",
            sex=Sex.FEMALE,
            email=f"a{next(_number)}@example.org",
            consented_at=LONG_AGO,
        ),
        "job",
        "Loan officer",
        "Branch manager",
    ),
    (Registration, _registration, "note", "Vegetarian", "Vegan"),
    (Attendance, _attendance, "marked_by", "Grace", "Grace the trainer"),
    (Scholarship, _scholarship, "name", "Fund 2026", "Fund 2027"),
    (ScholarshipAward, _award, "amount", Decimal(50), Decimal(60)),
    (
        TestSheet,
        lambda: under(
            TestSheet,
            "registration",
            RegistrationFactory,
            stage=TestStage.PRE,
            score=Decimal(50),
            taken_at=LONG_AGO,
        ),
        "score",
        Decimal(60),
        Decimal(70),
    ),
    (
        Evaluation,
        lambda: under(
            Evaluation, "registration", RegistrationFactory, stage=EvaluationStage.AFTER, given_at=LONG_AGO
        ),
        "liked",
        "The cases",
        "The cases and games",
    ),
    (Certificate, _certificate, "holder", "Amina", "Amina Otieno"),
    (NeedsSurvey, _survey, "title", "Needs", "Needs of next year"),
    (NeedsReply, _reply, "answer", "Yes", "No"),
    (Need, _need, "decision", "Course in May", "Course in June"),
    (
        PlanLine,
        lambda: owned(PlanLine, year=2026, topic=Topic.MISSION, currency="KES"),
        "people",
        20,
        40,
    ),
    (Case, _case, "findings", "No targets", "No targets yet"),
    (CaseCall, _call, "words", "I would start with a visit", "I would start with data"),
    (
        Deliverable,
        lambda: under(Deliverable, "case", CaseFactory, title="Report", due_on=DAY),
        "note",
        "Draft",
        "Final",
    ),
    (
        CaseHours,
        lambda: under(
            CaseHours, "case", CaseFactory, worked_on=DAY, hours=Decimal(3), who="Grace", written_at=LONG_AGO
        ),
        "note",
        "Visit",
        "Visit and report",
    ),
    (
        CaseCost,
        lambda: under(CaseCost, "case", CaseFactory, kind=CaseCostKind.FEE, amount=Decimal(10), spent_on=DAY),
        "text",
        "Fee",
        "Fee of May",
    ),
    (
        CaseRating,
        lambda: under(CaseRating, "case", CaseFactory, side=RatingSide.MEMBER, score=4, given_at=LONG_AGO),
        "score",
        5,
        3,
    ),
    (LearningGroup, _group, "purpose", "Better data", "Better data together"),
    (
        GroupMember,
        lambda: under(GroupMember, "group", _saved_group, institution=InstitutionFactory(), joined_on=DAY),
        "contact",
        "Amina",
        "Brian",
    ),
    (
        GroupMeeting,
        lambda: under(
            GroupMeeting,
            "group",
            _saved_group,
            held_at=LONG_AGO,
            written_at=LONG_AGO,
            written_by=UserFactory(),
        ),
        "notes",
        "We met",
        "We met again",
    ),
)
