"""Reads of the work that makes the report of an assessment."""

from django.db.models import QuerySet

from capacity.models import Assessment
from spm_portal.common.models import Job

REPORT_KIND = "capacity_report"


def report_jobs(assessment: Assessment) -> "QuerySet[Job]":
    """The reports of an assessment, the newest first; who may see its results may see them."""
    return Job.objects.filter(
        kind=REPORT_KIND, association_id=assessment.association_id, args__assessment=str(assessment.pk)
    ).order_by("-created_at", "-pk")
