"""The association report as a file: made by a worker as a job, or at once by a command."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.services.job_rights import check_asker, person_of
from members.services.paper import assets_of, logo_of
from members.services.permission import permit
from reporting.datasets.drawing import pdf_style
from reporting.datasets.imprint import Imprint, imprint_of
from reporting.datasets.release_table import COLUMNS, figure_rows
from reporting.datasets.report import ReportData, build_report
from reporting.models import Release, ReleaseCell
from reporting.selectors.jobs import REPORT_KINDS, form_of
from reporting.selectors.releases import cells_of_all, with_round
from reporting.services import release_notices
from spm_portal.common import audit, jobs
from spm_portal.common.csv_file import csv_bytes
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.models.job import private_storage
from spm_portal.common.pdf import Attached, render_pdf
from spm_portal.common.qr import qr_svg

log = logging.getLogger(__name__)

STEPS = 3
TEMPLATE = "reporting/report/report.html"

# Goes up when the report looks or says something else, so that asking again makes a new file.
REPORT_VERSION = "5"

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The forms that the report has, all made of the same blocks."""


def request_report(
    *, release_id: UUID, language: str, by: User | None, at: datetime, form: str = "pdf"
) -> Job:
    """Ask for the association report of a release as a file; asking again gives the job that there is.

    `form` is pdf, docx or xlsx; `by` None is the command line. ValueError for a form or language that there is not.
    """
    release = Release.objects.select_related("association").get(pk=release_id)
    if by is not None:
        forget(by)
    permit(by, "reporting.request_report", release)
    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"There is no language {language!r}.")
    if form not in REPORT_KINDS:
        raise ValueError(f"There is no report as {form!r}.")
    kind = REPORT_KINDS[form]
    with transaction.atomic():
        job = jobs.request_job(
            kind,
            by=by,
            at=at,
            args={"release": str(release.pk), "language": language},
            association_id=release.association_id,
            key=f"{kind}:{REPORT_VERSION}:{release.pk}:{language}",
            again=True,
        )
        audit.record(
            "report.requested",
            release,
            by=by,
            at=at,
            association_id=release.association_id,
            job=str(job.pk),
            language=language,
            form=form,
        )
    return job


def request_public_reports(release: Release, *, by: User | None, at: datetime) -> None:
    """Ask for what the public page of an edition shows: a PDF in the association's language and each it has words in.

    Called where the edition is published, in the same transaction: no open edition is left without its report.
    """
    texts = release.texts
    written = {*texts.get("chapters", {}), *(case["language"] for case in texts.get("cases", ()))}
    offered = dict(settings.LANGUAGES)
    for language in sorted({release.association.language, *written} & offered.keys()):
        request_report(release_id=release.pk, language=language, by=by, at=at)


def render_report(release: Release, language: str, form: str = "pdf") -> tuple[bytes, str]:
    """The report of a release as a file, and its name."""
    data = build_report(release, language)
    return _file(data, release, form), report_name(release, language, form)


def report_name(release: Release, language: str, form: str = "pdf") -> str:
    """A file name that says what it is, such as ucora-social-performance-report-2025-edition-1-en.pdf."""
    association = slugify(release.association.label) or release.association.slug
    edition = f"{release.round.code}-edition-{release.number}-{language}"
    return f"{association}-social-performance-report-{edition}.{form}"


def make(job: Job, progress: Progress) -> JobResult:
    """Do one report job: the rights of the person who asked count now, not when they asked."""
    release = with_round(Release.objects.all()).get(pk=UUID(job.args["release"]))
    language, form = str(job.args["language"]), form_of(job)
    check_asker(job, "reporting.request_report", release)
    # labels are stored, so they are written in the language of the person who reads them
    requester = person_of(job)
    with translation.override(requester.language if requester else language):
        writing = _("Laying out the pages") if form == "pdf" else _("Writing the file")
        labels = (_("Reading the figures of the release"), writing, _("Storing the file"))
    progress(0, STEPS, labels[0])
    data = build_report(release, language)
    progress(1, STEPS, labels[1])
    content = _file(data, release, form)
    progress(2, STEPS, labels[2])
    check_asker(job, "reporting.request_report", release)
    return JobResult(content=content, name=report_name(release, language, form))


def tell_done(job: Job) -> None:
    """Write the mail in the transaction that finishes the job."""
    requester, release = person_of(job), _release(job)
    if requester is not None:
        release_notices.report_ready(job, release, requester, at=_finished_at(job))


def tell_failed(job: Job) -> None:
    """Write the mail in the transaction that gives the job up."""
    requester, release = person_of(job), _release(job)
    if requester is not None:
        release_notices.report_failed(job, release, requester, at=_finished_at(job))


def _finished_at(job: Job) -> datetime:
    """When the job ended; the queue writes it before it tells anybody."""
    if job.finished_at is None:
        raise ValueError(f"Job {job.pk} has not ended.")
    return job.finished_at


def register() -> None:
    """Make the kinds of job known to the queue."""
    for kind in REPORT_KINDS.values():
        jobs.register(jobs.Kind(kind, make, done=tell_done, failed=tell_failed))


def _release(job: Job) -> Release:
    return Release.objects.select_related("association", "round").get(pk=UUID(job.args["release"]))


def _file(data: ReportData, release: Release, form: str) -> bytes:
    photos = photos_of(data)
    with translation.override(data.language):
        imprint = imprint_of(release, data.language)
        if form == "docx":
            from reporting.datasets.report_docx import report_docx  # late: only workers make files

            return report_docx(data, photos, imprint)
        cells = cells_of_all([release])[release.pk]  # with those of peer groups
        if form == "xlsx":
            from reporting.datasets.report_xlsx import report_xlsx  # likewise

            return report_xlsx(data, figure_rows(release, cells), imprint)
        return _as_pdf(data, release, cells, photos, imprint)


def _as_pdf(
    data: ReportData,
    release: Release,
    cells: Sequence[ReleaseCell],
    photos: Mapping[str, bytes],
    imprint: Imprint,
) -> bytes:
    """The report as a PDF, with every figure of the edition attached as a table."""
    assets = assets_of(release.association)
    logo = logo_of(assets)
    assets |= {f"{ident}.jpg": content for ident, content in photos.items()}
    if imprint.address:
        assets["edition.svg"] = qr_svg(imprint.address)
    html = render_to_string(
        TEMPLATE,
        {
            "report": data,
            "style": pdf_style(data),
            "logo": logo,
            "accent": data.accent,
            "photos": photos,
            "imprint": imprint,
        },
    )
    table = Attached(
        name=report_name(release, data.language, "csv"),
        content=csv_bytes(COLUMNS, figure_rows(release, cells)),
        description=_("Every figure of this edition as a table"),
        at=release.published_at,
    )
    return render_pdf(html, title=data.full_title, language=data.language, assets=assets, attached=(table,))


def photos_of(data: ReportData) -> dict[str, bytes]:
    """The photos of a report by the id of their case; one that is not what was published is left out."""
    found = {}
    for case in data.cases:
        content = stored_photo(case.photo, case.photo_sha256)
        if content is not None:
            found[case.id] = content
    return found


def stored_photo(name: str, sha256: str) -> bytes | None:
    """A photo from the private files; None where there is none, or not the one with this hash."""
    if not name:
        return None
    try:
        with private_storage().open(name, "rb") as stored:
            content = bytes(stored.read())
    except OSError:
        log.exception("the photo %s cannot be read", name)
        return None
    if hashlib.sha256(content).hexdigest() != sha256:
        log.error("the photo %s is not the one that was published", name)
        return None
    return content
