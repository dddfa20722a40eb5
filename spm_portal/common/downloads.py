"""Handing out files: always to be kept, never shown in the portal's own origin."""

from datetime import datetime

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState


def made_file(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """A file that the portal made itself."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def file_of_job(job: Job, *, content_type: str, at: datetime) -> HttpResponse | None:
    """The file that a job made; None where it is not done, or where its file is lost, which then is made again."""
    content = jobs.intact_content(job)
    if content is not None:
        return made_file(content, name=job.result_name, content_type=content_type)
    if job.state == JobState.DONE:
        # a file that is not what was stored is never handed out; making it again is safe for everybody
        jobs.queue_again(job.pk, at=at, states=(JobState.DONE,))
    return None


def handed_in_file(stored: FieldFile, *, name: str, content_type: str) -> HttpResponse:
    """A file that somebody handed in, whatever it holds; Http404 where it is no longer in the storage."""
    try:
        with stored.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404 from None
    response = made_file(content, name=name, content_type=content_type)
    # nothing of it runs or loads, even where a browser shows it all the same
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
