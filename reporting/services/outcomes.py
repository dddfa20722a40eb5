"""What became of each return when many were asked for at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from reporting.models import Submission
from reporting.selectors.return_rows import WITH_ROUND, WITHOUT


@dataclass(frozen=True, slots=True)
class Outcome:
    """One return of many: whether it was done, and in words what or why not."""

    submission: Submission
    done: bool
    text: str


def known_returns(submission_ids: Collection[UUID]) -> Sequence[Submission]:
    """These returns under their row locks, by the members' names; call it inside a transaction."""
    return list(
        Submission.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=submission_ids)
        .select_related(*WITH_ROUND)
        .defer(*WITHOUT)
        .with_extension()
        .order_by("institution__name", "pk")
    )
