"""Pages of works that anybody may read: an association's public shelf, one work, its files."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.web.guards import found_or_404, public_page
from members.web.public_pages import rated
from spm_portal.common.downloads import handed_in_file
from spm_portal.common.languages import language_name
from training.forms.library import LibraryFilter
from training.selectors import library as selectors
from training.selectors.works import work_page
from training.services.downloads import count_download


@public_page
@rated("public")
@require_safe
def public_library(request: HttpRequest, slug: str) -> HttpResponse:
    """The public works of an association; one that shows none has no such page."""
    association = selectors.association_with_public_works(slug)
    if association is None:
        raise Http404
    known = [(code, language_name(code)) for code in selectors.public_languages(association)]
    form = LibraryFilter(request.GET, languages=known)
    wanted = form.wanted(may_see_away=False)
    page = selectors.shelf(selectors.public_works(association), wanted, request.GET.get("page"))
    return render(
        request,
        "training/library/public_library.html",
        {"organisation": association, "page": page, "form": form, "wanted": wanted},
    )


@public_page
@rated("public")
@require_safe
def public_work(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A work that anybody may read."""
    work = found_or_404(selectors.any_public_works(), pk=pk)
    return render(
        request,
        "training/library/public_work.html",
        {
            "organisation": work.association,
            "work": work,
            "page": work_page(work, selectors.public_works(work.association), today=timezone.localdate()),
        },
    )


@public_page
@rated("public")
@require_safe
def public_work_file(request: HttpRequest, pk: UUID, version: UUID) -> HttpResponse:
    """The file of a language version of a public work; it is counted."""
    work = found_or_404(selectors.any_public_works(), pk=pk)
    found = found_or_404(work.versions.exclude(file="").defer("words"), pk=version)
    response = handed_in_file(found.file, name=found.name, content_type=found.content_type)
    if request.method == "GET":
        count_download(version=found, at=timezone.now())
    return response
