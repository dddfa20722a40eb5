"""Printing a return: asking for the empty or the filled form, seeing how far it is, downloading it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404
from reporting.selectors.form_pdf import SHOWN, form_jobs
from reporting.selectors.returns import load_sheet
from reporting.services import form_pdf as service
from reporting.views.returns import frame_of, submission_of
from spm_portal.common.downloads import file_of_job
from spm_portal.common.models import Job

FILLED, EMPTY = "filled", "empty"


@association_page()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def return_print(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    if request.method == "POST":
        job = service.request_form(
            submission_id=submission.pk,
            filled=request.POST.get("kind") == FILLED,
            language=get_language() or "en",
            by=request.user,
            at=timezone.now(),
        )
        return redirect("return_print_job", request.association.slug, pk, job.pk)
    return render(
        request,
        "reporting/form/print.html",
        frame_of(request, load_sheet(submission)) | {"jobs": form_jobs(submission)[:SHOWN]},
    )


@association_page()
@never_cache
@require_safe
def return_print_job(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    found: Job = found_or_404(form_jobs(submission), pk=job)
    whole = not request.htmx
    return render(
        request,
        "reporting/form/job.html" if whole else "reporting/form/_job.html",
        frame_of(request, load_sheet(submission)) | {"job": found},
    )


@association_page()
@never_cache
@require_safe
def return_print_file(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    found: Job = found_or_404(form_jobs(submission_of(request, pk)), pk=job)
    file = file_of_job(found, content_type="application/pdf", at=timezone.now())
    return file or redirect("return_print_job", request.association.slug, pk, found.pk)
