"""Evidence for an item of a rater's form: showing it, taking it away, and handing out its file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from capacity.enums import ProofKind, Stage
from capacity.forms.proofs import FileForm, LinkForm, RecordForm
from capacity.models import Proof
from capacity.selectors.rating import sheet_of, shown_to
from capacity.services import proofs as service
from capacity.services.scores import RatingForbidden
from capacity.web.doors import Door, RatingRequest, link_door, staff_door
from members.selectors import records
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.downloads import handed_in_file
from spm_portal.common.refusal import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def _proofs(request: RatingRequest, item: str) -> HttpResponse:
    """The evidence of one item, and the forms that add to it; a part of the form's page where scripts ask for it."""
    door = request.door
    sheet = sheet_of(door.rater)
    if not sheet.framework.has(item):
        raise Http404
    offers = _offers(door, sheet.framework.item(item).records)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    forms: dict[str, Any] = {
        "file": FileForm(*_given(request, action, "file")),
        "link": LinkForm(*_given(request, action, "link")),
        "record": RecordForm(*_given(request, action, "record"), offers=offers),
    }
    status = 200
    if request.method == "POST":
        form = forms.get(action)
        if form is None and action != "remove":
            raise Http404
        if form is None or form.is_valid():
            try:
                _do(door, item, action, form.cleaned_data if form else request.POST)
            except RatingForbidden as refused:
                messages.error(request, str(refused))
                status = 409
            except Refused as refused:
                if form is not None:
                    form.add_error(None, str(refused))
                status = 422
            else:
                if not request.htmx:
                    messages.success(request, _("Saved."))
                    return redirect(door.url("rating_proofs", item))
                sheet = sheet_of(door.rater)
                blank: dict[str, Any] = {
                    "file": FileForm(),
                    "link": LinkForm(),
                    "record": RecordForm(offers=offers),
                }
                forms = blank
        else:
            status = 422
    found = sheet.framework.item(item)
    context = {
        "inside": True,
        "door": door,
        "sheet": sheet,
        "assessment": sheet.assessment,
        "association": sheet.assessment.association,
        "base": "capacity/rating/_link.html" if door.is_link else "capacity/rating/_staff.html",
        "home_url": door.url("rating"),
        "item": found,
        "area": sheet.framework.area(found.area),
        "back": f"{door.url('rating_area', found.area)}#i-{item}",
        "url": door.url("rating_proofs", item),
        "proofs": [(one, _file_url(door, one)) for one in sheet.proofs.get(item, ())],
        "forms": forms,
        "offers": offers,
        "opened": action,
    }
    if door.is_link:
        context["shell"] = None
    template = "capacity/rating/_evidence.html" if request.htmx else "capacity/rating/evidence.html"
    return render(request, template, context, status=status)


@require_safe
def _file(request: RatingRequest, proof: UUID) -> HttpResponse:
    """A file that this rater, or the association, showed."""
    found = found_or_404(shown_to(request.door.rater).filter(kind=ProofKind.FILE), pk=proof)
    return handed_in_file(found.file, name=found.name, content_type=found.content_type)


rating_proofs, rater_proofs = staff_door(_proofs), link_door(_proofs)
rating_file, rater_file = staff_door(_file), link_door(_file)


@association_page("capacity.view_capacity")
@require_safe
def proof_file(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """A file shown as evidence, for staff since the session began; before, it would tell how somebody scored."""
    proofs = Proof.objects.filter(association=request.association, kind=ProofKind.FILE)
    found = found_or_404(proofs.select_related("assessment"), pk=pk)
    require(request, "capacity.view_scores", found.assessment)
    if found.assessment.stage == Stage.RATING and found.rater_id is not None:
        raise PermissionDenied
    return handed_in_file(found.file, name=found.name, content_type=found.content_type)


def _given(request: RatingRequest, action: str, name: str) -> tuple[Any, ...]:
    """What a form is bound to: only the one that was sent."""
    return (request.POST, request.FILES) if action == name else ()


def _offers(door: Door, kinds: Any) -> list[Any]:
    """Records of the portal, for staff alone: a link shows nothing of the portal to whoever holds it."""
    if door.is_link or not kinds:
        return []
    association = door.rater.assessment.association
    return list(records.offered(association, [str(kind) for kind in kinds], timezone.now()))


def _do(door: Door, item: str, action: str, data: Any) -> None:
    """Do what the form says; raises Refused."""
    common: dict[str, Any] = {"rater_id": door.rater.pk, "at": timezone.now()}
    of_item = {**common, "assessment_id": door.rater.assessment_id, "item": item}
    if action == "file":
        service.add_file(**of_item, title=data["title"], upload=data["file"], by=door.by)
    elif action == "link":
        service.add_link(**of_item, title=data["title"], url=data["url"], by=door.by)
    elif action == "record" and door.by is not None:
        service.add_record(**of_item, key=data["key"], by=door.by)
    elif action == "remove":
        proof = data.get("proof", "")
        try:
            service.remove(**common, proof_id=UUID(proof), by=door.by)
        except ValueError:
            raise Refused(_("This evidence is not here any more.")) from None


def _file_url(door: Door, proof: Proof) -> str:
    return door.url("rating_file", proof.pk) if proof.kind == ProofKind.FILE else ""
