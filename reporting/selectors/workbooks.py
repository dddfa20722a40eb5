"""Reads of uploaded workbooks."""

from django.db.models import QuerySet

from members.models import User
from reporting.models import Submission
from reporting.models.workbook import WorkbookUpload

WORKBOOK_KIND = "workbook_read"
SHOWN = 10


def workbooks_of(user: User, submission: Submission) -> "QuerySet[WorkbookUpload]":
    """The workbooks that were uploaded for a return which the person may see, newest first."""
    visible: QuerySet[WorkbookUpload] = WorkbookUpload.objects.visible_to(user)  # type: ignore[assignment]
    return (
        visible.filter(submission=submission)
        .select_related("uploaded_by", "settled_by")
        .order_by("-uploaded_at", "-pk")
    )
