"""Granting and ending roles: nobody grants more than they hold, and no association loses its last manager."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.enums import Role
from members.models import Association, Donor, Institution, RoleAssignment, User
from members.rules import ROLES_IN, Organisation, may_grant
from spm_portal.common import audit
from spm_portal.common.refusal import Refused


def held_in(organisation: Organisation) -> dict[str, Organisation]:
    """The three organisation columns of a role or invitation, of which at most one is filled."""
    return {
        "association": organisation if isinstance(organisation, Association) else None,
        "institution": organisation if isinstance(organisation, Institution) else None,
        "donor": organisation if isinstance(organisation, Donor) else None,
    }


def check_role(role: str, organisation: Organisation) -> Role:
    """The role, if that kind of organisation has it; raises ValueError otherwise."""
    if role not in ROLES_IN[type(organisation)]:
        raise ValueError(f"Nobody can be {role} of {organisation!r}.")
    return Role(role)


def grant_role(
    *, user: User, role: str, organisation: Organisation, at: datetime, by: User | None = None
) -> RoleAssignment:
    """Give a person a role; somebody who holds it keeps it unchanged. `by=None` only from commands.

    Raises PermissionDenied where `by` has no say in that role, or is the very person.
    """
    wanted = check_role(role, organisation)
    if by is not None and (by.pk == user.pk or not may_grant(by, wanted, organisation)):
        raise PermissionDenied
    with transaction.atomic(), audit.acting(by, reason="role granted"):
        # the person's row serialises grants to them, so that two at once give one role
        User.objects.select_for_update().get(pk=user.pk)
        assignment, created = RoleAssignment.objects.get_or_create(
            user=user,
            role=wanted,
            ended_at=None,
            **held_in(organisation),
            defaults={"granted_at": at, "granted_by": by},
        )
        if created:
            audit.record(
                "role.grant",
                assignment,
                by=by,
                at=at,
                association_id=assignment.association_id,
                role=wanted.value,
                person=str(user.pk),
            )
    forget(user)
    return assignment


def end_role(
    *, assignment_id: UUID, at: datetime, by: User | None = None, reason: str = ""
) -> RoleAssignment:
    """Take a role away, or give up one's own; it stops to count on the person's next request.

    Ending an ended role changes nothing. Raises Refused for the last manager of an association and for the last
    operator, PermissionDenied where `by` has no say in that role.
    """
    with transaction.atomic(), audit.acting(by, reason=reason or "role ended"):
        _lock_organisation(assignment_id)
        assignment = RoleAssignment.objects.select_for_update(of=("self",)).get(pk=assignment_id)
        organisation = assignment.association or assignment.institution or assignment.donor
        role = Role(assignment.role)
        own = by is not None and by.pk == assignment.user_id
        if by is not None and not own and not may_grant(by, role, organisation):
            raise PermissionDenied
        if assignment.ended_at is not None:
            return assignment
        _keep_somebody(assignment, role)
        assignment.ended_at = at
        assignment.save(update_fields=["ended_at"])
        audit.record(
            "role.end",
            assignment,
            by=by,
            at=at,
            association_id=assignment.association_id,
            reason=reason,
            role=role.value,
            person=str(assignment.user_id),
        )
    return assignment


def _lock_organisation(assignment_id: UUID) -> None:
    """Lock what stands for all roles of one kind, before any role: two people who end each other wait in line."""
    kind, association_id = RoleAssignment.objects.values_list("role", "association_id").get(pk=assignment_id)
    if association_id is not None:
        Association.objects.select_for_update().get(pk=association_id)
    elif kind == Role.PLATFORM_OPERATOR:
        list(
            RoleAssignment.objects.filter(role=kind, ended_at__isnull=True)
            .order_by("pk")
            .select_for_update(of=("self",))
        )


def _keep_somebody(assignment: RoleAssignment, role: Role) -> None:
    """Refuse to end the last manager of an association, or the last operator."""
    if role == Role.ASSOCIATION_MANAGER:
        message = _("This is the association's last manager. Invite another one first.")
    elif role == Role.PLATFORM_OPERATOR:
        message = _("This is the portal's last operator. Invite another one first.")
    else:
        return
    same = RoleAssignment.objects.live().filter(role=role)
    if assignment.association_id is not None:
        same = same.filter(association_id=assignment.association_id)
    if not same.exclude(pk=assignment.pk).exists():
        raise Refused(message)
