"""The results of an assessment as a page, as a PDF made by a worker, and as a workbook."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from capacity.datasets.result_drawing import page_styles, pictures
from capacity.datasets.result_words import found_otherwise, messages_of, moves_of
from capacity.datasets.results import build_results
from capacity.enums import Stage
from capacity.models import Assessment
from capacity.selectors.report_jobs import report_jobs
from capacity.selectors.results import assessments_in
from capacity.services import reports as service
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.downloads import file_of_job, made_file
from spm_portal.common.models import Job
from spm_portal.common.table_files import XLSX


@association_page("capacity.view_capacity")
@never_cache
@require_safe
def results(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Everything that a board discusses, from the session on; before, nobody sees anything."""
    assessment = _assessment(request, pk)
    if assessment.stage == Stage.RATING:
        return redirect("session", request.association.slug, pk)
    found = build_results(assessment, get_language() or "en")
    wide, narrow = page_styles(found)
    return render(
        request,
        "capacity/results/results.html",
        {
            "assessment": assessment,
            "results": found,
            "charts": pictures(found, wide),
            "narrow": pictures(found, narrow, "-n"),
            "messages_first": messages_of(found),
            "by_area": [(area, found.items_of(area)) for area in found.areas],
            "moves": moves_of(found),
            "found": found_otherwise(found),
            "is_draft": assessment.stage != Stage.AGREED,
            "may_run": request.user.has_perm("capacity.run_assessment", assessment),
        },
    )


@association_page("capacity.view_capacity")
@require_POST
def capacity_report(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Ask for the PDF."""
    assessment = _open(request, pk)
    if assessment is None:
        return redirect("session", request.association.slug, pk)
    job = service.request_report(
        assessment_id=assessment.pk, language=get_language() or "en", by=request.user, at=timezone.now()
    )
    return redirect("capacity_report_job", request.association.slug, pk, job.pk)


@association_page("capacity.view_capacity")
@never_cache
@require_safe
def capacity_report_job(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    """How far the PDF is."""
    assessment = _assessment(request, pk)
    found: Job = found_or_404(report_jobs(assessment), pk=job)
    template = "capacity/report/_job.html" if request.htmx else "capacity/report/job.html"
    return render(request, template, {"assessment": assessment, "job": found})


@association_page("capacity.view_capacity")
@never_cache
@require_safe
def capacity_report_file(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    """The PDF."""
    found: Job = found_or_404(report_jobs(_assessment(request, pk)), pk=job)
    file = file_of_job(found, content_type="application/pdf", at=timezone.now())
    return file or redirect("capacity_report_job", request.association.slug, pk, found.pk)


@association_page("capacity.view_capacity")
@never_cache
@require_safe
def capacity_workbook(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The assessment as a workbook."""
    assessment = _open(request, pk)
    if assessment is None:
        return redirect("session", request.association.slug, pk)
    content, name = service.workbook_of(
        assessment_id=assessment.pk, language=get_language() or "en", by=request.user
    )
    return made_file(content, name=name, content_type=XLSX)


def _assessment(request: AssociationRequest, pk: UUID) -> Assessment:
    found: Assessment = found_or_404(assessments_in(request.association, request.user), pk=pk)
    require(request, "capacity.view_scores", found)
    return found


def _open(request: AssociationRequest, pk: UUID) -> Assessment | None:
    """The assessment; None while raters score."""
    found = _assessment(request, pk)
    return None if found.stage == Stage.RATING else found
