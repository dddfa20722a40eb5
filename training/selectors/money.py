"""The money of sessions: planned and real costs and income, fees less scholarships, balance, cost per head."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from training.enums import COSTS, RegistrationState
from training.models import MoneyLine, Registration, ScholarshipAward, TrainingSession

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """Sums of one session in its currency; `fees` before scholarships, `awards` what these pay, `people` with a seat.

    A line without a real amount counts as planned in the real sums too, so that a half-kept book tells no luck.
    """

    currency: str
    planned_cost: Decimal
    real_cost: Decimal
    planned_income: Decimal
    real_income: Decimal
    fees: Decimal
    awards: Decimal
    paid: Decimal
    people: int
    without_real: int

    @property
    def net_fees(self) -> Decimal:
        """What members pay."""
        return self.fees - self.awards

    @property
    def planned_balance(self) -> Decimal:
        """Income and fees less costs, as planned."""
        return self.planned_income + self.net_fees - self.planned_cost

    @property
    def real_balance(self) -> Decimal:
        """Income and fees less costs, as it came."""
        return self.real_income + self.net_fees - self.real_cost

    @property
    def cost_per_head(self) -> Decimal | None:
        """Real cost by person with a seat; None where nobody has one."""
        return (self.real_cost / self.people).quantize(CENT) if self.people else None


def totals_of(session_ids: Collection[UUID]) -> Mapping[UUID, SessionTotals]:
    """Sums of each session, in four queries however many there are."""
    is_cost = Q(kind__in=COSTS)
    real = Coalesce(F("actual"), F("planned"))
    lines = {
        one["session"]: one
        for one in MoneyLine.objects.filter(session__in=session_ids)
        .order_by()
        .values("session")
        .annotate(
            planned_cost=Sum("planned", filter=is_cost),
            real_cost=Sum(real, filter=is_cost),
            planned_income=Sum("planned", filter=~is_cost),
            real_income=Sum(real, filter=~is_cost),
            without=Count("pk", filter=Q(actual__isnull=True)),
        )
    }
    seats = {
        one["session"]: one
        for one in Registration.objects.filter(session__in=session_ids, state=RegistrationState.CONFIRMED)
        .order_by()
        .values("session")
        .annotate(fees=Sum("price"), people=Count("pk"), paid=Sum("price", filter=Q(paid_at__isnull=False)))
    }
    awards = dict(
        ScholarshipAward.objects.filter(
            registration__session__in=session_ids,
            registration__state=RegistrationState.CONFIRMED,
            freed_at__isnull=True,
        )
        .order_by()
        .values_list("registration__session")
        .annotate(sum=Sum("amount"))
    )
    found = {}
    for pk, currency in TrainingSession.objects.filter(pk__in=session_ids).values_list("pk", "currency"):
        line: Any = lines.get(pk) or {}
        seat: Any = seats.get(pk) or {}
        found[pk] = SessionTotals(
            currency=currency,
            planned_cost=line.get("planned_cost") or ZERO,
            real_cost=line.get("real_cost") or ZERO,
            planned_income=line.get("planned_income") or ZERO,
            real_income=line.get("real_income") or ZERO,
            fees=seat.get("fees") or ZERO,
            awards=awards.get(pk, ZERO),
            paid=seat.get("paid") or ZERO,
            people=seat.get("people", 0),
            without_real=line.get("without", 0),
        )
    return found
