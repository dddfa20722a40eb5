"""Who sees what of an MFI: its consents with their history, and the recipients behind them."""

from dataclasses import dataclass

from members.enums import ASSOCIATION_ROLES, ConsentPurpose
from members.models import Association, Consent, Institution, Membership, RoleAssignment, SharingAgreement


@dataclass(frozen=True, slots=True)
class PurposeState:
    """One purpose: whether the consent holds, and everything that happened to it."""

    purpose: ConsentPurpose
    live: Consent | None
    history: list[Consent]


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who is behind "the association", "other members" and "donors" today."""

    staff: list[str]
    members: int
    donors: list[str]


def purposes_of(association: Association, institution: Institution) -> list[PurposeState]:
    """Each purpose with its live consent and history, in one query."""
    rows = list(
        Consent.objects.filter(association=association, institution=institution)
        .select_related("given_by")
        .order_by("-given_at")
    )
    return [
        PurposeState(
            purpose=purpose,
            live=next((one for one in rows if one.purpose == purpose and one.withdrawn_at is None), None),
            history=[one for one in rows if one.purpose == purpose],
        )
        for purpose in ConsentPurpose
    ]


def recipients_of(association: Association) -> Recipients:
    """The people and organisations behind the words, in three queries."""
    staff = (
        RoleAssignment.objects.live()
        .filter(association=association, role__in=ASSOCIATION_ROLES)
        .select_related("user")
        .order_by("user__name", "user__email")
    )
    donors = (
        SharingAgreement.objects.current()
        .filter(association=association)
        .order_by("donor__name")
        .values_list("donor__name", flat=True)
    )
    return Recipients(
        staff=list(dict.fromkeys(str(one.user) for one in staff)),
        members=Membership.objects.current().filter(association=association).count(),
        donors=list(donors),
    )
