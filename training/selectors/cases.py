"""Reads of cases of technical assistance: lists, the board by stage, totals, and all that one case holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum

from members.access import access_of
from members.models import Association, Institution, Membership, User
from spm_portal.common.models import AuditEvent
from training.assistance.moves import ENDED, PATH
from training.enums import CaseStage, DeliverableState
from training.models import Case, CaseCall, CaseCost, CaseHours, CaseRating, Deliverable

CENT = Decimal("0.01")
MOST_ENDED = 8


@dataclass(frozen=True, slots=True)
class CaseTotals:
    """Hours and costs of a case in its currency, and who pays which part of the costs."""

    hours: Decimal
    cost: Decimal
    association_part: Decimal
    member_part: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a reader looks at; empty values ask for nothing."""

    words: str = ""
    stage: str = ""
    topic: str = ""
    member: UUID | None = None
    expert: UUID | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of a list; `next_due` is the next deliverable that is not accepted, or the follow-up."""

    case: Case
    totals: CaseTotals
    next_due: date | None
    accepted: int
    deliverables: int

    def is_late(self, today: date) -> bool:
        """Whether something was due before this day."""
        return self.next_due is not None and self.next_due < today


@dataclass(frozen=True, slots=True)
class Column:
    """Cases of one stage on the board; `more` are those left out."""

    stage: CaseStage
    lines: tuple[CaseLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a case, with who made it."""

    stage: CaseStage
    at: datetime
    by: str
    reason: str


def cases_in(association: Association, user: User) -> QuerySet[Case]:
    """Cases of the association that the person may see, the newest first."""
    seen = Case.objects.visible_to(user).values("pk")
    found = Case.objects.filter(association=association, pk__in=seen)
    return found.select_related("association", "institution", "expert", "requested_by").order_by(
        "-requested_at", "pk"
    )


def case_lines(association: Association, user: User, wanted: CaseFilter) -> list[CaseLine]:
    """Cases as lines of a list, in a constant number of queries."""
    found = cases_in(association, user)
    if wanted.words:
        found = found.filter(
            Q(title__icontains=wanted.words)
            | Q(number__icontains=wanted.words)
            | Q(institution__name__icontains=wanted.words)
            | Q(expert__name__icontains=wanted.words)
        )
    if wanted.stage:
        found = found.filter(stage=wanted.stage)
    if wanted.topic:
        found = found.filter(topic=wanted.topic)
    if wanted.member:
        found = found.filter(institution=wanted.member)
    if wanted.expert:
        found = found.filter(expert=wanted.expert)
    if wanted.is_open:
        found = found.exclude(stage__in=ENDED)
    return lines_of(list(found))


def lines_of(cases: list[Case]) -> list[CaseLine]:
    """Lines of these cases, in their order."""
    known = [one.pk for one in cases]
    totals = totals_of(known)
    waits = ~Q(state=DeliverableState.ACCEPTED)
    counted: dict[UUID, Any] = {
        row["case"]: row
        for row in Deliverable.objects.filter(case__in=known)
        .values("case")
        .annotate(due=Min("due_on", filter=waits), accepted=Count("pk", filter=~waits), all=Count("pk"))
        .order_by("case")
    }
    lines = []
    for one in cases:
        row = counted.get(one.pk, {"due": None, "accepted": 0, "all": 0})
        due = None
        if one.stage == CaseStage.DELIVERY:
            due = row["due"]
        elif one.stage in (CaseStage.RATING, CaseStage.FOLLOW_UP):
            due = one.follow_up_on
        lines.append(CaseLine(one, totals[one.pk], due, row["accepted"], row["all"]))
    return lines


def totals_of(case_ids: Iterable[UUID]) -> Mapping[UUID, CaseTotals]:
    """Hours, cost, and both parts of the cost for each case; three queries."""
    known = list(case_ids)
    hours = _sums(CaseHours.objects.filter(case__in=known), "hours")
    costs = _sums(CaseCost.objects.filter(case__in=known), "amount")
    found = {}
    rows = Case.objects.filter(pk__in=known).values_list("pk", "subsidy_share", "currency")
    for pk, share, currency in rows:
        cost = costs[pk]
        part = shared(cost, share)
        found[pk] = CaseTotals(hours[pk], cost, part, cost - part, currency)
    return found


def shared(amount: Decimal, share: int) -> Decimal:
    """The association's part of an amount at a share in percent, rounded to two decimals."""
    return (amount * share / 100).quantize(CENT, ROUND_HALF_UP)


def board_of(lines: Iterable[CaseLine]) -> list[Column]:
    """Columns by stage in the order of a case; of ended cases only the latest are shown."""
    by_stage: dict[str, list[CaseLine]] = defaultdict(list)
    for line in lines:
        by_stage[line.case.stage].append(line)
    columns = []
    for stage in (*PATH, CaseStage.STOPPED):
        held = by_stage[stage]
        shown = held[:MOST_ENDED] if stage in ENDED else held
        columns.append(Column(stage, tuple(shown), len(held) - len(shown)))
    return columns


def moves_of(case: Case) -> list[Move]:
    """The moves of a case, the newest first, with the request as the first of all."""
    rows = AuditEvent.objects.filter(verb="case.moved", object_id=case.pk).select_related("actor")
    found = [
        Move(CaseStage(row.data["stage"]), row.at, _name(row.actor), row.reason)
        for row in rows.order_by("-at", "-pk")
    ]
    return [*found, Move(CaseStage.REQUESTED, case.requested_at, _name(case.requested_by), "")]


def calls_of(case: Case) -> list[CaseCall]:
    """Experts who were asked, with their answers; those who are interested first, the cheapest on top."""
    calls = list(case.calls.select_related("expert").order_by("asked_at", "expert__name"))
    rank = {"interested": 0, "none": 1, "declined": 2}
    calls.sort(key=lambda one: (rank[one.answer], one.day_rate is None, one.day_rate or 0, one.expert.name))
    return calls


def call_anew(call: CaseCall) -> CaseCall:
    """The call of a link as it stands now, with its case."""
    return CaseCall.objects.select_related("association", "case__institution", "expert").get(pk=call.pk)


def deliverables_of(case: Case) -> list[Deliverable]:
    """What the expert owes, by due day."""
    return list(case.deliverables.order_by("due_on", "title", "pk"))


def hours_of(case: Case) -> list[CaseHours]:
    """Hours, the latest first."""
    return list(case.hours.order_by("-worked_on", "-written_at", "pk"))


def costs_of(case: Case) -> list[CaseCost]:
    """Costs, the latest first."""
    return list(case.costs.order_by("-spent_on", "pk"))


def ratings_of(case: Case) -> list[CaseRating]:
    """Ratings of both sides; who may read which says `case_ratings`."""
    return list(case.ratings.order_by("side"))


def members_to_ask_for(association: Association, user: User) -> list[Institution]:
    """MFIs for which the person may ask for assistance: all members for staff, the own ones for others."""
    current = Membership.objects.current().filter(association=association)
    found = Institution.objects.filter(pk__in=current.values("institution_id"))
    if not user.has_perm("training.manage_training", association):
        found = found.filter(pk__in=access_of(user).works_for)
    return list(found.order_by("name"))


def deliverables_waiting() -> QuerySet[Deliverable]:
    """What experts of running cases owe and have not handed in."""
    return Deliverable.objects.filter(
        case__stage=CaseStage.DELIVERY, state__in=(DeliverableState.DUE, DeliverableState.RETURNED)
    ).select_related("case__association", "case__institution", "case__expert__user")


def follow_ups_waiting() -> QuerySet[Case]:
    """Cases whose follow-up nobody has written yet."""
    return Case.objects.filter(
        stage__in=(CaseStage.RATING, CaseStage.FOLLOW_UP), follow_up_on__isnull=False, outcome=""
    ).select_related("association", "institution", "expert__user")


def _sums(rows: "QuerySet[CaseHours] | QuerySet[CaseCost]", field: str) -> dict[UUID, Decimal]:
    summed = rows.values("case").annotate(total=Sum(field)).order_by("case")
    return defaultdict(Decimal, {row["case"]: row["total"] for row in summed})


def _name(person: User | None) -> str:
    return str(person) if person is not None else ""
