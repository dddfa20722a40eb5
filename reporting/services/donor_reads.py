"""A donor reads values by consent: what is granted and what is refused is written down in the same transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from members.models import Donor, Institution, User
from members.services.permission import permit
from reporting.models import Round, Submission
from reporting.selectors.sharing import SharedReturn, shared_returns
from spm_portal.common import audit

READ = "values.read"
REFUSED = "values.refused"
ON_PAGE, BY_API = "page", "api"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a donor asks for: of one MFI or of all, everything, one group of questions, or one value."""

    institution: UUID | None = None
    section: str = ""
    code: str = ""


def read_values(
    *, donor: Donor, of_round: Round, asked: Asked, by: User, at: datetime, source: str
) -> list[SharedReturn]:
    """What the donor may read of what it asks for, by MFI; nothing where nothing of it is open.

    Each MFI whose values are handed out gets one row in the log, and so does each whose values were asked for by name,
    group or code and are not open. `source` says through which door: ON_PAGE or BY_API. Raises PermissionDenied for
    people who do not read for this donor.
    """
    permit(by, "reporting.read_consented_values", donor)
    with transaction.atomic():
        found = shared_returns(
            donor, of_round, institutions=[asked.institution] if asked.institution else None
        )
        granted = [one for one in (_narrowed(each, asked) for each in found) if one is not None]
        base = {
            "donor": str(donor.pk),
            "donor_name": donor.name,
            "round": str(of_round.pk),
            "round_name": of_round.name,
            "source": source,
        }
        audit.record_each(
            READ,
            [
                (one.institution, {**base, "sections": _sections(one), "codes": sorted(one.values)})
                for one in granted
            ],
            by=by,
            at=at,
            association_id=of_round.association_id,
        )
        refused = _refused(of_round, asked, {one.institution.pk for one in granted})
        wanted = {
            "sections": [asked.section] if asked.section else [],
            "codes": [asked.code] * bool(asked.code),
        }
        audit.record_each(
            REFUSED,
            [(institution, {**base, **wanted}) for institution in refused],
            by=by,
            at=at,
            association_id=of_round.association_id,
        )
    return granted


def _narrowed(found: SharedReturn, asked: Asked) -> SharedReturn | None:
    """The part of a shared return that was asked for; None where that part is not open."""
    if asked.code:
        if asked.code not in found.codes:
            return None
        return found.only({asked.code})
    if asked.section:
        if asked.section not in found.sections:
            return None
        section = found.catalogue.section(asked.section)
        return found.only({one.code for one in section.indicators})
    return found


def _refused(of_round: Round, asked: Asked, granted: set[UUID]) -> Iterable[Institution]:
    """MFIs of the round that the question was about and that open nothing of it."""
    if not (asked.institution or asked.section or asked.code):
        return []
    returns = Submission.objects.filter(round=of_round).exclude(institution__in=granted)
    if asked.institution:
        returns = returns.filter(institution=asked.institution)
    return list(Institution.objects.filter(pk__in=returns.values("institution_id")).order_by("name"))


def _sections(found: SharedReturn) -> list[str]:
    return [
        section.code
        for section in found.catalogue.sections
        if section.code in found.sections and any(one.code in found.values for one in section.indicators)
    ]
