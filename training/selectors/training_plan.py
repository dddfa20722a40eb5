"""What members need on each topic of a year, beside what was planned and what was held."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from members.models import Association
from training.enums import COSTS, NeedState, RegistrationState, SessionState, Topic
from training.models import MoneyLine, Need, PlanLine, Registration, TrainingSession

# what counts as demand: what staff stand by, met or not
DEMAND = (NeedState.CONFIRMED, NeedState.MET)


@dataclass(frozen=True, slots=True)
class Line:
    """A topic of a year. `costs` are by currency; differences are None where nothing is planned."""

    topic: Topic
    members: int
    needs: int
    needed: int
    plan: PlanLine | None
    announced: int
    held: int
    trained: int
    costs: tuple[tuple[str, Decimal], ...]

    @property
    def planned_sessions(self) -> int:
        """Sessions of the plan."""
        return self.plan.sessions if self.plan else 0

    @property
    def planned_people(self) -> int:
        """People of the plan."""
        return self.plan.people if self.plan else 0

    @property
    def plan_less_need(self) -> int:
        """How many more people the plan has than members need; below 0: too few."""
        return self.planned_people - self.needed

    @property
    def held_less_plan(self) -> int:
        """How many more people were trained than planned; below 0: still to come."""
        return self.trained - self.planned_people

    @property
    def left(self) -> Decimal | None:
        """What is left of the budget, where all costs are in its currency; below 0: overspent."""
        if (
            self.plan is None
            or not self.plan.budget
            or any(code != self.plan.currency for code, _sum in self.costs)
        ):
            return None
        return self.plan.budget - sum((amount for _code, amount in self.costs), Decimal(0))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.needs or self.plan or self.announced or self.held)


@dataclass(frozen=True, slots=True)
class YearPlan:
    """All topics of a year."""

    year: int
    lines: tuple[Line, ...]

    @property
    def told(self) -> tuple[Line, ...]:
        """Topics of which there is anything to tell."""
        return tuple(line for line in self.lines if not line.is_empty)

    @property
    def needed(self) -> int:
        """People whom members need trained."""
        return sum(line.needed for line in self.lines)

    @property
    def planned_people(self) -> int:
        """People of the plan."""
        return sum(line.planned_people for line in self.lines)

    @property
    def planned_sessions(self) -> int:
        """Sessions of the plan."""
        return sum(line.planned_sessions for line in self.lines)

    @property
    def held(self) -> int:
        """Sessions held."""
        return sum(line.held for line in self.lines)

    @property
    def trained(self) -> int:
        """People in sessions held; a person in two counts twice."""
        return sum(line.trained for line in self.lines)

    @property
    def plan_less_need(self) -> int:
        """How many more people the plan has than members need."""
        return self.planned_people - self.needed

    @property
    def held_less_plan(self) -> int:
        """How many more people were trained than planned."""
        return self.trained - self.planned_people


def year_plan(association: Association, year: int) -> YearPlan:
    """The plan of a year beside demand and sessions, in five queries."""
    zone = ZoneInfo(association.time_zone)
    first, after = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    demand: dict[str, Any] = {
        row["topic"]: row
        for row in Need.objects.filter(association=association, year=year, state__in=DEMAND)
        .order_by()
        .values("topic")
        .annotate(
            needs=Count("pk"), members=Count("institution", distinct=True), needed=Coalesce(Sum("people"), 0)
        )
    }
    plans = {one.topic: one for one in PlanLine.objects.filter(association=association, year=year)}
    topics: dict[UUID, str] = {}
    announced, held, trained = (
        defaultdict[str, int](int),
        defaultdict[str, int](int),
        defaultdict[str, int](int),
    )
    for key, topic, state in TrainingSession.objects.filter(
        association=association,
        state__in=(SessionState.ANNOUNCED, SessionState.HELD),
        starts_at__gte=first,
        starts_at__lt=after,
    ).values_list("pk", "course__topic", "state"):
        if state == SessionState.HELD:
            topics[key] = topic
            held[topic] += 1
        else:
            announced[topic] += 1
    for key, number in (
        Registration.objects.filter(session__in=topics, state=RegistrationState.CONFIRMED)
        .order_by()
        .values("session_id")
        .annotate(number=Count("pk"))
        .values_list("session_id", "number")
    ):
        trained[topics[key]] += number
    costs: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for key, currency, amount in (
        MoneyLine.objects.filter(Q(session__in=topics), kind__in=COSTS)
        .order_by()
        .values("session_id", "session__currency")
        .annotate(amount=Sum(Coalesce(F("actual"), F("planned"))))
        .values_list("session_id", "session__currency", "amount")
    ):
        costs[topics[key]][currency] += amount
    return YearPlan(
        year,
        tuple(
            Line(
                topic=topic,
                members=demand.get(topic, {}).get("members", 0),
                needs=demand.get(topic, {}).get("needs", 0),
                needed=demand.get(topic, {}).get("needed", 0),
                plan=plans.get(topic),
                announced=announced[topic],
                held=held[topic],
                trained=trained[topic],
                costs=tuple(sorted(costs[topic].items())),
            )
            for topic in Topic
        ),
    )
