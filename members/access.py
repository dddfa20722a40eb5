"""A person's live roles, read once per request and asked by every permission."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from members.enums import Role
from members.models import Membership, RoleAssignment, SharingAgreement, User

Ids = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Access:
    """Where a person holds which role: sets of ids, empty for a visitor."""

    manages: Ids = field(default_factory=frozenset)
    reviews: Ids = field(default_factory=frozenset)
    signs: Ids = field(default_factory=frozenset)
    edits: Ids = field(default_factory=frozenset)
    reads_for: Ids = field(default_factory=frozenset)
    operator: bool = False
    # associations reached through an institution's membership or a donor's agreement
    member_in: Ids = field(default_factory=frozenset)
    donor_in: Ids = field(default_factory=frozenset)
    # one of these associations, or the installation, asks for a second factor at sign-in
    needs_second_factor: bool = False

    @property
    def has_any(self) -> bool:
        """Whether the person holds a role at all."""
        return self.operator or bool(
            self.manages or self.reviews or self.signs or self.edits or self.reads_for
        )

    @property
    def staff_of(self) -> Ids:
        """Associations where the person is manager or reviewer."""
        return self.manages | self.reviews

    @property
    def works_for(self) -> Ids:
        """Institutions where the person is signatory or editor."""
        return self.signs | self.edits

    @property
    def reaches(self) -> Ids:
        """Associations whose pages the person may open: those of `Association.objects.visible_to`."""
        return self.staff_of | self.member_in | self.donor_in


NOBODY = Access()


def access_of(user: User | AnonymousUser | None) -> Access:
    """The live roles of a person; nobody's for visitors, None and people who may not sign in.

    Kept on the user object, which lives for one request: a role that is taken away is gone on the next.
    """
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    kept: Access | None = getattr(user, "_access", None)
    if kept is None:
        kept = _read(user)
        user._access = kept  # type: ignore[attr-defined]
    return kept


def forget(user: User) -> None:
    """Drop what `access_of` kept, after roles of this very object changed."""
    for kept in ("_access", "_places"):
        if hasattr(user, kept):
            delattr(user, kept)


def _read(user: User) -> Access:
    held: dict[str, set[UUID]] = defaultdict(set)
    strict = False  # whether some association asks one of these roles for a second factor
    for role, association, institution, donor, demands in (
        RoleAssignment.objects.live()
        .held_by(user)
        .values_list(
            "role", "association_id", "institution_id", "donor_id", "association__second_factor_roles"
        )
    ):
        organisations = [one for one in (association, institution, donor) if one is not None]
        held[role].update(organisations)
        if role == Role.PLATFORM_OPERATOR:
            held[role].add(user.pk)
        strict = strict or role in (demands or ())
    institutions = held[Role.INSTITUTION_SIGNATORY] | held[Role.INSTITUTION_EDITOR]
    donors = held[Role.DONOR_READER]
    member_in: set[UUID] = set()
    if institutions:
        for institution, association, demands in (
            Membership.objects.current()
            .filter(institution__in=institutions)
            .values_list("institution_id", "association_id", "association__second_factor_roles")
        ):
            member_in.add(association)
            strict = strict or any(institution in held[role] for role in demands)
    donor_in: set[UUID] = set()
    if donors:
        for association, demands in (
            SharingAgreement.objects.current()
            .filter(donor__in=donors)
            .values_list("association_id", "association__second_factor_roles")
        ):
            donor_in.add(association)
            strict = strict or Role.DONOR_READER in demands
    operator = bool(held[Role.PLATFORM_OPERATOR])
    return Access(
        manages=frozenset(held[Role.ASSOCIATION_MANAGER]),
        reviews=frozenset(held[Role.ASSOCIATION_REVIEWER]),
        signs=frozenset(held[Role.INSTITUTION_SIGNATORY]),
        edits=frozenset(held[Role.INSTITUTION_EDITOR]),
        reads_for=frozenset(donors),
        operator=operator,
        member_in=frozenset(member_in),
        donor_in=frozenset(donor_in),
        needs_second_factor=strict or (settings.OPERATORS_NEED_SECOND_FACTOR and (operator or user.is_staff)),
    )
