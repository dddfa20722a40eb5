"""What somebody from outside found, area by area, beside the agreed levels."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from capacity.enums import Stage
from capacity.forms.outside import Finding, VerifierForm, findings_of
from capacity.frameworks import Area
from capacity.selectors.results import ResultSheet, assessments_in, result_sheet
from capacity.services import outside as service
from capacity.services.assessments import AssessmentForbidden
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.refusal import Refused


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The items of one area with the agreed level and what was found; POST writes the findings of the area."""
    assessment = found_or_404(assessments_in(request.association, request.user), pk=pk)
    require(request, "capacity.run_assessment", assessment)
    if assessment.stage == Stage.RATING:
        messages.info(
            request, _("Raters still score. What was found from outside is written from the session on.")
        )
        return redirect("session", request.association.slug, pk)
    sheet = result_sheet(assessment)
    code = request.GET.get("area", "")
    area = next((one for one in sheet.framework.areas if one.code == code), sheet.framework.areas[0])
    if request.method != "POST":
        return _page(request, sheet, area, VerifierForm(initial=_last(sheet)))
    form, sent = VerifierForm(request.POST), findings_of(sheet.framework, area.items, request.POST)
    if not form.is_valid() or any(one.fault for one in sent.values()):
        return _page(request, sheet, area, form, sent=sent, status=422)
    try:
        done = service.write_findings(
            assessment_id=assessment.pk,
            verifier=form.cleaned_data["verifier"],
            checked_on=form.cleaned_data["checked_on"],
            found={item: one.found for item, one in sent.items()},
            by=request.user,
            at=timezone.now(),
        )
    except AssessmentForbidden as refused:
        messages.error(request, str(refused))
        return _page(request, sheet, area, form, sent=sent, status=409)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, sheet, area, form, sent=sent, status=422)
    if done.written or done.removed:
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect(f"{reverse('outside', args=[request.association.slug, pk])}?area={area.code}")


def _page(
    request: AssociationRequest,
    sheet: ResultSheet,
    area: Area,
    form: VerifierForm,
    *,
    sent: dict[str, Finding] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "assessment": sheet.assessment,
        "sheet": sheet,
        "framework": sheet.framework,
        "area": area,
        "areas": [
            (one, sum(item.code in sheet.outside for item in one.items)) for one in sheet.framework.areas
        ],
        "form": form,
        "lines": [_line(sheet, item, (sent or {}).get(item.code)) for item in area.items],
    }
    return render(request, "capacity/session/outside.html", context, status=status)


def _line(sheet: ResultSheet, item: Any, sent: Finding | None) -> dict[str, Any]:
    row, view = sheet.consensus.get(item.code), sheet.outside.get(item.code)
    value = sent.value if sent else str(view.level) if view else ""
    return {
        "item": item,
        "agreed": row,
        "agreed_label": sheet.framework.level(row.level).label if row and row.level is not None else "",
        "view": view,
        "value": value,
        "choices": [(str(level.level), level.label) for level in sheet.framework.scale],
        "note": sent.note if sent else view.note if view else "",
        "fault": sent.fault if sent else "",
        "proofs": sheet.proofs.get(item.code, ()),
    }


def _last(sheet: ResultSheet) -> dict[str, Any]:
    """Who checked last: the next area is most often checked by the same people in the same week."""
    rows = sorted(sheet.outside.values(), key=lambda row: row.written_at)
    return {"verifier": rows[-1].verifier, "checked_on": rows[-1].checked_on} if rows else {}
