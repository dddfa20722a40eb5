"""Training in the world of the matrix: library, courses, sessions, people and cases of Amani, with marks."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from members.models import User
from spm_portal.common.models import Job, JobState
from spm_portal.common.tokens import hash_of
from tests.cast import Cast
from tests.factories.members import LONG_AGO
from tests.factories.training import (
    CaseFactory,
    CertificateFactory,
    CourseFactory,
    ExpertFactory,
    ParticipantFactory,
    RegistrationFactory,
    SessionFactory,
    WorkFactory,
)
from tests.permissions.helpers_of_cases import add_terms
from tests.permissions.helpers_of_learning import add_paper
from training.enums import (
    CaseStage,
    ConflictKind,
    DeliverableState,
    EvaluationStage,
    LearningKind,
    LinkState,
    MoneyKind,
    NeedSource,
    RegistrationState,
    SurveyState,
    TeachingLevel,
    Topic,
    UseKind,
)
from training.models import (
    Case,
    CaseCall,
    Certificate,
    Course,
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
    Registration,
    Scholarship,
    ScholarshipAward,
    SessionTrainer,
    TeachingRight,
    TestQuestion,
    TrainingSession,
    Work,
    WorkUse,
    WorkVersion,
)
from training.selectors.certificates import CERTIFICATES_KIND
from training.selectors.year_jobs import YEAR_KIND

Targets = dict[str, dict[str, dict[str, Any]]]

# whoever has the code of a certificate is shown its holder
HOLDER = "Amina, who holds a certificate"
STAFF = frozenset({"manager", "reviewer"})
KILIMO = frozenset({"signatory", "editor"})
UMOJA = frozenset({"other_member"})
# Who may see which mark, and why. Nobody else, at any address and in any file.
TRAINING_MARKS: dict[str, tuple[frozenset[str], str]] = {
    "CANARY-TR-AWAY": (STAFF, "works that are put away are the staff's"),
    "CANARY-TR-ARCHIVED": (STAFF, "archived courses are the staff's"),
    "CANARY-TR-DRAFT": (STAFF, "a session that is being prepared is the staff's"),
    "CANARY-TR-JOIN": (STAFF | KILIMO, "the link to join is for those with a seat, and their MFI"),
    "CANARY-TR-PERSON": (STAFF | KILIMO, "an MFI sees its own people"),
    "CANARY-TR-OTHER": (STAFF | UMOJA, "an MFI sees its own people"),
    "CANARY-TR-MONEY": (STAFF, "costs and scholarships are the staff's"),
    "CANARY-TR-ROSTER": (STAFF, "rates, conflicts and documents of experts are the staff's"),
    "CANARY-TR-REPLY": (STAFF | KILIMO, "an MFI sees what it answered"),
    "CANARY-TR-FINDING": (STAFF, "what data propose is seen by staff before anybody acts on it"),
    "CANARY-TR-TOOK-PART": (frozenset(), "which MFIs stand behind a comparison is shown on no page"),
    "CANARY-TR-CASE": (STAFF | KILIMO, "a case is between the member and the association"),
    "CANARY-TR-CALL": (STAFF, "offers of experts and the reasons of a selection are the staff's"),
    "CANARY-TR-CONTRACT": (frozenset({"manager"}), "the signed contract is for managers"),
    "CANARY-TR-SAID": (STAFF, "what participants write of a session is read by staff and its trainers"),
    "CANARY-TR-GROUP": (STAFF | KILIMO | {"shared_member"}, "notes are for those who take part"),
}


@dataclass(frozen=True)
class TrainingThings:
    """What Amani holds in the training area: everything that its addresses may name."""

    work: Work
    version: WorkVersion
    private_work: Work
    away: Work
    use: WorkUse
    course: Course
    archived: Course
    question: TestQuestion
    expert: Expert
    document: ExpertDocument
    conflict: ExpertConflict
    teaching: TeachingRight
    session: TrainingSession
    draft: TrainingSession
    held: TrainingSession
    money: MoneyLine
    scholarship: Scholarship
    award: ScholarshipAward
    participant: Participant
    registration: Registration
    waiting: Registration
    attended: Registration
    other_registration: Registration
    certificate: Certificate
    other_certificate: Certificate
    archive: Job
    paper: Job
    year_report: Job
    survey: NeedsSurvey
    draft_survey: NeedsSurvey
    reply: NeedsReply
    need: Need
    case: Case
    called: Case
    call: CaseCall
    deliverable: Deliverable
    terms: Job
    group: LearningGroup
    meeting: GroupMeeting


def add_training(cast: Cast, *, token: str) -> TrainingThings:
    """Write it; `token` is the secret of the registered person's link, of the expert's, and of the call's."""
    made: dict[str, Any] = {}
    made |= _library(cast)
    made |= _courses(cast, token)
    made |= _sessions(cast, token, made)
    made |= _needs(cast)
    made |= _cases(cast, token, made)
    made |= _group(cast)
    return TrainingThings(**made)


def _pdf(mark: str) -> "ContentFile[bytes]":
    return ContentFile(b"%PDF-1.4\n% " + mark.encode() + b"\n%%EOF\n", name="file.pdf")


def _library(cast: Cast) -> dict[str, Any]:
    owned = {"association": cast.amani}
    work = WorkFactory(
        **owned,
        is_public=True,
        version__title="Guide for everybody",
        version__url="https://example.org/guide",
    )
    version = work.versions.get()
    version.link_state = LinkState.WORKS
    version.name, version.content_type, version.size, version.sha256 = (
        "guide.pdf",
        "application/pdf",
        30,
        "0" * 64,
    )
    version.file = _pdf("a guide that anybody may read")
    version.save()
    return {
        "work": work,
        "version": version,
        "private_work": WorkFactory(**owned, version__title="Guide for members"),
        "away": WorkFactory(**owned, retired_at=LONG_AGO, version__title="CANARY-TR-AWAY"),
        "use": WorkUse.objects.create(
            **owned,
            work=work,
            kind=UseKind.SPEECH,
            occasion="Annual meeting",
            used_on=date(2025, 5, 1),
            written_at=LONG_AGO,
            written_by=cast.reviewer,
        ),
    }


def _courses(cast: Cast, token: str) -> dict[str, Any]:
    owned = {"association": cast.amani}
    course = CourseFactory(**owned, code="SPM-1", title="Social targets", pass_mark=60)
    expert = ExpertFactory(
        **owned,
        name="Grace the trainer",
        about="CANARY-TR-ROSTER",
        day_rate=Decimal(300),
        currency="USD",
        token_hash=hash_of(f"{token}-expert"),
    )
    document = ExpertDocument(
        **owned,
        expert=expert,
        title="CANARY-TR-ROSTER document",
        name="cv.pdf",
        content_type="application/pdf",
        size=30,
        sha256="0" * 64,
        uploaded_at=LONG_AGO,
        uploaded_by=cast.manager,
    )
    document.file.save("cv.pdf", _pdf("CANARY-TR-ROSTER"), save=True)
    return {
        "course": course,
        "archived": CourseFactory(**owned, code="OLD-1", title="CANARY-TR-ARCHIVED", archived_at=LONG_AGO),
        "question": TestQuestion.objects.create(
            **owned,
            course=course,
            position=1,
            text="What is a target?",
            choices=["A wish", "A figure"],
            correct=[1],
        ),
        "expert": expert,
        "document": document,
        "conflict": ExpertConflict.objects.create(
            **owned, expert=expert, institution=cast.umoja, kind=ConflictKind.PAID, note="CANARY-TR-ROSTER"
        ),
        "teaching": TeachingRight.objects.create(
            **owned, expert=expert, course=course, level=TeachingLevel.LEAD, since=date(2024, 1, 1)
        ),
    }


def _sessions(cast: Cast, token: str, made: dict[str, Any]) -> dict[str, Any]:
    soon = timezone.now() + timedelta(days=30)
    common = {"course": made["course"], "created_by": cast.manager}
    session = SessionFactory(
        **common,
        title="Social targets, autumn",
        starts_at=soon,
        seats=1,
        is_online=True,
        online_url="https://example.org/CANARY-TR-JOIN",
        place="",
    )
    held = SessionFactory(
        **common,
        title="Social targets, spring",
        state="held",
        starts_at=timezone.now() - timedelta(days=60),
        held_at=timezone.now() - timedelta(days=59),
    )
    SessionTrainer.objects.create(association=cast.amani, session=session, expert=made["expert"])
    SessionTrainer.objects.create(association=cast.amani, session=held, expert=made["expert"])
    of_kilimo = {"association": cast.amani, "institution": cast.kilimo}
    person = ParticipantFactory(**of_kilimo, name="CANARY-TR-PERSON", email="person@kilimo.example")
    second = ParticipantFactory(**of_kilimo, name="CANARY-TR-PERSON second", email="second@kilimo.example")
    other = ParticipantFactory(
        association=cast.amani, institution=cast.umoja, name="CANARY-TR-OTHER", email="person@umoja.example"
    )
    asked = {"asked_by": cast.signatory}
    registration = RegistrationFactory(
        **asked,
        session=session,
        participant=person,
        price=Decimal(1000),
        token_hash=hash_of(f"{token}-person"),
    )
    attended = RegistrationFactory(**asked, session=held, participant=person)
    scholarship = Scholarship.objects.create(
        association=cast.amani,
        name="CANARY-TR-MONEY fund",
        budget=Decimal(50000),
        currency="KES",
        starts_on=date(2025, 1, 1),
        ends_on=timezone.localdate() + timedelta(days=365),
        share=50,
    )
    Evaluation.objects.create(
        association=cast.amani,
        registration=attended,
        stage=EvaluationStage.AFTER,
        ratings={"content": 4},
        liked="CANARY-TR-SAID",
        given_at=LONG_AGO,
    )
    archive = Job.objects.create(
        kind=CERTIFICATES_KIND,
        args={"session": str(held.pk)},
        association_id=cast.amani.pk,
        requested_by=cast.manager,
        state=JobState.CANCELLED,
        created_at=LONG_AGO,
    )
    year_report = Job.objects.create(
        kind=YEAR_KIND,
        args={"year": timezone.localdate().year, "language": "en"},
        association_id=cast.amani.pk,
        requested_by=cast.manager,
        state=JobState.CANCELLED,
        created_at=LONG_AGO,
    )
    return {
        "archive": archive,
        "year_report": year_report,
        "paper": add_paper(held, by=cast.manager),
        "session": session,
        "draft": SessionFactory(
            **common, title="CANARY-TR-DRAFT", state="draft", starts_at=soon, announced_at=None
        ),
        "held": held,
        "money": MoneyLine.objects.create(
            association=cast.amani,
            session=session,
            kind=MoneyKind.VENUE,
            text="CANARY-TR-MONEY hall",
            planned=Decimal(9000),
        ),
        "scholarship": scholarship,
        "award": ScholarshipAward.objects.create(
            association=cast.amani,
            scholarship=scholarship,
            registration=registration,
            amount=Decimal(500),
            awarded_at=LONG_AGO,
            awarded_by=cast.manager,
        ),
        "participant": person,
        "registration": registration,
        "waiting": RegistrationFactory(
            **asked,
            session=session,
            participant=second,
            state=RegistrationState.WAITING,
            confirmed_at=None,
            queued_at=LONG_AGO,
        ),
        "attended": attended,
        "other_registration": RegistrationFactory(
            session=session,
            participant=other,
            asked_by=cast.other_signatory,
            state=RegistrationState.REQUESTED,
            confirmed_at=None,
        ),
        # whom a certificate names is public for everybody who has its code
        "certificate": CertificateFactory(
            registration=attended,
            holder=HOLDER,
            issued_by=cast.manager,
            code="k" * 32,
            number="2025-1",
        ),
        "other_certificate": CertificateFactory(
            holder=HOLDER,
            registration=RegistrationFactory(session=held, participant=other, asked_by=cast.other_signatory),
            issued_by=cast.manager,
            code="u" * 32,
            number="2025-2",
        ),
    }


def _needs(cast: Cast) -> dict[str, Any]:
    owned = {"association": cast.amani}
    survey = {
        **owned,
        "year": 2026,
        "topics": [Topic.MISSION, Topic.PRICING],
        "closes_at": timezone.now() + timedelta(days=20),
        "created_at": LONG_AGO,
        "created_by": cast.manager,
    }
    opened = NeedsSurvey.objects.create(
        **survey, title="Needs of 2026", state=SurveyState.OPEN, opened_at=LONG_AGO
    )
    return {
        "survey": opened,
        "draft_survey": NeedsSurvey.objects.create(**survey, title="CANARY-TR-DRAFT survey"),
        "reply": NeedsReply.objects.create(
            **owned,
            survey=opened,
            institution=cast.kilimo,
            lines={"mission": {"people": 3, "urgency": 2, "note": "CANARY-TR-REPLY"}},
            answer="CANARY-TR-REPLY answer",
            given_at=LONG_AGO,
            given_by=cast.signatory,
        ),
        "need": Need.objects.create(
            **owned,
            institution=cast.kilimo,
            year=2026,
            topic=Topic.PRICING,
            source=NeedSource.PRACTICE,
            key="practice:D4",
            reason="CANARY-TR-FINDING",
            proposed_at=LONG_AGO,
        ),
    }


def _cases(cast: Cast, token: str, made: dict[str, Any]) -> dict[str, Any]:
    owned = {"association": cast.amani, "institution": cast.kilimo, "requested_by": cast.signatory}
    case = CaseFactory(
        **owned,
        number="TA-1",
        title="CANARY-TR-CASE",
        stage=CaseStage.DELIVERY,
        expert=made["expert"],
        selection_reason="CANARY-TR-CALL reason",
        contract_amount=Decimal(4000),
        budget=Decimal(5000),
        subsidy_share=60,
        diagnosis_form="mission:1",
        objectives="CANARY-TR-CASE objectives",
        scope="CANARY-TR-CASE scope",
        contract_name="contract.pdf",
        contract_type="application/pdf",
    )
    case.contract_file.save("contract.pdf", _pdf("CANARY-TR-CONTRACT"), save=True)
    called = CaseFactory(**owned, number="TA-2", title="CANARY-TR-CASE second", stage=CaseStage.CALL)
    deliverable = Deliverable(
        association=cast.amani,
        case=case,
        title="CANARY-TR-CASE report",
        due_on=date(2026, 3, 1),
        state=DeliverableState.DELIVERED,
        name="report.pdf",
        content_type="application/pdf",
        size=30,
        sha256="0" * 64,
        delivered_at=LONG_AGO,
    )
    deliverable.file.save("report.pdf", _pdf("CANARY-TR-CASE"), save=True)
    return {
        "case": case,
        "called": called,
        "call": CaseCall.objects.create(
            association=cast.amani,
            case=called,
            expert=made["expert"],
            asked_at=LONG_AGO,
            answer_by=timezone.localdate() + timedelta(days=10),
            words="CANARY-TR-CALL words",
            token_hash=hash_of(f"{token}-call"),
        ),
        "deliverable": deliverable,
        "terms": add_terms(case, by=cast.manager),
    }


def _group(cast: Cast) -> dict[str, Any]:
    owned = {"association": cast.amani}
    group = LearningGroup.objects.create(
        **owned,
        kind=LearningKind.WORKING_GROUP,
        title="CANARY-TR-GROUP",
        topic=Topic.DATA,
        starts_on=date(2025, 1, 1),
    )
    for one in (cast.kilimo, cast.pamoja):
        GroupMember.objects.create(**owned, group=group, institution=one, joined_on=date(2025, 1, 1))
    return {
        "group": group,
        "meeting": GroupMeeting.objects.create(
            **owned,
            group=group,
            held_at=LONG_AGO,
            notes="CANARY-TR-GROUP notes",
            attended=[cast.kilimo.pk],
            written_at=LONG_AGO,
            written_by=cast.reviewer,
        ),
    }


def known_of_training(user: User) -> set[object]:
    """Keys of what the person may know of in the training area."""
    found: set[object] = set()
    for model in (
        Work,
        Course,
        Expert,
        TrainingSession,
        Participant,
        Registration,
        Certificate,
        NeedsReply,
        Need,
        Case,
        LearningGroup,
    ):
        found.update(model.objects.visible_to(user).values_list("pk", flat=True))
    return found
