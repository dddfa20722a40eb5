"""Which donor sees what of an association's capacity: one table, and what was opened and ended before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from capacity.enums import OPEN_PLAN, ConsentScope, OfferState, PlanStatus
from capacity.models import CapacityConsent, PlanItem, PlanShare, SupportOffer
from capacity.selectors.plan import items_of
from members.models import Association, Donor, SharingAgreement
from spm_portal.common.models import AuditEvent
from spm_portal.common.money import money

MOST_PAST, MOST_READS = 40, 400
READS = ("capacity.read", "capacity.refused")
STANDING = (OfferState.OFFERED, OfferState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Column:
    """A donor. `rests`: the agreement with it ended, so that it sees nothing whatever is ticked."""

    donor: Donor
    rests: bool
    consent: CapacityConsent | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether a donor sees an item, and whether its offer stands on it."""

    column: Column
    share: PlanShare | None
    has_offer: bool
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the plan with a cell for each donor."""

    item: PlanItem
    cells: tuple[Cell, ...]

    @property
    def is_shut(self) -> bool:
        """A dropped item is not shared anew."""
        return self.item.status == PlanStatus.DROPPED

    @property
    def cost_words(self) -> str:
        """The cost with its currency; empty without one."""
        return money(self.item.cost, self.item.currency) if self.item.cost is not None else ""


@dataclass(frozen=True, slots=True)
class SharingTable:
    """Everything that is open today."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    network: CapacityConsent | None


@dataclass(frozen=True, slots=True)
class SharingStep:
    """Something that was opened or ended; `what` is the item's title, empty for the assessments."""

    at: datetime
    is_opened: bool
    what: str
    donor: str
    by: str


@dataclass(frozen=True, slots=True)
class SharingRead:
    """Something that a donor's reader opened, or asked for and was refused; `things` says how much of it."""

    at: datetime
    by: str
    donor: str
    is_refused: bool
    things: int


def sharing_table(association: Association) -> SharingTable:
    """The table in six queries: donors with an agreement of today, and those for whom something is still ticked."""
    agreed = (
        SharingAgreement.objects.current().filter(association=association).values_list("donor_id", flat=True)
    )
    current = set(agreed)
    shares = list(PlanShare.objects.filter(association=association, ended_at__isnull=True))
    consents = {
        one.donor_id: one
        for one in CapacityConsent.objects.live().filter(association=association).select_related("given_by")
    }
    network = consents.pop(None, None)
    wanted = current | {one.donor_id for one in shares} | {key for key in consents if key is not None}
    columns = tuple(
        Column(one, one.pk not in current, consents.get(one.pk))
        for one in Donor.objects.filter(pk__in=wanted).order_by("name", "pk")
    )
    by_cell = {(one.item_id, one.donor_id): one for one in shares}
    offers: set[tuple[UUID, UUID]] = set(
        SupportOffer.objects.filter(association=association, state__in=STANDING).values_list(
            "item_id", "donor_id"
        )
    )
    lines = tuple(
        Line(
            item,
            tuple(
                Cell(
                    column,
                    by_cell.get((item.pk, column.donor.pk)),
                    (item.pk, column.donor.pk) in offers,
                    f"{column.donor.pk}:{item.pk}",
                )
                for column in columns
            ),
        )
        for item in _shown(items_of(association), {item for item, _donor in by_cell})
    )
    return SharingTable(columns, lines, network)


def _shown(items: Iterable[PlanItem], shared: set[UUID]) -> list[PlanItem]:
    """Open items first, then done ones; what was dropped only while it is still shared."""
    kept = [one for one in items if one.status != PlanStatus.DROPPED or one.pk in shared]
    return sorted(kept, key=lambda one: one.status not in OPEN_PLAN)


def sharing_steps(association: Association) -> list[SharingStep]:
    """What was opened and ended last, the newest first."""
    found: list[SharingStep] = []
    consents = CapacityConsent.objects.filter(association=association).select_related("donor", "given_by")
    for one in consents.order_by("-given_at")[:MOST_PAST]:
        who = one.donor.name if one.donor else str(ConsentScope.NETWORK.label)
        found.append(SharingStep(one.given_at, True, "", who, str(one.given_by)))
        if one.withdrawn_at is not None:
            found.append(SharingStep(one.withdrawn_at, False, "", who, ""))
    shares = PlanShare.objects.filter(association=association).select_related("donor", "item", "shared_by")
    for row in shares.order_by("-shared_at")[:MOST_PAST]:
        found.append(SharingStep(row.shared_at, True, row.item.title, row.donor.name, str(row.shared_by)))
        if row.ended_at is not None:
            found.append(SharingStep(row.ended_at, False, row.item.title, row.donor.name, ""))
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_PAST]


def sharing_reads(association: Association) -> list[SharingRead]:
    """What donors' readers opened last, the newest first; what was opened at once is one line."""
    events = AuditEvent.objects.filter(association_id=association.pk, verb__in=READS).select_related("actor")
    found: dict[tuple[datetime, str, str, bool], int] = {}
    for event in events.order_by("-at", "-pk")[:MOST_READS]:
        key = (event.at, str(event.actor or ""), event.data.get("donor_name", ""), event.verb == READS[1])
        found[key] = found.get(key, 0) + 1
    return [SharingRead(*key, things) for key, things in found.items()][:MOST_PAST]
