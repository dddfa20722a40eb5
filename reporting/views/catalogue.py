"""Pages to browse the catalogue: its versions, the indicators of one, and everything about an indicator."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from members.access import access_of
from members.web.guards import AssociationRequest, association_page, found_or_404
from reporting.models import CatalogueVersion
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.guidance import words_on
from reporting.selectors.indicators import chapters, page_of
from reporting.selectors.minutes import usual_minutes
from reporting.selectors.rounds import rounds_of


@association_page("reporting.view_catalogue")
@require_safe
def catalogue(request: AssociationRequest) -> HttpResponse:
    versions = (
        CatalogueVersion.objects.visible_to(request.user)
        .offered_to(request.association)
        .defer("document")
        .order_by("-loaded_at")
    )
    used: dict[UUID, list[str]] = {}
    for one in rounds_of(request.association, request.user):
        used.setdefault(one.catalogue_id, []).append(one.name)
    rows = [(one, catalogue_of(one), used.get(one.pk, [])) for one in versions]
    return render(request, "reporting/catalogue/versions.html", {"versions": rows})


def offered_version(request: AssociationRequest, version: UUID) -> CatalogueVersion:
    """The version, if it is offered to the association of the address."""
    offered = CatalogueVersion.objects.visible_to(request.user).offered_to(request.association)
    return found_or_404(offered.defer("document"), pk=version)


@association_page("reporting.view_catalogue")
@require_safe
def catalogue_version(request: AssociationRequest, version: UUID) -> HttpResponse:
    found = offered_version(request, version)
    loaded = catalogue_of(found)
    search = request.GET.get("q", "").strip()[:100]
    shown = chapters(loaded, search)
    is_staff = request.association.pk in access_of(request.user).staff_of
    return render(
        request,
        "reporting/catalogue/version.html",
        {
            "version": found,
            "catalogue": loaded,
            "chapters": shown,
            "search": search,
            "usual": usual_minutes(request.association.pk) if is_staff else {},
            "hits": sum(len(chapter.entries) for chapter in shown),
        },
    )


@association_page("reporting.view_catalogue")
@require_safe
def indicator(request: AssociationRequest, version: UUID, code: str) -> HttpResponse:
    found = offered_version(request, version)
    page = page_of(catalogue_of(found), code)
    if page is None:
        raise Http404
    return render(
        request,
        "reporting/catalogue/indicator.html",
        {
            "version": found,
            "page": page,
            "words": words_on(request.association, code, get_language() or "en"),
            "may_write": not page.is_derived
            and request.user.has_perm("reporting.edit_guidance", request.association),
        },
    )
