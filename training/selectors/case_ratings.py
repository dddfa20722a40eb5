"""Ratings of cases: when each side may read the other's, and the mean marks of experts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Avg, Count

from training.enums import RatingSide
from training.models import CaseRating

# so long a rating waits for the other one before it may be read
OPENS_AFTER = timedelta(days=30)


def is_open_to_both(given: Sequence[CaseRating], *, at: datetime) -> bool:
    """Whether both sides may read: both gave, or the only rating is 30 days old."""
    return len(given) == len(RatingSide) or any(one.given_at + OPENS_AFTER <= at for one in given)


def ratings_for(side: RatingSide, given: Sequence[CaseRating], *, at: datetime) -> list[CaseRating]:
    """What one side may read: its own, and the other's once it is open."""
    is_open = is_open_to_both(given, at=at)
    return [one for one in given if is_open or one.side == side]


def marks_of(expert_ids: Iterable[UUID]) -> dict[UUID, tuple[float, int]]:
    """Mean of the marks that members gave to experts in cases, and how many; who has none is missing."""
    rows = (
        CaseRating.objects.filter(side=RatingSide.MEMBER, case__expert__in=list(expert_ids))
        .values("case__expert")
        .annotate(mean=Avg("score"), count=Count("pk"))
        .order_by("case__expert")
    )
    return {row["case__expert"]: (float(row["mean"]), int(row["count"])) for row in rows}
