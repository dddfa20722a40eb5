"""The live roles of one person with the organisations they are held in."""

from dataclasses import dataclass

from members.enums import Role
from members.models import Association, Donor, Institution, RoleAssignment, User


@dataclass(frozen=True, slots=True)
class Held:
    """One role and where it is held; on the platform itself where there is no organisation."""

    role: Role
    organisation: Association | Institution | Donor | None

    @property
    def kind(self) -> str:
        """What kind of organisation it is."""
        return "platform" if self.organisation is None else type(self.organisation).__name__.lower()


def roles_of(user: User) -> list[Held]:
    """The person's live roles in one query, associations first, each kind by name."""
    rows = (
        RoleAssignment.objects.live()
        .held_by(user)
        .select_related("association", "institution", "donor")
        .order_by("association__name", "institution__name", "donor__name", "role")
    )
    return [Held(Role(row.role), row.association or row.institution or row.donor) for row in rows]
