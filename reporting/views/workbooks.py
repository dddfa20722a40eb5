"""Working in Excel: download the workbook, upload it, look at what would change, confirm or discard."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.enums import UploadState
from reporting.forms.workbooks import XLSX, WorkbookForm
from reporting.models import Submission
from reporting.models.workbook import WorkbookUpload
from reporting.selectors.returns import load_sheet
from reporting.selectors.workbooks import SHOWN, workbooks_of
from reporting.services import workbooks as service
from reporting.views.returns import frame_of, submission_of
from reporting.web.workbooks import dry_run_of
from spm_portal.common.downloads import made_file
from spm_portal.common.refusal import Refused

CHOICE = "choose-"  # prefix of the radio buttons that settle a conflict


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def return_excel(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    form = WorkbookForm()
    if request.method == "POST":
        require(request, "reporting.edit_return", submission)
        form = WorkbookForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                made = service.upload(
                    submission_id=submission.pk,
                    upload=form.cleaned_data["file"],
                    by=request.user,
                    at=timezone.now(),
                )
                return redirect("workbook_upload", request.association.slug, submission.pk, made.pk)
            except Refused as refused:
                form.add_error("file", str(refused.message))
    return render(
        request,
        "reporting/workbooks/excel.html",
        frame_of(request, load_sheet(submission))
        | {"form": form, "uploads": workbooks_of(request.user, submission)[:SHOWN]},
        status=422 if form.errors else 200,
    )


@association_page()
@never_cache
@require_safe
def workbook_file(request: AssociationRequest, pk: UUID) -> HttpResponse:
    sheet = load_sheet(submission_of(request, pk))
    content, name = service.make_workbook(sheet, language=get_language() or "en", at=timezone.now())
    return made_file(content, name=name, content_type=XLSX)


@association_page()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def workbook_upload(request: AssociationRequest, pk: UUID, upload: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    found = found_or_404(workbooks_of(request.user, submission), pk=upload)
    if request.method == "POST":
        require(request, "reporting.edit_return", submission)
        return _settle(request, submission, found)
    return _page(request, submission, found)


def _page(
    request: AssociationRequest, submission: Submission, found: WorkbookUpload, refusal: str = ""
) -> HttpResponse:
    slug = request.association.slug
    whole = not request.htmx
    template = "reporting/workbooks/upload.html" if whole else "reporting/workbooks/_upload.html"
    return render(
        request,
        template,
        frame_of(request, load_sheet(submission))
        | {
            "upload": found,
            "run": dry_run_of(found, slug),
            "reading": found.state == UploadState.READING,
            "ready": found.state == UploadState.READY,
            "refusal": refusal,
        },
        status=409 if refusal else 200,
    )


def _settle(request: AssociationRequest, submission: Submission, found: WorkbookUpload) -> HttpResponse:
    args = (request.association.slug, submission.pk)
    now = timezone.now()
    if request.POST.get("action") == "discard":
        service.discard(upload_id=found.pk, by=request.user, at=now)
        messages.info(request, _("The workbook was set aside. Nothing was changed."))
        return redirect("return_excel", *args)
    choices = {
        name[len(CHOICE) :]: str(value) for name, value in request.POST.items() if name.startswith(CHOICE)
    }
    try:
        service.confirm(upload_id=found.pk, by=request.user, at=now, choices=choices)
    except Refused as refused:
        fresh = found_or_404(workbooks_of(request.user, submission), pk=found.pk)
        return _page(request, submission, fresh, str(refused.message))
    count = len(found.changes)
    messages.success(
        request,
        ngettext(
            "%(count)s answer was taken in from the workbook.",
            "%(count)s answers were taken in from the workbook.",
            count,
        )
        % {"count": count},
    )
    return redirect("return", *args)


@association_page()
@never_cache
@require_safe
def workbook_annotated(request: AssociationRequest, pk: UUID, upload: UUID) -> HttpResponse:
    found = found_or_404(workbooks_of(request.user, submission_of(request, pk)), pk=upload)
    if not found.annotated:
        raise Http404
    stem = found.name.rpartition(".")[0] or found.name
    name = _("%(name)s with remarks.xlsx") % {"name": stem}
    with found.annotated.open("rb") as stored:
        return made_file(stored.read(), name=name, content_type=XLSX)
