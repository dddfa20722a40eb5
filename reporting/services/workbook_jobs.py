"""The job that reads an uploaded workbook in a child process and hands it back with remarks."""

from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from reporting.enums import UploadState
from reporting.models.workbook import WorkbookUpload
from reporting.selectors.workbooks import WORKBOOK_KIND
from reporting.services.workbooks import DryRun, link_of, record_reading, rehearse
from reporting.workbooks import child
from reporting.workbooks.remarks import remarks_of
from spm_portal.common import jobs
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job

STEPS = 2


def make(job: Job, progress: Progress) -> JobResult:
    """Do one `workbook_read` job; a file that cannot be opened is refused in words and the job is done.

    All that was found is kept at the end and at once: a worker that dies leaves the upload as it was, to be read anew.
    """
    found = _upload(job)
    if found.state != UploadState.READING:
        return JobResult()
    forget(found.uploaded_by)
    with translation.override(found.uploaded_by.language):
        progress(0, STEPS, _("Opening the workbook"))
        with found.file.open("rb") as stored:
            content = stored.read()
        annotated = None
        try:
            run = rehearse(upload_id=found.pk, raw=child.read(content), at=job.created_at)
        except child.BookRefused as refused:
            run = DryRun(refusal=str(refused))
        if not run.refusal:
            progress(1, STEPS, _("Writing the remarks"))
            annotated = _annotated(found, run, content)
        record_reading(upload_id=found.pk, run=run, annotated=annotated, at=job.created_at)
    return JobResult()


def _annotated(found: WorkbookUpload, run: DryRun, content: bytes) -> bytes | None:
    submission = found.submission
    remarks = remarks_of(run.problems, lambda problem: link_of(submission, problem))
    try:
        return child.annotated(content, remarks)
    except child.BookRefused:
        return None  # the page shows the same problems; only the file with remarks is missing


def tell_failed(job: Job) -> None:
    """Say so on the page in the transaction that gives the job up."""
    found = _upload(job)
    user: User = found.uploaded_by
    with translation.override(user.language):
        text = _("The workbook could not be read just now. Upload it again.")
    record_reading(upload_id=found.pk, run=DryRun(refusal=text), at=job.finished_at or job.created_at)


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(WORKBOOK_KIND, make, failed=tell_failed))


def _upload(job: Job) -> WorkbookUpload:
    return WorkbookUpload.objects.select_related(
        "uploaded_by", "submission__association", "submission__round"
    ).get(pk=UUID(job.args["upload"]))
