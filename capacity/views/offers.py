"""Offers of support on both sides: list and file, one offer with its answer and money, and its instalments."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from capacity.datasets.offers_file import offer_sheets
from capacity.enums import OfferState
from capacity.forms.support import AnswerForm, DutyForm, OutcomeForm, PartFormSet
from capacity.models import SupportOffer
from capacity.selectors.donor_reading import donor_readings
from capacity.selectors.frameworks import framework_of
from capacity.selectors.funding import funding_of
from capacity.selectors.shared_plans import shared_item
from capacity.selectors.support import area_title, offer_lines, offer_rows, open_ends
from capacity.services import instalments, obligations, offers
from capacity.services.donor_reads import log_offers_file
from capacity.views.donor_room import donor_of
from capacity.web.sides import Side, next_step, part_rows
from members.forms import DayField
from members.web.guards import (
    AssociationRequest,
    PersonRequest,
    association_page,
    found_or_404,
    person_page,
    require,
)
from spm_portal.common.attempt import tried
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import table_file

BLANK_LINES = 3

# --- The list -----------------------------------------------------------------------------------------------


@association_page("capacity.view_capacity")
@require_safe
def offer_list(request: AssociationRequest) -> HttpResponse:
    """Offers that the association received."""
    return _list(request, Side(association=request.association))


@person_page
@require_safe
def donor_offer_list(request: PersonRequest, slug: str) -> HttpResponse:
    """Offers that the donor made."""
    return _list(request, Side(donor=donor_of(request, slug)))


def _list(request: PersonRequest, side: Side) -> HttpResponse:
    lines = offer_lines(side.between, request.user)
    groups = [
        (_("Waiting for an answer"), [one for one in lines if one.offer.state == OfferState.OFFERED]),
        (_("Accepted"), [one for one in lines if one.offer.state == OfferState.ACCEPTED]),
        (
            _("Closed"),
            [one for one in lines if one.offer.state not in (OfferState.OFFERED, OfferState.ACCEPTED)],
        ),
    ]
    context = {
        "side": side,
        "donor": side.donor,
        "groups": [(title, found) for title, found in groups if found],
        "tab": "offers",
        "crumbs": side.crumbs(),
        "readings": donor_readings(side.association) if side.association else (),
    }
    return render(request, "capacity/offers/list.html", context)


@association_page("capacity.view_capacity")
@require_GET
def offers_file(request: AssociationRequest) -> HttpResponse:
    """The association's offers as a workbook."""
    return _file(request, Side(association=request.association))


@person_page
@require_GET
def donor_offers_file(request: PersonRequest, slug: str) -> HttpResponse:
    """The donor's offers as a workbook."""
    return _file(request, Side(donor=donor_of(request, slug)))


def _file(request: PersonRequest, side: Side) -> HttpResponse:
    log_offers_file(association=side.association, donor=side.donor, by=request.user, at=timezone.now())
    return table_file(offer_sheets(side.between, request.user), kind="xlsx", name=f"{side.slug}-offers")


# --- One offer ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Forms:
    """The forms of an offer's page, as they were sent or empty, and a refusal that belongs to none of them."""

    answer: AnswerForm = field(default_factory=AnswerForm)
    outcome: OutcomeForm = field(default_factory=OutcomeForm)
    duty: DutyForm = field(default_factory=DutyForm)
    problem: str = ""

    @property
    def has_errors(self) -> bool:
        """Whether anything has to be corrected."""
        return bool(self.problem or self.answer.errors or self.outcome.errors or self.duty.errors)


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One offer that the association received."""
    return _offer(request, Side(association=request.association), pk)


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def donor_offer(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """One offer that the donor made."""
    return _offer(request, Side(donor=donor_of(request, slug)), pk)


def _offer(request: PersonRequest, side: Side, pk: UUID) -> HttpResponse:
    found = found_or_404(offer_rows(side.between, request.user), pk=pk)
    require(request, "capacity.view_offer", found)
    forms = _Forms(outcome=OutcomeForm(initial={"outcome": found.outcome}))
    if request.method == "POST":
        done = _act(request, found, forms)
        if done:
            messages.success(request, done)
            return redirect(side.route("offer"), side.slug, found.pk)
        found = found_or_404(offer_rows(side.between, request.user), pk=pk)  # as it is after the refusal
    return _page(request, side, found, forms)


def _act(request: PersonRequest, found: SupportOffer, forms: _Forms) -> str:
    """Do what the button says; what to tell the person, or nothing where the forms say what is wrong."""
    act: dict[str, Any] = {"offer_id": found.pk, "by": request.user, "at": timezone.now()}
    action = request.POST.get("action", "")
    if action in ("accept", "decline"):
        forms.answer = AnswerForm(request.POST)
        call = offers.accept if action == "accept" else offers.decline
        words = _("The offer is accepted. Agree now when the money comes and what you report.")
        return tried(
            forms.answer,
            lambda: call(**act, answer=forms.answer.cleaned_data["answer"]),
            words if action == "accept" else _("The offer is declined. The donor reads your words."),
        )
    if action == "outcome":
        forms.outcome = OutcomeForm(request.POST)
        return tried(
            forms.outcome,
            lambda: offers.write_outcome(**act, outcome=forms.outcome.cleaned_data["outcome"]),
            _("Saved. The donor reads it."),
        )
    if action == "owe":
        forms.duty = DutyForm(request.POST)
        return tried(
            forms.duty,
            lambda: obligations.add(**act, **forms.duty.cleaned_data),
            _("It stands in the calendar of both sides. Reminders go out before it is due."),
        )
    plain: dict[str, tuple[Callable[[], object], str]] = {
        "withdraw": (lambda: offers.withdraw(**act), _("The offer is withdrawn.")),
        "complete": (lambda: offers.complete(**act), _("The offer is closed.")),
        "paid": (lambda: _mark(request, found, instalments.mark_paid), _("Saved.")),
        "received": (lambda: _mark(request, found, instalments.mark_received), _("Saved.")),
    }
    if action not in plain:
        raise Http404
    call_it, said = plain[action]
    try:
        call_it()
    except Refused as refused:
        forms.problem = str(refused.message)
        return ""
    return said


def _mark(request: PersonRequest, found: SupportOffer, call: Callable[..., object]) -> object:
    """Note a day at an instalment of this offer; an empty day takes the note back."""
    part = found.instalments.filter(pk=_uuid(request.POST.get("instalment", ""))).first()
    if part is None:
        raise Refused(_("The instalments were planned anew meanwhile. Look at them again."))
    day = DayField(required=False)
    try:
        on = day.clean(request.POST.get("on", ""))
    except ValidationError as error:
        raise Refused(_("Write the day as year-month-day, such as 2026-01-31.")) from error
    return call(instalment_id=part.pk, on=on, today=timezone.localdate(), by=request.user, at=timezone.now())


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _page(request: PersonRequest, side: Side, found: SupportOffer, forms: _Forms) -> HttpResponse:
    today = timezone.localdate()
    may_answer = not side.is_donor and request.user.has_perm("capacity.answer_offer", found)
    may_withdraw = side.is_donor and request.user.has_perm("capacity.withdraw_offer", found)
    may_follow = may_answer or may_withdraw
    parts = list(found.instalments.order_by("number"))
    duties = list(found.obligations.order_by("due_on", "title", "pk"))
    item = found.item
    is_shared = not side.is_donor or shared_item(side.donor, item.pk) is not None  # type: ignore[arg-type]
    context = {
        "side": side,
        "donor": side.donor,
        "tab": "offers",
        "crumbs": side.crumbs((_("Offers"), side.url("offers"))),
        "offer": found,
        "area": area_title(framework_of(item.framework), found.support_area),
        "is_shared": is_shared,
        "funding": funding_of([item])[item.pk] if not side.is_donor else None,
        "parts": part_rows(found, parts, pays=may_withdraw, receives=may_answer, today=today),
        "duties": duties,
        "next": next_step(side, found, parts, duties, may_follow=may_follow, today=today),
        "may_answer": may_answer,
        "may_withdraw": may_withdraw,
        "may_follow": may_follow,
        "is_open": found.state == OfferState.ACCEPTED,
        "missing": open_ends(found) if may_follow else [],
        "is_waiting": found.state == OfferState.OFFERED,
        "forms": forms,
        "today": today,
    }
    return render(request, "capacity/offers/offer.html", context, status=422 if forms.has_errors else 200)


# --- Instalments --------------------------------------------------------------------------------------------


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_instalments(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """When the money of an offer comes, by the association."""
    return _instalments(request, Side(association=request.association), pk)


@person_page
@require_http_methods(["GET", "HEAD", "POST"])
def donor_offer_instalments(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """When the money of an offer comes, by the donor."""
    return _instalments(request, Side(donor=donor_of(request, slug)), pk)


def _instalments(request: PersonRequest, side: Side, pk: UUID) -> HttpResponse:
    found = found_or_404(offer_rows(side.between, request.user), pk=pk)
    require(request, "capacity.follow_offer", found)
    held = [
        {"amount": one.amount, "due_on": one.due_on, "condition": one.condition}
        for one in found.instalments.order_by("number")
    ]
    blank: list[dict[str, Any]] = [{} for _line in range(BLANK_LINES)]
    first = [] if held else [{"amount": found.amount, "due_on": found.starts_on}]
    formset = PartFormSet(initial=[*held, *first, *blank])
    problem = ""
    if request.method == "POST":
        formset = PartFormSet(request.POST)
        if formset.is_valid():
            try:
                instalments.plan(offer_id=found.pk, parts=_parts(formset), by=request.user, at=timezone.now())
                messages.success(request, _("The instalments are planned. Both sides see them."))
                return redirect(side.route("offer"), side.slug, found.pk)
            except Refused as refused:
                problem = str(refused.message)
    context = {
        "side": side,
        "donor": side.donor,
        "tab": "offers",
        "crumbs": side.crumbs(
            (_("Offers"), side.url("offers")), (found.item.title, side.url("offer", found.pk))
        ),
        "offer": found,
        "formset": formset,
        "problem": problem or " ".join(str(one) for one in formset.non_form_errors()),
    }
    status = 422 if problem or (formset.is_bound and not formset.is_valid()) else 200
    return render(request, "capacity/offers/instalments.html", context, status=status)


def _parts(formset: "BaseFormSet[Any]") -> list[instalments.Part]:
    told = [form.part for form in formset]
    return [instalments.Part(*one) for one in told if one is not None]
