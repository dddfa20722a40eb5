"""Pages of the SP strategy: reading it, writing it, its goals and the yearly work plan."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from capacity.forms.strategy import GoalForm, StrategyForm, WorkLineForm
from capacity.models import PlanItem, StrategyGoal, WorkLine
from capacity.selectors.strategy import strategy_of, strategy_page
from capacity.services import strategy as service
from members.web.guards import AssociationRequest, association_page, found_or_404
from spm_portal.common.attempt import attempt, posted

VIEW, EDIT = "capacity.view_strategy", "capacity.edit_strategy"
LEAVE_OUT = "remove"


@association_page(VIEW)
@require_safe
def strategy(request: AssociationRequest) -> HttpResponse:
    """The strategy, and the work plan of the year in `?year=`."""
    page = strategy_page(request.association, today=timezone.localdate(), year=_asked_year(request))
    may_edit = request.user.has_perm(EDIT, request.association)
    return render(request, "capacity/strategy/strategy.html", {"page": page, "may_edit": may_edit})


@association_page(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def strategy_edit(request: AssociationRequest) -> HttpResponse:
    held = strategy_of(request.association)
    form = StrategyForm(posted(request), initial=StrategyForm.initial_of(held, timezone.localdate()))
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.save_strategy(
                association=request.association,
                values=form.values,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if saved is not None:
            messages.success(request, _("The strategy is saved."))
            return redirect("strategy", request.association.slug)
    return _form(request, form, _("SP strategy"))


@association_page(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def strategy_goal(request: AssociationRequest, pk: UUID | None = None) -> HttpResponse:
    """Add a goal, or change or retire the one of this key."""
    goals = StrategyGoal.objects.filter(association=request.association)
    goal = found_or_404(goals, pk=pk) if pk is not None else None
    if goal is not None and request.method == "POST" and LEAVE_OUT in request.POST:
        service.retire_goal(goal=goal, by=request.user, at=timezone.now())
        messages.success(request, _("The goal is taken off the list; the strategy’s page still names it."))
        return redirect("strategy", request.association.slug)
    names = ("text", "measure", "by_year")
    form = GoalForm(
        posted(request), initial={name: getattr(goal, name) for name in names} if goal is not None else {}
    )
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.save_goal(
                association=request.association,
                values=form.values,
                by=request.user,
                at=timezone.now(),
                goal_id=pk,
            ),
        )
        if saved is not None:
            messages.success(request, _("The goal is saved."))
            return redirect("strategy", request.association.slug)
    leave_out = _("Reached or given up: take it off") if goal is not None and not goal.retired_at else ""
    return _form(request, form, _("Goal of the strategy"), leave_out)


@association_page(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def work_line(request: AssociationRequest, pk: UUID | None = None) -> HttpResponse:
    """Add a line to the work plan, or change or remove the one of this key."""
    lines = WorkLine.objects.filter(association=request.association)
    line = found_or_404(lines, pk=pk) if pk is not None else None
    if line is not None and request.method == "POST" and LEAVE_OUT in request.POST:
        service.remove_work_line(line=line, by=request.user, at=timezone.now())
        messages.success(request, _("The line is taken out of the work plan."))
        return _to_year(request, line.year)
    form = WorkLineForm(
        posted(request),
        goals=StrategyGoal.objects.filter(association=request.association).order_by("position"),
        plan=PlanItem.objects.filter(association=request.association).order_by("title"),
        initial=WorkLineForm.initial_of(line)
        if line is not None
        else {"year": _asked_year(request) or timezone.localdate().year},
    )
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.save_work_line(
                association=request.association,
                values=form.values,
                by=request.user,
                at=timezone.now(),
                line_id=pk,
            ),
        )
        if saved is not None:
            messages.success(request, _("The line of the work plan is saved."))
            return _to_year(request, saved.year)
    return _form(
        request, form, _("Line of the work plan"), _("Take it out of the plan") if line is not None else ""
    )


def _asked_year(request: HttpRequest) -> int | None:
    """The year of the address; anything that is no year asks for this year."""
    asked = request.GET.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None


def _to_year(request: AssociationRequest, year: int) -> HttpResponse:
    answer = redirect("strategy", request.association.slug)
    answer["Location"] += f"?year={year}#work-plan"
    return answer


def _form(request: AssociationRequest, form: Form, title: str, leave_out: str = "") -> HttpResponse:
    context: dict[str, Any] = {"form": form, "title": title, "leave_out": leave_out}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "capacity/strategy/form.html", context, status=status)
