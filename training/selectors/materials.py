"""What participants of a session get from the library, by moment: the course's works and the session's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When

from training.enums import Moment
from training.models import CourseMaterial, SessionMaterial, TrainingSession, WorkVersion


@dataclass(frozen=True, slots=True)
class Material:
    """A work in the language nearest to the session's; `own` for one that the session adds to the course's."""

    version: WorkVersion
    moment: Moment
    row_id: UUID
    own: bool


@dataclass(frozen=True, slots=True)
class MomentGroup:
    """The works of one moment, and since when participants get them."""

    moment: Moment
    opens_at: datetime | None
    materials: tuple[Material, ...]

    def is_open(self, at: datetime) -> bool:
        """Whether participants get them at a moment."""
        return self.opens_at is None or self.opens_at <= at


def materials_of(session: TrainingSession) -> list[Material]:
    """All works of a session that are not put away, in three queries."""
    rows: list[tuple[Any, bool]] = [
        *(
            (one, True)
            for one in SessionMaterial.objects.filter(session=session, work__retired_at__isnull=True)
        ),
        *(
            (one, False)
            for one in CourseMaterial.objects.filter(course=session.course_id, work__retired_at__isnull=True)
        ),
    ]
    versions = _versions({one.work_id for one, _own in rows}, session)
    found: dict[UUID, Material] = {}
    for row, own in rows:
        # the session's own word about a work goes before the course's
        if row.work_id in versions and row.work_id not in found:
            found[row.work_id] = Material(versions[row.work_id], Moment(row.moment), row.pk, own)
    return sorted(found.values(), key=lambda one: one.version.title.casefold())


def _versions(works: Iterable[UUID], session: TrainingSession) -> dict[UUID, WorkVersion]:
    """Of each work the version in the session's language, else the original, else any."""
    found: dict[UUID, WorkVersion] = {}
    rank: dict[UUID, int] = {}
    for one in WorkVersion.objects.filter(work__in=list(works)).defer("words").order_by("language"):
        worth = 2 if one.language == session.language else 1 if one.is_original else 0
        if worth > rank.get(one.work_id, -1):
            found[one.work_id], rank[one.work_id] = one, worth
    return found


def by_moment(session: TrainingSession) -> list[MomentGroup]:
    """The works in groups, moments without works left out."""
    opens = {Moment.BEFORE: None, Moment.DURING: session.starts_at, Moment.AFTER: session.ends_at}
    every = materials_of(session)
    groups = [
        MomentGroup(moment, opens[moment], tuple(one for one in every if one.moment == moment))
        for moment in Moment
    ]
    return [one for one in groups if one.materials]


def works_like(session: TrainingSession, words: str) -> list[WorkVersion]:
    """Works whose title has these words and that the session does not have yet; at most twenty."""
    if not words.strip():
        return []
    have = SessionMaterial.objects.filter(session=session).values("work_id")
    course_has = CourseMaterial.objects.filter(course=session.course_id).values("work_id")
    matches = Q()
    for word in words.split()[:8]:
        matches &= Q(title__icontains=word)
    rows = (
        WorkVersion.objects.filter(
            matches, work__association=session.association_id, work__retired_at__isnull=True
        )
        .exclude(work__in=have)
        .exclude(work__in=course_has)
        .select_related("work")
        .defer("words")
        .annotate(foreign=Case(When(language=session.language, then=0), default=1))
        .order_by("foreign", "title")[:60]
    )
    found: dict[UUID, WorkVersion] = {}
    for one in rows:
        found.setdefault(one.work_id, one)
    return list(found.values())[:20]
