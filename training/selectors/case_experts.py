"""Which experts of the roster fit a case, with the reasons."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from training.assistance.matching import Candidate, Match, Wanted, ranked
from training.enums import CaseStage
from training.models import Case, Expert, ExpertConflict
from training.selectors.case_ratings import marks_of
from training.selectors.conflicts import conflicts_with
from training.selectors.roster import in_conflict


@dataclass(frozen=True, slots=True)
class Proposal:
    """An expert as staff see it when they choose whom to ask.

    `marks` is the number of members' marks behind the rating, `conflicts` are the known ones with this member, `busy`
    the cases under way.
    """

    expert: Expert
    match: Match[UUID]
    marks: int
    conflicts: tuple[ExpertConflict, ...]
    busy: int

    @property
    def has_address(self) -> bool:
        """Whether the expert can be written to."""
        return bool(self.expert.email or self.expert.user_id)


def proposals(case: Case, *, language: str, on: date) -> list[Proposal]:
    """All experts of the roster, best fitting first, those with a conflict last; five queries."""
    experts = {
        one.pk: one
        for one in Expert.objects.filter(association=case.association_id, retired_at__isnull=True).order_by(
            "name", "pk"
        )
    }
    ratings = marks_of(experts)
    conflicts = conflicts_with(case.association_id, case.institution_id, today=on)
    not_neutral = in_conflict(case.association, case.institution_id, on=on)
    running: dict[UUID, int] = defaultdict(int)
    stages = (CaseStage.CONTRACT, CaseStage.DELIVERY)
    for expert_id in Case.objects.filter(expert__in=experts, stage__in=stages).values_list(
        "expert_id", flat=True
    ):
        if expert_id is not None:
            running[expert_id] += 1
    wanted = Wanted(case.topic, language, case.institution.country)
    found = ranked(
        (
            Candidate(
                one.pk,
                one.name,
                tuple(one.skills),
                tuple(one.languages),
                tuple(one.countries),
                ratings[one.pk][0] if one.pk in ratings else None,
                one.pk in not_neutral,
            )
            for one in experts.values()
        ),
        wanted,
    )
    return [
        Proposal(
            experts[match.key],
            match,
            ratings.get(match.key, (0.0, 0))[1],
            tuple(conflicts.get(match.key, ())),
            running[match.key],
        )
        for match in found
    ]
