"""The plan of the training year: how many sessions, people and how much money for each topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import Association, User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.money import currencies
from spm_portal.common.typed import one_line
from training.enums import Topic
from training.models import PlanLine

MOST_SESSIONS, MOST_PEOPLE = 500, 100_000
MOST_MONEY = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFields:
    """What is planned on a topic; the budget is in the currency of the plan."""

    sessions: int = 0
    people: int = 0
    budget: Decimal = Decimal(0)
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is planned."""
        return not (self.sessions or self.people or self.budget or self.note)


def save_plan(
    *,
    association: Association,
    year: int,
    currency: str,
    lines: Mapping[str, PlanFields],
    by: User,
    at: datetime,
) -> int:
    """Write the plan of a year; a topic without anything has no line. How many lines there are.

    Raises ValidationError by field.
    """
    permit(by, "training.manage_training", association)
    if currency not in currencies():
        raise ValidationError({"currency": _("Write a currency of today by its three letters, such as KES.")})
    for topic, line in lines.items():
        if topic not in Topic.values:
            raise ValidationError(_("One of these topics does not exist. Load the page again."))
        if not (0 <= line.sessions <= MOST_SESSIONS and 0 <= line.people <= MOST_PEOPLE):
            raise ValidationError({f"{topic}-people": _("These are more than anybody can hold in a year.")})
        if not 0 <= line.budget <= MOST_MONEY:
            raise ValidationError({f"{topic}-budget": _("Write an amount from 0 on.")})
    with transaction.atomic(), audit.acting(by, reason="training plan written"):
        Association.objects.select_for_update().get(pk=association.pk)
        held = {line.topic: line for line in PlanLine.objects.filter(association=association, year=year)}
        for topic, values in lines.items():
            row = held.get(topic)
            if values.is_empty:
                if row is not None:
                    row.delete()
                continue
            row = row or PlanLine(association=association, year=year, topic=topic)
            row.sessions, row.people, row.budget = values.sessions, values.people, values.budget
            row.currency, row.note = currency, one_line(values.note)[:300]
            row.save()
        audit.record(
            "training_plan.write", association, by=by, at=at, association_id=association.pk, year=year
        )
    return sum(not line.is_empty for line in lines.values())
