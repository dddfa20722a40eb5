"""The job that reads an uploaded workbook in a child process and hands it back with remarks."""

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from reporting.enums import UploadState
from reporting.models.workbook import WorkbookUpload
from reporting.selectors.workbooks import WORKBOOK_KIND
from reporting.services.workbooks import keep_annotated, link_of, record_reading
from reporting.workbooks import child
from reporting.workbooks.remarks import remarks_of
from spm_portal.common import jobs
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job

STEPS = 2


def make(job: Job, progress: Progress) -> JobResult:
    """Do one `workbook_read` job; a file that cannot be opened is refused in words and the job is done."""
    found = _upload(job)
    if found.state != UploadState.READING:
        return JobResult()
    forget(found.uploaded_by)
    with translation.override(found.uploaded_by.language):
        progress(0, STEPS, _("Opening the workbook"))
        with found.file.open("rb") as stored:
            content = stored.read()
        raw, refusal = None, ""
        try:
            raw = child.read(content)
        except child.BookRefused as refused:
            refusal = str(refused)
        found = record_reading(upload_id=found.pk, raw=raw, refusal=refusal, at=job.created_at)
        if found.state == UploadState.READY:
            progress(1, STEPS, _("Writing the remarks"))
            _annotate(found, content, job.created_at)
    return JobResult()


def _annotate(found: WorkbookUpload, content: bytes, at: datetime) -> None:
    submission = found.submission
    remarks = remarks_of(found.problems, lambda problem: link_of(submission, problem))
    try:
        keep_annotated(upload_id=found.pk, content=child.annotated(content, remarks), at=at)
    except child.BookRefused:
        return  # the page shows the same problems; only the file with remarks is missing


def tell_failed(job: Job) -> None:
    """Say so on the page in the transaction that gives the job up."""
    found = _upload(job)
    user: User = found.uploaded_by
    with translation.override(user.language):
        text = _("The workbook could not be read just now. Upload it again.")
    record_reading(upload_id=found.pk, raw=None, refusal=text, at=job.finished_at or job.created_at)


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(WORKBOOK_KIND, make, failed=tell_failed))


def _upload(job: Job) -> WorkbookUpload:
    return WorkbookUpload.objects.select_related(
        "uploaded_by", "submission__association", "submission__round"
    ).get(pk=UUID(job.args["upload"]))
