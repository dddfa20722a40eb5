"""The due moments of one person: returns that their MFI holds, and open rounds of their association."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from members.access import access_of
from members.models import User
from reporting.enums import ReturnState
from reporting.models import Round, Submission


@dataclass(frozen=True, slots=True)
class DueEntry:
    """One due moment: what it is about, and the page with its parts of the address."""

    pk: UUID
    due_at: datetime
    association: str
    round: str
    mfi: str  # empty for a round
    page: str
    parts: tuple[str, ...]


def due_entries(user: User) -> Sequence[DueEntry]:
    """What is open today, the soonest first, in two queries besides the roles."""
    access = access_of(user)
    entries = []
    returns = (
        Submission.objects.visible_to(user)
        .filter(
            institution__in=access.works_for,
            state__in=[ReturnState.DRAFT, ReturnState.RETURNED],
            imported=False,
            round__closed_at=None,
        )
        .select_related("association", "institution", "round")
        .with_extension()
    )
    for one in returns:
        slug = one.association.slug
        entries.append(
            DueEntry(
                pk=one.pk,
                due_at=one.due.at,
                association=one.association.label,
                round=one.round.name,
                mfi=one.institution.label,
                page="return",
                parts=(slug, str(one.pk)),
            )
        )
    rounds = Round.objects.filter(association__in=access.staff_of, closed_at=None, imported=False)
    for opened in rounds.select_related("association"):
        slug = opened.association.slug
        entries.append(
            DueEntry(
                pk=opened.pk,
                due_at=opened.due_at,
                association=opened.association.label,
                round=opened.name,
                mfi="",
                page="round_board",
                parts=(slug, opened.code),
            )
        )
    return sorted(entries, key=lambda entry: (entry.due_at, str(entry.pk)))
