"""The only door to values by consent: what is granted and what is refused is written down in the same transaction."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from members.access import access_of
from members.models import Association, Donor, Institution, User
from members.services.permission import permit
from reporting.consenting import NETWORK, PUBLIC, Audience
from reporting.enums import Recipient
from reporting.models import Round, Submission
from reporting.selectors.sharing_values import SharedReturn, has_door, shared_returns
from spm_portal.common import audit

READ = "values.read"
REFUSED = "values.refused"
ON_PAGE, BY_API = "page", "api"


@dataclass(frozen=True, slots=True)
class Reader:
    """By whose consents somebody reads: a donor's, the other members', or everybody's."""

    audience: Audience
    donor: Donor | None = None


AS_MEMBER, AS_ANYBODY = Reader(NETWORK), Reader(PUBLIC)


def as_donor(donor: Donor) -> Reader:
    """Who reads for this donor."""
    return Reader(Audience(Recipient.DONOR, donor.pk), donor)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for: of one MFI or of all, everything, one group of questions, or one value."""

    institution: UUID | None = None
    section: str = ""
    code: str = ""


def read_values(
    *, reader: Reader, of_round: Round, asked: Asked, by: User | None, at: datetime, source: str
) -> list[SharedReturn]:
    """What the reader may read of what it asks for, by MFI; nothing where nothing of it is open.

    Each MFI whose values are handed out gets one row in the log, and so does each whose values were asked for by name,
    group or code and are not open; an MFI that looks at its own gets none. `source` says through which door: ON_PAGE or
    BY_API. `by` None is a visitor of a public page, where nobody is written down by name. Raises PermissionDenied for
    people who do not read so.
    """
    _permit(reader, of_round.association, by)
    own = access_of(by).works_for
    person = None if reader == AS_ANYBODY else by
    with transaction.atomic():
        found = shared_returns(
            reader.audience, of_round, institutions=[asked.institution] if asked.institution else None
        )
        granted = [one for one in (_narrowed(each, asked) for each in found) if one is not None]
        base = {
            **_named(reader, of_round.association, by),
            "round": str(of_round.pk),
            "round_name": of_round.name,
            "source": source,
        }
        audit.record_each(
            READ,
            [
                (one.institution, {**base, "sections": _sections(one), "codes": sorted(one.values)})
                for one in granted
                if one.institution.pk not in own
            ],
            by=person,
            at=at,
            association_id=of_round.association_id,
        )
        refused = _refused(of_round, asked, {one.institution.pk for one in granted} | own)
        wanted = {
            "sections": [asked.section] if asked.section else [],
            "codes": [asked.code] * bool(asked.code),
        }
        audit.record_each(
            REFUSED,
            [(institution, {**base, **wanted}) for institution in refused],
            by=person,
            at=at,
            association_id=of_round.association_id,
        )
    return granted


def _permit(reader: Reader, association: Association, by: User | None) -> None:
    if reader.donor is not None:
        permit(by, "reporting.read_consented_values", reader.donor)
    elif reader.audience == NETWORK:
        permit(by, "reporting.read_network_values", association)
    elif not has_door(reader.audience, association):
        raise PermissionDenied


def _named(reader: Reader, association: Association, by: User | None) -> dict[str, str]:
    """As whom the log names the reader: a donor, a member or the staff by name; a visitor has none."""
    if reader.donor is not None:
        return {"donor": str(reader.donor.pk), "donor_name": reader.donor.name}
    name = ""
    if reader.audience == NETWORK and by is not None:
        access = access_of(by)
        members = Institution.objects.filter(
            pk__in=access.works_for, memberships__in=association.memberships.current()
        )
        names = sorted(set(members.values_list("name", flat=True)))
        name = ", ".join(names) if names else association.name
    return {"recipient": reader.audience.recipient.value, "reader_name": name}


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


def _refused(of_round: Round, asked: Asked, settled: AbstractSet[UUID]) -> Iterable[Institution]:
    """MFIs of the round that the question was about and that open nothing of it."""
    if not (asked.institution or asked.section or asked.code):
        return []
    returns = Submission.objects.filter(round=of_round).exclude(institution__in=settled)
    if asked.institution:
        returns = returns.filter(institution=asked.institution)
    return list(Institution.objects.filter(pk__in=returns.values("institution_id")).order_by("name"))


def _sections(found: SharedReturn) -> list[str]:
    return [
        section.code
        for section in found.catalogue.sections
        if section.code in found.sections and any(one.code in found.values for one in section.indicators)
    ]
