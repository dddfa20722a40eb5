"""Pages of the association's plan: board, timeline and list, an item with its life, and proposals from the gaps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from capacity.datasets.plan_file import sheets
from capacity.datasets.plan_history import history_of
from capacity.datasets.plan_time import timeline_of
from capacity.enums import OPEN_PLAN, PlanStatus
from capacity.forms.plan import STAYS, PlanItemForm, ProposalForm, StepForm
from capacity.frameworks import Framework
from capacity.models import Assessment, FrameworkVersion, PlanItem
from capacity.selectors.frameworks import current_frameworks, framework_of
from capacity.selectors.plan import Card, cards_of, items_of, offers_of_item, plan_of
from capacity.selectors.proposals import newest_agreed, proposals_of
from capacity.services import plan as services
from capacity.services.plan import NAMES, PlanItemChanged
from capacity.web.plan import columns_of, page_of
from members.models import User
from members.selectors.readers import staff_of
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.money import money
from spm_portal.common.table_files import kind_of, table_file


@association_page("capacity.view_capacity")
@require_safe
def plan(request: AssociationRequest) -> HttpResponse:
    """The board: items by status."""
    page = page_of(request, "plan")
    page |= {"columns": columns_of(page["plan"]), "dropped": page["plan"].of(PlanStatus.DROPPED)}
    return render(request, "capacity/plan/board.html", page)


@association_page("capacity.view_capacity")
@require_safe
def plan_timeline(request: AssociationRequest) -> HttpResponse:
    """Items over the quarters."""
    page = page_of(request, "plan_timeline")
    page["timeline"] = timeline_of(page["plan"], rtl=get_language_bidi())
    return render(request, "capacity/plan/timeline.html", page)


@association_page("capacity.view_capacity")
@require_safe
def plan_list(request: AssociationRequest) -> HttpResponse:
    """All items with costs by currency and area of support, and what a later assessment found."""
    return render(request, "capacity/plan/list.html", page_of(request, "plan_list"))


@association_page("capacity.view_capacity")
@require_safe
def plan_file(request: AssociationRequest, kind: str) -> HttpResponse:
    """The whole plan as a file."""
    kind = kind_of(kind)
    whole = plan_of(request.association, on=timezone.localdate())
    return table_file(sheets(whole), kind=kind, name=f"{request.association.slug}-plan-{whole.on:%Y-%m-%d}")


@association_page("capacity.edit_plan")
@require_http_methods(["GET", "HEAD", "POST"])
def plan_proposals(request: AssociationRequest) -> HttpResponse:
    """Gaps of the newest agreed assessment, each with the support that the framework links to it."""
    assessment = newest_agreed(request.association)
    if assessment is None:
        return render(request, "capacity/plan/proposals.html", {"assessment": None})
    found = proposals_of(assessment)
    form = ProposalForm(posted(request), codes=[one.item.code for one in found])
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: services.propose_items(
                assessment=assessment,
                chosen=form.cleaned_data["chosen"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if made is not None:
            words = ngettext(
                "%(count)s item is in the plan. Say who does it, until when and what it costs.",
                "%(count)s items are in the plan. Say of each who does it, until when and what it costs.",
                len(made),
            )
            messages.success(request, words % {"count": len(made)})
            return redirect("plan", request.association.slug)
    open_ones = [one for one in found if one.planned is None]
    return render(
        request,
        "capacity/plan/proposals.html",
        {
            "assessment": assessment,
            "framework": framework_of(assessment.framework),
            "form": form,
            "open": open_ones,
            "held": [one for one in found if one.planned is not None],
        },
        status=422 if form.errors else 200,
    )


@association_page("capacity.edit_plan")
@require_http_methods(["GET", "HEAD", "POST"])
def plan_item_new(request: AssociationRequest) -> HttpResponse:
    """An item by hand, about any capacity."""
    assessment, version = _basis(request)
    if version is None:
        return render(request, "capacity/plan/choose.html", {"framework": None})
    framework = framework_of(version)
    code = request.POST.get("item") or request.GET.get("capacity", "")
    if not framework.has(code):
        page = {"framework": framework, "unknown": code}
        return render(request, "capacity/plan/choose.html", page, status=422 if code else 200)
    capacity = framework.item(code)
    form = PlanItemForm(
        posted(request),
        framework=framework,
        capacity=capacity,
        staff=_staff(request),
        others=_open_items(request),
        initial={
            "item": code,
            "currency": request.association.currency,
            "goal_level": framework.evidence_from,
            "support_area": capacity.support[0].area if capacity.support else "",
            "done_when": capacity.proof[framework.evidence_from],
        },
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: services.add_item(
                association=request.association,
                framework=version,
                item=form.cleaned_data["item"],
                values=form.values,
                assessment=assessment,
                by=request.user,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, _("The item is in the plan."))
            return redirect("plan_item", request.association.slug, made.pk)
    return render(
        request,
        "capacity/plan/edit.html",
        {"form": form, "framework": framework, "capacity": capacity},
        status=422 if form.errors else 200,
    )


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def plan_item(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """An item with its life; POST writes a word or moves it."""
    item = _item(request, pk)
    form = StepForm(posted(request), item=item, initial={"version": item.version, "status": STAYS})
    status = 200
    if request.method == "POST":
        require(request, "capacity.change_plan_item", item)
        status = 422
        if form.is_valid():
            try:
                if attempt(form, lambda: _write(request, item, form.cleaned_data)) is not None:
                    messages.success(request, _("Saved."))
                    if request.POST.get("back") == "board":
                        return redirect("plan", request.association.slug)
                    return redirect("plan_item", request.association.slug, item.pk)
            except PlanItemChanged as changed:
                messages.error(request, _("Somebody else changed this item meanwhile. See what it is now."))
                item, status = changed.item, 409
    return _item_page(request, item, form, status)


@association_page("capacity.edit_plan")
@require_http_methods(["GET", "HEAD", "POST"])
def plan_item_edit(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """What is said of an item."""
    item = _item(request, pk)
    require(request, "capacity.change_plan_item", item)
    framework = framework_of(item.framework)
    form = _edit_form(request, item, framework)
    clash: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changed = attempt(
                    form,
                    lambda: services.change_item(
                        item_id=item.pk,
                        version=form.cleaned_data["version"] or 0,
                        values=form.values,
                        by=request.user,
                        at=timezone.now(),
                    ),
                )
                if changed is not None:
                    messages.success(request, _("Saved."))
                    return redirect("plan_item", request.association.slug, item.pk)
            except PlanItemChanged as refusal:
                item, status = refusal.item, 409
                clash = _differences(form, _edit_form(request, item, framework, fresh=True))
                # saving again knows what is there now
                form.data = {**request.POST.dict(), "version": str(item.version)}
                form.add_error(None, refusal.message)
    return render(
        request,
        "capacity/plan/edit.html",
        {
            "form": form,
            "item": item,
            "capacity": framework.item(item.item),
            "clash": clash,
            "framework": framework,
        },
        status=status,
    )


def _write(request: AssociationRequest, item: PlanItem, data: dict[str, Any]) -> object:
    """The word or the step that the form tells of."""
    said = {"by": request.user, "at": timezone.now(), "text": data["text"], "url": data["url"]}
    if data["status"] == STAYS:
        return services.write_word(item_id=item.pk, **said)
    return services.step(item_id=item.pk, version=data["version"], status=data["status"], **said)


def _item_page(request: AssociationRequest, item: PlanItem, form: StepForm, status: int) -> HttpResponse:
    dependants = items_of(request.association).filter(depends_on=item)
    return render(
        request,
        "capacity/plan/item.html",
        {
            "item": item,
            "card": _card(request, item),
            "form": form,
            "history": history_of(item),
            "dependants": dependants,
            "offers": [(one, money(one.amount, one.currency)) for one in offers_of_item(item)],
            "may_change": request.user.has_perm("capacity.change_plan_item", item),
            "may_share": request.user.has_perm("capacity.share_plan_item", item),
        },
        status=status,
    )


def _item(request: AssociationRequest, pk: UUID) -> PlanItem:
    return found_or_404(items_of(request.association), pk=pk)


def _card(request: AssociationRequest, item: PlanItem) -> Card:
    return cards_of(request.association, [item], on=timezone.localdate())[0]


def _open_items(request: AssociationRequest, but: PlanItem | None = None) -> list[PlanItem]:
    kept = items_of(request.association).filter(status__in=[*OPEN_PLAN, PlanStatus.DONE])
    return list(kept.exclude(pk=but.pk) if but is not None else kept)


def _basis(request: AssociationRequest) -> tuple[Assessment | None, FrameworkVersion | None]:
    """What a new item starts from: the newest agreed assessment, else the newest framework."""
    assessment = newest_agreed(request.association)
    if assessment is not None:
        return assessment, assessment.framework
    return None, current_frameworks().order_by("-loaded_at").first()


def _staff(request: AssociationRequest) -> list[User]:
    return staff_of(request.association.pk)


def _edit_form(
    request: AssociationRequest, item: PlanItem, framework: Framework, *, fresh: bool = False
) -> PlanItemForm:
    initial: dict[str, Any] = {name: getattr(item, name) for name in NAMES}
    initial |= {
        "owner": str(item.owner_id or ""),
        "depends_on": str(item.depends_on_id or ""),
        "version": item.version,
    }
    return PlanItemForm(
        None if fresh else posted(request),
        framework=framework,
        capacity=framework.item(item.item),
        staff=_staff(request),
        others=_open_items(request, item),
        item=item,
        initial=initial,
    )


def _differences(form: PlanItemForm, saved: PlanItemForm) -> list[tuple[str, str]]:
    """What stands in the plan now where it differs from what was typed, by label."""
    found = []
    for bound in saved:
        if bound.name == "version":
            continue
        now, typed = bound.value(), form[bound.name].value()
        if str(now if now is not None else "").strip() != str(typed if typed is not None else "").strip():
            choices = dict(_flat(getattr(bound.field, "choices", ())))
            found.append((str(bound.label), str(choices.get(str(now), now if now is not None else ""))))
    return found


def _flat(choices: Any) -> list[tuple[str, str]]:
    pairs = []
    for value, label in choices:
        pairs += _flat(label) if isinstance(label, list) else [(str(value), str(label))]
    return pairs
