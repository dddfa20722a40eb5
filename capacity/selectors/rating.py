"""What one rater has said so far: levels, evidence, what is missing; and nobody else's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from capacity.enums import Stage
from capacity.frameworks import Area, Framework, Item
from capacity.models import Assessment, Proof, Rater, Score
from capacity.selectors.frameworks import framework_of
from members.models import User


class Lack(StrEnum):
    """What an item still needs before everything can be handed in."""

    LEVEL = "level"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an area is; `lacking` counts items that still need something."""

    area: Area
    scored: int
    lacking: int

    @property
    def items(self) -> int:
        """How many items the area has."""
        return len(self.area.items)


@dataclass(frozen=True)
class RatingSheet:
    """One rater's scores and evidence on every item of the framework."""

    rater: Rater
    framework: Framework
    scores: Mapping[str, Score]
    proofs: Mapping[str, Sequence[Proof]]

    @property
    def assessment(self) -> Assessment:
        """The round of assessment."""
        return self.rater.assessment

    @property
    def is_open(self) -> bool:
        """Whether scores can be changed now."""
        return self.assessment.stage == Stage.RATING and self.rater.submitted_at is None

    def lack_of(self, code: str) -> Lack | None:
        """What the item still needs."""
        score = self.scores.get(code)
        if score is None:
            return Lack.LEVEL
        if score.level is not None and self.framework.needs_evidence(score.level) and not self.proofs[code]:
            return Lack.EVIDENCE
        return None

    @cached_property
    def missing(self) -> tuple[tuple[Item, Lack], ...]:
        """The items that still need something, in the order of the framework."""
        return tuple((item, lack) for item in self.framework.items if (lack := self.lack_of(item.code)))

    @cached_property
    def progress(self) -> tuple[Progress, ...]:
        """How far each area is."""
        lacking = {item.code for item, _lack in self.missing}
        return tuple(
            Progress(
                area,
                sum(item.code in self.scores for item in area.items),
                sum(item.code in lacking for item in area.items),
            )
            for area in self.framework.areas
        )

    @cached_property
    def scored(self) -> int:
        """How many items have a level or are said not to apply."""
        return sum(one.scored for one in self.progress)


def raters() -> QuerySet[Rater]:
    """Raters with what permissions and pages ask of them; the framework's document stays where it is."""
    return Rater.objects.select_related("assessment__framework", "assessment__association", "user").defer(
        "assessment__framework__document"
    )


def sheet_of(rater: Rater) -> RatingSheet:
    """The sheet of one rater, in two queries."""
    scores = {score.item: score for score in Score.objects.filter(rater=rater)}
    proofs: dict[str, list[Proof]] = defaultdict(list)
    for proof in shown_to(rater).order_by("added_at", "pk"):
        proofs[proof.item].append(proof)
    return RatingSheet(rater, framework_of(rater.assessment.framework), scores, proofs)


def shown_to(rater: Rater) -> QuerySet[Proof]:
    """The rater's own evidence and what the association showed to all raters; never another rater's."""
    return Proof.objects.filter(Q(rater=rater) | Q(rater=None), assessment_id=rater.assessment_id)


def own_rating(assessment: Assessment, user: User) -> Rater | None:
    """The person's own place among the raters."""
    return Rater.objects.filter(assessment=assessment, user=user, removed_at=None).first()


def scores_herself(assessment_id: UUID, user: User) -> bool:
    """Whether the person scores in this assessment and has not handed in: then nobody else's scores are shown."""
    return Rater.objects.filter(
        assessment_id=assessment_id, user=user, removed_at=None, submitted_at=None
    ).exists()
