"""What donors read of an association's assessments and plan: one line for each donor, from the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Q
from django.db.models.fields.json import KT

from members.models import Association
from spm_portal.common.models import AuditEvent

READ, REFUSED = "capacity.read", "capacity.refused"


@dataclass(frozen=True, slots=True)
class DonorReading:
    """How one donor reads: when last, how many different things, and how often something not shared was asked for."""

    donor: str
    last: datetime
    things: int
    refused: int


def donor_readings(association: Association) -> tuple[DonorReading, ...]:
    """The donors that read something or asked for it, the last one first; one query."""
    rows = (
        AuditEvent.objects.filter(association_id=association.pk, verb__in=(READ, REFUSED))
        .values(name=KT("data__donor_name"))
        .annotate(
            last=Max("at"),
            things=Count("object_id", distinct=True, filter=Q(verb=READ)),
            refused=Count("pk", filter=Q(verb=REFUSED)),
        )
        .order_by(F("last").desc(), "name")
    )
    return tuple(DonorReading(row["name"] or "", row["last"], row["things"], row["refused"]) for row in rows)
