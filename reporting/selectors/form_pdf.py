"""Reads of the work that prints a return as a form."""

from django.db.models import QuerySet

from reporting.models import Submission
from spm_portal.common.models import Job

FORM_KIND = "return_form"
SHOWN = 5


def form_jobs(submission: Submission) -> "QuerySet[Job]":
    """The printed forms of a return, the newest first; who may see the return may see them."""
    return Job.objects.filter(
        kind=FORM_KIND, association_id=submission.association_id, args__submission=str(submission.pk)
    ).order_by("-created_at", "-pk")
