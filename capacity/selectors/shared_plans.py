"""What associations share with a donor today: plan items, and agreed assessments."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from capacity.enums import OPEN_PLAN, PlanStatus, Stage
from capacity.models import Assessment, CapacityConsent, PlanItem, PlanShare
from capacity.selectors.funding import Funding, funding_of
from members.models import Association, Donor, SharingAgreement

OPEN = frozenset(OPEN_PLAN)


@dataclass(frozen=True, slots=True)
class SharedItem:
    """A plan item as a donor sees it, with its money."""

    item: PlanItem
    money: Funding

    @property
    def is_open(self) -> bool:
        """Whether it still can be supported."""
        return PlanStatus(self.item.status) in OPEN


def _agreed_with(donor: Donor) -> QuerySet[SharingAgreement]:
    return SharingAgreement.objects.current().filter(donor=donor)


def shared_rows(donor: Donor) -> QuerySet[PlanItem]:
    """Items that associations share with this donor, while an agreement holds."""
    shares = PlanShare.objects.filter(
        donor=donor,
        ended_at__isnull=True,
        association_id__in=_agreed_with(donor).values("association_id"),
    )
    return (
        PlanItem.objects.filter(pk__in=shares.values("item_id"))
        .select_related("association", "framework", "owner")
        .defer("framework__document")
        .order_by("association__name", "support_area", "due_on", "title", "pk")
    )


def shared_items(donor: Donor, association: Association | None = None) -> tuple[SharedItem, ...]:
    """The items with their money, of all associations or of one, in two queries."""
    rows = shared_rows(donor)
    items = list(rows.filter(association=association) if association is not None else rows)
    money = funding_of(items, donor_id=donor.pk)
    return tuple(SharedItem(item, money[item.pk]) for item in items)


def shared_item(donor: Donor, pk: UUID) -> SharedItem | None:
    """One item; None where it is not shared with this donor."""
    item = shared_rows(donor).filter(pk=pk).first()
    return None if item is None else SharedItem(item, funding_of([item], donor_id=donor.pk)[item.pk])


def opened_assessments(donor: Donor) -> QuerySet[Assessment]:
    """Agreed assessments of associations that opened theirs to this donor, newest first."""
    opened = CapacityConsent.objects.live().filter(
        donor=donor, association_id__in=_agreed_with(donor).values("association_id")
    )
    return (
        Assessment.objects.filter(stage=Stage.AGREED, association_id__in=opened.values("association_id"))
        .select_related("framework", "association")
        .defer("framework__document")
        .order_by("-agreed_at", "-pk")
    )


def sharing_associations(donor: Donor) -> Sequence[Association]:
    """Associations that have an agreement with the donor today, by name."""
    agreed = _agreed_with(donor).values("association_id")
    return list(Association.objects.filter(pk__in=agreed).order_by("name", "pk"))
