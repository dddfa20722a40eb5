"""Who took part in which course or case between two editions, and what members themselves reported before and after."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.models import Association, User
from reporting.models import Release, ReleaseCell, ReleaseMember, WhatChanged
from reporting.selectors.figures import cells_of_codes
from reporting.selectors.releases import newest_editions, older_release, with_round
from training.enums import CaseStage, RegistrationState, SessionState, Topic
from training.models import Attendance, Case, Course, Registration

DONE = (CaseStage.RATING, CaseStage.FOLLOW_UP, CaseStage.CLOSED)
COURSE, TOPIC = "course", "topic"


@dataclass(frozen=True, slots=True)
class Pair:
    """The newest edition of a round and the edition of the year before, with the comparison if it was made."""

    before: Release
    after: Release
    made: WhatChanged | None


@dataclass(frozen=True, slots=True)
class TookPart:
    """A course, or all courses and cases on a topic, and the institutions that took part between two periods."""

    key: str
    kind: str
    name: str
    topic: str
    codes: tuple[str, ...]
    members: frozenset[str]
    sessions: int
    people: int
    cases: int

    def as_json(self) -> dict[str, Any]:
        """As it is frozen."""
        return {
            "key": self.key,
            "kind": self.kind,
            "name": self.name,
            "topic": self.topic,
            "codes": list(self.codes),
            "members": sorted(self.members),
            "sessions": self.sessions,
            "people": self.people,
            "cases": self.cases,
        }


def pairs_of(association: Association, user: User) -> list[Pair]:
    """The editions that can be compared, newest first: those that the reader may read, each with the year before."""
    releases = Release.objects.visible_to(user).filter(association=association)
    newest = newest_editions(with_round(releases))
    made = {
        one.after_id: one
        for one in WhatChanged.objects.visible_to(user)
        .filter(association=association)
        .select_related("before__round", "after__round", "before__catalogue", "after__catalogue")
    }
    pairs: list[Pair] = []
    for place, after in enumerate(newest):
        study = made.get(after.pk)
        before = (
            study.before
            if study
            else next(
                (one for one in newest[place + 1 :] if one.round.period_end < after.round.period_end), None
            )
        )
        if before is not None:
            pairs.append(Pair(before, after, study))
    return pairs


def edition_before(after: Release) -> Release | None:
    """The edition that one is compared with: the newest of the latest period before."""
    return older_release(after.round)


def took_part(before: Release, after: Release) -> list[TookPart]:
    """Courses, then topics, with indicators to move and participants between the two periods, in three queries.

    A session counts if it began after the earlier period ended and was over before the later one ended, a person if
    present on a day (or if nobody marked attendance); a case if its work was done in that time.
    """
    association = after.association
    zone = ZoneInfo(association.time_zone)
    since = datetime.combine(before.round.period_end, time.min, tzinfo=zone) + timedelta(days=1)
    until = datetime.combine(after.round.period_end, time.min, tzinfo=zone) + timedelta(days=1)
    present = Attendance.objects.filter(registration=OuterRef("pk"), present=True)
    marked = Attendance.objects.filter(session=OuterRef("session"))
    seats = list(
        Registration.objects.filter(
            association=association,
            institution__isnull=False,
            state=RegistrationState.CONFIRMED,
            session__state=SessionState.HELD,
            session__starts_at__gte=since,
            session__ends_at__lt=until,
        )
        .filter(Exists(present) | ~Exists(marked))
        .order_by("session__starts_at", "session_id", "pk")
        .values_list("session__course_id", "session_id", "institution_id", "participant_id")
    )
    courses = {one.pk: one for one in Course.objects.filter(pk__in={row[0] for row in seats})}
    cases = list(
        Case.objects.filter(association=association, stage__in=DONE)
        .filter(
            Q(ends_on__gt=before.round.period_end, ends_on__lte=after.round.period_end)
            | Q(ends_on__isnull=True, ended_at__gte=since, ended_at__lt=until)
        )
        .order_by("number")
    )
    found = [
        _of_course(courses[key], [row for row in seats if row[0] == key])
        for key in dict.fromkeys(row[0] for row in seats)
        if courses[key].indicators
    ]
    for topic in Topic:
        one = _of_topic(
            topic,
            [courses[row[0]] for row in seats if courses[row[0]].topic == topic],
            [row for row in seats if courses[row[0]].topic == topic],
            [case for case in cases if case.topic == topic],
        )
        if one.members and one.codes and not any(_same(one, other) for other in found):
            found.append(one)
    return found


def _same(one: TookPart, other: TookPart) -> bool:
    return one.members == other.members and set(one.codes) <= set(other.codes)


def _of_course(course: Course, seats: list[tuple[UUID, UUID, UUID, UUID]]) -> TookPart:
    return TookPart(
        key=f"course:{course.pk}",
        kind=COURSE,
        name=course.title,
        topic=course.topic,
        codes=tuple(dict.fromkeys(course.indicators)),
        members=frozenset(str(row[2]) for row in seats),
        sessions=len({row[1] for row in seats}),
        people=len({row[3] for row in seats}),
        cases=0,
    )


def _of_topic(
    topic: Topic, courses: Iterable[Course], seats: list[tuple[UUID, UUID, UUID, UUID]], cases: list[Case]
) -> TookPart:
    codes = [code for course in courses for code in course.indicators]
    codes += [code for case in cases for code in case.indicators]
    return TookPart(
        key=f"topic:{topic.value}",
        kind=TOPIC,
        name="",
        topic=topic.value,
        codes=tuple(dict.fromkeys(codes)),
        members=frozenset(str(row[2]) for row in seats) | {str(case.institution_id) for case in cases},
        sessions=len({row[1] for row in seats}),
        people=len({row[3] for row in seats}),
        cases=len(cases),
    )


@dataclass(frozen=True, slots=True)
class OwnChange:
    """A case with what its member itself reported, in the last edition before the work and the first after it.

    `cells` are what these editions publish about all members, by edition.
    """

    case: Case
    before: ReleaseMember | None
    after: ReleaseMember | None
    cells: Mapping[UUID, Sequence[ReleaseCell]]


def own_changes(association: Association, user: User) -> list[OwnChange]:
    """Cases that the person may read, newest first, each with the member's own frozen figures; four queries."""
    rows: QuerySet[Any] = Case.objects.visible_to(user).filter(association=association, stage__in=DONE)
    cases: list[Case] = [
        case for case in rows.select_related("institution").order_by("-requested_at", "pk") if case.indicators
    ]
    releases = newest_editions(with_round(Release.objects.visible_to(user).filter(association=association)))
    frozen: dict[UUID, list[ReleaseMember]] = defaultdict(list)
    by_key = {one.pk: one for one in releases}
    for member in ReleaseMember.objects.visible_to(user).filter(
        release__in=by_key, institution__in={case.institution_id for case in cases}
    ):
        member.release = by_key[member.release_id]
        frozen[member.institution_id].append(member)
    zone = ZoneInfo(association.time_zone)
    cells = cells_of_codes(releases, {code for case in cases for code in case.indicators})
    found = []
    for case in cases:
        own = sorted(frozen[case.institution_id], key=lambda one: one.release.round.period_end)
        begun = case.starts_on or case.requested_at.astimezone(zone).date()
        ended = case.ends_on or (case.ended_at.astimezone(zone).date() if case.ended_at else begun)
        before = [one for one in own if one.release.round.period_end < begun]
        after = [one for one in own if one.release.round.period_end >= ended]
        found.append(OwnChange(case, before[-1] if before else None, after[0] if after else None, cells))
    return found
