"""A donor's home: the associations that share with it side by side, and the same as files."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.http import require_safe

from members.models import Donor
from members.web.guards import PersonRequest, found_or_404, person_page, require
from reporting.datasets.portfolio import Portfolio
from reporting.datasets.portfolio_file import sheets
from reporting.datasets.portfolio_time import MOST_LINES, PortfolioTime, portfolio_time, time_sheet
from reporting.selectors.figures import mark_of_consents
from reporting.selectors.releases import editions_of, mark_of, shared_with
from reporting.services.figure_downloads import downloaded_portfolio
from reporting.services.portfolio_totals import dashboard
from reporting.web.kept_pages import kept_parts
from spm_portal.common.table_files import kind_of, table_file

PARTS = {"actions": "reporting/donors/_actions.html", "body": "reporting/donors/_home.html"}


def _donor(request: PersonRequest, slug: str) -> Donor:
    donor = found_or_404(Donor.objects.visible_to(request.user), slug=slug)
    require(request, "members.view_donor", donor)
    return donor


def _year(request: HttpRequest) -> int | None:
    """The year that is asked for; anything that is no year asks for the newest of each."""
    asked = request.GET.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None


def _shown(request: HttpRequest, donor: Donor) -> Portfolio:
    """The dashboard of the year that is asked for."""
    return dashboard(donor=donor, language=get_language() or settings.LANGUAGE_CODE, year=_year(request))


def _years(donor: Donor) -> PortfolioTime:
    return portfolio_time(donor, get_language() or settings.LANGUAGE_CODE, rtl=get_language_bidi())


@person_page
@require_safe
def donor_home(request: PersonRequest, slug: str) -> HttpResponse:
    donor = _donor(request, slug)

    def told() -> dict[str, Any]:
        shown = _shown(request, donor)
        few = len(shown.columns) <= MOST_LINES
        return {"donor": donor, "portfolio": shown, "years": _years(donor) if few else None}

    shared = list(shared_with(donor))
    key = (
        (donor.pk, donor.slug, donor.name, _year(request)),
        tuple((one.pk, one.slug, one.name, one.label) for one in shared),
        mark_of(editions_of(shared)),
        mark_of_consents(shared),
    )
    return render(
        request, "reporting/donors/home.html", {"donor": donor, "parts": kept_parts(PARTS, key, told)}
    )


@person_page
@require_safe
def donor_figures_file(request: PersonRequest, slug: str, kind: str) -> HttpResponse:
    donor = _donor(request, slug)
    kind = kind_of(kind)
    shown = _shown(request, donor)
    downloaded_portfolio(
        donor=donor,
        editions=[release for column in shown.columns for release in column.releases],
        kind=kind,
        by=request.user,
        at=timezone.now(),
    )
    tables = [*sheets(shown), time_sheet(_years(donor))]
    if request.GET.get("table") == "years":  # a CSV has one table
        tables = tables[-1:]
    return table_file(tables, kind=kind, name=f"{donor.slug}-portfolio-{shown.year or 'newest'}")
