"""An association's SP strategy, its work plan of a year, and the initiatives that it carries, as pages show them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet, Sum

from capacity.enums import WorkStatus
from capacity.models import AmbassadorEvent, Initiative, Strategy, StrategyGoal, WorkLine
from members.models import Association


@dataclass(frozen=True, slots=True)
class Quarter:
    """The lines of one quarter; number 0 holds what is planned for the year without a quarter."""

    number: int
    lines: tuple[WorkLine, ...]


@dataclass(frozen=True, slots=True)
class StrategyPage:
    """All that the page of the strategy shows."""

    strategy: Strategy | None
    goals: tuple[StrategyGoal, ...]
    retired: tuple[StrategyGoal, ...]
    year: int
    years: tuple[int, ...]
    quarters: tuple[Quarter, ...]
    done: int
    lines: int
    initiatives: tuple[Initiative, ...]


def strategy_of(association: Association) -> Strategy | None:
    """The strategy, or None where none was written."""
    return Strategy.objects.filter(association=association).select_related("changed_by").first()


def strategy_page(association: Association, *, today: date, year: int | None = None) -> StrategyPage:
    """The strategy, and the work plan of a year: the asked one, else this one."""
    strategy = strategy_of(association)
    goals = list(StrategyGoal.objects.filter(association=association).order_by("position"))
    written = WorkLine.objects.filter(association=association).values_list("year", flat=True).distinct()
    years = sorted({today.year, *written})
    shown = year if year in years else today.year
    lines = list(
        WorkLine.objects.filter(association=association, year=shown)
        .select_related("goal", "plan_item")
        .order_by("quarter", "text")
    )
    counted = [line for line in lines if line.status != WorkStatus.DROPPED]
    return StrategyPage(
        strategy=strategy,
        goals=tuple(goal for goal in goals if goal.retired_at is None),
        retired=tuple(goal for goal in goals if goal.retired_at is not None),
        year=shown,
        years=tuple(years),
        quarters=tuple(
            Quarter(number, found)
            for number in (1, 2, 3, 4, 0)
            if (found := tuple(line for line in lines if (line.quarter or 0) == number))
        ),
        done=sum(line.status == WorkStatus.DONE for line in counted),
        lines=len(counted),
        initiatives=tuple(initiatives_of(association).filter(_current(today))),
    )


def _current(today: date) -> Q:
    return Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))


def initiatives_of(association: Association) -> "QuerySet[Initiative]":
    """The register, each with its occasions in number, people reached and the last day."""
    return (
        Initiative.objects.filter(association=association)
        .annotate(
            occasions_count=Count("occasions"),
            reached=Sum("occasions__audience"),
            last_held=Max("occasions__held_on"),
        )
        .order_by("until", "name")
    )


def occasions_of(initiative: Initiative) -> "QuerySet[AmbassadorEvent]":
    """The occasions of one initiative, newest first."""
    return initiative.occasions.select_related("written_by").order_by("-held_on", "-written_at")
