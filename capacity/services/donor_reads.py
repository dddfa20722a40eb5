"""The only door of donors to assessments and plans: what is opened and what is refused is written down."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from capacity.datasets.donor_room import ItemLine, Room, item_line, room_of
from capacity.datasets.support_gaps import Gaps, gaps_across
from capacity.models import PlanItem
from capacity.selectors.donor_reading import READ, REFUSED
from capacity.selectors.shared_plans import shared_item, sharing_associations
from members.models import Association, Donor, User
from members.services.permission import permit
from spm_portal.common import audit

ON_PAGE, AS_FILE, BY_API = "page", "file", "api"


def open_room(
    *, donor: Donor, association_slug: str, by: User, at: datetime, source: str = ON_PAGE
) -> Room | None:
    """What one association shares with the donor; None for one without an agreement.

    One row in the log for its assessment and one for each shared item.
    """
    permit(by, "capacity.view_donor_room", donor)
    association = next((one for one in sharing_associations(donor) if one.slug == association_slug), None)
    if association is None:
        return None
    with transaction.atomic():
        found = room_of(donor, association)
        opened: list[Model] = [one.item for one in found.items]
        if found.shown is not None:
            opened.append(found.shown.assessment)
        _note(donor, association.pk, opened, by, at, source)
    return found


def open_item(
    *, donor: Donor, item_id: UUID, by: User, at: datetime, source: str = ON_PAGE
) -> ItemLine | None:
    """One shared item; None where it is not shared with the donor, which is written down where the item is known to
    belong to an association that shares with the donor.
    """
    permit(by, "capacity.view_donor_room", donor)
    with transaction.atomic():
        found = shared_item(donor, item_id)
        if found is not None:
            _note(donor, found.item.association_id, [found.item], by, at, source)
            return item_line(found)
        closed = PlanItem.objects.filter(
            pk=item_id, association__in=[one.pk for one in sharing_associations(donor)]
        ).first()
        if closed is not None:
            _note(donor, closed.association_id, [closed], by, at, source, verb=REFUSED)
    return None


def open_gaps(
    *, donor: Donor, by: User, at: datetime, currency: str = "", framework: str = "", source: str = ON_PAGE
) -> Gaps:
    """The gaps over all associations that share with the donor; each item that is listed gets a row in the log."""
    permit(by, "capacity.view_donor_room", donor)
    with transaction.atomic():
        found = gaps_across(donor, currency=currency, framework=framework)
        owners: dict[UUID, list[PlanItem]] = {}
        for line in found.items:
            owners.setdefault(line.shared.item.association_id, []).append(line.shared.item)
        for association_id, items in owners.items():
            _note(donor, association_id, items, by, at, source)
    return found


def log_offers_file(
    *, by: User, at: datetime, association: Association | None = None, donor: Donor | None = None
) -> None:
    """Write down that somebody took the offers of one side away as a file."""
    side = association or donor
    assert side is not None
    permit(by, "capacity.view_capacity" if association else "capacity.view_donor_room", side)
    with transaction.atomic():
        audit.record(
            "offers.exported", side, by=by, at=at, association_id=association.pk if association else None
        )


def _note(
    donor: Donor,
    association_id: UUID,
    objects: Iterable[Model],
    by: User,
    at: datetime,
    source: str,
    *,
    verb: str = READ,
) -> None:
    about = {"donor": str(donor.pk), "donor_name": donor.name, "source": source}
    audit.record_each(verb, [(one, about) for one in objects], by=by, at=at, association_id=association_id)
