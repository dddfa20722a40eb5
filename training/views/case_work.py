"""The larger steps of a case, each on a page of its own: diagnosis, terms of reference, experts, contract."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from members.selectors import checklists
from members.selectors.checklists import LastAnswers
from members.selectors.indicator_names import names_of
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, tried
from spm_portal.common.languages import is_language
from spm_portal.common.refusal import Refused
from training.assistance.diagnosis import (
    DOES_NOT_APPLY,
    DiagnosisForm,
    is_ruled_out,
    level_of,
    mean_level,
    missing,
    weak_points,
)
from training.enums import CaseStage
from training.forms import case_experts
from training.forms import cases as forms
from training.models import Case
from training.selectors import cases as reads
from training.selectors.case_experts import proposals
from training.selectors.diagnosis_forms import form_of, forms_to_choose
from training.selectors.roster import in_conflict
from training.services import case_calls, case_contracts, cases

ANSWER_DAYS = 10


def _case(request: AssociationRequest, pk: UUID, permission: str) -> Case:
    found = found_or_404(reads.cases_in(request.association, request.user), pk=pk)
    require(request, permission, found)
    return found


# --- Diagnosis ----------------------------------------------------------------------------------------------


@association_page("training.view_calendar")
@require_http_methods(["GET", "HEAD", "POST"])
def case_diagnosis(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The questions of the diagnosis for both sides, and what staff find."""
    found = _case(request, pk, "training.view_case")
    form = form_of(request.association, found.diagnosis_form)
    findings = forms.FindingsForm(initial={"findings": found.findings})
    choices = partial(forms_to_choose, request.association)
    choice = forms.FormChoice(choices=choices, initial={"form": found.diagnosis_form})
    problem, answers, at = "", found.diagnosis, timezone.now()
    if request.method == "POST":
        action, done = request.POST.get("action", ""), ""
        if action == "answers" and form is not None:
            sent = forms.answers_from(form, request.POST)
            try:
                cases.answer_diagnosis(case_id=found.pk, answers=sent, by=request.user, at=at)
                done = _("Saved.")
            except Refused as refused:
                problem = str(refused.message)
                typed = {code: {"level": level, "note": note} for code, (level, note) in sent.items()}
                answers = {**answers, **typed}
        elif action == "findings":
            findings = forms.FindingsForm(request.POST)
            done = tried(
                findings,
                lambda: cases.write_findings(
                    case_id=found.pk, by=request.user, at=at, **findings.cleaned_data
                ),
                _("Saved. The member reads the findings."),
            )
        elif action == "form":
            choice = forms.FormChoice(request.POST, choices=choices)
            done = tried(
                choice,
                lambda: cases.change_form(
                    case_id=found.pk, form=choice.cleaned_data["form"], by=request.user, at=at
                ),
                _("Saved."),
            )
        else:
            raise Http404
        if done:
            messages.success(request, done)
            kept = _case(request, pk, "training.view_case").diagnosis
            whole = action == "answers" and form is not None and not missing(form, kept)
            page = "case" if whole or action == "findings" else "case_diagnosis"
            return redirect(page, request.association.slug, found.pk)
    is_open = found.stage == CaseStage.DIAGNOSIS
    told = (
        checklists.answered(request.association, form.key, found.institution_id, request.user)
        if form
        else None
    )
    context = {
        "case": found,
        "form": form,
        "questions": _questions(form, answers, told) if form else (),
        "levels": list(enumerate(form.levels)) if form else (),
        "does_not_apply": DOES_NOT_APPLY,
        "told": told,
        "left": len(missing(form, found.diagnosis)) if form else 0,
        "mean_level": mean_level(form, found.diagnosis) if form else None,
        "is_open": is_open,
        "may_find": is_open and request.user.has_perm("training.run_case", found),
        "findings": findings,
        "choice": choice,
        "problem": problem,
    }
    status = 422 if problem or findings.errors or choice.errors else 200
    return render(request, "training/cases/diagnosis.html", context, status=status)


def _questions(
    form: DiagnosisForm, answers: Mapping[str, Any], told: LastAnswers | None
) -> list[dict[str, Any]]:
    """Each question with its level and note, and what the MFI answered last."""
    return [
        {
            "question": one,
            "level": DOES_NOT_APPLY if is_ruled_out(answers, one.code) else level_of(answers, one.code),
            "note": answers.get(one.code, {}).get("note", ""),
            "last": told.answers.get(one.code, "") if told else "",
        }
        for one in form.questions
    ]


# --- Terms of reference -------------------------------------------------------------------------------------


@association_page("training.manage_training")
@require_http_methods(["GET", "HEAD", "POST"])
def case_terms(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Write the terms of reference with their deliverables."""
    found = _case(request, pk, "training.run_case")
    names = (
        "objectives",
        "scope",
        "starts_on",
        "ends_on",
        "days",
        "budget",
        "currency",
        "subsidy_share",
        "indicators",
    )
    diagnosed = form_of(request.association, found.diagnosis_form)
    weak = weak_points(diagnosed, found.diagnosis) if diagnosed else []
    codes = [*found.indicators, *(code for question, *_rest in weak for code in question.indicators)]
    indicators = names_of(request.association, codes)
    form = forms.TermsForm(indicators=indicators, initial={name: getattr(found, name) for name in names})
    lines = forms.DeliverableLines(initial=forms.lines_from(reads.deliverables_of(found)), prefix="lines")
    if request.method == "POST":
        form = forms.TermsForm(request.POST, indicators=indicators)
        lines = forms.DeliverableLines(request.POST, prefix="lines")
        if form.is_valid() and lines.is_valid():
            written = cases.Terms(
                **form.cleaned_data, deliverables=[one.line for one in lines if one.line is not None]
            )
            saved = attempt(
                form,
                lambda: cases.write_terms(
                    case_id=found.pk, terms=written, by=request.user, at=timezone.now()
                ),
            )
            if saved is not None:
                messages.success(request, _("The terms of reference are saved."))
                return redirect("case", request.association.slug, found.pk)
    bad = form.is_bound and bool(form.errors or not lines.is_valid())
    context = {
        "case": found,
        "form": form,
        "lines": lines,
        "is_open": found.stage == CaseStage.TERMS,
        "diagnosed": diagnosed,
        "weak": weak,
    }
    return render(request, "training/cases/terms.html", context, status=422 if bad else 200)


# --- Experts ------------------------------------------------------------------------------------------------


@association_page("training.manage_training")
@require_http_methods(["GET", "HEAD", "POST"])
def case_call(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Experts of the roster by who fits, their answers beside each other, and the choice."""
    found = _case(request, pk, "training.run_case")
    today, at = timezone.localdate(), timezone.now()
    ask = case_experts.CallForm(initial={"answer_by": today + timedelta(days=ANSWER_DAYS)})
    select = case_experts.SelectionForm()
    ticked: set[str] = set()
    if request.method == "POST":
        action, done = request.POST.get("action", ""), ""
        if action == "ask":
            ask, ticked = case_experts.CallForm(request.POST), set(request.POST.getlist("expert"))
            if ask.is_valid():
                made = attempt(
                    ask,
                    lambda: case_calls.ask(
                        case_id=found.pk,
                        expert_ids=[_uuid(one) for one in ticked],
                        by=request.user,
                        at=at,
                        today=today,
                        **ask.cleaned_data,
                    ),
                )
                if made is not None:
                    done = ngettext(
                        "%(count)d expert was asked.", "%(count)d experts were asked.", len(made)
                    ) % {"count": len(made)}
        elif action == "select":
            select = case_experts.SelectionForm(request.POST)
            call = select["call"].value()
            if select.is_valid() and not found.calls.filter(pk=select.cleaned_data["call"]).exists():
                raise Http404
            done = tried(
                select,
                lambda: case_calls.select(
                    call_id=_uuid(call or ""),
                    reason=select.cleaned_data["reason"],
                    conflict_reason=select.cleaned_data["conflict_reason"],
                    by=request.user,
                    at=at,
                    today=today,
                ),
                _("Chosen. Everybody who was asked has been told."),
            )
        elif action == "send_link":
            row = found.calls.filter(pk=_uuid(request.POST.get("row", ""))).first()
            if row is None:
                raise Http404
            try:
                case_calls.send_again(call_id=row.pk, by=request.user, at=at)
                done = _("A new link is on its way. The old one no longer opens.")
            except Refused as refused:
                messages.error(request, str(refused.message))
        else:
            raise Http404
        if done:
            messages.success(request, done)
            page = "case" if action == "select" else "case_call"
            return redirect(page, request.association.slug, found.pk)
    chosen = request.GET.get("language", "")
    language = chosen if is_language(chosen) else found.association.language
    calls = reads.calls_of(found)
    asked = {one.expert_id for one in calls}
    offered = proposals(found, language=language, on=today)
    not_neutral = in_conflict(found.association, found.institution_id, on=today)
    context = {
        "case": found,
        "is_open": found.stage == CaseStage.CALL,
        "language": case_experts.LanguageChoice(initial={"language": language}),
        "language_code": language,
        "proposals": [one for one in offered if one.expert.pk not in asked],
        "calls": [
            {
                "call": one,
                "known_conflict": one.expert_id in not_neutral,
                "cost": one.day_rate * found.days if one.day_rate is not None and found.days else None,
                "match": next((p for p in offered if p.expert.pk == one.expert_id), None),
            }
            for one in calls
        ],
        "interested": [one for one in calls if one.answer == "interested"],
        "ask": ask,
        "ticked": ticked,
        "select": select,
        "picked": select["call"].value() or "",
    }
    status = 422 if ask.errors or select.errors else 200
    return render(request, "training/cases/call.html", context, status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


# --- Contract -----------------------------------------------------------------------------------------------


@association_page("training.manage_training")
@require_http_methods(["GET", "HEAD", "POST"])
def case_contract(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Number, day, amount and file of the contract, for managers."""
    found = _case(request, pk, "training.contract_case")
    call = found.calls.filter(expert=found.expert_id).first() if found.expert_id else None
    proposed = call.day_rate * found.days if call and call.day_rate is not None and found.days else None
    has_conflict = bool(found.conflict_reason or (call and call.conflict))
    form = case_experts.ContractForm(
        has_conflict=has_conflict,
        initial={
            "number": found.contract_number or found.number,
            "conflict_reason": found.conflict_reason,
            "signed_on": found.contract_on,
            "amount": found.contract_amount if found.contract_amount is not None else proposed,
        },
    )
    if request.method == "POST":
        form = case_experts.ContractForm(request.POST, request.FILES, has_conflict=has_conflict)
        done = tried(
            form,
            lambda: case_contracts.write(
                case_id=found.pk,
                number=form.cleaned_data["number"],
                signed_on=form.cleaned_data["signed_on"],
                amount=form.cleaned_data["amount"],
                conflict_reason=form.cleaned_data.get("conflict_reason"),
                upload=form.cleaned_data["file"],
                by=request.user,
                at=timezone.now(),
            ),
            _("The contract is saved."),
        )
        if done:
            messages.success(request, done)
            return redirect("case", request.association.slug, found.pk)
    context = {
        "case": found,
        "form": form,
        "call": call,
        "proposed": proposed,
        "is_open": found.stage in case_contracts.OPEN,
    }
    return render(request, "training/cases/contract.html", context, status=422 if form.errors else 200)
