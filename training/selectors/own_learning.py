"""What one registered person may do and read about the own learning: tests, evaluations, results."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from training.enums import EvaluationStage, RegistrationState, SessionState, TestStage
from training.models import Attendance, Evaluation, Registration, TestQuestion, TestSheet
from training.scoring import Key, improvement, passed
from training.selectors.attendance import attended_share, spans_of
from training.windows import Span, evaluation_window, taking_window

TO_COME, OPEN, DONE, OVER = "to_come", "open", "done", "over"


@dataclass(frozen=True, slots=True)
class Step:
    """A test or an evaluation of one person: `state` is to come, open, done or over; a test taken has a `score`."""

    stage: str
    is_test: bool
    state: str
    window: Span
    done_at: datetime | None = None
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OwnLearning:
    """Everything that a person's page shows about learning; steps in the order in which they come."""

    registration: Registration
    questions: int
    steps: tuple[Step, ...]
    attended: int | None  # percent; None while nobody marked it
    pre: Decimal | None
    post: Decimal | None
    improvement: Decimal | None
    passed: bool | None

    @property
    def has_result(self) -> bool:
        """Whether there is something to read about the own result."""
        return self.attended is not None or self.pre is not None or self.post is not None


def questions_of(registration: Registration) -> list[TestQuestion]:
    """The questions of the course's test that are asked today, in their order."""
    asked = TestQuestion.objects.filter(course_id=registration.session.course_id, retired_at__isnull=True)
    return list(asked.order_by("position", "pk"))


def sheet_of(registration: Registration, stage: str) -> TestSheet | None:
    """The test that a person took at a stage."""
    return TestSheet.objects.filter(registration=registration, stage=stage).first()


def evaluation_of(registration: Registration, stage: str) -> Evaluation | None:
    """What a person said of the session at a stage."""
    return Evaluation.objects.filter(registration=registration, stage=stage).first()


def keys_of(questions: list[TestQuestion]) -> list[Key]:
    """The questions as they are scored."""
    return [
        Key(str(one.pk), len(one.choices), frozenset(int(number) for number in one.correct))
        for one in questions
    ]


def takes_steps(registration: Registration) -> bool:
    """Whether the person has a seat in a session that takes place."""
    return registration.state == RegistrationState.CONFIRMED and registration.session.state in (
        SessionState.ANNOUNCED,
        SessionState.HELD,
    )


def window_of_test(registration: Registration, stage: str) -> Span:
    """When the person may take a test."""
    session = registration.session
    return taking_window(stage, spans_of(session), session.time_zone)


def own_learning(registration: Registration, *, at: datetime) -> OwnLearning | None:
    """What a person's page shows; None for people without a seat, who have nothing to do here."""
    if not takes_steps(registration):
        return None
    count = len(questions_of(registration))
    sheets = {one.stage: one for one in TestSheet.objects.filter(registration=registration)}
    given = {one.stage: one for one in Evaluation.objects.filter(registration=registration)}
    steps: list[Step] = []
    for test in TestStage.values:
        sheet = sheets.get(test)
        if count or sheet:
            window = window_of_test(registration, test)
            state = DONE if sheet else _state(window, at)
            when, score = (sheet.taken_at, sheet.score) if sheet else (None, None)
            steps.append(Step(test, True, state, window, when, score))
    for stage in EvaluationStage.values:
        said = given.get(stage)
        window = evaluation_window(stage, registration.session.ends_at)
        state = DONE if said else _state(window, at)
        steps.append(Step(stage, False, state, window, said.given_at if said else None))
    pre, post = (sheets[stage].score if stage in sheets else None for stage in ("pre", "post"))
    marked = Attendance.objects.filter(registration=registration).exists()
    return OwnLearning(
        registration=registration,
        questions=count,
        steps=tuple(steps),
        attended=attended_share([registration.pk])[registration.pk] if marked else None,
        pre=pre,
        post=post,
        improvement=improvement(pre, post),
        passed=passed(post, registration.session.course.pass_mark),
    )


def _state(window: Span, at: datetime) -> str:
    if at in window:
        return OPEN
    return TO_COME if at < window.starts_at else OVER
