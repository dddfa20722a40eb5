"""The session: what raters gave, the word agreed on for each item, its evidence, and the closing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from capacity.enums import Stage
from capacity.forms.proofs import FileForm, LinkForm, RecordForm
from capacity.models import Assessment
from capacity.selectors.results import ResultSheet, assessments_in, raters_of, result_sheet
from capacity.services import proofs as evidence
from capacity.services import session as service
from capacity.services.assessments import AssessmentForbidden
from capacity.web.session import SHOWN, counts_of, in_order, row_of, rows_of, typed
from members.selectors import records
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.refusal import Refused


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD"])
def session(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """All items with what raters gave; while raters score, who has handed in and the button that starts."""
    assessment = _assessment(request, pk)
    if assessment.stage == Stage.RATING:
        return _waiting(request, assessment)
    return _page(request, assessment)


@association_page("capacity.view_capacity")
@require_POST
def session_start(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """End the scoring."""
    assessment = _assessment(request, pk)
    require(request, "capacity.run_assessment", assessment)
    try:
        service.start_session(assessment_id=assessment.pk, by=request.user, at=timezone.now())
    except AssessmentForbidden as refused:
        messages.error(request, str(refused))
    except Refused as refused:
        messages.error(request, str(refused))
        return _waiting(request, assessment, status=422)
    return redirect("session", request.association.slug, assessment.pk)


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def session_item(request: AssociationRequest, pk: UUID, item: str) -> HttpResponse:
    """One item with everything about it; POST writes what was agreed, for the row of the list too."""
    assessment = _assessment(request, pk)
    sheet = _open_sheet(assessment, item)
    found = sheet.framework.item(item)
    if request.method != "POST":
        return _item_page(request, sheet, item)
    require(request, "capacity.run_assessment", assessment)
    sent = typed(request.POST)
    fault, clash, status = "", False, 200
    if sent.word is None:
        fault, status = _("Choose a level from the scale, or that it does not apply."), 422
    else:
        try:
            service.decide(
                assessment_id=assessment.pk,
                item=item,
                word=sent.word,
                version=sent.version,
                by=request.user,
                at=timezone.now(),
            )
        except service.Overtaken as overtaken:
            fault, clash, status = str(overtaken), True, 409
        except AssessmentForbidden as refused:
            fault, status = str(refused), 409
        except Refused as refused:
            fault, status = str(refused), 422
    sheet = result_sheet(_assessment(request, pk))
    if request.htmx:
        row = row_of(sheet, found, sent if fault else None, fault=fault, clash=clash)
        context = {"row": row, "assessment": assessment, "saved": not fault, "counts": counts_of(sheet)}
        return render(request, "capacity/session/_state.html", context, status=status)
    if fault:
        return _item_page(request, sheet, item, sent=sent, fault=fault, clash=clash, status=status)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('session', args=[request.association.slug, pk])}#i-{item}")


@association_page("capacity.view_capacity")
@require_POST
def session_proofs(request: AssociationRequest, pk: UUID, item: str) -> HttpResponse:
    """Show evidence for an item in the association's name, or take such evidence away."""
    assessment = _assessment(request, pk)
    sheet = _open_sheet(assessment, item)
    require(request, "capacity.run_assessment", assessment)
    offers = _offers(sheet, item)
    action = request.POST.get("action", "")
    forms = _forms(request, action, offers)
    form = forms.get(action)
    if form is None and action != "remove":
        raise Http404
    status = 422
    if form is None or form.is_valid():
        try:
            _do(request, assessment, item, action, form.cleaned_data if form else request.POST)
        except AssessmentForbidden as refused:
            raise PermissionDenied(str(refused)) from None
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("session_item", request.association.slug, pk, item)
    return _item_page(request, sheet, item, forms=forms, status=status)


@association_page("capacity.view_capacity")
@require_POST
def session_accept(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Take the proposed level of all items on which raters do not differ."""
    assessment = _assessment(request, pk)
    require(request, "capacity.run_assessment", assessment)
    try:
        taken, left = service.accept_proposals(
            assessment_id=assessment.pk, by=request.user, at=timezone.now()
        )
    except AssessmentForbidden as refused:
        messages.error(request, str(refused))
        return redirect("session", request.association.slug, pk)
    messages.success(
        request,
        ngettext(
            "The median of %(count)s item was taken.", "The medians of %(count)s items were taken.", taken
        )
        % {"count": taken},
    )
    if left:
        messages.warning(
            request,
            ngettext(
                "%(count)s item was left: its level needs evidence that nobody has shown.",
                "%(count)s items were left: their levels need evidence that nobody has shown.",
                left,
            )
            % {"count": left},
        )
    return redirect("session", request.association.slug, pk)


@association_page("capacity.view_capacity")
@require_POST
def session_close(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Keep the minute, or close the session; what is missing is listed and nothing typed is lost."""
    assessment = _assessment(request, pk)
    require(request, "capacity.run_assessment", assessment)
    if assessment.stage == Stage.RATING:
        raise Http404
    minute, seen = request.POST.get("minute", ""), request.POST.get("seen", "")
    work = service.agree if request.POST.get("action") == "close" else service.write_minute
    try:
        work(assessment_id=assessment.pk, minute=minute, seen=seen, by=request.user, at=timezone.now())
    except service.NotReady as refused:
        missing = refused.sheet
        return _page(request, assessment, minute=minute, missing=missing, fault=str(refused), status=422)
    except service.Overtaken as refused:
        return _page(request, _assessment(request, pk), minute=minute, fault=str(refused), status=409)
    except AssessmentForbidden as refused:
        messages.error(request, str(refused))
        return redirect("session", request.association.slug, pk)
    except Refused as refused:
        return _page(request, assessment, minute=minute, fault=str(refused), status=422)
    if work is service.agree:
        messages.success(request, _("Agreed. These are the results."))
        return redirect("results", request.association.slug, pk)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('session', args=[request.association.slug, pk])}#close")


def _assessment(request: AssociationRequest, pk: UUID) -> Assessment:
    found: Assessment = found_or_404(assessments_in(request.association, request.user), pk=pk)
    require(request, "capacity.view_scores", found)
    return found


def _open_sheet(assessment: Assessment, item: str) -> ResultSheet:
    """The sheet, if the session has begun and there is such an item."""
    if assessment.stage == Stage.RATING:
        raise Http404
    sheet = result_sheet(assessment)
    if not sheet.framework.has(item):
        raise Http404
    return sheet


def _waiting(request: AssociationRequest, assessment: Assessment, *, status: int = 200) -> HttpResponse:
    handed_in, waiting = raters_of(assessment)
    context = {
        "assessment": assessment,
        "handed_in": handed_in,
        "waiting": waiting,
        "may_run": request.user.has_perm("capacity.run_assessment", assessment),
    }
    return render(request, "capacity/session/waiting.html", context, status=status)


def _page(
    request: AssociationRequest,
    assessment: Assessment,
    *,
    minute: str | None = None,
    missing: ResultSheet | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    sheet = result_sheet(assessment)
    show = request.GET.get("show", "all")
    show = show if show in SHOWN else "all"
    areas = {area.code: area for area in sheet.framework.areas}
    area = request.GET.get("area", "")
    area = area if area in areas else ""
    goes_on = assessment.stage == Stage.SESSION
    counts = counts_of(sheet)
    context = {
        "assessment": assessment,
        "sheet": sheet,
        "rows": rows_of(sheet, in_order(sheet, show, area)),
        "counts": counts,
        "decided": counts["all"] - counts["open"],
        "show": show,
        "area": area,
        "filters": _filters(counts),
        "minute": assessment.minute if minute is None else minute,
        "stored_minute": assessment.minute,
        "seen": service.mark_of_minute(assessment),
        "missing": missing,
        "fault": fault,
        "may_run": goes_on and request.user.has_perm("capacity.run_assessment", assessment),
    }
    return render(request, "capacity/session/session.html", context, status=status)


def _filters(counts: Any) -> list[tuple[str, str, int]]:
    words = {
        "all": _("All"),
        "disputed": _("Disputed"),
        "open": _("Not agreed yet"),
        "evidence": _("Evidence missing"),
    }
    return [(key, words[key], counts[key]) for key in SHOWN]


def _item_page(
    request: AssociationRequest,
    sheet: ResultSheet,
    item: str,
    *,
    sent: Any = None,
    fault: str = "",
    clash: bool = False,
    forms: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    assessment, found = sheet.assessment, sheet.framework.item(item)
    offers = _offers(sheet, item)
    order = list(in_order(sheet, "all", ""))
    place = order.index(found)
    context = {
        "assessment": assessment,
        "sheet": sheet,
        "row": row_of(sheet, found, sent, fault=fault, clash=clash),
        "forms": forms or _forms(request, "", offers),
        "offers": offers,
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
        "may_run": assessment.stage == Stage.SESSION
        and request.user.has_perm("capacity.run_assessment", assessment),
    }
    return render(request, "capacity/session/item.html", context, status=status)


def _offers(sheet: ResultSheet, item: str) -> list[records.RecordOffer]:
    if sheet.assessment.stage != Stage.SESSION:
        return []
    kinds = [str(kind) for kind in sheet.framework.item(item).records]
    return list(records.offered(sheet.assessment.association, kinds, timezone.now()))


def _forms(request: AssociationRequest, action: str, offers: list[records.RecordOffer]) -> dict[str, Any]:
    """The forms that add evidence; only the one that was sent is bound."""

    def given(name: str) -> tuple[Any, ...]:
        return (request.POST, request.FILES) if action == name else ()

    return {
        "file": FileForm(*given("file")),
        "link": LinkForm(*given("link")),
        "record": RecordForm(*given("record"), offers=offers),
    }


def _do(request: AssociationRequest, assessment: Assessment, item: str, action: str, data: Any) -> None:
    """Do what the form says; raises Refused."""
    common: dict[str, Any] = {"rater_id": None, "by": request.user, "at": timezone.now()}
    of_item = {**common, "assessment_id": assessment.pk, "item": item}
    if action == "file":
        evidence.add_file(**of_item, title=data["title"], upload=data["file"])
    elif action == "link":
        evidence.add_link(**of_item, title=data["title"], url=data["url"])
    elif action == "record":
        evidence.add_record(**of_item, key=data["key"])
    else:
        try:
            evidence.remove(**common, proof_id=UUID(data.get("proof", "")))
        except ValueError:
            raise Refused(_("This evidence is not here any more.")) from None
