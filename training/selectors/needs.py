"""Reads of needs: the list that staff decide on, a member's own needs, and replies to a needs assessment as a table."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from members.access import access_of
from members.models import Association, Institution, Membership, User
from training.enums import NeedState, RegistrationState, SessionState, Topic
from training.models import Case, Course, Need, NeedsReply, NeedsSurvey, Registration, TrainingSession

MOST_OWN = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which needs a reader looks at; empty texts for all."""

    year: int
    state: str = ""
    topic: str = ""
    source: str = ""
    member: str = ""


def needs_of(association: Association, user: User, chosen: Chosen) -> QuerySet[Need]:
    """The needs of a year that the reader may see, urgent ones first."""
    rows: QuerySet[Any] = Need.objects.visible_to(user).filter(association=association, year=chosen.year)
    for name, value in (("state", chosen.state), ("topic", chosen.topic), ("source", chosen.source)):
        if value:
            rows = rows.filter(**{name: value})
    if chosen.member:
        rows = (
            rows.filter(institution__isnull=True)
            if chosen.member == "own"
            else rows.filter(institution_id=chosen.member)
        )
    return rows.select_related("institution", "course", "decided_by").order_by(
        "-urgency", "topic", "institution__name", "pk"
    )


def own_needs(association: Association, user: User) -> list[Need]:
    """What staff confirmed, or saw met, of the MFIs that the person works for: this is what members see of needs."""
    rows: QuerySet[Any] = Need.objects.filter(
        association=association,
        institution__in=access_of(user).works_for,
        state__in=(NeedState.CONFIRMED, NeedState.MET),
    )
    return list(
        rows.select_related("institution", "course").order_by(
            "-year", "-urgency", "topic", "institution__name", "pk"
        )[:MOST_OWN]
    )


def need_to_answer(association: Association, user: User, pk: UUID) -> Need | None:
    """A need of an MFI that the person may ask assistance for: staff for any, members for their own confirmed ones."""
    rows: QuerySet[Any] = Need.objects.visible_to(user).filter(
        association=association, institution__isnull=False
    )
    if not user.has_perm("training.manage_training", association):
        rows = rows.filter(institution__in=access_of(user).works_for, state=NeedState.CONFIRMED)
    return rows.select_related("institution").filter(pk=pk).first()


def need_of(case: Case, user: User) -> Need | None:
    """The need that a case came from, if the reader may know of it: members do once staff confirmed it."""
    need = case.need
    if need is None or user.has_perm("training.decide_need", need):
        return need
    return need if need.state in (NeedState.CONFIRMED, NeedState.MET) else None


def counts(association: Association, year: int) -> Mapping[str, int]:
    """How many needs of a year stand where."""
    rows = (
        Need.objects.filter(association=association, year=year)
        .order_by()
        .values("state")
        .annotate(number=Count("pk"))
        .values_list("state", "number")
    )
    return dict(rows)


def years_of(association: Association, today: int) -> list[int]:
    """The years that a reader may look at: those with needs, this one and the next, newest first."""
    held = Need.objects.filter(association=association).order_by().values_list("year", flat=True).distinct()
    return sorted({*held, today, today + 1}, reverse=True)


def members_today(association: Association) -> list[Institution]:
    """The members of today, by name."""
    current = Membership.objects.current().filter(association=association).values("institution_id")
    return list(Institution.objects.filter(pk__in=current).order_by("name", "pk"))


def courses_for(association: Association) -> list[Course]:
    """The courses that may answer a need, by topic and title."""
    return list(Course.objects.current().filter(association=association).order_by("topic", "title", "pk"))


@dataclass(frozen=True, slots=True)
class Offer:
    """What answers a need: a course, and its sessions to come."""

    course: Course
    sessions: tuple[TrainingSession, ...]


def offers_for(
    association: Association, user: User, needs: Iterable[Need], at: datetime
) -> Mapping[UUID, tuple[Offer, ...]]:
    """By need: the course that staff chose, or else the courses on its topic, each with its sessions to come."""
    wanted = list(needs)
    topics = {need.topic for need in wanted if need.course_id is None}
    courses = list(
        Course.objects.visible_to(user)
        .filter(association=association, archived_at__isnull=True)
        .filter(Q(topic__in=topics) | Q(pk__in=[need.course_id for need in wanted if need.course_id]))
        .order_by("title", "pk")
    )
    sessions: dict[UUID, list[TrainingSession]] = {}
    for one in (
        TrainingSession.objects.visible_to(user)
        .filter(course__in=courses, state=SessionState.ANNOUNCED, starts_at__gt=at)
        .order_by("starts_at", "pk")
    ):
        sessions.setdefault(one.course_id, []).append(one)
    offers = [Offer(course, tuple(sessions.get(course.pk, ()))) for course in courses]
    return {
        need.pk: tuple(
            offer
            for offer in offers
            if (offer.course.pk == need.course_id if need.course_id else offer.course.topic == need.topic)
        )
        for need in wanted
    }


def answered_by(session: TrainingSession) -> list[Need]:
    """Confirmed needs that a session may have met: of its course, or of its topic where no course was chosen, of MFIs
    with a seat in it; a need of the association itself only by its course. Those of the course come first.
    """
    seats = Registration.objects.filter(session=session, state=RegistrationState.CONFIRMED)
    found: QuerySet[Any] = Need.objects.filter(
        association=session.association_id, state=NeedState.CONFIRMED, year__lte=session.ends_at.year
    ).filter(
        Q(course=session.course_id)
        | Q(course__isnull=True, topic=session.course.topic, institution__isnull=False)
    )
    return list(
        found.filter(Q(institution__isnull=True) | Q(institution__in=seats.values("institution_id")))
        .select_related("institution")
        .order_by(F("course").asc(nulls_last=True), "institution__name", "year", "pk")
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member said of one topic; None people where it needs nothing."""

    people: int | None = None
    urgency: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One member in the table of replies; `reply` is None while it has not replied."""

    institution: Institution
    reply: NeedsReply | None
    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class TopicTotal:
    """How many members need a topic, for how many people, and how many of them urgently."""

    topic: Topic
    members: int
    people: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Replies:
    """All replies to a needs assessment."""

    topics: tuple[Topic, ...]
    rows: tuple[Row, ...]
    totals: tuple[TopicTotal, ...]

    @property
    def replied(self) -> list[Row]:
        """Who replied."""
        return [row for row in self.rows if row.reply is not None]

    @property
    def silent(self) -> list[Row]:
        """Who has not replied."""
        return [row for row in self.rows if row.reply is None]


def replies_of(survey: NeedsSurvey) -> Replies:
    """The table of a needs assessment: members of today, and whoever replied while a member."""
    topics = tuple(Topic(code) for code in survey.topics)
    replies = {one.institution_id: one for one in survey.replies.select_related("institution", "given_by")}
    known = {one.pk: one for one in members_today(survey.association)}
    known |= {pk: one.institution for pk, one in replies.items() if pk not in known}
    rows = tuple(
        Row(each, replies.get(each.pk), _wishes(replies.get(each.pk), topics))
        for each in sorted(known.values(), key=lambda one: (one.name.casefold(), str(one.pk)))
    )
    members, people, urgent = Counter[Topic](), Counter[Topic](), Counter[Topic]()
    for row in rows:
        for topic, wish in zip(topics, row.wishes, strict=True):
            if wish.people:
                members[topic] += 1
                people[topic] += wish.people
                urgent[topic] += wish.urgency == 3
    totals = tuple(TopicTotal(one, members[one], people[one], urgent[one]) for one in topics)
    return Replies(topics, rows, totals)


def reply_of(survey: NeedsSurvey, institution: Institution, user: User) -> NeedsReply | None:
    """What an MFI replied, if the person may read it."""
    rows: QuerySet[Any] = NeedsReply.objects.visible_to(user).filter(survey=survey, institution=institution)
    return rows.select_related("given_by").first()


def own_replies(survey: NeedsSurvey, user: User) -> list[tuple[Institution, NeedsReply | None]]:
    """The present members for which the person replies, each with its reply; two queries and the roles."""
    works_for = access_of(user).works_for
    mine = [one for one in members_today(survey.association) if one.pk in works_for]
    rows: QuerySet[Any] = NeedsReply.objects.visible_to(user).filter(survey=survey, institution__in=mine)
    replies = {one.institution_id: one for one in rows.select_related("given_by")}
    return [(one, replies.get(one.pk)) for one in mine]


def _wishes(reply: NeedsReply | None, topics: Iterable[Topic]) -> tuple[Wish, ...]:
    lines = reply.lines if reply is not None else {}
    return tuple(Wish(**lines[topic]) if topic in lines else Wish() for topic in topics)


def surveys_of(association: Association, user: User) -> QuerySet[NeedsSurvey]:
    """Needs assessments, newest first, each with `given` replies: all for staff, those sent out for members."""
    rows = NeedsSurvey.objects.filter(association=association).annotate(given=Count("replies"))
    if not user.has_perm("training.view_training", association):
        rows = rows.filter(opened_at__isnull=False)
    return rows.order_by("-created_at", "pk")
