"""The first page of the area: where the association stands with its capacities, and what comes next."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.web.guards import AssociationRequest, association_page


@association_page("capacity.view_capacity")
@require_safe
def capacity(request: AssociationRequest) -> HttpResponse:
    """The overview."""
    return render(request, "capacity/overview.html", {})
