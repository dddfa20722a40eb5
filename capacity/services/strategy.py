"""Writing an association's own SP strategy: the strategy, its goals, and the yearly work plan."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from capacity.enums import WorkStatus
from capacity.models import PlanItem, Strategy, StrategyGoal, WorkLine
from capacity.services.filling import fill
from capacity.services.owned import owned
from members.models import Association, User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused

PERMISSION = "capacity.edit_strategy"
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_TEXT = 20_000


class StrategyChanged(Refused):
    """Somebody else saved the strategy after the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else changed the strategy while you had it open. Nothing of yours was saved yet: "
                "open the page again in a second window, compare, and save what is right."
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyFields:
    """What a strategy says; no name of an officer means that the post is vacant."""

    first_year: int
    last_year: int
    text: str = ""
    officer: str = ""
    officer_since: date | None = None
    approved_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFields:
    """One goal, how it is measured, and by the end of which year."""

    text: str
    measure: str = ""
    by_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFields:
    """One line of a year's work plan."""

    year: int
    text: str
    quarter: int | None = None
    responsible: str = ""
    status: str = WorkStatus.PLANNED
    goal: StrategyGoal | None = None
    plan_item: PlanItem | None = None


def save_strategy(
    *, association: Association, values: StrategyFields, version: int, by: User, at: datetime
) -> Strategy:
    """Write the strategy, as its page of this `version` showed it; 0 where there was none.

    Raises StrategyChanged where somebody saved meanwhile, ValidationError by field.
    """
    permit(by, PERMISSION, association)
    _years(values)
    with transaction.atomic(), audit.acting(by, reason="strategy written"):
        Association.objects.select_for_update().get(pk=association.pk)
        held = Strategy.objects.filter(association=association).first()
        if held is not None and _same(held, values):
            return held
        if (held.version if held is not None else 0) != version:
            raise StrategyChanged
        strategy = held or Strategy(association=association, version=0)
        fill(strategy, values)
        strategy.version += 1
        strategy.changed_at, strategy.changed_by = at, by
        strategy.save()
        audit.record("strategy.write", strategy, by=by, at=at, association_id=association.pk)
    return strategy


def save_goal(
    *, association: Association, values: GoalFields, by: User, at: datetime, goal_id: UUID | None = None
) -> StrategyGoal:
    """Add a goal at the end, or change the one of this key. Raises ValidationError by field."""
    permit(by, PERMISSION, association)
    if not values.text.strip():
        raise ValidationError({"text": _("Write the goal.")})
    _year("by_year", values.by_year)
    with transaction.atomic(), audit.acting(by, reason="goal of the strategy written"):
        Association.objects.select_for_update().get(pk=association.pk)
        if goal_id is None:
            last = StrategyGoal.objects.filter(association=association).aggregate(last=Max("position"))[
                "last"
            ]
            goal = StrategyGoal(association=association, position=(last or 0) + 1)
        else:
            goal = owned(StrategyGoal.objects.filter(association=association), goal_id)
        fill(goal, values)
        goal.save()
        audit.record("strategy.goal", goal, by=by, at=at, association_id=association.pk)
    return goal


def retire_goal(*, goal: StrategyGoal, by: User, at: datetime) -> None:
    """Take a goal off the list because it is reached or given up; taken off twice changes nothing."""
    permit(by, PERMISSION, goal.association)
    with transaction.atomic(), audit.acting(by, reason="goal of the strategy retired"):
        changed = StrategyGoal.objects.filter(pk=goal.pk, retired_at__isnull=True).update(retired_at=at)
        if changed:
            audit.record("strategy.goal.retire", goal, by=by, at=at, association_id=goal.association_id)


def save_work_line(
    *, association: Association, values: WorkFields, by: User, at: datetime, line_id: UUID | None = None
) -> WorkLine:
    """Add a line to the work plan, or change the one of this key. Raises ValidationError by field."""
    permit(by, PERMISSION, association)
    if not values.text.strip():
        raise ValidationError({"text": _("Write what will be done.")})
    _year("year", values.year)
    if values.quarter is not None and values.quarter not in range(1, 5):
        raise ValidationError({"quarter": _("A year has the quarters 1 to 4.")})
    if values.goal is not None and values.goal.association_id != association.pk:
        raise ValidationError({"goal": _("Choose a goal of your own strategy.")})
    if values.plan_item is not None and values.plan_item.association_id != association.pk:
        raise ValidationError({"plan_item": _("Choose an item of your own plan.")})
    with transaction.atomic(), audit.acting(by, reason="work plan written"):
        own = WorkLine.objects.filter(association=association)
        line = WorkLine(association=association) if line_id is None else owned(own, line_id)
        fill(line, values)
        line.save()
        audit.record("strategy.work", line, by=by, at=at, association_id=association.pk)
    return line


def remove_work_line(*, line: WorkLine, by: User, at: datetime) -> None:
    """Take a line out of the work plan; history keeps it."""
    permit(by, PERMISSION, line.association)
    with transaction.atomic(), audit.acting(by, reason="line of the work plan removed"):
        audit.record(
            "strategy.work.remove", line, by=by, at=at, association_id=line.association_id, text=line.text
        )
        line.delete()


def _same(held: Strategy, values: StrategyFields) -> bool:
    """Whether a second click sent what is there already."""
    return all(
        getattr(held, name) == (value.strip() if isinstance(value, str) else value)
        for name, value in asdict(values).items()
    )


def _years(values: StrategyFields) -> None:
    _year("first_year", values.first_year)
    _year("last_year", values.last_year)
    if values.last_year < values.first_year:
        raise ValidationError({"last_year": _("The last year comes before the first one.")})
    if len(values.text) > LONGEST_TEXT:
        raise ValidationError({"text": _("Write at most %(count)s characters.") % {"count": LONGEST_TEXT}})


def _year(field: str, year: int | None) -> None:
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            {
                field: _("Write a year between %(first)s and %(last)s.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            }
        )
