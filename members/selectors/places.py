"""The places where a person has business: what the switcher in the header and the home page list."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from members.enums import ASSOCIATION_ROLES, Role
from members.models import Membership, RoleAssignment, User


class PlaceKind(StrEnum):
    """What kind of work a place is for."""

    STAFF = "staff"
    MEMBER = "member"
    FORMER = "former"  # an MFI without an association today
    DONOR = "donor"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Place:
    """One place: `key` is the slug of the association or donor, or the id of an MFI without association."""

    kind: PlaceKind
    key: str
    organisation: str
    association: str
    roles: tuple[Role, ...]
    institution_id: UUID | None = None


def places_of(user: User) -> list[Place]:
    """Every place of a person, associations first; two queries, kept for the request."""
    kept: list[Place] | None = getattr(user, "_places", None)
    if kept is None:
        kept = _read(user)
        user._places = kept  # type: ignore[attr-defined]
    return kept


def _read(user: User) -> list[Place]:
    held = list(
        RoleAssignment.objects.live()
        .held_by(user)
        .select_related("association", "institution", "donor")
        .order_by("association__name", "institution__name", "donor__name", "role")
    )
    roles: dict[UUID | None, list[Role]] = {}
    for one in held:
        organisation = one.association_id or one.institution_id or one.donor_id
        roles.setdefault(organisation, []).append(Role(one.role))
    institutions = {one.institution.pk for one in held if one.institution is not None}
    joined: dict[UUID, list[tuple[str, str]]] = {}
    if institutions:
        memberships = (
            Membership.objects.current()
            .filter(institution_id__in=institutions)
            .order_by("association__name")
            .values_list(
                "institution_id", "association__slug", "association__name", "association__short_name"
            )
        )
        for institution, slug, name, short in memberships:
            joined.setdefault(institution, []).append((slug, short or name))
    places: dict[tuple[PlaceKind, str, UUID | None], Place] = {}
    for one in held:
        for place in _places(one, joined):
            organisation = one.association_id or one.institution_id or one.donor_id
            kind, key, organisation_name, association, institution_id = place
            places[kind, key, institution_id] = Place(
                kind, key, organisation_name, association, tuple(roles[organisation]), institution_id
            )
    return sorted(places.values(), key=lambda place: list(PlaceKind).index(place.kind))


def _places(
    one: RoleAssignment, joined: dict[UUID, list[tuple[str, str]]]
) -> list[tuple[PlaceKind, str, str, str, UUID | None]]:
    if one.association is not None and one.role in ASSOCIATION_ROLES:
        return [(PlaceKind.STAFF, one.association.slug, one.association.name, one.association.label, None)]
    if one.institution is not None:
        label, pk = one.institution.name, one.institution.pk
        return [
            (PlaceKind.MEMBER, slug, label, association, pk) for slug, association in joined.get(pk, [])
        ] or [(PlaceKind.FORMER, str(pk), label, "", pk)]
    if one.donor is not None:
        return [(PlaceKind.DONOR, one.donor.slug, one.donor.name, "", None)]
    return [(PlaceKind.OPERATOR, "", "", "", None)]
