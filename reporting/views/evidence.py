"""The MFI's documents, and citing them beside an answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.models import Institution
from members.web.guards import AssociationRequest, association_page, found_or_404
from reporting.catalogue import Indicator
from reporting.enums import EvidenceClass
from reporting.forms.evidence import CiteForm, CiteUploadForm, EvidenceEditForm, EvidenceForm
from reporting.models import Evidence
from reporting.selectors import evidence as selectors
from reporting.selectors.returns import ReturnSheet, load_sheet
from reporting.services import evidence as service
from reporting.views.returns import frame_of, submission_of
from spm_portal.common.downloads import handed_in_file
from spm_portal.common.refusal import Refused

PAGE_SIZE = 50


@association_page("reporting.view_evidence")
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: AssociationRequest) -> HttpResponse:
    """The library of one of the person's MFIs; `mfi` names which where there are several."""
    institutions = selectors.own_institutions(request.user, request.association)
    institution = _chosen(institutions, request.GET.get("mfi", ""))
    form = EvidenceForm(initial={"year": timezone.localdate().year - 1})
    if request.method == "POST":
        form = EvidenceForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                made = _taken_in(request, form, institution.pk)
                messages.success(request, _("“%(title)s” is in your library.") % {"title": made.title})
                return redirect(request.get_full_path())
            except Refused as refused:
                form.add_error(None, str(refused.message))
    wanted = selectors.EvidenceFilter(
        year=request.GET.get("year", ""),
        confidentiality=request.GET.get("class", ""),
        put_away=request.GET.get("away") == "1",
    )
    page = Paginator(selectors.evidence_list(request.user, institution, wanted), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "reporting/evidence/list.html",
        {
            "institution": institution,
            "institutions": institutions,
            "page": page,
            "documents": page.object_list,
            "wanted": wanted,
            "years": selectors.years_of(request.user, institution),
            "classes": EvidenceClass.choices,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _chosen(institutions: list[Institution], wanted: str) -> Institution:
    found = next((one for one in institutions if str(one.pk) == wanted), None)
    if found is not None:
        return found
    if wanted or not institutions:
        raise Http404
    return institutions[0]


def _taken_in(request: AssociationRequest, form: EvidenceForm, institution_id: UUID) -> Evidence:
    cleaned = form.cleaned_data
    try:
        return service.add(
            institution_id=institution_id,
            title=cleaned["title"],
            year=cleaned["year"],
            confidentiality=cleaned["confidentiality"],
            upload=cleaned["file"],
            by=request.user,
            at=timezone.now(),
        )
    except service.EvidenceForbidden as refused:
        raise PermissionDenied(str(refused)) from None


@association_page("reporting.view_evidence")
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_item(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One document: what is said about it, who cites it, putting it away."""
    found = _own(request, pk)
    initial = {"title": found.title, "year": found.year, "confidentiality": found.confidentiality}
    form = EvidenceEditForm(initial=initial)
    if request.method == "POST":
        act: dict[str, Any] = {"evidence_id": found.pk, "by": request.user, "at": timezone.now()}
        action = request.POST.get("action", "")
        if action == "put_away":
            service.put_away(**act)
            messages.success(request, _("The document is put away. What cites it still shows it."))
            return redirect("evidence_item", request.association.slug, found.pk)
        if action == "bring_back":
            service.bring_back(**act)
            messages.success(request, _("The document can be cited again."))
            return redirect("evidence_item", request.association.slug, found.pk)
        form = EvidenceEditForm(request.POST)
        if form.is_valid():
            try:
                service.change(**act, **form.cleaned_data)
                messages.success(request, _("Saved."))
                return redirect("evidence_item", request.association.slug, found.pk)
            except Refused as refused:
                form.add_error(None, str(refused.message))
    return render(
        request,
        "reporting/evidence/item.html",
        {"document": found, "form": form, "citing": selectors.citing(found, request.association)},
        status=422 if form.errors else 200,
    )


def _own(request: AssociationRequest, pk: UUID) -> Evidence:
    """The document if it is of an MFI for which the person works and that is a member here."""
    members = selectors.own_institutions(request.user, request.association)
    return found_or_404(
        selectors.own_evidence(request.user)
        .filter(institution__in=members)
        .select_related("institution", "uploaded_by"),
        pk=pk,
    )


@association_page("reporting.view_evidence")
@require_safe
def evidence_file(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The MFI's own document as a file."""
    found = _own(request, pk)
    return handed_in_file(found.file, name=found.name, content_type=found.content_type)


@association_page()
@require_safe
def citation_file(request: AssociationRequest, pk: UUID, citation: UUID) -> HttpResponse:
    """The document behind a citation, for both sides of a return."""
    found = selectors.citation_file(submission_of(request, pk), citation, request.user)
    if found is None:
        raise Http404
    return handed_in_file(found.file, name=found.name, content_type=found.content_type)


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def citations(request: AssociationRequest, pk: UUID, code: str) -> HttpResponse:
    """The documents on which one answer rests: see, add from the library, upload, take back."""
    submission = submission_of(request, pk)
    sheet = load_sheet(submission)
    indicator = sheet.catalogue.find(code)
    if not isinstance(indicator, Indicator) or code not in sheet.computed.asked:
        raise Http404
    may_cite = request.user.has_perm("reporting.cite_evidence", submission)
    documents = selectors.choosable(submission, code, request.user)
    choose, upload = CiteForm(documents=documents, auto_id="choose_%s"), _empty_upload(sheet)
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "upload":
            upload = CiteUploadForm(request.POST, request.FILES, auto_id="new_%s")
        elif action != "remove":
            # wider than what is offered: the second of two clicks cites what the first has cited
            choose = CiteForm(
                request.POST,
                documents=selectors.in_use(submission, request.user),
                auto_id="choose_%s",
            )
        try:
            if _done(request, sheet, code, action, choose, upload):
                return redirect(reverse("citations", args=[request.association.slug, pk, code]))
        except service.EvidenceForbidden as refused:
            raise PermissionDenied(str(refused)) from None
        except Refused as refused:
            (upload if action == "upload" else choose).add_error(None, str(refused.message))
    return render(
        request,
        "reporting/evidence/citations.html",
        frame_of(request, sheet)
        | {
            "indicator": indicator,
            "citations": selectors.citations_of(submission, reader=request.user).get(code, []),
            "choose": choose,
            "upload": upload,
            "has_documents": may_cite and documents.exists(),
            "may_cite": may_cite,
        },
        status=422 if choose.errors or upload.errors else 200,
    )


def _empty_upload(sheet: ReturnSheet) -> CiteUploadForm:
    return CiteUploadForm(initial={"year": sheet.submission.round.year}, auto_id="new_%s")


def _done(
    request: AssociationRequest,
    sheet: ReturnSheet,
    code: str,
    action: str,
    choose: CiteForm,
    upload: CiteUploadForm,
) -> bool:
    """Do what was asked; false where a form is not filled in rightly. Raises Refused."""
    submission, now = sheet.submission, timezone.now()
    if not request.user.has_perm("reporting.cite_evidence", submission):
        raise service.EvidenceForbidden(_("The answers cannot be changed now, so no document can be cited."))
    if action == "remove":
        service.uncite(
            submission_id=submission.pk,
            citation_id=_uuid(request.POST.get("citation", "")),
            by=request.user,
            at=now,
        )
        return True
    form = upload if action == "upload" else choose
    if not form.is_valid():
        return False
    if action == "upload":
        document = _taken_in(request, upload, submission.institution_id)
    else:
        document = form.cleaned_data["evidence"]
    service.cite(
        submission_id=submission.pk,
        code=code,
        evidence_id=document.pk,
        place=form.cleaned_data["place"],
        by=request.user,
        at=now,
    )
    return True


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
