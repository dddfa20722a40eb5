"""The report of an assessment that a board discusses: a PDF made by a worker, the workbook at once."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from capacity.datasets import assessment_file
from capacity.datasets.result_drawing import pictures
from capacity.datasets.result_parts import Results
from capacity.datasets.result_words import found_otherwise, messages_of, moves_of
from capacity.datasets.results import build_results
from capacity.enums import Stage
from capacity.models import Assessment
from capacity.selectors.report_jobs import REPORT_KIND
from capacity.selectors.results import with_framework
from members.access import forget
from members.models import User
from members.services.job_rights import asker_of
from members.services.paper import assets_of, logo_of
from members.services.permission import permit
from spm_portal.common import audit, jobs
from spm_portal.common.charts.paper import paper_style
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job
from spm_portal.common.pdf import Attached, render_pdf
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import as_csv, as_workbook

STEPS = 2
LAYOUT = 1  # goes up when the report looks or says something else, so that asking again makes a new file
TEMPLATE = "capacity/report/report.html"
PERMISSION = "capacity.view_scores"


def request_report(*, assessment_id: UUID, language: str, by: User, at: datetime) -> Job:
    """Ask for the report of an assessment; as long as nothing in it changed, asking again gives the same file.

    Raises PermissionDenied, ValueError for a language that there is not, Refused while raters score.
    """
    assessment = _assessment(assessment_id)
    forget(by)
    permit(by, PERMISSION, assessment)
    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"There is no language {language!r}.")
    if assessment.stage == Stage.RATING:
        raise Refused(_("Raters still score: there are no results yet."))
    results = build_results(assessment, language)
    with transaction.atomic():
        job = jobs.request_job(
            REPORT_KIND,
            by=by,
            at=at,
            args={"assessment": str(assessment.pk), "language": language},
            association_id=assessment.association_id,
            key=f"{REPORT_KIND}:{LAYOUT}:{assessment.pk}:{language}:{_mark(results)}",
            again=True,
        )
        audit.record(
            "capacity.report_requested",
            assessment,
            by=by,
            at=at,
            association_id=assessment.association_id,
            job=str(job.pk),
            language=language,
        )
    return job


def make(job: Job, progress: Progress) -> JobResult:
    """Do one report job: the rights of the person who asked count now, not when they asked."""
    assessment = _assessment(UUID(job.args["assessment"]))
    asker_of(job, PERMISSION, assessment)
    language = str(job.args["language"])
    with translation.override(language):
        progress(0, STEPS, _("Reading the results"))
        results = build_results(assessment, language)
        progress(1, STEPS, _("Laying out the pages"))
        content = as_pdf(results, assessment, at=job.created_at)
        asker_of(job, PERMISSION, assessment)
        return JobResult(content=content, name=file_name(results, "pdf"))


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(REPORT_KIND, make))


def as_pdf(results: Results, assessment: Assessment, *, at: datetime) -> bytes:
    """The report as tagged pages, with its items as a table inside; `at` is when it was asked for."""
    assets = assets_of(assessment.association, "capacity_report.css")
    with translation.override(results.language):
        html = render_to_string(
            TEMPLATE,
            {
                "results": results,
                "charts": pictures(results, paper_style(results.accent)),
                "messages": messages_of(results),
                "change_words": results.write_change(results.before.overall or 0) if results.before else "",
                "by_area": [(area, results.items_of(area)) for area in results.areas],
                "moves": moves_of(results),
                "found": found_otherwise(results),
                "logo": logo_of(assets),
                "at": at,
            },
        )
        items = assessment_file.sheets(results)[2]
        table = Attached(
            name=file_name(results, "csv"),
            content=as_csv(items),
            description=_("All items of this assessment as a table"),
            at=assessment.agreed_at or at,
        )
    title = f"{results.title} – {results.association}"
    return render_pdf(html, title=title, language=results.language, assets=assets, attached=(table,))


def workbook_of(*, assessment_id: UUID, language: str, by: User) -> tuple[bytes, str]:
    """The assessment as a workbook, and its name. Raises PermissionDenied, and `Sealed` while raters score."""
    assessment = _assessment(assessment_id)
    forget(by)
    permit(by, PERMISSION, assessment)
    results = build_results(assessment, language)
    return as_workbook(assessment_file.sheets(results)), file_name(results, "xlsx")


def file_name(results: Results, form: str) -> str:
    """A file name that says what it is, such as amani-capacity-2025-06-30-en.pdf."""
    association = slugify(results.association_label) or "association"
    return f"{association}-capacity-{results.as_of:%Y-%m-%d}-{results.language}.{form}"


def _mark(results: Results) -> str:
    """Tells one content of the report from another."""
    said = [
        [item.code, item.level, item.reason, item.minute, item.before, [one.title for one in item.evidence]]
        + ([item.outside.level, item.outside.note, item.outside.verifier] if item.outside else [])
        for item in results.items
    ]
    whole = [said, results.title, str(results.as_of), str(results.agreed_at), results.minute, results.accent]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]


def _assessment(pk: UUID) -> Assessment:
    return with_framework(Assessment.objects.all()).get(pk=pk)
