"""The training year as a PDF, made by a worker."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.access import forget
from members.models import Association, User
from members.services.job_rights import asker_of
from members.services.paper import assets_of, logo_of
from members.services.permission import permit
from spm_portal.common import audit, jobs
from spm_portal.common.charts.paper import paper_style
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.pdf import Attached, render_pdf
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import as_csv
from training.datasets.year import pictures, year_sheets
from training.selectors.year import TrainingYear, training_year
from training.selectors.year_jobs import YEAR_KIND

LAYOUT = 1  # goes up when the report looks or says something else, so that asking again makes a new file
STEPS = 2
PERMISSION = "training.view_year"


def request_report(*, association: Association, year: int, language: str, by: User, at: datetime) -> Job:
    """Ask for the report of a year; as long as its figures are the same, asking again gives the same file.

    Raises PermissionDenied, and Refused where nothing was held.
    """
    forget(by)
    permit(by, PERMISSION, association)
    spoken = language if language in dict(settings.LANGUAGES) else "en"
    found = training_year(association, year)
    if found.is_empty:
        raise Refused(_("Nothing was held in %(year)s yet: there is nothing to report.") % {"year": year})
    with transaction.atomic():
        job = jobs.request_job(
            YEAR_KIND,
            by=by,
            at=at,
            args={"year": year, "language": spoken, "by": str(by.pk)},
            association_id=association.pk,
            key=f"{YEAR_KIND}:{LAYOUT}:{association.pk}:{year}:{spoken}:{by.pk}:{_mark(found)}",
            again=True,
        )
        audit.record(
            "training.year_requested",
            association,
            by=by,
            at=at,
            association_id=association.pk,
            year=year,
            job=str(job.pk),
        )
    return job


def make(job: Job, progress: Progress) -> JobResult:
    """Do one job: the rights of the person who asked count now, not when they asked."""
    association = Association.objects.get(pk=UUID(str(job.association_id)))
    asker_of(job, PERMISSION, association)
    language = str(job.args["language"])
    with translation.override(language):
        progress(0, STEPS, _("Reading the year"))
        found = training_year(association, int(job.args["year"]))
        progress(1, STEPS, _("Laying out the pages"))
        content = as_pdf(found, language, at=job.created_at)
    asker_of(job, PERMISSION, association)
    return JobResult(content=content, name=file_name(found, "pdf"))


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(YEAR_KIND, make))


def as_pdf(year: TrainingYear, language: str, *, at: datetime) -> bytes:
    """The year as tagged pages, with its sessions as a table inside."""
    association = year.association
    assets = assets_of(association, "training_year.css")
    with translation.override(language):
        html = render_to_string(
            "training/year/paper.html",
            {
                "year": year,
                "association": association,
                "charts": pictures(year, paper_style(association.accent_colour)),
                "language": language,
                "rtl": translation.get_language_bidi(),
                "logo": logo_of(assets),
                "at": at,
            },
        )
        table = Attached(
            name=file_name(year, "csv"),
            content=as_csv(year_sheets(year)[1]),
            description=_("All sessions of the year as a table"),
            at=at,
        )
        title = _("Training in %(year)s") % {"year": year.year} + f" – {association.name}"
    return render_pdf(html, title=title, language=language, assets=assets, attached=(table,))


def file_name(year: TrainingYear, form: str) -> str:
    """A file name that says what it is, such as amani-training-2026.pdf."""
    return f"{slugify(year.association.label) or 'association'}-training-{year.year}.{form}"


def _mark(year: TrainingYear) -> str:
    """Tells one content of the report from another."""
    said = [str(sheet.rows) for sheet in year_sheets(year)] + [year.association.accent_colour]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
