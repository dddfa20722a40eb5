"""The peer groups of the demonstration: two that are offered, one that is too small, and one that waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from members.models import Association, User
from reporting.services.peer_groups import approve, propose

GROUPS: tuple[tuple[str, dict[str, Any], str], ...] = (
    (
        "MFIs with 25,000 borrowers or more",
        {"borrowers": {"from": 25_000}},
        "Larger members compare their staff and their portfolio with each other.",
    ),
    ("NGOs and foundations", {"legal_forms": ["ngo"]}, "They report to the same ministry by one form."),
    ("Cooperatives", {"legal_forms": ["cooperative"]}, "Asked for at the annual meeting."),
)
WAITING = (
    "Non-bank institutions",
    {"legal_forms": ["nbfi"]},
    "The regulator publishes figures of this class; ours would stand beside them.",
)


def make_groups(association: Association, people: Mapping[str, User], *, at: datetime) -> None:
    """Propose and approve them in the first round, as its edition has them already."""
    for name, rule, reason in GROUPS:
        version = propose(
            association=association, name=name, rule=rule, reason=reason, by=people["reviewer"], at=at
        )
        approve(version_id=version.pk, by=people["manager"], at=at + timedelta(days=1))


def propose_another(association: Association, people: Mapping[str, User], *, at: datetime) -> None:
    """One group that a reviewer proposed and the manager has not read yet."""
    name, rule, reason = WAITING
    propose(association=association, name=name, rule=rule, reason=reason, by=people["reviewer"], at=at)
