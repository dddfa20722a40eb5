"""The history of a return and of one of its values: who, when, old, new, why, from where."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.web.guards import AssociationRequest, association_page
from reporting.datasets.history import history_of, lines_of
from reporting.selectors.catalogues import catalogue_of
from reporting.views.returns import submission_of

PAGE_SIZE = 50


@association_page()
@require_safe
def return_history(request: AssociationRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk)


@association_page()
@require_safe
def value_history(request: AssociationRequest, pk: UUID, code: str) -> HttpResponse:
    return _page(request, pk, code)


def _page(request: AssociationRequest, pk: UUID, code: str = "") -> HttpResponse:
    submission = submission_of(request, pk)
    part = catalogue_of(submission.round.catalogue).find(code) if code else None
    if code and part is None:
        raise Http404
    page = Paginator(history_of(submission, code), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "reporting/returns/history.html",
        {"submission": submission, "part": part, "page": page, "lines": lines_of(submission, page)},
    )
