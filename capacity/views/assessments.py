"""Pages of assessments: the list, opening one, and its board with the raters."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from capacity.enums import Stage
from capacity.forms.assessments import FrameForm, OpenForm
from capacity.models import Assessment
from capacity.selectors.assessments import assessments_of, board_of
from capacity.selectors.frameworks import current_frameworks, framework_of
from capacity.services import assessments as service
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt
from spm_portal.common.refusal import Refused

USUAL_TIME = timedelta(days=28)  # what raters are given


@association_page("capacity.view_capacity")
@require_safe
def assessments(request: AssociationRequest) -> HttpResponse:
    """Every assessment of the association."""
    return render(
        request,
        "capacity/assessments/list.html",
        {
            "assessments": list(assessments_of(request.association, request.user)),
            "may_open": request.user.has_perm("capacity.manage_capacity", request.association),
        },
    )


@association_page("capacity.manage_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_new(request: AssociationRequest) -> HttpResponse:
    """Open an assessment."""
    versions = list(current_frameworks())
    today = timezone.localdate()
    initial: dict[str, Any] = {
        "title": _("Capacity %(year)s") % {"year": today.year},
        "as_of": today,
        "due_on": today + USUAL_TIME,
    }
    form = OpenForm(request.POST or None, versions=versions, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = service.open_assessment(
                association=request.association,
                framework_id=UUID(data["framework"]),
                title=data["title"],
                as_of=data["as_of"],
                due_on=data["due_on"],
                by=request.user,
                at=timezone.now(),
            )
        except service.AssessmentForbidden as refused:
            raise PermissionDenied(str(refused)) from None
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(title)s” is open. Invite its raters.") % {"title": made.title})
            return redirect("assessment", request.association.slug, made.pk)
    return render(
        request,
        "capacity/assessments/new.html",
        {"form": form, "versions": versions},
        status=422 if form.errors else 200,
    )


@association_page("capacity.view_capacity")
@require_safe
def assessment(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The board of an assessment: who scores, who has handed in, and what comes next."""
    found = found_assessment(request, pk)
    board = board_of(found, request.user, at=timezone.now())
    return render(
        request,
        "capacity/assessments/board.html",
        {
            "assessment": found,
            "framework": framework_of(found.framework),
            "board": board,
            "is_rating": found.stage == Stage.RATING,
            "may_run": request.user.has_perm("capacity.run_assessment", found),
            "late": found.stage == Stage.RATING and found.due_on < timezone.localdate(),
        },
    )


@association_page("capacity.view_capacity")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_settings(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Correct title and days while raters score."""
    found = found_assessment(request, pk)
    require(request, "capacity.run_assessment", found)
    initial = {"title": found.title, "as_of": found.as_of, "due_on": found.due_on}
    form = FrameForm(request.POST or None, initial=initial)
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.correct(
                assessment_id=found.pk, by=request.user, at=timezone.now(), **form.cleaned_data
            ),
        )
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("assessment", request.association.slug, found.pk)
    return render(
        request,
        "capacity/assessments/settings.html",
        {"form": form, "assessment": found},
        status=422 if form.errors else 200,
    )


def found_assessment(request: AssociationRequest, pk: UUID) -> Assessment:
    """One assessment of the association that the person may see, or 404."""
    visible = Assessment.objects.visible_to(request.user).filter(association=request.association)
    return found_or_404(
        visible.select_related("framework", "association").defer("framework__document"), pk=pk
    )
