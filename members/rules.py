"""Every permission of the members app; each docstring states the rule as a coordinator would say it."""

from typing import Any
from uuid import UUID

import rules

from members.access import access_of
from members.enums import ASSOCIATION_ROLES, DONOR_ROLES, INSTITUTION_ROLES, PLATFORM_ROLES, Role
from members.models import Association, Donor, Institution, Membership

# Which roles the holder of a role may hand out: never more than the holder has a say in.
GRANTS: dict[Role, tuple[Role, ...]] = {
    Role.PLATFORM_OPERATOR: (Role.PLATFORM_OPERATOR, Role.ASSOCIATION_MANAGER, Role.DONOR_READER),
    Role.ASSOCIATION_MANAGER: (*ASSOCIATION_ROLES, *INSTITUTION_ROLES),
    Role.INSTITUTION_SIGNATORY: INSTITUTION_ROLES,
}

# The kind of organisation in which a role is held; None is the platform itself.
Organisation = Association | Institution | Donor | None
ROLES_IN: dict[type, tuple[Role, ...]] = {
    Association: ASSOCIATION_ROLES,
    Institution: INSTITUTION_ROLES,
    Donor: DONOR_ROLES,
    type(None): PLATFORM_ROLES,
}


def _id(obj: Any, kind: type[Association] | type[Institution] | type[Donor]) -> UUID | None:
    return obj.pk if isinstance(obj, kind) else None


@rules.predicate
def is_operator(user: Any, obj: Any = None) -> bool:
    """Runs the platform."""
    return access_of(user).operator


@rules.predicate
def is_manager(user: Any, obj: Any = None) -> bool:
    """Manages this association."""
    return _id(obj, Association) in access_of(user).manages


@rules.predicate
def is_staff(user: Any, obj: Any = None) -> bool:
    """Works in this association as manager or reviewer."""
    return _id(obj, Association) in access_of(user).staff_of


@rules.predicate
def works_for_member(user: Any, obj: Any = None) -> bool:
    """Works for an MFI that is a member of this association today."""
    return _id(obj, Association) in access_of(user).member_in


@rules.predicate
def reads_for_donor_of(user: Any, obj: Any = None) -> bool:
    """Reads for a donor with whom this association shares today."""
    return _id(obj, Association) in access_of(user).donor_in


@rules.predicate
def signs_for(user: Any, obj: Any = None) -> bool:
    """Is a signatory of this MFI."""
    return _id(obj, Institution) in access_of(user).signs


@rules.predicate
def works_for(user: Any, obj: Any = None) -> bool:
    """Is a signatory or editor of this MFI."""
    return _id(obj, Institution) in access_of(user).works_for


def _member_associations(obj: Any) -> frozenset[UUID]:
    """Associations the MFI is a member of today; read once per object."""
    if not isinstance(obj, Institution):
        return frozenset()
    kept: frozenset[UUID] | None = obj.__dict__.get("_member_associations")
    if kept is None:
        kept = frozenset(
            Membership.objects.current().filter(institution=obj).values_list("association_id", flat=True)
        )
        obj.__dict__["_member_associations"] = kept
    return kept


@rules.predicate
def manages_association_of(user: Any, obj: Any = None) -> bool:
    """Manages an association of which this MFI is a member today."""
    return bool(access_of(user).manages & _member_associations(obj))


@rules.predicate
def staff_of_association_of(user: Any, obj: Any = None) -> bool:
    """Works in an association of which this MFI is a member today."""
    return bool(access_of(user).staff_of & _member_associations(obj))


@rules.predicate
def reads_for(user: Any, obj: Any = None) -> bool:
    """Reads for this donor."""
    return _id(obj, Donor) in access_of(user).reads_for


rules.add_perm("members.operate", is_operator)
rules.add_perm("members.view_association", is_staff | works_for_member | reads_for_donor_of)
rules.add_perm("members.manage_association", is_manager)
rules.add_perm("members.view_register", is_staff)
rules.add_perm("members.manage_register", is_manager)
rules.add_perm("members.view_people", is_staff)
rules.add_perm("members.share_with_donors", is_manager)
rules.add_perm("members.view_institution", works_for | staff_of_association_of)
rules.add_perm("members.view_institution_people", works_for | staff_of_association_of)
rules.add_perm("members.give_consent", signs_for)
rules.add_perm("members.view_donor", reads_for)


def may_grant(user: Any, role: Role, organisation: Organisation) -> bool:
    """May hand out, or take away, this role in this organisation: nobody gives more than they have a say in."""
    if role not in ROLES_IN[type(organisation)]:
        return False
    has_a_say = {
        Role.PLATFORM_OPERATOR: is_operator(user),
        Role.ASSOCIATION_MANAGER: is_manager(user, organisation)
        or manages_association_of(user, organisation),
        Role.INSTITUTION_SIGNATORY: signs_for(user, organisation),
    }
    return any(has_a_say[holder] and role in granted for holder, granted in GRANTS.items())


def may_add_member(user: Any, association: Association, institution: Institution) -> bool:
    """May enter this MFI as a member: its signatory agrees by doing so, the operator may, and a manager may where
    the MFI has no people and no other association, because membership opens its returns to the association's staff.
    """
    if is_operator(user) or (is_manager(user, association) and signs_for(user, institution)):
        return True
    return is_manager(user, association) and not institution.is_established(apart_from=association)
