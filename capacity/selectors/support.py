"""Offers and what is owed under them, as lists and calendars of either side."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from capacity.enums import DutyState, OfferState
from capacity.frameworks import Framework
from capacity.models import Instalment, Obligation, ObligationStep, SupportOffer
from capacity.selectors.frameworks import framework_of
from members.models import Association, Donor, User

SOON = timedelta(days=30)
SETTLED = (DutyState.ACCEPTED, DutyState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Between:
    """Whose offers: those that an association received, or those that a donor made."""

    association: Association | None = None
    donor: Donor | None = None

    def offers(self, user: User) -> QuerySet[SupportOffer]:
        """The side's offers that the person may see, newest first."""
        return self._of(SupportOffer.objects.visible_to(user)).order_by("-offered_at", "-pk")

    def duties(self, user: User) -> QuerySet[Obligation]:
        """What is owed to the side or by it, as far as the person may see it, by due day."""
        return self._of(Obligation.objects.visible_to(user)).order_by("due_on", "title", "pk")

    def _of(self, rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
        return (
            rows.filter(association=self.association) if self.association else rows.filter(donor=self.donor)
        )


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer in the list: how much came, when the next money is due, and how much is still owed."""

    offer: SupportOffer
    area: str
    received: Decimal
    next_due: date | None
    owed: int
    next_duty: date | None


def offer_rows(between: Between, user: User) -> QuerySet[SupportOffer]:
    """Offers with both sides, the item and its framework."""
    return (
        between.offers(user)
        .select_related("association", "donor", "item__framework", "offered_by", "answered_by")
        .defer("item__framework__document")
    )


def offer_lines(between: Between, user: User) -> tuple[OfferLine, ...]:
    """The list of offers, in three queries."""
    offers = list(offer_rows(between, user))
    known = [one.pk for one in offers]
    money: dict[UUID, tuple[Decimal | None, date | None]] = {
        offer: (received, due)
        for offer, received, due in Instalment.objects.filter(offer__in=known)
        .values_list("offer")
        .annotate(
            received=Sum("amount", filter=Q(received_on__isnull=False)),
            next_due=Min("due_on", filter=Q(paid_on__isnull=True, received_on__isnull=True)),
        )
    }
    duties: dict[UUID, tuple[int, date | None]] = {
        offer: (owed, due)
        for offer, owed, due in Obligation.objects.filter(offer__in=known)
        .exclude(state__in=SETTLED)
        .values_list("offer")
        .annotate(owed=Count("pk"), next_duty=Min("due_on", filter=~Q(state=DutyState.SUBMITTED)))
    }
    return tuple(
        _offer_line(one, money.get(one.pk, (None, None)), duties.get(one.pk, (0, None))) for one in offers
    )


def _offer_line(
    offer: SupportOffer, money: tuple[Decimal | None, date | None], duties: tuple[int, date | None]
) -> OfferLine:
    return OfferLine(
        offer=offer,
        area=area_title(framework_of(offer.item.framework), offer.support_area),
        received=money[0] or Decimal(0),
        next_due=money[1],
        owed=duties[0],
        next_duty=duties[1],
    )


def open_ends(offer: SupportOffer) -> list[str]:
    """What keeps an accepted offer from being closed, in words; nothing where it can be."""
    missing = []
    if offer.instalments.filter(received_on__isnull=True).exists() or not offer.instalments.exists():
        missing.append(_("not all of the money is marked as received"))
    if offer.obligations.exclude(state__in=SETTLED).exists():
        missing.append(_("not everything that is owed is accepted or marked as not needed"))
    if not offer.outcome:
        missing.append(_("nobody wrote what came of it"))
    return missing


def area_title(framework: Framework, code: str) -> str:
    """The title of an area of donor support; its code where the framework has none such."""
    return next((one.title for one in framework.support_areas if one.code == code), code)


# --- The calendar -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DutyLine:
    """Something owed: how late it is, and since when it waits for the donor."""

    duty: Obligation
    days: int  # days to go; below 0 it is late
    waits: int | None  # days since it was handed in; None unless the donor has to look at it

    @property
    def is_late(self) -> bool:
        """Whether the association is late with it."""
        return self.days < 0 and self.waits is None and not self.is_settled

    @property
    def is_settled(self) -> bool:
        """Whether nothing has to be done any more."""
        return self.duty.state in SETTLED


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """An instalment that was not received yet."""

    instalment: Instalment
    days: int

    @property
    def is_late(self) -> bool:
        """Whether the donor is late with it."""
        return self.days < 0 and self.instalment.paid_on is None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything due between two sides, late things first."""

    late: tuple[DutyLine, ...]
    soon: tuple[DutyLine, ...]
    later: tuple[DutyLine, ...]
    with_donor: tuple[DutyLine, ...]
    settled: tuple[DutyLine, ...]
    money: tuple[MoneyLine, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is or was owed."""
        return not (self.late or self.soon or self.later or self.with_donor or self.settled or self.money)


def calendar(between: Between, user: User, *, today: date) -> Calendar:
    """What is owed by the association and what money is due, in two queries."""
    rows = (
        between.duties(user)
        .exclude(offer__state__in=(OfferState.WITHDRAWN, OfferState.DECLINED))
        .select_related("offer__item", "offer__association", "offer__donor")
    )
    lines = [_line(one, today) for one in rows]
    open_ = [one for one in lines if one.duty.state not in SETTLED]
    ours = [one for one in open_ if one.waits is None]
    parts = (
        Instalment.objects.filter(
            offer__in=between.offers(user).filter(state=OfferState.ACCEPTED).order_by(),
            received_on__isnull=True,
        )
        .select_related("offer__item", "offer__association", "offer__donor")
        .order_by("due_on", "number", "pk")
    )
    return Calendar(
        late=tuple(one for one in ours if one.is_late),
        soon=tuple(one for one in ours if 0 <= one.days <= SOON.days),
        later=tuple(one for one in ours if one.days > SOON.days),
        with_donor=tuple(one for one in open_ if one.waits is not None),
        settled=tuple(sorted((one for one in lines if one not in open_), key=_newest)),
        money=tuple(MoneyLine(one, (one.due_on - today).days) for one in parts),
    )


def _newest(line: DutyLine) -> float:
    return -line.duty.state_since.timestamp()


def _line(duty: Obligation, today: date) -> DutyLine:
    waits = (today - duty.state_since.date()).days if duty.state == DutyState.SUBMITTED else None
    return DutyLine(duty, (duty.due_on - today).days, waits)


# --- One ----------------------------------------------------------------------------------------------------


def duty_rows(between: Between, user: User) -> QuerySet[Obligation]:
    """What is owed, with its offer and both sides."""
    return between.duties(user).select_related("offer__item", "offer__association", "offer__donor")


def steps_of(duty: Obligation, *, for_donor: bool) -> list[ObligationStep]:
    """The steps of the review, newest first; a donor sees nothing of drafts."""
    steps = ObligationStep.objects.filter(obligation=duty).select_related("by").order_by("-at", "-pk")
    return list(steps.exclude(state=DutyState.DRAFT) if for_donor else steps)


def last_report(duty: Obligation) -> str:
    """The text as it was handed in last; empty where it never was."""
    step = duty.steps.filter(state=DutyState.SUBMITTED).order_by("-at", "-pk").first()
    return step.text if step is not None else ""


def shows_file(duty: Obligation) -> bool:
    """Whether the donor may open the file: not while the association works on a draft."""
    handed_in = (DutyState.SUBMITTED, DutyState.QUESTIONS, DutyState.ACCEPTED)
    return bool(duty.file) and duty.state in handed_in
