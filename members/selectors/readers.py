"""Who is written to: the people of an MFI and the staff of an association, each person once, by their addresses."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from members.enums import ASSOCIATION_ROLES, INSTITUTION_ROLES
from members.models import RoleAssignment, User


def people_of_each(institutions: Iterable[UUID]) -> Mapping[UUID, list[User]]:
    """Signatories and editors by institution, in one query; an empty list for one without people."""
    found: dict[UUID, dict[UUID, User]] = defaultdict(dict)
    roles = (
        RoleAssignment.objects.live()
        .filter(institution__in=list(institutions), role__in=INSTITUTION_ROLES)
        .select_related("user")
        .order_by("user__email")
    )
    for role in roles:
        if role.institution_id is not None:
            found[role.institution_id][role.user_id] = role.user
    return defaultdict(list, {pk: list(users.values()) for pk, users in found.items()})


def people_of(institution_id: UUID) -> list[User]:
    """Signatories and editors of one institution."""
    return people_of_each([institution_id])[institution_id]


def staff_of(association_id: UUID) -> list[User]:
    """Everybody with a role at the association."""
    roles = RoleAssignment.objects.live().filter(association_id=association_id, role__in=ASSOCIATION_ROLES)
    return list(User.objects.filter(pk__in=roles.values("user_id")).order_by("email"))
