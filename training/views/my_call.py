"""An expert's pages by personal link: the call with its terms, the answer, and for who was chosen the work."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from members.web.guards import found_or_404, public_page
from members.web.links import LinkRequest
from spm_portal.common.attempt import tried
from spm_portal.common.downloads import handed_in_file
from spm_portal.common.refusal import Refused
from training.enums import CallAnswer, CaseStage, RatingSide
from training.forms import case_experts
from training.forms import cases as forms
from training.models import CaseCall, CaseRating
from training.selectors import cases as reads
from training.selectors.case_ratings import is_open_to_both, ratings_for
from training.services import case_calls, case_money, case_ratings, deliverables
from training.web.links import CALL_LINK


@public_page
@never_cache
@require_safe
def call_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail links to: lets this browser in and goes on to an address without the token."""
    return CALL_LINK.open(request, token)


@CALL_LINK.page
@require_http_methods(["GET", "HEAD", "POST"])
def my_call(request: LinkRequest[CaseCall], **_kwargs: Any) -> HttpResponse:
    """The terms, the answer, and the work."""
    call = request.opened
    filled = _forms(call)
    if request.method == "POST":
        done = _act(request, call, filled)
        if done:
            messages.success(request, done)
            return redirect("my_call", call.pk)
        call = reads.call_anew(call)
    return _page(request, call, filled)


@CALL_LINK.page
@require_GET
def my_call_file(request: LinkRequest[CaseCall], deliverable: UUID) -> HttpResponse:
    """What the expert handed in."""
    call = request.opened
    if call.case.expert_id != call.expert_id:
        raise Http404
    one = found_or_404(call.case.deliverables.all(), pk=deliverable)
    if not one.file:
        raise Http404
    return handed_in_file(one.file, name=one.name, content_type=one.content_type)


def _forms(call: CaseCall) -> dict[str, Any]:
    names = ("words", "day_rate", "no_conflict", "conflict")
    return {
        "answer": case_experts.AnswerForm(
            declares=call.names_member, initial={name: getattr(call, name) for name in names}
        ),
        "declare": case_experts.DeclareForm(
            initial={"no_conflict": call.no_conflict, "conflict": call.conflict}
        ),
        "hours": forms.HoursForm(by_link=True, initial={"worked_on": timezone.localdate()}),
        "rating": forms.RatingForm(),
        "hand_in": None,
        "deliverable": None,
        "problem": "",
    }


def _act(request: LinkRequest[CaseCall], call: CaseCall, filled: dict[str, Any]) -> str:
    at, today = timezone.now(), timezone.localdate()
    action = request.POST.get("action", "")
    form: BaseForm
    if action in ("interested", "decline"):
        is_interested = action == "interested"
        filled["answer"] = form = case_experts.AnswerForm(
            request.POST, declares=call.names_member, is_interested=is_interested
        )
        return tried(
            form,
            lambda: case_calls.answer(
                call_id=call.pk,
                interested=is_interested,
                at=at,
                today=today,
                **{"conflict": "", "no_conflict": False, **form.cleaned_data},
            ),
            _("Thank you. Your answer is kept; you can change it until somebody is chosen.")
            if is_interested
            else _("Thank you for your answer."),
        )
    if call.case.expert_id != call.expert_id:
        raise Http404
    act: dict[str, Any] = {"case_id": call.case_id, "by": None, "call_id": call.pk, "at": at}
    if action == "declare":
        filled["declare"] = form = case_experts.DeclareForm(request.POST)
        return tried(
            form,
            lambda: case_calls.declare(call_id=call.pk, at=at, **form.cleaned_data),
            _("Thank you. The association was told."),
        )
    if action == "hours":
        filled["hours"] = form = forms.HoursForm(request.POST, by_link=True)
        return tried(form, lambda: case_money.add_hours(**act, today=today, **form.cleaned_data), _("Saved."))
    if action == "rate":
        filled["rating"] = form = forms.RatingForm(request.POST)
        words = _("Thank you. The member does not read it before rating too.")
        return tried(form, lambda: case_ratings.rate(**act, **form.cleaned_data), words)
    if action == "hand_in":
        one = found_or_404(call.case.deliverables.all(), pk=_uuid(request.POST.get("deliverable", "")))
        filled["deliverable"] = one.pk
        filled["hand_in"] = form = forms.HandInForm(request.POST, request.FILES)
        return tried(
            form,
            lambda: deliverables.hand_in(
                deliverable_id=one.pk,
                note=form.cleaned_data["note"],
                upload=form.cleaned_data["file"],
                by=None,
                call_id=call.pk,
                at=at,
            ),
            _("Handed in. The association was told."),
        )
    if action == "hours_away":
        row = found_or_404(call.case.hours.all(), pk=_uuid(request.POST.get("row", "")))
        try:
            case_money.take_hours_away(hours_id=row.pk, by=None, call_id=call.pk, at=at)
        except Refused as refused:
            filled["problem"] = str(refused.message)
            return ""
        return _("Taken away.")
    raise Http404


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _page(request: LinkRequest[CaseCall], call: CaseCall, filled: dict[str, Any]) -> HttpResponse:
    case, at = call.case, timezone.now()
    is_chosen = case.expert_id == call.expert_id
    given: list[CaseRating] = reads.ratings_of(case) if is_chosen else []
    is_asked = case.stage == CaseStage.CALL
    bound = (filled["answer"], filled["declare"], filled["hours"], filled["rating"], filled["hand_in"])
    has_errors = bool(filled["problem"]) or any(form is not None and form.errors for form in bound)
    context = {
        "association": call.association,
        "call": call,
        "case": case,
        "names_member": call.names_member or is_chosen,
        "is_chosen": is_chosen,
        "is_asked": is_asked,
        "asks_to_declare": is_chosen
        and case.stage == CaseStage.CONTRACT
        and not (call.no_conflict or call.conflict),
        "is_late": is_asked and call.answer == CallAnswer.NONE and call.answer_by < timezone.localdate(),
        "deliverables": [
            {
                "one": one,
                "may_hand_in": is_chosen and case.stage == CaseStage.DELIVERY and one.state != "accepted",
                "form": filled["hand_in"]
                if filled["deliverable"] == one.pk
                else forms.HandInForm(auto_id=f"in-{one.pk}-%s"),
            }
            for one in reads.deliverables_of(case)
        ],
        "is_working": is_chosen and case.stage in case_money.WORKED,
        "hours": [one for one in reads.hours_of(case) if one.who == call.expert.name] if is_chosen else (),
        "may_rate": is_chosen
        and case.stage in (CaseStage.RATING, CaseStage.FOLLOW_UP)
        and all(one.side != RatingSide.EXPERT for one in given)
        and not is_open_to_both(given, at=at),
        "ratings": ratings_for(RatingSide.EXPERT, given, at=at),
        "forms": filled,
        "today": timezone.localdate(),
    }
    return render(request, "training/my_call/page.html", context, status=422 if has_errors else 200)
