"""A donor's portfolio: for each association the figures that matter first, of its latest release."""

from dataclasses import dataclass

from django.utils import translation

from members.models import Association, Donor
from reporting.datasets.parts import KeyFigure, ReportData
from reporting.datasets.report import build_report
from reporting.models import Release
from reporting.selectors.releases import portfolio_of


@dataclass(frozen=True, slots=True)
class Holding:
    """One association of a portfolio; no report where nothing is published yet."""

    association: Association
    release: Release | None
    report: ReportData | None
    earlier: tuple[Release, ...]

    @property
    def key_figures(self) -> tuple[KeyFigure, ...]:
        """The figures that matter first."""
        return self.report.key_figures if self.report else ()


def portfolio(donor: Donor, language: str) -> list[Holding]:
    """The associations that share with the donor today, by name, with their latest release."""
    with translation.override(language):
        return [
            Holding(
                association=shared.association,
                release=shared.latest,
                report=build_report(shared.latest, language) if shared.latest else None,
                earlier=shared.releases[1:],
            )
            for shared in portfolio_of(donor)
        ]
