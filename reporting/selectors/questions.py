"""Questions on values as both sides read them: the threads of a return, one thread, and the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, prefetch_related_objects

from members.access import access_of
from members.enums import INSTITUTION_ROLES
from members.models import Association, RoleAssignment, User
from reporting.catalogue import Indicator
from reporting.enums import QuestionState
from reporting.models import Question, QuestionMessage, Submission
from reporting.selectors.catalogues import catalogue_of

NOBODY = "nobody"
MINE = "me"
WAITING = "week"
OVERDUE_AFTER = timedelta(days=7)  # in one state: from then on somebody should be reminded


@dataclass(frozen=True, slots=True)
class Thread:
    """One question with its words, as a page shows it. `section` is empty for a derived value."""

    question: Question
    label: str
    section: str
    messages: Sequence[QuestionMessage]
    days: int

    @property
    def is_open(self) -> bool:
        """Whether the MFI has still to answer."""
        return self.question.state == QuestionState.OPEN

    @property
    def is_resolved(self) -> bool:
        """Whether nothing is left to do."""
        return self.question.state == QuestionState.RESOLVED

    @property
    def is_overdue(self) -> bool:
        """Whether it has waited too long for the other side."""
        return not self.is_resolved and self.days >= OVERDUE_AFTER.days

    @property
    def code(self) -> str:
        """The indicator that it is about."""
        return self.question.code


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """What a list shows: unknown values count as none given. `state` empty means all that are not resolved."""

    state: str = ""
    assignee: str = ""
    member: str = ""
    submission: str = ""
    older: str = ""


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """How many questions are in each state, whatever else is filtered."""

    open: int
    answered: int
    resolved: int


def _with_messages() -> Any:
    return Prefetch("messages", QuestionMessage.objects.select_related("by").order_by("at", "pk"))


def threads_of(submission: Submission, *, at: datetime) -> list[Thread]:
    """Every question of a return, the unresolved first, in at most three queries; most returns have none: one."""
    found = list(Question.objects.filter(submission=submission).order_by("asked_at", "pk"))
    prefetch_related_objects(found, "assignee", *([_with_messages()] if found else []))
    for question in found:
        question.submission = submission
    threads = [thread_of(question, at=at) for question in found]
    return sorted(threads, key=lambda thread: thread.is_resolved)


def by_code(threads: Iterable[Thread]) -> Mapping[str, list[Thread]]:
    """The threads by the indicator that they are about."""
    found: dict[str, list[Thread]] = {}
    for thread in threads:
        found.setdefault(thread.code, []).append(thread)
    return found


def thread_of(question: Question, *, at: datetime) -> Thread:
    """One question as a page shows it; its return, round and messages are loaded."""
    catalogue = catalogue_of(question.submission.round.catalogue)
    part = catalogue.find(question.code)
    return Thread(
        question=question,
        label=part.label if part is not None else question.code,
        section=part.section if isinstance(part, Indicator) else "",
        messages=list(question.messages.all()),
        days=max((at - question.state_since).days, 0),
    )


def find_question(association: Association, user: User, pk: UUID) -> Question | None:
    """A question that the person may see, with everything that its page shows, in two queries."""
    found: Question | None = (
        _visible(association, user).prefetch_related(_with_messages()).filter(pk=pk).first()
    )
    return found


def question_list(
    association: Association, user: User, wanted: QuestionFilter, *, at: datetime
) -> "QuerySet[Question]":
    """The questions that the person may see, the longest waiting first.

    “Mine” are those that staff asked, or that the person of the MFI should answer.
    """
    found = _visible(association, user).prefetch_related(_with_messages())
    if wanted.state in QuestionState.values:
        found = found.filter(state=wanted.state)
    elif wanted.state != "all":
        found = found.exclude(state=QuestionState.RESOLVED)
    if wanted.assignee == MINE:
        is_staff = association.pk in access_of(user).staff_of
        found = found.filter(asked_by=user) if is_staff else found.filter(assignee=user)
    elif wanted.assignee == NOBODY:
        found = found.filter(assignee=None)
    if (member := _uuid(wanted.member)) is not None:
        found = found.filter(institution_id=member)
    if (submission := _uuid(wanted.submission)) is not None:
        found = found.filter(submission_id=submission)
    if wanted.older == WAITING:
        found = found.filter(state_since__lt=at - OVERDUE_AFTER)
    return found.order_by("state_since", "pk")


def question_counts(association: Association, user: User) -> QuestionCounts:
    """How many the person may see in each state, in one query."""
    states = {state: Count("pk", filter=Q(state=state)) for state in QuestionState.values}
    counted = Question.objects.visible_to(user).filter(association=association).aggregate(**states)
    return QuestionCounts(**counted)


def members_asked(association: Association, user: User) -> list[tuple[UUID, str]]:
    """The MFIs with a question, for the links of the list."""
    rows = (
        Question.objects.visible_to(user)
        .filter(association=association)
        .order_by("institution__name")
        .values_list("institution_id", "institution__short_name", "institution__name")
        .distinct()
    )
    return [(pk, short or name) for pk, short, name in rows]


def who_can_answer(institution_ids: Iterable[UUID]) -> Mapping[UUID, list[User]]:
    """The people of these MFIs, each once, in one query."""
    found: dict[UUID, dict[UUID, User]] = {}
    held = (
        RoleAssignment.objects.live()
        .filter(institution_id__in=set(institution_ids), role__in=INSTITUTION_ROLES)
        .select_related("user")
        .order_by("user__name", "user__email")
    )
    for role in held:
        if role.institution_id is not None:
            found.setdefault(role.institution_id, {})[role.user_id] = role.user
    return {pk: list(users.values()) for pk, users in found.items()}


def rights_of(user: User, submission: Submission) -> dict[str, bool]:
    """What this person may do with the questions of a return."""
    return {
        "may_ask": user.has_perm("reporting.ask_question", submission),
        "may_answer": user.has_perm("reporting.answer_question", submission),
        "may_resolve": user.has_perm("reporting.resolve_question", submission),
        "may_assign": user.has_perm("reporting.assign_question", submission),
    }


def open_count(submission: Submission) -> int:
    """Questions that the MFI has not answered."""
    return Question.objects.filter(submission=submission, state=QuestionState.OPEN).count()


def _visible(association: Association, user: User) -> "QuerySet[Question]":
    found: Any = (
        Question.objects.visible_to(user)
        .filter(association=association)
        .select_related(
            "assignee",
            "asked_by",
            "association",
            "institution",
            "submission__institution",
            "submission__association",
            "submission__round__catalogue",
        )
        .defer("submission__round__catalogue__document")
    )
    questions: QuerySet[Question] = found
    return questions


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
