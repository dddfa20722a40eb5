"""Conflicts of interest between experts and MFIs that hold on a day."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from django.db.models import Q

from training.models import ExpertConflict


def conflicts_with(
    association_id: UUID, institution_id: UUID, *, today: date
) -> dict[UUID, list[ExpertConflict]]:
    """Conflicts of all experts of an association with one MFI that have not ended, by expert, in one query."""
    found: dict[UUID, list[ExpertConflict]] = defaultdict(list)
    rows = ExpertConflict.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), association=association_id, institution=institution_id
    )
    for one in rows.order_by("since", "pk"):
        found[one.expert_id].append(one)
    return dict(found)
