"""The donor's list of associations: what each shares, and where the donor's own support stands."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from capacity.enums import OfferState
from capacity.models import Assessment, SupportOffer
from capacity.selectors.funding import COUNTED, sums
from capacity.selectors.shared_plans import SharedItem, opened_assessments, shared_items, sharing_associations
from members.models import Association, Donor

Sums = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class RoomEntry:
    """One association that has an agreement with the donor."""

    association: Association
    assessment: Assessment | None
    open_items: int
    gap: Sums
    own: Sums
    waiting: int  # own offers that wait for an answer

    @property
    def shares(self) -> bool:
        """Whether it opened anything."""
        return bool(self.assessment or self.open_items)


def room_entries(donor: Donor) -> tuple[RoomEntry, ...]:
    """The associations by name, those that share first; a constant number of queries."""
    items: dict[UUID, list[SharedItem]] = defaultdict(list)
    for shared in shared_items(donor):
        if shared.is_open:
            items[shared.item.association_id].append(shared)
    newest: dict[UUID, Assessment] = {}
    for assessment in opened_assessments(donor):
        newest.setdefault(assessment.association_id, assessment)
    own: dict[UUID, list[tuple[str, Decimal]]] = defaultdict(list)
    waiting: dict[UUID, int] = defaultdict(int)
    for association, state, currency, amount in SupportOffer.objects.filter(donor=donor).values_list(
        "association_id", "state", "currency", "amount"
    ):
        if state in COUNTED:
            own[association].append((currency, amount))
        waiting[association] += state == OfferState.OFFERED
    entries = [
        RoomEntry(
            association=one,
            assessment=newest.get(one.pk),
            open_items=len(items[one.pk]),
            gap=sums([(each.money.currency, each.money.gap) for each in items[one.pk] if each.money.gap]),
            own=sums(own[one.pk]),
            waiting=waiting[one.pk],
        )
        for one in sharing_associations(donor)
    ]
    return tuple(sorted(entries, key=lambda entry: not entry.shares))
