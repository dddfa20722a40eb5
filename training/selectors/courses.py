"""Reads of the catalogue of courses: the list with its filters, and everything that a course's page tells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from members.models import Association, User
from training.enums import Moment, SessionState
from training.models import (
    Course,
    CourseMaterial,
    TeachingRight,
    TestQuestion,
    TrainingSession,
)
from training.selectors.library import Shelved, Wanted, shelved, wanted_keys, works_of


@dataclass(frozen=True, slots=True)
class CourseFilter:
    """What a reader looks for; empty values ask for nothing."""

    topic: str = ""
    level: str = ""
    language: str = ""
    dimension: int | None = None
    words: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """A work that participants get, and when."""

    pk: UUID
    shown: Shelved
    moment: str


@dataclass(frozen=True, slots=True)
class MaterialsOfMoment:
    """What participants get before, during or after a session."""

    label: str
    materials: tuple[Material, ...]


def course_list(
    association: Association, user: User, wanted: CourseFilter, *, at: datetime
) -> QuerySet[Course]:
    """Courses that the person may see, by title; each with the start of the next announced session and its teachers."""
    found = Course.objects.visible_to(user).filter(
        association=association, archived_at__isnull=not wanted.archived
    )
    if wanted.topic:
        found = found.filter(topic=wanted.topic)
    if wanted.level:
        found = found.filter(level=wanted.level)
    if wanted.language:
        found = found.filter(language=wanted.language)
    if wanted.dimension is not None:
        found = found.filter(dimensions__contains=[wanted.dimension])
    for word in wanted.words.split()[:8]:
        found = found.filter(Q(title__icontains=word) | Q(code__icontains=word) | Q(summary__icontains=word))
    announced = Q(sessions__state=SessionState.ANNOUNCED, sessions__ends_at__gt=at)
    return found.annotate(
        next_session=Min("sessions__starts_at", filter=announced),
        sessions_to_come=Count("sessions", filter=announced, distinct=True),
    ).order_by("for_trainers", "title", "pk")


def languages_taught(association: Association) -> list[str]:
    """Codes of the languages in which courses are given."""
    taught = Course.objects.filter(association=association).order_by("language")
    return list(taught.values_list("language", flat=True).distinct())


def sessions_to_come(course: Course, user: User, *, at: datetime) -> list[TrainingSession]:
    """Sessions of the course that are not over, as far as the person may see them; the next one first."""
    seen = TrainingSession.objects.visible_to(user).filter(course=course, ends_at__gt=at)
    return list(seen.exclude(state=SessionState.CANCELLED).order_by("starts_at", "pk"))


def teachers_of(courses: Iterable[UUID], *, on: date) -> Mapping[UUID, list[TeachingRight]]:
    """Who may teach each course on a day, those who lead first; experts who were taken off the roster are not among
    them.
    """
    rank = {"lead": 0, "co_trainer": 1, "assistant": 2}
    found: dict[UUID, list[TeachingRight]] = {}
    rights = (
        TeachingRight.objects.filter(
            Q(until__isnull=True) | Q(until__gte=on),
            course__in=list(courses),
            since__lte=on,
            expert__retired_at__isnull=True,
        )
        .select_related("expert")
        .order_by("expert__name", "pk")
    )
    for right in rights:
        found.setdefault(right.course_id, []).append(right)
    for each in found.values():
        each.sort(key=lambda right: rank.get(right.level, 3))
    return found


def teachers_of_experts(experts: Iterable[UUID]) -> list[TeachingRight]:
    """All rights to teach of these experts, ended ones too, by name and course."""
    held = TeachingRight.objects.filter(expert__in=list(experts)).select_related("expert", "course")
    return list(held.order_by("expert__name", "course__title", "since"))


def materials_of(course: Course) -> list[MaterialsOfMoment]:
    """What participants get, by moment; works that were put away are not among it."""
    return by_moment(
        CourseMaterial.objects.filter(course=course, work__retired_at__isnull=True).values_list(
            "pk", "work_id", "moment"
        )
    )


def by_moment(rows: Iterable[tuple[UUID, UUID, str]]) -> list[MaterialsOfMoment]:
    """Materials (their keys, their works, their moments) in the order in which participants get them."""
    given = list(rows)
    shown = {one.work.pk: one for one in shelved(work for _pk, work, _moment in given)}
    found = [Material(pk, shown[work], moment) for pk, work, moment in given if work in shown]
    found.sort(key=lambda one: one.shown.title.casefold())
    return [
        MaterialsOfMoment(str(moment.label), tuple(one for one in found if one.moment == moment))
        for moment in Moment
        if any(one.moment == moment for one in found)
    ]


def works_to_add(course: Course, user: User, words: str, *, most: int = 20) -> list[Shelved]:
    """Works of the library that are not among the course's materials: the best for the words, or without any words
    the newest on the course's topic.
    """
    works = works_of(course.association, user).exclude(
        pk__in=CourseMaterial.objects.filter(course=course).values("work_id")
    )
    wanted = Wanted(q=words.strip()[:200], topic="" if words.strip() else course.topic)
    return shelved(wanted_keys(works, wanted)[:most])


def questions_of(course: Course) -> list[TestQuestion]:
    """The questions of the course's test in their order."""
    return list(
        TestQuestion.objects.filter(course=course, retired_at__isnull=True).order_by("position", "pk")
    )
