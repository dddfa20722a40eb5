"""What of a plan item's cost is covered by accepted offers: in all, by one donor, and by the others together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Sum

from capacity.enums import OfferState
from capacity.models import PlanItem, SupportOffer

COUNTED = (OfferState.ACCEPTED, OfferState.COMPLETED)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Funding:
    """The money of one item, all in the item's currency. `own_waiting` is offered and not answered; it covers nothing.

    `named` are the other donors that pay and let themselves be named, by name; `unnamed` whether another one pays.
    """

    cost: Decimal | None
    currency: str
    own: Decimal = NOTHING
    others: Decimal = NOTHING
    own_waiting: Decimal = NOTHING
    named: tuple[str, ...] = ()
    unnamed: bool = False

    @property
    def funded(self) -> Decimal:
        """What is accepted of all donors."""
        return self.own + self.others

    @property
    def gap(self) -> Decimal | None:
        """What is not covered yet, never below 0; None where nobody wrote the cost."""
        return None if self.cost is None else max(self.cost - self.funded, NOTHING)


def funding_of(items: Collection[PlanItem], *, donor_id: UUID | None = None) -> Mapping[UUID, Funding]:
    """The money of each item, in one query; `donor_id` is whose offers are its own.

    Offers in another currency than the item's are left out: they cannot be added.
    """
    own: dict[UUID, Decimal] = {}
    others: dict[UUID, Decimal] = {}
    waiting: dict[UUID, Decimal] = {}
    named: dict[UUID, set[str]] = {}
    unnamed: set[UUID] = set()
    rows = (
        SupportOffer.objects.filter(
            item__in=[item.pk for item in items],
            state__in=(*COUNTED, OfferState.OFFERED),
            currency=F("item__currency"),
        )
        .values_list("item_id", "donor_id", "state", "donor__name", "is_named")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    for item, donor, state, name, is_named, total in rows:
        mine = donor == donor_id
        if state in COUNTED:
            kept = own if mine else others
            kept[item] = kept.get(item, NOTHING) + total
            if not mine and is_named:
                named.setdefault(item, set()).add(name)
            elif not mine:
                unnamed.add(item)
        elif mine:
            waiting[item] = waiting.get(item, NOTHING) + total
    return {
        item.pk: Funding(
            item.cost,
            item.currency,
            own.get(item.pk, NOTHING),
            others.get(item.pk, NOTHING),
            waiting.get(item.pk, NOTHING),
            tuple(sorted(named.get(item.pk, ()))),
            item.pk in unnamed,
        )
        for item in items
    }


def sums(amounts: Collection[tuple[str, Decimal]]) -> tuple[tuple[str, Decimal], ...]:
    """Totals by currency, the currencies in their order: amounts of two currencies are never added."""
    found: dict[str, Decimal] = {}
    for currency, amount in amounts:
        found[currency] = found.get(currency, NOTHING) + amount
    return tuple(sorted(found.items()))
