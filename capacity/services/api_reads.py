"""What donors' programs read of associations is written down, as their pages are."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from capacity.selectors.donor_reading import READ
from capacity.services.donor_reads import BY_API
from members.access import access_of
from members.models import SharingAgreement, User
from spm_portal.common import audit


def log_reads(*, rows: Sequence[Any], by: User, at: datetime) -> None:
    """One row in the log for each that is not of an association where the person works, for each donor that reads it.

    `rows` have an `association_id`.
    """
    foreign: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        if row.association_id not in access_of(by).staff_of:
            foreign[row.association_id].append(row)
    if not foreign:
        return
    agreed = SharingAgreement.objects.current().filter(
        association__in=foreign, donor__in=access_of(by).reads_for
    )
    with transaction.atomic():
        for one in agreed.select_related("donor").order_by("donor__slug"):
            about = {"donor": str(one.donor_id), "donor_name": one.donor.name, "source": BY_API}
            audit.record_each(
                READ,
                [(row, about) for row in foreign[one.association_id]],
                by=by,
                at=at,
                association_id=one.association_id,
            )
