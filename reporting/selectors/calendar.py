"""What is due for one person: returns that their MFI holds, open rounds of their association, own items of its plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.utils import timezone

from capacity.selectors.plan import due_items_of
from members.access import access_of
from members.models import User
from reporting.enums import ReturnState
from reporting.models import Round, Submission


@dataclass(frozen=True, slots=True)
class DueEntry:
    """What is due at a moment or on a day: what it is about, and the page with its parts of the address."""

    pk: UUID
    due_at: datetime | date
    association: str
    round: str  # or the item of the plan
    mfi: str  # empty for a round and for an item of the plan
    page: str
    parts: tuple[str, ...]


def due_entries(user: User) -> Sequence[DueEntry]:
    """What is open today, the soonest first, in three queries besides the roles."""
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
    entries += [
        DueEntry(
            pk=item.pk,
            due_at=item.due_on,
            association=item.association.label,
            round=item.title,
            mfi="",
            page="plan_item",
            parts=(item.association.slug, str(item.pk)),
        )
        for item in due_items_of(user)
        if item.due_on is not None
    ]
    return sorted(entries, key=lambda entry: (_moment(entry.due_at), str(entry.pk)))


def _moment(due: datetime | date) -> datetime:
    """A day counts as its last moment."""
    return due if isinstance(due, datetime) else timezone.make_aware(datetime.combine(due, time.max))
