"""Reads of the work that makes the report of an assessment."""

from django.db.models import QuerySet

from capacity.models import Assessment
from spm_portal.common.models import Job, JobState

REPORT_KIND = "capacity_report"
OVER = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


def report_jobs(assessment: Assessment) -> "QuerySet[Job]":
    """The reports of an assessment, the newest first; who may see its results may see them."""
    return Job.objects.filter(
        kind=REPORT_KIND, association_id=assessment.association_id, args__assessment=str(assessment.pk)
    ).order_by("-created_at", "-pk")


def is_over(job: Job) -> bool:
    """Whether nothing more will happen to a job by itself."""
    return job.state in OVER
