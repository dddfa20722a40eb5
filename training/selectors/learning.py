"""What came of sessions: tests before and after, evaluations, and how trainers were rated."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from training.enums import EvaluationStage, RegistrationState, TestStage
from training.evaluating import FEWEST, QUESTIONS, Mean, mean_of
from training.models import Attendance, Evaluation, Registration, SessionTrainer, TestSheet, TrainingSession
from training.scoring import improvement, mean, passed, share
from training.selectors.attendance import attended_share, took_part

# which free text is read under which question; the words of the questions are those of the form
TEXTS = {"after": ("liked", "missed", "applied"), "six_months": ("applied", "missed")}


@dataclass(frozen=True, slots=True)
class PersonResult:
    """One person with a seat: attendance and scores in percent, None where there is none."""

    registration: Registration
    took_part: bool
    attended: int | None
    pre: Decimal | None
    post: Decimal | None
    improvement: Decimal | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class TestMeans:
    """The tests of a group: means of all sheets of a stage, and the improvement of those who took both."""

    __test__ = False  # no test of ours, whatever pytest thinks of the name

    pre: Decimal | None = None
    pre_count: int = 0
    post: Decimal | None = None
    post_count: int = 0
    improvement: Decimal | None = None
    both: int = 0
    passed: int | None = None  # of `post_count`; None without a mark to reach
    is_withheld: bool = False  # too few for the reader

    @property
    def share_passed(self) -> Decimal | None:
        """Percent of those tested after it who reached the mark."""
        return None if self.passed is None else share(self.passed, self.post_count)


@dataclass(frozen=True, slots=True)
class StageResult:
    """The evaluations of one stage: marks by code, of trainers by person, and free texts by question."""

    stage: str
    asked: int
    given: int
    marks: Mapping[str, Mean]
    trainers: Mapping[UUID, tuple[str, Mean]]
    words: Mapping[str, tuple[str, ...]]
    is_withheld: bool = False  # too few for the reader

    @property
    def response(self) -> Decimal | None:
        """Percent of those who took part who answered."""
        return share(self.given, self.asked)

    @property
    def overall(self) -> Decimal | None:
        """The mean of all sentences of this stage."""
        return mean(one.value for one in self.marks.values())


@dataclass(frozen=True, slots=True)
class SessionResults:
    """Everything that came of one session."""

    session: TrainingSession
    people: tuple[PersonResult, ...]
    participants: int
    attended: Decimal | None
    tests: TestMeans
    stages: tuple[StageResult, ...]

    @property
    def after(self) -> StageResult:
        """What was thought of it at its end."""
        return self.stages[0]


def results_of(sessions: Sequence[TrainingSession]) -> dict[UUID, SessionResults]:
    """The results of sessions, whose courses are at hand, as staff see them."""
    people = _people(sessions)
    registrations = [one.registration.pk for rows in people.values() for one in rows]
    given: dict[UUID, list[Evaluation]] = defaultdict(list)
    for evaluation in Evaluation.objects.filter(registration_id__in=registrations).select_related(
        "registration"
    ):
        given[evaluation.registration.session_id].append(evaluation)
    trainers: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    taught = SessionTrainer.objects.filter(session__in=sessions).order_by("expert__name", "pk")
    for session_id, expert_id, name in taught.values_list("session_id", "expert_id", "expert__name"):
        trainers[session_id][expert_id] = name
    return {
        session.pk: _results(session, people[session.pk], given[session.pk], trainers[session.pk])
        for session in sessions
    }


def results_of_one(session: TrainingSession) -> SessionResults:
    """The results of one session, as staff see them."""
    return results_of([session])[session.pk]


def for_trainers(results: SessionResults, own: Collection[UUID]) -> SessionResults:
    """What trainers of a session may see of its results: no single person, no mean and no word of fewer than three,
    and of the trainers' marks their own alone (`own` are their entries of the roster).
    """
    tests = results.tests
    if min(tests.pre_count or FEWEST, tests.post_count or FEWEST) < FEWEST:
        tests = TestMeans(pre_count=tests.pre_count, post_count=tests.post_count, is_withheld=True)
    elif tests.both < FEWEST:
        tests = replace(tests, improvement=None)
    stages = tuple(_stage_for_trainers(stage, own) for stage in results.stages)
    return replace(results, people=(), tests=tests, stages=stages)


def trainer_ratings(expert_ids: Collection[UUID]) -> dict[UUID, Mean]:
    """How participants marked trainers from 1 to 5 at the end of their sessions, and how many did; for staff."""
    wanted = [str(pk) for pk in expert_ids]
    sheets = list(
        Evaluation.objects.filter(
            stage=EvaluationStage.AFTER, trainers__has_any_keys=wanted or [""]
        ).values_list("trainers", flat=True)
    )
    return {pk: mean_of(str(pk), sheets) for pk in expert_ids}


def experts_of(session: TrainingSession, user_id: UUID) -> list[UUID]:
    """The entries of the roster by which somebody with an account teaches a session."""
    taught = SessionTrainer.objects.filter(session=session, expert__user_id=user_id)
    return list(taught.values_list("expert_id", flat=True))


def seats_of(session: TrainingSession) -> "QuerySet[Registration]":
    """Everybody with a seat in a session, by member and name."""
    return (
        Registration.objects.filter(session=session, state=RegistrationState.CONFIRMED)
        .select_related("participant", "institution", "session__course")
        .order_by("institution__name", "participant__name", "pk")
    )


def tests_taken(session: TrainingSession) -> list[tuple[Registration, list[tuple[str, TestSheet | None]]]]:
    """Everybody with a seat, with the test of each stage that was taken."""
    sheets = {
        (one.registration_id, one.stage): one
        for one in TestSheet.objects.filter(registration__session=session)
    }
    return [
        (one, [(stage, sheets.get((one.pk, stage))) for stage in TestStage.values])
        for one in seats_of(session)
    ]


def _people(sessions: Sequence[TrainingSession]) -> dict[UUID, list[PersonResult]]:
    seats = list(
        Registration.objects.filter(session__in=sessions, state=RegistrationState.CONFIRMED)
        .select_related("participant", "institution")
        .order_by("institution__name", "participant__name", "pk")
    )
    keys = [one.pk for one in seats]
    shares = attended_share(keys)
    marked = set(
        Attendance.objects.filter(registration_id__in=keys).values_list("registration_id", flat=True)
    )
    there = set(took_part(Registration.objects.filter(session__in=sessions)).values_list("pk", flat=True))
    scores = {
        (pk, stage): score
        for pk, stage, score in TestSheet.objects.filter(registration_id__in=keys).values_list(
            "registration_id", "stage", "score"
        )
    }
    marks = {session.pk: session.course.pass_mark for session in sessions}
    found: dict[UUID, list[PersonResult]] = defaultdict(list)
    for one in seats:
        pre, post = (scores.get((one.pk, stage)) for stage in (TestStage.PRE, TestStage.POST))
        found[one.session_id].append(
            PersonResult(
                registration=one,
                took_part=one.pk in there,
                attended=shares[one.pk] if one.pk in marked else None,
                pre=pre,
                post=post,
                improvement=improvement(pre, post),
                passed=passed(post, marks[one.session_id]),
            )
        )
    return found


def _results(
    session: TrainingSession,
    people: Sequence[PersonResult],
    given: Sequence[Evaluation],
    trainers: Mapping[UUID, str],
) -> SessionResults:
    participants = sum(one.took_part for one in people)
    stages = tuple(
        _stage(
            stage,
            [one for one in given if one.stage == stage],
            trainers if stage == EvaluationStage.AFTER else {},
            participants,
        )
        for stage in EvaluationStage.values
    )
    return SessionResults(
        session=session,
        people=tuple(people),
        participants=participants,
        attended=mean(one.attended for one in people),
        tests=_tests(people, session.course.pass_mark),
        stages=stages,
    )


def _tests(people: Iterable[PersonResult], pass_mark: int | None) -> TestMeans:
    before = [one.pre for one in people if one.pre is not None]
    after = [one.post for one in people if one.post is not None]
    gains = [one.improvement for one in people if one.improvement is not None]
    return TestMeans(
        pre=mean(before),
        pre_count=len(before),
        post=mean(after),
        post_count=len(after),
        improvement=mean(gains),
        both=len(gains),
        passed=None if pass_mark is None else sum(1 for one in people if one.passed),
    )


def _stage(
    stage: str, given: Sequence[Evaluation], trainers: Mapping[UUID, str], participants: int
) -> StageResult:
    ratings: list[dict[str, Any]] = [one.ratings for one in given]
    rated: list[dict[str, Any]] = [one.trainers for one in given]
    return StageResult(
        stage=stage,
        asked=max(participants, len(given)),
        given=len(given),
        marks={code: mean_of(code, ratings) for code in QUESTIONS[stage]},
        trainers={pk: (name, mean_of(str(pk), rated)) for pk, name in trainers.items()},
        # by the alphabet, so that nobody learns from the order who wrote what
        words={
            name: tuple(sorted(filter(None, (getattr(one, name) for one in given)), key=str.casefold))
            for name in TEXTS[stage]
        },
    )


def _stage_for_trainers(stage: StageResult, own: Collection[UUID]) -> StageResult:
    if stage.given < FEWEST:
        nothing = {code: Mean(None, 0) for code in stage.marks}
        return replace(stage, marks=nothing, trainers={}, words={}, is_withheld=True)
    mine = {
        pk: (name, marks)
        for pk, (name, marks) in stage.trainers.items()
        if pk in own and marks.is_told_to_trainers
    }
    return replace(stage, trainers=mine)
