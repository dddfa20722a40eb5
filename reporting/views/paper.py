"""The page from which staff key a return that came on paper, and on which the MFI sees who did."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from members.web.guards import AssociationRequest, association_page
from reporting.forms.paper import PaperForm
from reporting.models import Submission
from reporting.selectors.paper import keyed_codes
from reporting.selectors.returns import load_sheet
from reporting.services import paper as service
from reporting.views.returns import frame_of, submission_of
from spm_portal.common.refusal import Refused


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    form = PaperForm()
    if request.method == "POST":
        if request.POST.get("action") == "finish":
            return _finish(request, submission)
        form = PaperForm(request.POST, request.FILES)
        try:
            if form.is_valid():
                service.begin(
                    submission_id=submission.pk,
                    reason=form.cleaned_data["reason"],
                    scan=form.cleaned_data["scan"],
                    by=request.user,
                    at=timezone.now(),
                )
                messages.success(request, _("Begun. You can now answer the questions of this return."))
                return redirect("return", request.association.slug, submission.pk)
            if not request.user.has_perm("reporting.key_paper_return", submission):
                raise PermissionDenied
        except service.PaperForbidden as refused:
            raise PermissionDenied(str(refused)) from None
        except Refused as refused:
            form.add_error(None, str(refused.message))
    sheet = load_sheet(submission)
    frame = frame_of(request, sheet)
    held = frame["paper"].open
    shown = held or frame["paper"].waiting
    codes = keyed_codes(shown) if shown is not None else set()
    keyed = sorted(
        (one for one in codes if one in sheet.computed.asked), key=sheet.catalogue.position.__getitem__
    )
    return render(
        request,
        "reporting/paper/paper.html",
        frame
        | {
            "form": form,
            "may_begin": frame["may_key"] and held is None,
            "may_finish": held is not None
            and frame["is_staff"]
            and (
                held.opened_by_id == request.user.pk
                or request.user.has_perm("reporting.manage_round", submission.round)
            ),
            "keyed": [sheet.catalogue.indicator(code) for code in keyed],
        },
        status=422 if form.errors else 200,
    )


def _finish(request: AssociationRequest, submission: Submission) -> HttpResponse:
    try:
        count = service.finish(submission_id=submission.pk, by=request.user, at=timezone.now())
    except service.PaperForbidden as refused:
        raise PermissionDenied(str(refused)) from None
    if count:
        said = ngettext(
            "%(count)s answer was keyed. %(mfi)s is asked by mail to look at it and to sign.",
            "%(count)s answers were keyed. %(mfi)s is asked by mail to look at them and to sign.",
            count,
        )
        messages.success(request, said % {"count": count, "mfi": submission.institution.label})
    else:
        messages.info(request, _("Nothing was keyed, so nobody was told."))
    return redirect("return", request.association.slug, submission.pk)
