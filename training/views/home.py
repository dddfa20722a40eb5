"""The first page of the training area, for each role its own."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.web.guards import AssociationRequest, association_page
from training.selectors import home
from training.selectors.year import training_year


@association_page("training.view_catalogue")
@require_safe
def training(request: AssociationRequest) -> HttpResponse:
    """What waits, what is on next, and where to go; donors see the year."""
    association, at = request.association, timezone.now()
    context: dict[str, Any] = {}
    if request.user.has_perm("training.view_calendar", association):
        is_staff = request.user.has_perm("training.view_training", association)
        tasks = home.for_staff if is_staff else home.for_member
        context = {
            "is_staff": is_staff,
            "waiting": tasks(association, request.user, at),
            "sessions": home.next_sessions(association, request.user, at),
            "coming": [] if is_staff else home.coming_people(association, request.user, at),
        }
        return render(request, "training/home.html", context)
    context = {"year": training_year(association, timezone.localdate().year)}
    return render(request, "training/home_donor.html", context)
