"""Reads of the work that makes the report of a training year."""

from django.db.models import QuerySet

from members.models import Association, User
from spm_portal.common.models import Job

YEAR_KIND = "training_year"


def year_jobs(association: Association, user: User) -> QuerySet[Job]:
    """The reports that the person asked for, the newest first."""
    return (
        Job.objects.of(user)
        .filter(kind=YEAR_KIND, association_id=association.pk)
        .order_by("-created_at", "-pk")
    )
