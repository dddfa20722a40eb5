"""The training year: a page for staff and donors, its workbook and its PDF."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404
from spm_portal.common.downloads import file_of_job
from spm_portal.common.models import Job
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import kind_of, table_file
from training.datasets.year import page_styles, pictures, year_sheets
from training.selectors.year import training_year, years_of
from training.selectors.year_jobs import year_jobs
from training.services import year_report
from training.web.needs import year_of


@association_page("training.view_year")
@require_safe
def year(request: AssociationRequest) -> HttpResponse:
    """Who was trained, what it cost, what came of it."""
    found = training_year(request.association, year_of(request))
    wide, narrow = page_styles()
    context = {
        "year": found,
        "years": years_of(request.association, timezone.localdate()),
        "charts": pictures(found, wide),
        "narrow": pictures(found, narrow, "-n"),
    }
    return render(request, "training/year/year.html", context)


@association_page("training.view_year")
@require_safe
def year_file(request: AssociationRequest, kind: str) -> HttpResponse:
    """The year as Excel or CSV."""
    found = training_year(request.association, year_of(request))
    name = year_report.file_name(found, "").removesuffix(".")
    return table_file(year_sheets(found), kind=kind_of(kind), name=name)


@association_page("training.view_year")
@require_POST
def year_report_new(request: AssociationRequest) -> HttpResponse:
    """Ask for the PDF."""
    asked = year_of(request)
    try:
        job = year_report.request_report(
            association=request.association,
            year=asked,
            language=get_language() or "en",
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect(reverse("training_year", args=[request.association.slug], query={"year": str(asked)}))
    return redirect("training_year_job", request.association.slug, job.pk)


@association_page("training.view_year")
@never_cache
@require_safe
def year_report_job(request: AssociationRequest, job: UUID) -> HttpResponse:
    """How far the PDF is."""
    found: Job = found_or_404(year_jobs(request.association, request.user), pk=job)
    template = "training/year/_job.html" if request.htmx else "training/year/job.html"
    return render(request, template, {"job": found, "asked": found.args["year"]})


@association_page("training.view_year")
@never_cache
@require_safe
def year_report_file(request: AssociationRequest, job: UUID) -> HttpResponse:
    """The PDF."""
    found: Job = found_or_404(year_jobs(request.association, request.user), pk=job)
    file = file_of_job(found, content_type="application/pdf", at=timezone.now())
    return file or redirect("training_year_job", request.association.slug, found.pk)
