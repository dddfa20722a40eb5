"""Writing down who of a donor took which published figures away as a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from members.access import access_of
from members.models import Association, Donor, User
from reporting.models import Release
from spm_portal.common import audit

DOWNLOADED = "figures.downloaded"


def downloaded_over_time(
    *, association: Association, editions: Sequence[Release], kind: str, by: User, at: datetime
) -> None:
    """One row where somebody takes the figures of an association as the reader of a donor, not as staff or member."""
    access = access_of(by)
    if association.pk in access.staff_of or association.pk in access.member_in:
        return
    audit.record(
        DOWNLOADED, association, by=by, at=at, association_id=association.pk, **_what(editions, kind)
    )


def downloaded_portfolio(
    *, donor: Donor, editions: Sequence[Release], kind: str, by: User, at: datetime
) -> None:
    """One row that says which editions a donor's reader took away as a file."""
    audit.record(DOWNLOADED, donor, by=by, at=at, donor_name=donor.name, **_what(editions, kind))


def _what(editions: Sequence[Release], kind: str) -> dict[str, Any]:
    return {
        "format": kind,
        "editions": [
            {"release": str(one.pk), "round": one.round.code, "number": one.number} for one in editions
        ],
    }
