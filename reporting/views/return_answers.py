"""Small requests of the return pages: saving one question, giving a reason for a warning, handing out a file."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.forms.answers import changes_of, read_typed, settled_conflict
from reporting.models import Attachment
from reporting.selectors.returns import ReturnSheet, load_sheet
from reporting.services.answers import (
    EditRefused,
    ExplanationClash,
    ExplanationRefused,
    SaveResult,
    explain,
    save_answers,
)
from reporting.views.returns import frame_of, section_page, submission_of
from reporting.web.field_state import FieldState
from reporting.web.fields import FieldMaker
from reporting.web.panels import all_problems, panels_of, section_url
from reporting.web.swaps import swaps_of
from spm_portal.common.downloads import handed_in_file


@association_page()
@require_POST
def save_answer(request: AssociationRequest, pk: UUID) -> HttpResponse:
    before = load_sheet(submission_of(request, pk))
    settled = settled_conflict(request.POST)
    typed = read_typed(before, request.POST, request.FILES, language=get_language() or "en")
    if settled is not None:
        typed = {code: one for code, one in typed.items() if code == settled.code}
    code = next(iter(typed), settled.code if settled else "")
    if code not in before.computed.asked:
        raise Http404
    section = before.catalogue.section(before.catalogue.indicator(code).section)
    try:
        result = save_answers(
            submission_id=before.submission.pk,
            changes=changes_of(typed.values(), request.POST),
            by=request.user,
            at=timezone.now(),
            sheet=before,
        )
    except EditRefused as refusal:
        if not request.htmx:
            return section_page(request, section, FieldMaker(before), status=403, refusal=refusal.message)
        result = SaveResult((), (), dict.fromkeys(typed, refusal.message), before)
    refused = {**result.refused, **{code: one.fault for code, one in typed.items() if one.fault}}
    # an answer that was stored a moment ago with this very value (arrow keys in a list) is told as saved as well
    saved = {*result.saved, code} if request.htmx else result.saved
    maker = FieldMaker(result.sheet, typed=typed, saved=saved, refused=refused, conflicts=result.conflicts)
    if not request.htmx:
        if result.conflicts or refused:
            return section_page(request, section, maker, status=409 if result.conflicts else 422)
        return redirect(section_url(result.sheet, section.code))
    # the box shows what the person left as it was; somebody else's newer value comes with a fresh box
    whole = settled is not None or code in result.untouched
    return _swaps(request, before, maker, code, whole=whole, late=code in result.late)


def _swaps(
    request: AssociationRequest, before: ReturnSheet, maker: FieldMaker, code: str, *, whole: bool, late: bool
) -> HttpResponse:
    """The state of the saved question, and out of band whatever else of the page its answer changed.

    A word that came late brings no version: what is stored may be somebody else's by now, and the box holds what this
    page said.
    """
    after = maker.sheet
    swaps = swaps_of(FieldMaker(before), maker, code, whole=whole)
    response = render(
        request,
        "reporting/returns/_saved.html",
        frame_of(request, after)
        | {
            "section": swaps.section,
            "field": swaps.field,
            "whole": swaps.whole,
            "late": late,
            "states": swaps.states,
            "fields": swaps.fields,
            "panels": panels_of(after, swaps.section, told=maker.told),
        },
        status=swaps.status,
    )
    if swaps.whole:
        response["HX-Retarget"] = f"#f-{code}"
        response["HX-Reswap"] = "outerHTML"
    response["X-Answer"] = code
    return response


@association_page()
@require_POST
def explanation(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    require(request, "reporting.edit_return", submission)
    rule = request.POST.get("rule", "")
    refusal, clash = "", False
    try:
        sheet = explain(
            submission_id=submission.pk,
            rule=rule,
            reason=request.POST.get("reason", ""),
            again="again" in request.POST,
            # the button that puts one's own reason in the place of another says which that was
            expected=request.POST.get("over", request.POST.get("was")),
            by=request.user,
            at=timezone.now(),
        )
    except ExplanationRefused as error:
        sheet, refusal = load_sheet(submission), str(error)
        clash = isinstance(error, ExplanationClash)
    refused = {
        "refused_rule": rule if refusal else "",
        "refused_text": request.POST.get("reason", "") if refusal else "",
        "refusal": refusal,
        "clash": clash,
    }
    section = next((one for one in sheet.sections if one.code == request.POST.get("section")), None)
    if request.htmx:
        context: dict[str, Any] = frame_of(request, sheet) | {
            "section": section,
            "panels": panels_of(sheet, section),
            "states": _states_of(sheet, section, rule),
            **refused,
        }
        return render(request, "reporting/returns/_explained.html", context, status=422 if refusal else 200)
    if refusal:
        return render(
            request,
            "reporting/returns/problems.html",
            frame_of(request, sheet) | {"problems": all_problems(sheet), **refused},
            status=422,
        )
    if section is not None:
        return redirect(f"{section_url(sheet, section.code)}#problems")
    return redirect(reverse("return_problems", args=[request.association.slug, submission.pk]))


def _states_of(sheet: ReturnSheet, section: Any, rule: str) -> list[FieldState]:
    """The questions of a section beside which the rule is told."""
    if section is None:
        return []
    maker = FieldMaker(sheet)
    states = [maker.state(one) for one in section.indicators if one.code in sheet.computed.relevant]
    return [state for state in states if any(problem.rule == rule for problem in state.problems)]


@association_page()
@require_safe
def attachment(request: AssociationRequest, pk: UUID, file: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    found = cast(
        Attachment,
        found_or_404(Attachment.objects.visible_to(request.user).filter(submission=submission), pk=file),
    )
    return handed_in_file(found.file, name=found.name, content_type=found.content_type)
