"""Reads of uploaded workbooks."""

from django.db.models import QuerySet

from members.access import access_of
from members.models import User
from reporting.models import Submission
from reporting.models.workbook import WorkbookUpload

WORKBOOK_KIND = "workbook_read"
SHOWN = 10


def workbooks_of(user: User, submission: Submission) -> "QuerySet[WorkbookUpload]":
    """The workbooks that were uploaded for a return, newest first; none for others than its MFI."""
    if submission.institution_id not in access_of(user).works_for:
        return WorkbookUpload.objects.none()
    visible: QuerySet[WorkbookUpload] = WorkbookUpload.objects.visible_to(user)  # type: ignore[assignment]
    return (
        visible.filter(submission=submission)
        .select_related("uploaded_by", "settled_by")
        .order_by("-uploaded_at", "-pk")
    )
