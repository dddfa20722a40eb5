"""The first page of the training area, for each role its own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.web.guards import AssociationRequest, association_page


@association_page("training.view_catalogue")
@require_safe
def training(request: AssociationRequest) -> HttpResponse:
    """What is on, what waits, and where to go."""
    return render(request, "training/home.html", {})
