"""What the session sees and what it agreed on, in a constant number of queries; sealed while raters score."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.db.models import Q, QuerySet

from capacity.enums import RaterGroup, Stage
from capacity.frameworks import Framework, Item
from capacity.models import Assessment, Consensus, OutsideView, Proof, Rater, Score
from capacity.scoring import NOT_APPLICABLE, Scores, Spread, spreads
from capacity.scoring import Score as Mark
from capacity.selectors.frameworks import framework_of, limits_of
from members.models import Association, User

Row = TypeVar("Row", Score, Consensus)
HANDED_IN = Q(removed_at=None, submitted_at__isnull=False)
# evidence of the association, and of raters whose scores count
COUNTS_AS_EVIDENCE = Q(rater=None) | Q(rater__removed_at=None, rater__submitted_at__isnull=False)


class Sealed(Exception):
    """Raters still score: nobody sees what anybody gave."""


@dataclass(frozen=True)
class RaterSheet:
    """What one rater handed in; pages tell the group, not the name."""

    group: RaterGroup
    rows: Mapping[str, Score]

    @cached_property
    def scores(self) -> Scores:
        """The levels by item."""
        return {code: mark_of(row) for code, row in self.rows.items()}


@dataclass(frozen=True)
class ResultSheet:
    """One assessment since its session: raters, what was agreed, evidence, and what was found from outside."""

    assessment: Assessment
    framework: Framework
    raters: tuple[RaterSheet, ...]
    waiting: int  # raters who did not hand in
    consensus: Mapping[str, Consensus]
    proofs: Mapping[str, tuple[Proof, ...]]
    outside: Mapping[str, OutsideView]

    @cached_property
    def scores(self) -> Scores:
        """The agreed levels by item."""
        return {code: mark_of(row) for code, row in self.consensus.items() if self.framework.has(code)}

    @cached_property
    def verified(self) -> Scores:
        """The levels found from outside."""
        return {code: row.level for code, row in self.outside.items() if self.framework.has(code)}

    @cached_property
    def spreads(self) -> Mapping[str, Spread]:
        """What the raters gave each item, and the level proposed."""
        return spreads(self.framework, [rater.scores for rater in self.raters], limits_of(self.framework))

    @cached_property
    def undecided(self) -> tuple[Item, ...]:
        """Items without an agreed level."""
        return tuple(item for item in self.framework.items if item.code not in self.consensus)

    @cached_property
    def unproven(self) -> tuple[Item, ...]:
        """Items whose agreed level needs evidence that is not there."""
        return tuple(item for item in self.framework.items if self.lacks_evidence(item.code))

    def lacks_evidence(self, code: str) -> bool:
        """Whether the agreed level of an item needs evidence that is not there."""
        row = self.consensus.get(code)
        level = row.level if row else None
        return level is not None and self.framework.needs_evidence(level) and not self.proofs.get(code)

    @property
    def is_complete(self) -> bool:
        """Whether nothing keeps the session from being closed."""
        return not self.undecided and not self.unproven


def mark_of(row: Score | Consensus) -> Mark:
    """A row as the figures read it."""
    return NOT_APPLICABLE if row.level is None else row.level


def assessments_in(association: Association, user: User) -> QuerySet[Assessment]:
    """The association's assessments that the person may see, with what pages ask of them."""
    return with_framework(Assessment.objects.visible_to(user).filter(association=association))


def with_framework(found: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """With framework and association; the framework's document stays where it is."""
    return found.select_related("framework", "association", "agreed_by").defer("framework__document")


def result_sheet(assessment: Assessment) -> ResultSheet:
    """Everything since the session began, in five queries. Raises Sealed while raters score."""
    if assessment.stage == Stage.RATING:
        raise Sealed
    handed_in, waiting = raters_of(assessment)
    scores: dict[object, dict[str, Score]] = defaultdict(dict)
    for score in Score.objects.filter(assessment=assessment, rater__in=[one.pk for one in handed_in]):
        scores[score.rater_id][score.item] = score
    framework = framework_of(assessment.framework)
    return ResultSheet(
        assessment=assessment,
        framework=framework,
        raters=tuple(
            RaterSheet(RaterGroup(one.group), known(framework, scores[one.pk].values())) for one in handed_in
        ),
        waiting=len(waiting),
        consensus=known(
            framework, Consensus.objects.filter(assessment=assessment).select_related("decided_by")
        ),
        proofs=_proofs(assessment),
        outside={row.item: row for row in OutsideView.objects.filter(assessment=assessment)},
    )


def raters_of(assessment: Assessment) -> tuple[list[Rater], list[Rater]]:
    """Who handed in, by group, and who did not."""
    order = {group: place for place, group in enumerate(RaterGroup.values)}
    found = Rater.objects.filter(assessment=assessment, removed_at=None).order_by("invited_at", "pk")
    rows = sorted(found, key=lambda one: order[one.group])
    return [one for one in rows if one.submitted_at], [one for one in rows if not one.submitted_at]


def agreed_levels(assessment: Assessment) -> Scores:
    """The agreed levels of an assessment alone, in one query."""
    framework = framework_of(assessment.framework)
    rows = known(framework, Consensus.objects.filter(assessment=assessment))
    return {code: mark_of(row) for code, row in rows.items()}


def agreed_before(assessment: Assessment) -> Assessment | None:
    """The last agreed assessment before this one with the same framework, whatever its version."""
    found = with_framework(Assessment.objects.filter(association_id=assessment.association_id))
    earlier = found.filter(stage=Stage.AGREED, framework__code=assessment.framework.code)
    if assessment.agreed_at is not None:
        earlier = earlier.filter(agreed_at__lt=assessment.agreed_at)
    return earlier.exclude(pk=assessment.pk).order_by("-agreed_at", "-pk").first()


def last_agreed(association: Association, user: User) -> Assessment | None:
    """The newest agreed assessment that the person may see."""
    found = assessments_in(association, user).filter(stage=Stage.AGREED)
    return found.order_by("-agreed_at", "-pk").first()


def known(framework: Framework, rows: Iterable[Row]) -> dict[str, Row]:
    """Rows by item, those of items that the framework has."""
    return {row.item: row for row in rows if framework.has(row.item)}


def _proofs(assessment: Assessment) -> dict[str, tuple[Proof, ...]]:
    found: dict[str, list[Proof]] = defaultdict(list)
    rows = Proof.objects.filter(COUNTS_AS_EVIDENCE, assessment=assessment)
    for row in rows.order_by("added_at", "pk"):
        found[row.item].append(row)
    return {code: tuple(rows) for code, rows in found.items()}
