"""Scholarships with what is committed, spent and left, and what they would pay for the people of a session."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Association
from spm_portal.common.money import money
from training.awarding import Asked, No, Rules, most_of
from training.enums import LIVE_REGISTRATIONS, RegistrationState, SessionState, Sex, Topic
from training.models import Registration, Scholarship, ScholarshipAward, TrainingSession


@dataclass(frozen=True, slots=True)
class Fund:
    """A scholarship and its money: committed to people who come, spent on sessions that were held, and left."""

    scholarship: Scholarship
    committed: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What can still be awarded."""
        return self.scholarship.budget - self.committed - self.spent

    @property
    def used(self) -> Decimal:
        """What was awarded and not freed."""
        return self.committed + self.spent


@dataclass(frozen=True, slots=True)
class Offer:
    """What one scholarship would pay for a registration; without an amount the reason why nothing."""

    scholarship: Scholarship
    amount: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A registration with its award, or with the best that the rules allow and why the others pay nothing."""

    registration: Registration
    award: ScholarshipAward | None
    best: Offer | None
    others: tuple[Offer, ...]


def scholarships_of(association: Association) -> QuerySet[Scholarship]:
    """All of an association, open ones first."""
    return (
        Scholarship.objects.filter(association=association)
        .select_related("donor", "association")
        .order_by("closed_at", "name", "pk")
    )


def funds_of(scholarships: Iterable[Scholarship]) -> list[Fund]:
    """With their money, in one query."""
    held = list(scholarships)
    sums: dict[Any, Any] = {
        one["scholarship"]: one
        for one in ScholarshipAward.objects.filter(
            scholarship__in=[one.pk for one in held], freed_at__isnull=True
        )
        .order_by()
        .values("scholarship")
        .annotate(
            committed=Sum("amount", filter=~Q(registration__session__state=SessionState.HELD)),
            spent=Sum("amount", filter=Q(registration__session__state=SessionState.HELD)),
        )
    }
    zero = Decimal(0)
    return [
        Fund(
            one,
            sums.get(one.pk, {}).get("committed") or zero,
            sums.get(one.pk, {}).get("spent") or zero,
        )
        for one in held
    ]


def rules_of(scholarship: Scholarship) -> Rules:
    """The rules as `training.awarding` reads them."""
    return Rules(
        currency=scholarship.currency,
        starts_on=scholarship.starts_on,
        ends_on=scholarship.ends_on,
        share=scholarship.share,
        most_per_person=scholarship.most_per_person,
        most_per_member=scholarship.most_per_member,
        only_women=scholarship.only_women,
        topics=tuple(scholarship.topics),
        closed=scholarship.closed_at is not None,
    )


def asked_of(registration: Registration) -> Asked:
    """What the rules look at."""
    session = registration.session
    return Asked(
        price=registration.price,
        currency=session.currency,
        is_woman=registration.participant.sex == Sex.FEMALE,
        topic=session.course.topic,
        on=_first_day(session),
    )


def _first_day(session: TrainingSession) -> date:
    return session.starts_at.astimezone(ZoneInfo(session.time_zone)).date()


def awarded_to_members(scholarships: Iterable[UUID]) -> Mapping[tuple[UUID, UUID | None], Decimal]:
    """What each scholarship awarded to each member so far."""
    rows = (
        ScholarshipAward.objects.filter(scholarship__in=list(scholarships), freed_at__isnull=True)
        .order_by()
        .values_list("scholarship", "registration__institution")
        .annotate(sum=Sum("amount"))
    )
    return {(scholarship, member): amount for scholarship, member, amount in rows}


def proposals_of(session: TrainingSession) -> list[Proposal]:
    """Everybody who is registered, with the award or what could be awarded, in a constant number of queries."""
    people = list(
        session.registrations.filter(state__in=LIVE_REGISTRATIONS)
        .select_related("participant", "institution")
        .annotate(turn=Case(When(state=RegistrationState.CONFIRMED, then=0), default=1))
        .order_by("turn", "asked_at", "pk")
    )
    awards = {
        one.registration_id: one
        for one in ScholarshipAward.objects.filter(
            registration__in=[one.pk for one in people], freed_at__isnull=True
        ).select_related("scholarship")
    }
    funds = funds_of(scholarships_of(session.association).filter(closed_at__isnull=True))
    members = awarded_to_members([one.scholarship.pk for one in funds])
    found = []
    for one in people:
        one.session = session
        award = awards.get(one.pk)
        offers = [] if award else [_offer(fund, one, members) for fund in funds]
        paying = sorted((o for o in offers if o.amount), key=lambda o: -(o.amount or 0))
        others = tuple(offer for offer in offers if not offer.amount)
        found.append(Proposal(one, award, paying[0] if paying else None, (*paying[1:], *others)))
    return found


def _offer(
    fund: Fund, registration: Registration, members: Mapping[tuple[UUID, UUID | None], Decimal]
) -> Offer:
    scholarship = fund.scholarship
    left_of_member = None
    if scholarship.most_per_member is not None and registration.institution_id is not None:
        used = members.get((scholarship.pk, registration.institution_id), Decimal(0))
        left_of_member = scholarship.most_per_member - used
    found = most_of(
        rules_of(scholarship), asked_of(registration), left=fund.left, left_of_member=left_of_member
    )
    if isinstance(found, No):
        return Offer(scholarship, None, reason_words(found, scholarship, registration))
    return Offer(scholarship, found, "")


def reason_words(reason: No, scholarship: Scholarship, registration: Registration) -> str:
    """Why a scholarship pays nothing for a registration, in a sentence."""
    said = {
        "name": scholarship.name,
        "from": date_format(scholarship.starts_on, "DATE_FORMAT"),
        "until": date_format(scholarship.ends_on, "DATE_FORMAT"),
        "currency": scholarship.currency,
        "other": registration.session.currency,
        "mfi": registration.institution.label if registration.institution else "",
        "topics": ", ".join(str(Topic(one).label) for one in scholarship.topics),
        "most": money(scholarship.most_per_member or Decimal(0), scholarship.currency),
    }
    words = {
        No.CLOSED: _("“%(name)s” is closed."),
        No.FREE: _("There is no price to pay."),
        No.CURRENCY: _("“%(name)s” pays in %(currency)s, the session’s price is in %(other)s."),
        No.EARLY: _("“%(name)s” pays for sessions from %(from)s on."),
        No.LATE: _("“%(name)s” pays for sessions until %(until)s."),
        No.WOMEN: _("“%(name)s” is for women only."),
        No.TOPIC: _("“%(name)s” is for courses on: %(topics)s."),
        No.MEMBER_FULL: _("%(mfi)s has received the most that “%(name)s” pays for one member (%(most)s)."),
        No.SPENT: _("The budget of “%(name)s” is used up."),
    }
    return words[reason] % said


def awards_under(scholarship: Scholarship) -> QuerySet[ScholarshipAward]:
    """What a scholarship paid or pays for, freed awards last."""
    return (
        ScholarshipAward.objects.filter(scholarship=scholarship)
        .select_related("registration__participant", "registration__institution", "registration__session")
        .order_by(F("freed_at").asc(nulls_first=True), "-awarded_at", "pk")
    )


def awards_in(session: TrainingSession) -> QuerySet[ScholarshipAward]:
    """Awards for people of a session, freed ones among them."""
    return ScholarshipAward.objects.filter(registration__session=session)
