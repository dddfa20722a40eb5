"""What an association opens of its capacity: plan items and assessments to donors, and its figures to the network."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from capacity.enums import ConsentScope, PlanStatus
from capacity.models import CapacityConsent, PlanItem, PlanShare
from members.models import Association, Donor, SharingAgreement, User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused

MOST_PURPOSE = 300


@dataclass(frozen=True, slots=True)
class ItemAndDonor:
    """One cell of the table of what is shared."""

    item_id: UUID
    donor_id: UUID


def change(
    *,
    association: Association,
    by: User,
    at: datetime,
    share: Collection[ItemAndDonor] = (),
    end: Collection[ItemAndDonor] = (),
    open_to: Collection[UUID] = (),
    close_to: Collection[UUID] = (),
) -> int:
    """Share plan items with donors and open the assessments to them, or end that; all of it or nothing.

    What is so already stays untouched. Returns how many things changed. Raises Refused for a donor without an agreement
    of today, an item of another plan, and one that was dropped.
    """
    permit(by, "capacity.manage_capacity", association)
    with transaction.atomic(), audit.acting(by, reason="sharing of capacity changed"):
        Association.objects.select_for_update().get(pk=association.pk)
        donors = _donors(association, {*open_to, *(one.donor_id for one in share)})
        changed = sum(_give(association, donors[one], "", None, by, at)[1] for one in open_to)
        changed += sum(_withdraw(one, by, at) for one in _live(association, close_to))
        changed += _share(association, donors, share, by, at)
        changed += sum(_end(one, by, at) for one in _shared(association, end))
    return changed


def give_consent(
    *,
    association: Association,
    scope: str,
    by: User,
    at: datetime,
    donor: Donor | None = None,
    purpose: str = "",
    until: date | None = None,
) -> CapacityConsent:
    """Open the agreed assessments to a donor, or let them count in figures about many associations.

    Given again with the same words it stays; other words or another end take its place. Raises ValidationError by field
    and Refused.
    """
    permit(by, "capacity.manage_capacity", association)
    purpose = purpose.strip()
    if len(purpose) > MOST_PURPOSE:
        raise ValidationError({"purpose": _("Write at most %(count)s characters.") % {"count": MOST_PURPOSE}})
    if until is not None and until < at.date():
        raise ValidationError({"until": _("The last day has passed already. Choose today or later.")})
    with transaction.atomic(), audit.acting(by, reason="consent about assessments given"):
        Association.objects.select_for_update().get(pk=association.pk)
        if scope == ConsentScope.DONOR:
            if donor is None:
                raise ValidationError({"donor": _("Name the donor.")})
            donor = _donors(association, {donor.pk})[donor.pk]
        elif donor is not None:
            raise ValueError("Only a consent for a donor names one.")
        return _give(association, donor, purpose, until, by, at)[0]


def withdraw_consent(
    *, association: Association, scope: str, by: User, at: datetime, donor: Donor | None = None
) -> CapacityConsent | None:
    """Withdraw a consent; None where there is none. It counts at once."""
    permit(by, "capacity.manage_capacity", association)
    with transaction.atomic(), audit.acting(by, reason="consent about assessments withdrawn"):
        held = _held(association, scope, donor)
        if held is not None:
            _withdraw(held, by, at)
    return held


def _donors(association: Association, wanted: set[UUID]) -> dict[UUID, Donor]:
    """The donors by key; Refused unless an agreement holds today with each."""
    agreed = SharingAgreement.objects.current().filter(association=association, donor__in=wanted)
    found = {one.donor_id: one.donor for one in agreed.select_related("donor")}
    if wanted - found.keys():
        raise Refused(_("You share with this donor no longer. Agree with it again first, under “Donors”."))
    return found


def _give(
    association: Association, donor: Donor | None, purpose: str, until: date | None, by: User, at: datetime
) -> tuple[CapacityConsent, bool]:
    scope = ConsentScope.NETWORK if donor is None else ConsentScope.DONOR
    held = _held(association, scope, donor)
    if held is not None:
        still_holds = held.until is None or held.until >= at.date()
        if still_holds and (held.purpose, held.until) == (purpose, until):
            return held, False
        _withdraw(held, by, at)
    given = CapacityConsent.objects.create(
        association=association,
        scope=scope,
        donor=donor,
        purpose=purpose,
        until=until,
        given_at=at,
        given_by=by,
    )
    _record("capacity.consent_given", given, by, at, donor=str(donor.pk) if donor else "", scope=str(scope))
    return given, True


def _held(association: Association, scope: str, donor: Donor | None) -> CapacityConsent | None:
    return (
        CapacityConsent.objects.select_for_update(of=("self",))
        .filter(association=association, scope=scope, donor=donor, withdrawn_at__isnull=True)
        .first()
    )


def _live(association: Association, donors: Collection[UUID]) -> Iterable[CapacityConsent]:
    return CapacityConsent.objects.select_for_update(of=("self",)).filter(
        association=association, donor__in=list(donors), withdrawn_at__isnull=True
    )


def _withdraw(consent: CapacityConsent, by: User, at: datetime) -> bool:
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    donor = str(consent.donor_id) if consent.donor_id else ""
    _record("capacity.consent_withdrawn", consent, by, at, donor=donor, scope=consent.scope)
    return True


def _share(
    association: Association,
    donors: dict[UUID, Donor],
    wanted: Collection[ItemAndDonor],
    by: User,
    at: datetime,
) -> int:
    items = {
        one.pk: one
        for one in PlanItem.objects.filter(association=association, pk__in={each.item_id for each in wanted})
    }
    held = {ItemAndDonor(one.item_id, one.donor_id) for one in _shared(association, wanted)}
    new = [one for one in dict.fromkeys(wanted) if one not in held]
    for one in new:
        item = items.get(one.item_id)
        if item is None:
            raise Refused(_("This item is not in the plan of the association. Reload the page."))
        if item.status == PlanStatus.DROPPED:
            raise Refused(_("“%(item)s” was dropped: there is nothing to share.") % {"item": item.title})
        made = PlanShare.objects.create(
            association=association, item=item, donor=donors[one.donor_id], shared_at=at, shared_by=by
        )
        _record("plan.share", made, by, at, item=str(item.pk), donor=str(one.donor_id))
    return len(new)


def _shared(association: Association, wanted: Collection[ItemAndDonor]) -> list[PlanShare]:
    rows = PlanShare.objects.select_for_update(of=("self",)).filter(
        association=association,
        item__in={one.item_id for one in wanted},
        donor__in={one.donor_id for one in wanted},
        ended_at__isnull=True,
    )
    return [one for one in rows if ItemAndDonor(one.item_id, one.donor_id) in set(wanted)]


def _end(share: PlanShare, by: User, at: datetime) -> bool:
    share.ended_at = at
    share.save(update_fields=["ended_at"])
    _record("plan.unshare", share, by, at, item=str(share.item_id), donor=str(share.donor_id))
    return True


def _record(verb: str, thing: CapacityConsent | PlanShare, by: User, at: datetime, **data: str) -> None:
    audit.record(verb, thing, by=by, at=at, association_id=thing.association_id, **data)
