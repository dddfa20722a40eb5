"""People of an organisation: who holds which role, who is invited, who has left."""

from dataclasses import dataclass
from typing import Any, TypeVar

from members.enums import PLATFORM_ROLES, Role
from members.models import Association, Donor, Institution, Invitation, RoleAssignment, User
from members.rules import ROLES_IN, Organisation, may_grant

Rows = TypeVar("Rows", bound=Any)


@dataclass(frozen=True, slots=True)
class Person:
    """One live role on a page, and whether the reader may end it."""

    assignment: RoleAssignment
    may_end: bool


@dataclass(frozen=True, slots=True)
class People:
    """The people of one organisation as one reader sees them."""

    live: list[Person]
    invited: list[Invitation]
    lapsed: list[Invitation]
    ended: list[RoleAssignment]
    may_invite: list[Role]


def grantable(user: User, organisation: Organisation) -> list[Role]:
    """Roles of this organisation that the person may hand out."""
    return [role for role in ROLES_IN[type(organisation)] if may_grant(user, role, organisation)]


def people_of(organisation: Organisation, *, reader: User) -> People:
    """Live roles, invitations and former people in four queries; invitations only for who may send them."""
    may = grantable(reader, organisation)
    roles = _in(RoleAssignment.objects.select_related("user", "granted_by"), organisation)
    live = roles.live().order_by("role", "user__name", "user__email")
    # only invitations that the reader could have sent, because each can be revoked from the page
    invitations = _in(Invitation.objects.select_related("invited_by"), organisation).filter(role__in=may)
    waiting = invitations.open().order_by("-created_at")
    lapsed = (
        invitations.filter(used_at__isnull=True, revoked_at__isnull=True)
        .exclude(pk__in=invitations.open().values("pk"))
        .order_by("-created_at")[:20]
    )
    return People(
        live=[Person(one, one.user_id == reader.pk or Role(one.role) in may) for one in live],
        invited=list(waiting) if may else [],
        lapsed=list(lapsed) if may else [],
        ended=list(roles.filter(ended_at__isnull=False).order_by("-ended_at")[:50]),
        may_invite=may,
    )


def _in(rows: Rows, organisation: Organisation) -> Rows:
    """Rows about this organisation; about the platform where it is None."""
    found: Rows
    if isinstance(organisation, Association):
        found = rows.filter(association=organisation)
    elif isinstance(organisation, Institution):
        found = rows.filter(institution=organisation)
    elif isinstance(organisation, Donor):
        found = rows.filter(donor=organisation)
    else:
        found = rows.filter(role__in=PLATFORM_ROLES)
    return found
