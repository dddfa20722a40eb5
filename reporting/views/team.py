"""Sharing a return inside an MFI: sections for colleagues, links for guests, flags on questions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.web.guards import AssociationRequest, association_page, require
from reporting.forms.team import GiveForm, GuestForm
from reporting.selectors.returns import load_sheet
from reporting.selectors.team import colleagues_of, guests_of
from reporting.services import assignments, guests
from reporting.services.flags import set_flag
from reporting.views.returns import frame_of, submission_of
from reporting.web.panels import section_url
from spm_portal.common.refusal import Refused

ON, OFF = "on", "off"


@association_page()
@require_POST
def answer_flag(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Put "come back to this" on a question, or take it away; the button says which, as `code:on`."""
    submission = submission_of(request, pk)
    code, _colon, wanted = request.POST.get("flag", "").partition(":")
    if wanted not in {ON, OFF}:
        raise Http404
    try:
        set_flag(submission_id=submission.pk, code=code, on=wanted == ON, by=request.user, at=timezone.now())
    except Refused:
        raise Http404 from None
    sheet = load_sheet(submission)
    if not request.htmx:
        return redirect(f"{section_url(sheet, sheet.catalogue.indicator(code).section)}#f-{code}")
    frame = frame_of(request, sheet)
    return render(
        request,
        "reporting/returns/_flagged.html",
        frame | {"code": code, "flagged": code in frame["team"].flagged, "oob": True},
    )


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def return_team(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Who has which section, and which guests are asked."""
    submission = submission_of(request, pk)
    require(request, "reporting.view_team", submission)
    sheet = load_sheet(submission)
    choices = {"sections": sheet.sections}
    action = request.POST.get("action", "")
    colleagues = colleagues_of(submission)
    give = GiveForm(
        request.POST if action == "give" else None,
        colleagues=colleagues,
        auto_id="give_%s",
        initial={"section": request.GET.get("section", "")},
        **choices,
    )
    invite = GuestForm(request.POST if action == "invite" else None, auto_id="guest_%s", **choices)
    if request.method == "POST":
        require(request, "reporting.share_work", submission)
        if _done(request, pk, action, give, invite):
            if request.POST.get("back") == "section":
                return redirect(section_url(sheet, request.POST.get("section", "")))
            return redirect("return_team", request.association.slug, pk)
    return render(
        request,
        "reporting/guests/team.html",
        frame_of(request, sheet)
        | {
            "give": give,
            "invite": invite,
            "guests": guests_of(submission),
            "now": timezone.now(),
            "titles": {one.code: f"{one.number}. {one.title}" for one in sheet.sections},
        },
        status=422 if give.errors or invite.errors else 200,
    )


def _done(request: AssociationRequest, pk: UUID, action: str, give: GiveForm, invite: GuestForm) -> bool:
    """Do what was asked; false where a form is to be corrected."""
    act: dict[str, Any] = {"submission_id": pk, "by": request.user, "at": timezone.now()}
    section = request.POST.get("section", "")
    simple: dict[str, tuple[Callable[..., None], Any]] = {
        "finish": (assignments.finish, _("Marked as done.")),
        "resume": (assignments.resume, _("The section is open again.")),
        "take_back": (assignments.take_back, _("The section is taken back.")),
    }
    if action in simple:
        service, said = simple[action]
        service(**act, section=section)
        messages.success(request, said)
        return True
    if action == "revoke":
        guests.revoke_guest(**act, link_id=_uuid(request.POST.get("link", "")))
        messages.success(request, _("The link is taken back: it opens nothing any more."))
        return True
    form = {"give": give, "invite": invite}.get(action)
    if form is None:
        raise PermissionDenied
    if not form.is_valid():
        return False
    try:
        if form is give:
            cleaned = dict(form.cleaned_data)
            given = assignments.give(**act, **(cleaned | {"assignee_id": UUID(cleaned.pop("assignee"))}))
            messages.success(request, _("The section is given to %(person)s.") % {"person": given.assignee})
        else:
            link = guests.invite_guest(**act, **form.cleaned_data)
            messages.success(request, _("The link is on its way to %(email)s.") % {"email": link.email})
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return False
    return True


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
