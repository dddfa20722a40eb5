"""What an association owes its donors, on both sides: the calendar, and each report with its review."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from capacity.enums import DutyState, OfferState
from capacity.forms.support import PutOffForm, ReportForm, ReviewForm, SkipForm
from capacity.models import Obligation
from capacity.selectors.support import calendar, duty_rows, last_report, shows_file, steps_of
from capacity.services import obligations
from capacity.views.donor_room import donor_of
from capacity.web.sides import Side
from members.web.guards import (
    AssociationRequest,
    PersonRequest,
    association_page,
    found_or_404,
    person_page,
    require,
)
from spm_portal.common.attempt import tried
from spm_portal.common.downloads import handed_in_file

# --- The calendar -------------------------------------------------------------------------------------------


@association_page("capacity.view_capacity")
@require_safe
def obligation_list(request: AssociationRequest) -> HttpResponse:
    """What the association owes, and what money is due to it."""
    return _calendar(request, Side(association=request.association))


@person_page
@require_safe
def donor_obligation_list(request: PersonRequest, slug: str) -> HttpResponse:
    """What is owed to the donor, and what it has to pay."""
    return _calendar(request, Side(donor=donor_of(request, slug)))


def _calendar(request: PersonRequest, side: Side) -> HttpResponse:
    told = calendar(side.between, request.user, today=timezone.localdate())
    groups = [
        (_("Late"), told.late),
        (_("With the donor") if not side.is_donor else _("Waiting for you"), told.with_donor),
        (_("Due within 30 days"), told.soon),
        (_("Later"), told.later),
    ]
    context = {
        "side": side,
        "donor": side.donor,
        "calendar": told,
        "groups": [(title, lines) for title, lines in groups if lines],
        "tab": "obligations",
        "crumbs": side.crumbs(),
    }
    return render(request, "capacity/offers/obligations.html", context)


# --- One report ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Forms:
    """The forms of a report's page, as they were sent or empty."""

    report: ReportForm
    review: ReviewForm = field(default_factory=ReviewForm)
    skip: SkipForm = field(default_factory=SkipForm)
    put_off: PutOffForm = field(default_factory=PutOffForm)
    theirs: str = ""  # what a colleague saved meanwhile

    @property
    def has_errors(self) -> bool:
        """Whether anything has to be corrected."""
        return any(form.errors for form in (self.report, self.review, self.skip, self.put_off))


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def obligation(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One report that the association owes: writing it, handing it in."""
    return _obligation(request, Side(association=request.association), pk)


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def donor_obligation(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """One report that is owed to the donor: reading it, asking, accepting."""
    return _obligation(request, Side(donor=donor_of(request, slug)), pk)


def _obligation(request: PersonRequest, side: Side, pk: UUID) -> HttpResponse:
    duty = _duty(request, side, pk)
    forms = _Forms(ReportForm(initial={"text": duty.text, "version": duty.version}))
    if request.method == "POST":
        done = _act_as_donor(request, duty, forms) if side.is_donor else _act(request, duty, forms)
        if done:
            messages.success(request, done)
            return redirect(side.route("obligation"), side.slug, duty.pk)
        duty = _duty(request, side, pk)  # as it is after the refusal
        if forms.report.is_bound and str(duty.version) != request.POST.get("version"):
            # what was typed stands in the form, and counts from what a colleague saved
            sent = request.POST.copy()
            sent["version"] = str(duty.version)
            forms.theirs = duty.text
            forms.report.data = sent
    return _page(request, side, duty, forms)


def _duty(request: PersonRequest, side: Side, pk: UUID) -> Obligation:
    duty = found_or_404(duty_rows(side.between, request.user), pk=pk)
    require(request, "capacity.review_obligation" if side.is_donor else "capacity.report_on_obligation", duty)
    return duty


def _act(request: PersonRequest, duty: Obligation, forms: _Forms) -> str:
    action = request.POST.get("action", "")
    calls = {
        "draft": (obligations.save_draft, _("The draft is saved. The donor reads nothing of it yet.")),
        "hand_in": (obligations.hand_in, _("Handed in. The donor was told by mail.")),
    }
    if action not in calls:
        raise Http404
    forms.report = ReportForm(request.POST, request.FILES)
    call, words = calls[action]

    def send() -> object:
        found = forms.report.cleaned_data
        return call(
            obligation_id=duty.pk,
            text=found["text"],
            version=found["version"],
            upload=found["file"],
            by=request.user,
            at=timezone.now(),
        )

    return tried(forms.report, send, words)


def _act_as_donor(request: PersonRequest, duty: Obligation, forms: _Forms) -> str:
    act: dict[str, Any] = {"obligation_id": duty.pk, "by": request.user, "at": timezone.now()}
    action = request.POST.get("action", "")
    if action in ("ask", "accept"):
        forms.review = ReviewForm(request.POST)
        call = obligations.ask if action == "ask" else obligations.accept
        words = _("Your questions are sent.") if action == "ask" else _("The report is accepted.")
        return tried(forms.review, lambda: call(**act, text=forms.review.cleaned_data["text"]), words)
    if action == "skip":
        forms.skip = SkipForm(request.POST)
        return tried(
            forms.skip,
            lambda: obligations.skip(**act, reason=forms.skip.cleaned_data["reason"]),
            _("The association knows that it is not needed."),
        )
    if action == "put_off":
        forms.put_off = PutOffForm(request.POST)
        return tried(
            forms.put_off,
            lambda: obligations.put_off(**act, due_on=forms.put_off.cleaned_data["due_on"]),
            _("The new day stands in the calendar of both sides."),
        )
    raise Http404


def _page(request: PersonRequest, side: Side, duty: Obligation, forms: _Forms) -> HttpResponse:
    is_settled = duty.state in obligations.SETTLED
    is_running = duty.offer.state == OfferState.ACCEPTED
    is_open = is_running and not is_settled
    context = {
        "side": side,
        "donor": side.donor,
        "tab": "obligations",
        "crumbs": side.crumbs((_("What is due"), side.url("obligations"))),
        "duty": duty,
        "offer": duty.offer,
        "days": (duty.due_on - timezone.localdate()).days,
        "is_awaited": is_open and duty.state in obligations.OPEN,
        "report": last_report(duty),
        "has_file": bool(duty.file) and (shows_file(duty) if side.is_donor else True),
        "steps": steps_of(duty, for_donor=side.is_donor),
        "may_write": not side.is_donor and is_open and duty.state in obligations.OPEN,
        "may_review": side.is_donor and is_open and duty.state in (DutyState.SUBMITTED, DutyState.QUESTIONS),
        "may_ask": side.is_donor and is_open and duty.state == DutyState.SUBMITTED,
        "may_change": side.is_donor and is_open,
        "forms": forms,
    }
    status = 422 if forms.has_errors else 200
    return render(request, "capacity/offers/obligation.html", context, status=status)


@association_page("capacity.view_capacity")
@require_safe
def obligation_file(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The file of a report, for the association's staff."""
    return _file(request, Side(association=request.association), pk)


@person_page
@require_safe
def donor_obligation_file(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The file of a report that was handed in, for the donor."""
    return _file(request, Side(donor=donor_of(request, slug)), pk)


def _file(request: PersonRequest, side: Side, pk: UUID) -> HttpResponse:
    duty = _duty(request, side, pk)
    if not duty.file or (side.is_donor and not shows_file(duty)):
        raise Http404
    return handed_in_file(duty.file, name=duty.name, content_type=duty.content_type)
