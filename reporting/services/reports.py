"""The association report as a file: made by a worker as a job, or at once by a command."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from reporting.datasets.drawing import pdf_style
from reporting.datasets.report import ReportData, build_report
from reporting.models import Release
from reporting.selectors.jobs import REPORT_KIND
from reporting.selectors.releases import with_round
from reporting.services import release_notices
from spm_portal.common import jobs
from spm_portal.common.colours import ink_on, readable_on
from spm_portal.common.jobs import JobCancelled, JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.pdf import render_pdf

STEPS = 3
TEMPLATE = "reporting/report/report.html"


def render_report(release: Release, language: str) -> tuple[bytes, str]:
    """The report of a release as a PDF, and the name of its file."""
    data = build_report(release, language)
    return _as_pdf(data, release), report_name(release, language)


def report_name(release: Release, language: str) -> str:
    """A file name that says what it is, such as ucora-spm-report-2025-edition-1-en.pdf."""
    association = slugify(release.association.label) or release.association.slug
    return f"{association}-social-performance-report-{release.round.code}-edition-{release.number}-{language}.pdf"


def make(job: Job, progress: Progress) -> JobResult:
    """Do one `association_report` job: the rights of the person who asked count now, not when they asked."""
    release = with_round(Release.objects.all()).get(pk=UUID(job.args["release"]))
    language = str(job.args["language"])
    _check_rights(job, release)
    # labels are stored, so they are written in the language of the person who reads them
    requester = _requester(job)
    with translation.override(requester.language if requester else language):
        labels = (_("Reading the figures of the release"), _("Laying out the pages"), _("Storing the file"))
    progress(0, STEPS, labels[0])
    data = build_report(release, language)
    progress(1, STEPS, labels[1])
    content = _as_pdf(data, release)
    progress(2, STEPS, labels[2])
    _check_rights(job, release)
    return JobResult(content=content, name=report_name(release, language))


def tell_done(job: Job) -> None:
    """Write the mail in the transaction that finishes the job."""
    requester, release = _requester(job), _release(job)
    if requester is not None:
        release_notices.report_ready(job, release, requester, at=_finished_at(job))


def tell_failed(job: Job) -> None:
    """Write the mail in the transaction that gives the job up."""
    requester, release = _requester(job), _release(job)
    if requester is not None:
        release_notices.report_failed(job, release, requester, at=_finished_at(job))


def _finished_at(job: Job) -> datetime:
    """When the job ended; the queue writes it before it tells anybody."""
    if job.finished_at is None:
        raise ValueError(f"Job {job.pk} has not ended.")
    return job.finished_at


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(REPORT_KIND, make, done=tell_done, failed=tell_failed))


def _release(job: Job) -> Release:
    return Release.objects.select_related("association", "round").get(pk=UUID(job.args["release"]))


def _requester(job: Job) -> User | None:
    return User.objects.filter(pk=job.requested_by_id).first() if job.requested_by_id else None


def _check_rights(job: Job, release: Release) -> None:
    requester = _requester(job)
    if requester is None:
        return  # asked for by the command line
    forget(requester)
    if not requester.is_active or not requester.has_perm("reporting.request_report", release):
        raise JobCancelled("The person who asked may no longer have this report.")


def _as_pdf(data: ReportData, release: Release) -> bytes:
    assets = _assets(release)
    logo = next((name for name in assets if name.startswith("logo")), "")
    with translation.override(data.language):
        html = render_to_string(
            TEMPLATE, {"report": data, "style": pdf_style(data), "logo": logo, "accent": data.accent}
        )
        return render_pdf(html, title=data.full_title, language=data.language, assets=assets)


def _assets(release: Release) -> dict[str, bytes]:
    """The style sheet, the accent colour and the logo."""
    css = (settings.BASE_DIR / "static" / "css" / "report.css").read_bytes()
    accent = release.association.accent_colour  # a checked hex colour
    colours = (
        f":root{{--accent:{accent};--on-accent:{ink_on(accent)};--strong:{readable_on('#ffffff', accent)}}}"
    )
    found: dict[str, Any] = {"report.css": css, "accent.css": colours.encode()}
    logo = release.association.logo
    if logo and logo.name:
        try:
            with logo.open("rb") as stored:
                found[f"logo{PurePosixPath(logo.name).suffix.lower()}"] = stored.read()
        except OSError:
            pass  # a report without its logo is better than none
    return found
