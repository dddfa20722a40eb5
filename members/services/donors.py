"""Donors, and the agreements by which an association shares its published releases with them."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import Association, Donor, SharingAgreement, User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused


def create_donor(*, name: str, slug: str, at: datetime, by: User | None = None) -> Donor:
    """Enter a donor; operators may. Raises ValidationError for an address that is taken."""
    permit(by, "members.operate")
    with transaction.atomic(), audit.acting(by, reason="donor entered"):
        donor = Donor(name=name, slug=slug, created_at=at)
        donor.full_clean()
        donor.save(force_insert=True)
        audit.record("donor.create", donor, by=by, at=at, slug=slug)
    return donor


def share(
    *,
    association: Association,
    donor: Donor,
    since: date,
    at: datetime,
    by: User | None = None,
    until: date | None = None,
) -> SharingAgreement:
    """Let a donor read the association's published releases. Raises Refused where that holds on that day already."""
    permit(by, "members.share_with_donors", association)
    with transaction.atomic(), audit.acting(by, reason="sharing with a donor"):
        Association.objects.select_for_update().get(pk=association.pk)
        others = SharingAgreement.objects.filter(association=association, donor=donor)
        if others.filter(until__isnull=True).exists() or others.filter(until__gte=since).exists():
            raise Refused(_("You share with %(name)s on that day already.") % {"name": donor.name})
        agreement = SharingAgreement(association=association, donor=donor, since=since, until=until)
        agreement.full_clean()
        agreement.save(force_insert=True)
        audit.record(
            "sharing.start",
            agreement,
            by=by,
            at=at,
            association_id=association.pk,
            donor=str(donor.pk),
            since=since.isoformat(),
        )
    return agreement


def end_sharing(*, agreement_id: UUID, until: date, at: datetime, by: User | None = None) -> SharingAgreement:
    """Note the last day of an agreement. Raises Refused for one that ended, or for a day before it began."""
    with transaction.atomic(), audit.acting(by, reason="sharing ended"):
        agreement = (
            SharingAgreement.objects.select_for_update(of=("self",))
            .select_related("association")
            .get(pk=agreement_id)
        )
        permit(by, "members.share_with_donors", agreement.association)
        if agreement.until is not None:
            raise Refused(_("This agreement has an end already."))
        if until < agreement.since:
            raise Refused(_("The last day must not be before the first, %(day)s.") % {"day": agreement.since})
        agreement.until = until
        agreement.save(update_fields=["until"])
        audit.record(
            "sharing.end",
            agreement,
            by=by,
            at=at,
            association_id=agreement.association_id,
            donor=str(agreement.donor_id),
            until=until.isoformat(),
        )
    return agreement
