"""The register: institutions and their dated memberships of associations."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import access_of
from members.enums import MembershipKind
from members.models import Association, Institution, Membership, User
from members.rules import may_add_member
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused


def create_institution(
    *,
    name: str,
    country: str,
    at: datetime,
    by: User | None = None,
    owner_group: str = "",
    source: str = "",
    source_key: str = "",
    short_name: str = "",
    website: str = "",
) -> Institution:
    """Enter an MFI that the portal does not know; managers and operators may. Raises ValidationError."""
    if by is not None and not (access_of(by).manages or access_of(by).operator):
        raise PermissionDenied
    with transaction.atomic(), audit.acting(by, reason="MFI entered"):
        institution = Institution(
            name=name,
            short_name=short_name,
            country=country.upper(),
            owner_group=owner_group,
            website=website,
            source=source,
            source_key=source_key,
            created_at=at,
        )
        institution.full_clean()
        institution.save(force_insert=True)
        audit.record("institution.create", institution, by=by, at=at, name=name)
    return institution


def change_institution(
    *,
    institution_id: UUID,
    association: Association,
    name: str,
    short_name: str,
    country: str,
    owner_group: str,
    website: str,
    at: datetime,
    by: User | None = None,
) -> Institution:
    """Correct what the register says about a present member of this association."""
    permit(by, "members.manage_register", association)
    with transaction.atomic(), audit.acting(by, reason="register corrected"):
        institution = (
            Institution.objects.members_of(association).select_for_update(of=("self",)).get(pk=institution_id)
        )
        wanted = {
            "name": name,
            "short_name": short_name,
            "country": country.upper(),
            "owner_group": owner_group,
            "website": website,
        }
        changed = sorted(field for field, value in wanted.items() if getattr(institution, field) != value)
        for field in changed:
            setattr(institution, field, wanted[field])
        institution.full_clean()
        if changed:
            institution.save()
            audit.record(
                "institution.change",
                institution,
                by=by,
                at=at,
                association_id=association.pk,
                changed=changed,
            )
    return institution


def add_member(
    *,
    association: Association,
    institution: Institution,
    joined_on: date,
    at: datetime,
    by: User | None = None,
    kind: str = MembershipKind.FULL,
    member_number: str = "",
) -> Membership:
    """Enter an MFI as a member from a day on. Raises Refused where it is one on that day already."""
    if by is not None and not may_add_member(by, association, institution):
        raise PermissionDenied
    with transaction.atomic(), audit.acting(by, reason="member joined"):
        Institution.objects.select_for_update().get(pk=institution.pk)  # one change of memberships at a time
        others = Membership.objects.filter(association=association, institution=institution)
        if others.filter(left_on__isnull=True).exists() or others.filter(left_on__gte=joined_on).exists():
            raise Refused(
                _("%(name)s is a member on that day already. Look at its dates in the register.")
                % {"name": institution.name}
            )
        membership = Membership(
            association=association,
            institution=institution,
            kind=kind,
            joined_on=joined_on,
            member_number=member_number,
        )
        membership.full_clean()
        membership.save(force_insert=True)
        institution.__dict__.pop("_member_associations", None)
        audit.record(
            "membership.start",
            membership,
            by=by,
            at=at,
            association_id=association.pk,
            institution=str(institution.pk),
            joined_on=joined_on.isoformat(),
        )
    return membership


def register_member(
    *,
    association: Association,
    name: str,
    short_name: str,
    country: str,
    owner_group: str,
    joined_on: date,
    kind: str,
    member_number: str,
    at: datetime,
    by: User | None = None,
) -> Membership:
    """Enter a new MFI and its membership in one step."""
    permit(by, "members.manage_register", association)
    with transaction.atomic():
        institution = create_institution(
            name=name, short_name=short_name, country=country, owner_group=owner_group, at=at, by=by
        )
        return add_member(
            association=association,
            institution=institution,
            joined_on=joined_on,
            kind=kind,
            member_number=member_number,
            at=at,
            by=by,
        )


def end_membership(*, membership_id: UUID, left_on: date, at: datetime, by: User | None = None) -> Membership:
    """Note the last day of a membership; what was reported before stays. Raises Refused for an ended one."""
    with transaction.atomic(), audit.acting(by, reason="member left"):
        membership = (
            Membership.objects.select_for_update(of=("self",))
            .select_related("association", "institution")
            .get(pk=membership_id)
        )
        permit(by, "members.manage_register", membership.association)
        if membership.left_on is not None:
            raise Refused(_("This membership has ended already."))
        if left_on < membership.joined_on:
            raise Refused(
                _("The last day must not be before the first, %(day)s.")
                % {"day": membership.joined_on.isoformat()}
            )
        membership.left_on = left_on
        membership.save(update_fields=["left_on"])
        audit.record(
            "membership.end",
            membership,
            by=by,
            at=at,
            association_id=membership.association_id,
            institution=str(membership.institution_id),
            left_on=left_on.isoformat(),
        )
    return membership
