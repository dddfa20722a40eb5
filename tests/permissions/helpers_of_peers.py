"""Peer groups in the world of the matrix: one that counts, and one whose version waits for approval."""

from typing import Any

from members.models import Association, User
from reporting.models import PeerGroup, PeerGroupVersion
from tests.factories.members import LONG_AGO


def add_groups(association: Association, *, proposer: User, approver: User) -> None:
    """Two groups of an association."""
    for code, form, approved in (("ngos", "ngo", True), ("cooperatives", "cooperative", False)):
        group = PeerGroup.objects.create(
            association=association, code=code, name=code.title(), created_at=LONG_AGO
        )
        PeerGroupVersion.objects.create(
            group=group,
            number=1,
            rule={"legal_forms": [form]},
            reason="Members ask for it.",
            proposed_at=LONG_AGO,
            proposed_by=proposer,
            approved_at=LONG_AGO if approved else None,
            approved_by=approver if approved else None,
        )


def targets_of_peers(slug: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """What the addresses of peer groups name."""
    return {
        "peer_group": {"": {**slug, "code": "ngos"}},
        "peer_group_change": {"": {**slug, "code": "ngos"}},
        "peer_group_decide": {"": {**slug, "code": "cooperatives"}},
    }


FORMS_OF_PEERS: dict[str, dict[str, Any]] = {
    "peer_group_new": {"name": "Larger MFIs", "clients_from": "10000", "reason": "Members ask for it."},
    "peer_group_change": {"legal_forms": ["ngo", "bank"], "reason": "Too few NGOs."},
    "peer_group_decide": {"move": "approve", "version": "1"},
}
