"""Pages of the training plan of a year: demand, plan and what was held by topic, and the form that writes the plan."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.table_files import kind_of, table_file
from training.datasets.needs_files import plan_sheets
from training.forms.needs import PlanForm
from training.selectors.needs import years_of
from training.selectors.training_plan import year_plan
from training.services import training_plan as services
from training.web.needs import year_of

VIEW, MANAGE = "training.view_training", "training.manage_training"


@association_page(VIEW)
@require_safe
def training_plan(request: AssociationRequest) -> HttpResponse:
    """Topics of a year: need, plan, held, differences."""
    year = year_of(request)
    context = {
        "plan": year_plan(request.association, year),
        "years": years_of(request.association, timezone.localdate().year),
        "year": year,
    }
    return render(request, "training/needs/plan.html", context)


@association_page(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def training_plan_edit(request: AssociationRequest) -> HttpResponse:
    """Write the plan of a year."""
    year = year_of(request)
    whole = year_plan(request.association, year)
    lines = {str(line.topic): line.plan for line in whole.lines if line.plan is not None}
    currency = next((line.currency for line in lines.values()), request.association.currency)
    form = PlanForm(posted(request), lines=lines, currency=currency)
    back = reverse("training_plan", args=[request.association.slug], query={"year": str(year)})
    if form.is_valid():
        saved = attempt(
            form,
            lambda: services.save_plan(
                association=request.association,
                year=year,
                currency=form.cleaned_data["currency"],
                lines=form.lines,
                by=request.user,
                at=timezone.now(),
            ),
        )
        if saved is not None:
            messages.success(request, _("The plan of %(year)s is saved.") % {"year": year})
            return redirect(back)
    needed = {line.topic: line for line in whole.lines}
    status = 422 if form.is_bound and form.errors else 200
    context = {
        "form": form,
        "rows": [(needed[row[0]], *row) for row in form.rows],
        "year": year,
        "back": back,
    }
    return render(request, "training/needs/plan_edit.html", context, status=status)


@association_page(VIEW)
@require_safe
def training_plan_file(request: AssociationRequest, kind: str) -> HttpResponse:
    """The table of a year as a file."""
    kind, year = kind_of(kind), year_of(request)
    tables = plan_sheets(year_plan(request.association, year))
    return table_file(tables, kind=kind, name=f"{request.association.slug}-training-plan-{year}")
