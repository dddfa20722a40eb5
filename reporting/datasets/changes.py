"""What an erratum changed: the figures that differ between two editions of a round, from their cells alone."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.catalogue import Catalogue, Indicator
from reporting.datasets.draft import NO_ANSWERS, bounded
from reporting.datasets.parts import Writer
from reporting.disclosure import Kind
from reporting.models import Release, ReleaseCell
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import cells_of

SHARES = frozenset({Kind.SHARE_YES, Kind.DISTRIBUTION})


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """One figure in words, as both editions publish it."""

    label: str
    statistic: str
    before: str
    after: str


def changes_between(older: Release, newer: Release, language: str) -> tuple[ChangedFigure, ...]:
    """The figures that readers find otherwise, in the order of the newer edition; verification is left out."""
    catalogue = catalogue_of(newer.catalogue)
    before, after = _told(older), _told(newer)
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        one, other = before.get(key), after.get(key)
        if _figure(one) == _figure(other):
            continue
        writer = _Words(catalogue, language, str(newer.method["currency"]))
        known = other or one
        assert known is not None
        found.append(
            ChangedFigure(
                label=writer.label(known),
                statistic=writer.statistic(known),
                before=writer.figure(one),
                after=writer.figure(other),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """A figure of an edition before, in words."""

    label: str
    statistic: str
    value: str


def kept_figures(release: Release, language: str) -> tuple[KeptFigure, ...]:
    """The figures that stand as in an edition before, because too few members changed them to tell them anew."""
    if release.number == 1:
        return ()
    writer = _Words(catalogue_of(release.catalogue), language, str(release.method["currency"]))
    return tuple(
        KeptFigure(writer.label(one), writer.statistic(one), writer.figure(one))
        for one in ReleaseCell.objects.filter(release=release, kept=True).order_by("position")
    )


def _told(release: Release) -> dict[tuple[str, str, str, str], ReleaseCell]:
    return {
        (one.code, one.group, one.statistic, one.category): one
        for one in cells_of(release)
        if one.reason != NO_ANSWERS
    }


def _figure(cell: ReleaseCell | None) -> tuple[object, ...] | None:
    """What a reader sees of a cell: why it is not published is nobody's to know."""
    if cell is None:
        return None
    return (cell.published, cell.value, cell.relation if cell.published else "", cell.n_band)


@dataclass(frozen=True, slots=True)
class _Words:
    catalogue: Catalogue
    language: str
    currency: str

    def label(self, cell: ReleaseCell) -> str:
        part = self.catalogue.find(cell.code)
        label = part.label if part else cell.code
        if cell.statistic == Kind.DISTRIBUTION and cell.category and isinstance(part, Indicator):
            names = {str(choice.value): choice.label for choice in part.choices}
            label = f"{label}: {' / '.join(names.get(one, one) for one in cell.category.split(','))}"
        return f"{label} ({cell.group})" if cell.group else label

    def statistic(self, cell: ReleaseCell) -> str:
        if cell.statistic == Kind.QUARTILES:
            return _("Upper quartile") if cell.category == "upper" else _("Lower quartile")
        return {
            Kind.SUM.value: pgettext("statistic", "Total"),
            Kind.RATIO_OF_SUMS.value: pgettext("statistic", "All members together"),
            Kind.MEAN.value: pgettext("statistic", "Mean"),
            Kind.MEDIAN.value: _("Median"),
            Kind.SHARE_YES.value: _("Share of members"),
            Kind.DISTRIBUTION.value: _("Share of members"),
            "panel_change": _("Change on the same members"),
            "panel_median": _("Change of the median"),
            "panel_before": _("Same members, before"),
            "panel_after": _("Same members, now"),
        }.get(cell.statistic, cell.statistic)

    def figure(self, cell: ReleaseCell | None) -> str:
        if cell is None:
            return "–"
        if cell.value is None:
            return _("not published")
        return bounded(self._writer(cell)(cell.value), cell.relation)

    def _writer(self, cell: ReleaseCell) -> Writer:
        part = self.catalogue.find(cell.code)
        unit = part.unit if part else None
        if cell.statistic in SHARES:
            return Writer(self.language, "%")
        if cell.statistic in {"panel_change", "panel_median"}:
            return Writer(self.language, "%" if cell.category == "percent" else "")
        if unit == "currency":
            return Writer(self.language, self.currency)
        return Writer(self.language, unit if unit in {"%", "USD"} else "")
