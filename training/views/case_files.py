"""Files of a case: deliverables, the signed contract, and the documents that a worker lays out."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.downloads import file_of_job, handed_in_file
from spm_portal.common.models import Job
from spm_portal.common.refusal import Refused
from training.models import Case
from training.selectors.case_documents import document_jobs
from training.selectors.cases import cases_in
from training.services import case_documents


def _case(request: AssociationRequest, pk: UUID, permission: str) -> Case:
    found = found_or_404(cases_in(request.association, request.user), pk=pk)
    require(request, permission, found)
    return found


@association_page("training.view_calendar")
@require_GET
def case_deliverable_file(request: AssociationRequest, pk: UUID, deliverable: UUID) -> HttpResponse:
    """What was handed in, for both sides."""
    found = _case(request, pk, "training.view_case")
    one = found_or_404(found.deliverables.all(), pk=deliverable)
    if not one.file:
        raise Http404
    return handed_in_file(one.file, name=one.name, content_type=one.content_type)


@association_page("training.manage_training")
@require_GET
def case_contract_file(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The signed contract, for managers."""
    found = _case(request, pk, "training.contract_case")
    if not found.contract_file:
        raise Http404
    return handed_in_file(found.contract_file, name=found.contract_name, content_type=found.contract_type)


@association_page("training.view_calendar")
@require_POST
def case_document(request: AssociationRequest, pk: UUID, document: str) -> HttpResponse:
    """Ask for the terms of reference or the contract as PDF."""
    if document not in case_documents.PERMISSIONS:
        raise Http404
    found = _case(request, pk, case_documents.PERMISSIONS[document])
    try:
        job = case_documents.request_document(
            case_id=found.pk,
            document=document,
            language=get_language() or "en",
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("case", request.association.slug, found.pk)
    return redirect("case_document_job", request.association.slug, found.pk, job.pk)


@association_page("training.view_calendar")
@never_cache
@require_safe
def case_document_job(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    """How far the PDF is."""
    found = _case(request, pk, "training.view_case")
    asked: Job = found_or_404(document_jobs(found, request.user), pk=job)
    template = "training/cases/_document_job.html" if request.htmx else "training/cases/document_job.html"
    context = {"case": found, "job": asked, "document": asked.args["document"]}
    return render(request, template, context)


@association_page("training.view_calendar")
@never_cache
@require_GET
def case_document_file(request: AssociationRequest, pk: UUID, job: UUID) -> HttpResponse:
    """The PDF."""
    found = _case(request, pk, "training.view_case")
    asked: Job = found_or_404(document_jobs(found, request.user), pk=job)
    file = file_of_job(asked, content_type="application/pdf", at=timezone.now())
    return file or redirect("case_document_job", request.association.slug, found.pk, asked.pk)
