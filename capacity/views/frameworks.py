"""Pages of frameworks: their versions, and one of them word for word with what must be seen at each level."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capacity.selectors.frameworks import all_versions, area_pages, framework_of, support_pages, version_lines
from members.web.guards import AssociationRequest, association_page, found_or_404

PERMISSION = "capacity.view_frameworks"
SUPPORT = "support"


@association_page(PERMISSION)
@require_safe
def framework_list(request: AssociationRequest) -> HttpResponse:
    return render(
        request,
        "capacity/frameworks/list.html",
        {"lines": version_lines(request.association), "is_staff": _is_staff(request)},
    )


@association_page(PERMISSION)
@require_safe
def framework_version(request: AssociationRequest, version: UUID) -> HttpResponse:
    """One area of it, that of `?area=`, or the areas of donor support: all items at once are too heavy a page."""
    found = found_or_404(all_versions(), pk=version)
    framework = framework_of(found)
    areas = area_pages(framework)
    asked = request.GET.get("area", "")
    of_support = asked == SUPPORT and framework.support_areas
    return render(
        request,
        "capacity/frameworks/framework.html",
        {
            "version": found,
            "framework": framework,
            "areas": areas,
            "shown": None
            if of_support
            else next((page for page in areas if page.area.code == asked), areas[0]),
            "support": support_pages(framework),
            "is_staff": _is_staff(request),
        },
    )


def _is_staff(request: AssociationRequest) -> bool:
    """Whether the tabs of the area are shown: a donor's reader may open none of them."""
    return request.user.has_perm("capacity.view_capacity", request.association)
