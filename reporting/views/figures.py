"""Figures of an association over time: the page, and the same as files."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.http import require_safe

from members.web.guards import AssociationRequest, association_page
from reporting.datasets.figure_files import CSV, XLSX, as_csv, as_workbook
from reporting.datasets.over_time import OverTime, over_time
from reporting.datasets.over_time_file import sheets
from reporting.models import Release
from reporting.selectors.releases import newest_editions, with_round
from reporting.services.figure_downloads import downloaded_over_time
from spm_portal.common.downloads import made_file


def _shown(request: AssociationRequest) -> OverTime:
    releases = newest_editions(
        with_round(Release.objects.visible_to(request.user).filter(association=request.association))
    )
    return over_time(
        request.association,
        releases,
        get_language() or settings.LANGUAGE_CODE,
        rtl=get_language_bidi(),
    )


@association_page("reporting.view_releases")
@require_safe
def figures_time(request: AssociationRequest) -> HttpResponse:
    return render(request, "reporting/figures/time.html", {"shown": _shown(request)})


@association_page("reporting.view_releases")
@require_safe
def figures_time_file(request: AssociationRequest, kind: str) -> HttpResponse:
    if kind not in {"csv", "xlsx"}:
        raise Http404
    shown = _shown(request)
    if not shown.editions:
        raise Http404
    figures, quality = sheets(shown)
    downloaded_over_time(
        association=request.association,
        editions=[edition.release for edition in shown.editions],
        kind=kind,
        by=request.user,
        at=timezone.now(),
    )
    content = as_csv(figures) if kind == "csv" else as_workbook([figures, quality])
    response = made_file(
        content,
        name=f"{request.association.slug}-figures-over-time.{kind}",
        content_type=CSV if kind == "csv" else XLSX,
    )
    response["Cache-Control"] = "private, no-store"
    return response
