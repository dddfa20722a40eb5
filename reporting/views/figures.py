"""Figures of an association over time: the page, and the same as files."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.http import require_safe

from members.web.guards import AssociationRequest, association_page
from reporting.datasets.over_time import OverTime, over_time
from reporting.datasets.over_time_file import sheets
from reporting.models import Release
from reporting.selectors.releases import mark_of, newest_editions, with_round
from reporting.services.figure_downloads import downloaded_over_time
from reporting.web.kept_pages import kept_parts
from spm_portal.common.table_files import kind_of, table_file

PARTS = {"head": "reporting/figures/_time_head.html", "body": "reporting/figures/_time.html"}


def _releases(request: AssociationRequest) -> QuerySet[Release]:
    return Release.objects.visible_to(request.user).filter(association=request.association)


def _shown(request: AssociationRequest) -> OverTime:
    return over_time(
        request.association,
        newest_editions(with_round(_releases(request))),
        get_language() or settings.LANGUAGE_CODE,
        rtl=get_language_bidi(),
    )


@association_page("reporting.view_releases")
@require_safe
def figures_time(request: AssociationRequest) -> HttpResponse:
    association = request.association
    key = (association.pk, association.slug, association.label, mark_of(_releases(request)))
    parts = kept_parts(PARTS, key, lambda: {"shown": _shown(request), "association": association})
    return render(request, "reporting/figures/time.html", {"parts": parts})


@association_page("reporting.view_releases")
@require_safe
def figures_time_file(request: AssociationRequest, kind: str) -> HttpResponse:
    kind = kind_of(kind)
    shown = _shown(request)
    if not shown.editions:
        raise Http404
    downloaded_over_time(
        association=request.association,
        editions=[edition.release for edition in shown.editions],
        kind=kind,
        by=request.user,
        at=timezone.now(),
    )
    return table_file(sheets(shown), kind=kind, name=f"{request.association.slug}-figures-over-time")
