"""What a plan could hold: each gap of an agreed assessment with its goal, its support area and the reason for it."""

from dataclasses import dataclass

from capacity.enums import OPEN_PLAN, PlanStatus
from capacity.frameworks import Area, Item, Level, SupportArea
from capacity.models import Assessment, PlanItem
from capacity.scoring import gaps
from capacity.selectors.agreed import agreed_assessments, agreed_scores
from capacity.selectors.frameworks import framework_of, limits_of
from members.models import Association


@dataclass(frozen=True, slots=True)
class SupportReason:
    """A support area that would close the gap, and why the framework says so."""

    area: SupportArea
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One gap. `done_when` is what must be seen at the goal; `planned` is what the plan already holds for it."""

    item: Item
    area: Area
    category: str
    level: Level
    goal: Level
    support: tuple[SupportReason, ...]
    done_when: str
    planned: PlanItem | None


def newest_agreed(association: Association) -> Assessment | None:
    """The assessment that proposals come from."""
    return next(iter(agreed_assessments(association)), None)


def proposals_of(assessment: Assessment) -> tuple[Proposal, ...]:
    """A proposal for every gap, the widest first."""
    framework = framework_of(assessment.framework)
    scores = agreed_scores([assessment.pk])[assessment.pk]
    held = {
        one.item: one
        for one in PlanItem.objects.filter(
            association=assessment.association_id, framework__code=framework.code, status__in=OPEN_PLAN
        ).order_by("-created_at")
    }
    return tuple(
        Proposal(
            item=gap.item,
            area=framework.area(gap.item.area),
            category=framework.label_of(gap.item.category, gap.item.area),
            level=framework.level(gap.level),
            goal=framework.level(gap.goal),
            support=tuple(
                SupportReason(framework.support_area(one.area), one.why) for one in gap.item.support
            ),
            done_when=gap.item.proof[gap.goal],
            planned=held.get(gap.item.code),
        )
        for gap in gaps(framework, scores, limits_of(framework))
    )


def unplanned(assessment: Assessment) -> int:
    """How many gaps the plan says nothing of, neither now nor by having dropped them since."""
    dropped = set(
        PlanItem.objects.filter(assessment=assessment, status=PlanStatus.DROPPED).values_list(
            "item", flat=True
        )
    )
    return sum(one.planned is None and one.item.code not in dropped for one in proposals_of(assessment))
