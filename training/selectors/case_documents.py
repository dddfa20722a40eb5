"""Reads of the work that makes the documents of a case."""

from django.db.models import QuerySet

from members.models import User
from spm_portal.common.models import Job
from training.models import Case

DOCUMENT_KIND = "case_document"
TERMS, CONTRACT = "terms", "contract"


def document_jobs(case: Case, user: User) -> "QuerySet[Job]":
    """Documents of a case, the newest first; contracts for managers alone."""
    found = Job.objects.filter(
        kind=DOCUMENT_KIND, association_id=case.association_id, args__case=str(case.pk)
    )
    if not user.has_perm("training.contract_case", case):
        found = found.filter(args__document=TERMS)
    return found.order_by("-created_at", "-pk")
