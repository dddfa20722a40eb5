"""What tests of donors' support begin with: an item of Amani's plan that Horizon sees, and what it offers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from capacity.enums import ConsentScope, PlanStatus
from capacity.models import CapacityConsent, PlanItem, SupportOffer
from capacity.services import offers
from tests.cast import Cast
from tests.factories.capacity import PlanItemFactory, PlanShareFactory
from tests.factories.members import LONG_AGO

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)


def shared_item(cast: Cast, **fields: Any) -> PlanItem:
    """A planned item of Amani, shared with Horizon."""
    said = {
        "title": "A register of social data",
        "cost": Decimal(9000),
        "support_area": "DS4",
        "status": PlanStatus.PLANNED,
        "created_by": cast.manager,
        **fields,
    }
    item: PlanItem = PlanItemFactory(association=cast.amani, **said)
    PlanShareFactory(item=item, donor=cast.horizon, shared_by=cast.manager)
    return item


def opened(cast: Cast) -> CapacityConsent:
    """Amani opens its agreed assessments to Horizon."""
    made: CapacityConsent = CapacityConsent.objects.create(
        association=cast.amani,
        scope=ConsentScope.DONOR,
        donor=cast.horizon,
        given_at=LONG_AGO,
        given_by=cast.manager,
    )
    return made


def offer_of(cast: Cast, item: PlanItem, **fields: Any) -> SupportOffer:
    """Horizon's offer for an item, which waits."""
    said = {"amount": Decimal(6000), "currency": "KES", "support_area": "DS4", **fields}
    return offers.make(item_id=item.pk, donor_id=cast.horizon.pk, by=cast.donor, at=NOW, **said)


def accepted_offer(cast: Cast, **fields: Any) -> SupportOffer:
    """Horizon's offer that Amani accepted."""
    made = offer_of(cast, shared_item(cast), **fields)
    return offers.accept(offer_id=made.pk, by=cast.manager, at=NOW)
