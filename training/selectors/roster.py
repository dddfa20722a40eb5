"""Reads of the roster: search, conflicts of interest, and everything that staff know of an expert."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from members.models import Association, Institution, Membership, RoleAssignment, User
from training.enums import CaseStage
from training.lifetimes import STEPS
from training.models import (
    Case,
    Expert,
    ExpertConflict,
    ExpertDocument,
    SessionTrainer,
    TeachingRight,
)
from training.selectors.conflicts import conflicts_with


@dataclass(frozen=True, slots=True)
class ExpertFilter:
    """What staff look for; empty values ask for nothing."""

    words: str = ""
    skill: str = ""
    language: str = ""
    country: str = ""
    status: str = ""
    neutral_to: UUID | None = None
    retired: bool = False


def experts(association: Association, user: User, wanted: ExpertFilter, *, on: date) -> QuerySet[Expert]:
    """Experts whom the person may see, by name, with counts of what they teach and of live conflicts."""
    found = Expert.objects.visible_to(user).filter(
        association=association, retired_at__isnull=not wanted.retired
    )
    for word in wanted.words.split()[:8]:
        found = found.filter(
            Q(name__icontains=word) | Q(organisation__icontains=word) | Q(about__icontains=word)
        )
    if wanted.skill:
        found = found.filter(skills__contains=[wanted.skill])
    if wanted.language:
        found = found.filter(languages__contains=[wanted.language])
    if wanted.country:
        found = found.filter(countries__contains=[wanted.country])
    if wanted.status:
        found = found.filter(trainer_status=wanted.status)
    if wanted.neutral_to is not None:
        found = found.exclude(pk__in=in_conflict(association, wanted.neutral_to, on=on))
    return found.annotate(
        courses_taught=Count("teaching", filter=_living("teaching__", on), distinct=True),
        live_conflicts=Count("conflicts", filter=_open("conflicts__", on), distinct=True),
    ).order_by("name", "pk")


def in_conflict(association: Association, institution_id: UUID, *, on: date) -> set[UUID]:
    """Experts who are not neutral to an institution: by a conflict that holds, or working for it by account."""
    employed = Expert.objects.filter(
        association=association,
        user__in=RoleAssignment.objects.live().filter(institution_id=institution_id).values("user_id"),
    ).values_list("pk", flat=True)
    return {*conflicts_with(association.pk, institution_id, today=on), *employed}


def institutions_to_name(association: Association, *, on: date) -> list[Institution]:
    """Institutions towards which an expert may have a conflict: those that are or were members."""
    joined = Membership.objects.filter(association=association, joined_on__lte=on)
    return list(Institution.objects.filter(pk__in=joined.values("institution_id")).order_by("name"))


def documents_of(experts_: Iterable[UUID]) -> list[ExpertDocument]:
    """Their documents, those that expire first on top."""
    held = ExpertDocument.objects.filter(expert__in=list(experts_), removed_at__isnull=True)
    return list(held.select_related("expert").order_by(F("expires_on").asc(nulls_last=True), "title"))


def documents_ending(ends: tuple[date, date]) -> QuerySet[ExpertDocument]:
    """Documents that expire between two days, of people on the roster, unless a newer one has the same title."""
    held = _newest_documents().filter(expert__retired_at__isnull=True, expires_on__range=ends)
    return held.select_related("expert__association", "expert__user").order_by("expires_on", "pk")


def expiring(experts_: Iterable[UUID], *, today: date) -> dict[UUID, date]:
    """Of each expert the document that expires first, where it has expired or does so within ninety days."""
    soon = _newest_documents().filter(
        expert__in=list(experts_), expires_on__lte=today + timedelta(days=STEPS[0])
    )
    rows = soon.values("expert_id").annotate(first=Min("expires_on")).order_by("expert_id")
    return {row["expert_id"]: row["first"] for row in rows}


def conflicts_of(experts_: Iterable[UUID]) -> list[ExpertConflict]:
    """Their conflicts of interest, those that have not ended first."""
    held = ExpertConflict.objects.filter(expert__in=list(experts_)).select_related("institution", "expert")
    return list(held.order_by(F("until").desc(nulls_first=True), "institution__name"))


def rights_of(expert: Expert) -> list[TeachingRight]:
    """What the expert may or might teach, rights that live first."""
    held = TeachingRight.objects.filter(expert=expert).select_related("course")
    return list(held.order_by(F("until").desc(nulls_first=True), "course__title"))


def sessions_of(expert: Expert, *, most: int = 20) -> list[SessionTrainer]:
    """Sessions that the expert teaches or taught, the latest first."""
    taught = SessionTrainer.objects.filter(expert=expert).select_related("session")
    return list(taught.order_by("-session__starts_at", "pk")[:most])


def cases_of(expert: Expert) -> list[Case]:
    """Cases of the expert that were not stopped, the latest first."""
    held = Case.objects.filter(expert=expert).exclude(stage=CaseStage.STOPPED)
    return list(held.select_related("institution").order_by("-requested_at", "pk"))


def values_in_use(association: Association) -> tuple[list[str], list[str]]:
    """Languages and countries that experts of the roster have, for the filters."""
    languages: set[str] = set()
    countries: set[str] = set()
    rows = Expert.objects.filter(association=association).values_list("languages", "countries")
    for spoken, places in rows:
        languages.update(spoken)
        countries.update(places)
    return sorted(languages), sorted(countries)


def _newest_documents() -> QuerySet[ExpertDocument]:
    """Documents that were not taken away, unless a newer one of the person has the same title."""
    newer = ExpertDocument.objects.filter(
        expert=OuterRef("expert"),
        title__iexact=OuterRef("title"),
        removed_at__isnull=True,
        uploaded_at__gt=OuterRef("uploaded_at"),
    )
    return ExpertDocument.objects.filter(~Exists(newer), removed_at__isnull=True)


def _living(prefix: str, on: date) -> Q:
    return Q(**{f"{prefix}since__lte": on}) & _open(prefix, on)


def _open(prefix: str, on: date) -> Q:
    """It has no end, or ends on that day or later."""
    return Q(**{f"{prefix}pk__isnull": False}) & (
        Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gte": on})
    )
