"""One published figure of one edition as dashboards show it: number, words, contributors, how far checked, trend."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.catalogue import Catalogue
from reporting.comparing import Differs, difference
from reporting.datasets.draft import YES, Draft, bounded
from reporting.datasets.parts import Shown, Withheld, Writer
from reporting.datasets.report_breaks import words_of
from reporting.datasets.verification_words import Levels
from reporting.disclosure import Change, Kind, Relation
from reporting.models import Release, ReleaseCell
from reporting.selectors.catalogues import catalogue_of

USD = "USD"
UP, DOWN, LEVEL = "▲", "▼", "■"


@dataclass(frozen=True, slots=True)
class Trend:
    """The change on the same members since an earlier period; without a number where it is not published."""

    arrow: str
    words: str
    value: float | None = None
    unit: str = ""
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of an edition.

    `shown` is the published number, `Withheld`, or None where there is none; `exact` says that the number is the figure
    itself and not a bound. `unit` is the catalogue's, an ISO currency for amounts.
    """

    shown: Shown
    words: str
    statistic: str = ""
    relation: str = ""
    n: str = ""
    unit: str = ""
    levels: Levels | None = None

    @property
    def number(self) -> float | None:
        """The published number."""
        return self.shown if isinstance(self.shown, int | float) else None

    @property
    def exact(self) -> float | None:
        """The published number where it is the figure itself."""
        return self.number if self.relation == Relation.EQUAL else None

    @property
    def withheld(self) -> bool:
        """Whether there is a figure that is not published."""
        return isinstance(self.shown, Withheld)

    @property
    def band(self) -> str:
        """The contributors as a band with a real dash."""
        return self.n.replace("-", "–")

    @property
    def checked(self) -> str:
        """How far the values behind it were checked, in words."""
        return self.levels.words if self.levels else ""


@dataclass(frozen=True)
class Edition:
    """An edition with the cells that a dashboard asks for."""

    release: Release
    draft: Draft

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return self.draft.currency

    @property
    def rate(self) -> float | None:
        """Units of its currency per US dollar as frozen, or None where the round had no rate."""
        rate = (self.release.method.get("context") or {}).get("exchange_rate_usd")
        return float(rate) if rate else None

    def value(self, code: str) -> Value:
        """The figure that stands for a code; of a question with choices the share that answered yes."""
        draft = self.draft
        statistic = draft.headline(code)
        cell: ReleaseCell | None
        if statistic is not None:
            cell = draft.cell(code, statistic)
        else:
            statistic = Kind.DISTRIBUTION
            cell = draft.cell(code, Kind.DISTRIBUTION, YES)
            if cell is None and draft.all_of(code, Kind.DISTRIBUTION):
                return Value(None, _("told together with other answers only"), statistic, unit="%")
        if cell is None:
            return Value(None, _("no figure"))
        share = statistic in {Kind.SHARE_YES, Kind.DISTRIBUTION}
        unit = "%" if share else self.unit(code)
        if not cell.published or cell.value is None:
            return Value(Withheld(), _("not published"), statistic, unit=unit)
        write = draft.percent if share else draft.writer(code)
        return Value(
            cell.value,
            bounded(write(cell.value), cell.relation),
            statistic,
            cell.relation,
            cell.n_band,
            unit,
            draft.levels(code, statistic),
        )

    def unit(self, code: str) -> str:
        """The unit of a code, the currency for amounts."""
        part = self.draft.catalogue.find(code)
        unit = (part.unit if part else None) or ""
        return self.currency if unit == "currency" else unit

    def is_amount(self, code: str) -> bool:
        """Whether a figure is in the reporting currency."""
        part = self.draft.catalogue.find(code)
        return part is not None and part.unit == "currency"

    def trend(self, code: str) -> Trend | None:
        """The change on the same members; None where there is nothing to compare with."""
        since = self.draft.panel_year
        found = [
            cell
            for statistic in ("panel_change", "panel_median")
            if (cell := self.draft.cell(code, statistic)) is not None
        ]
        if not found or since is None:
            return None
        cell = next((one for one in found if one.value is not None), None)
        if cell is None or cell.value is None:
            return Trend("", _("change not published"), since=since)
        in_percent = cell.category == Change.PERCENT
        write = self.draft.percent if in_percent else Writer(self.draft.language)
        amount = write(abs(cell.value))
        if not in_percent:
            amount = _("%(number)s points") % {"number": amount}
        median = cell.statistic == "panel_median"
        if cell.value == 0:
            arrow = LEVEL
            words = _("median unchanged since %(year)s") if median else _("unchanged since %(year)s")
        elif cell.value > 0:
            arrow = UP
            words = _("median up %(amount)s since %(year)s") if median else _("up %(amount)s since %(year)s")
        else:
            arrow = DOWN
            words = (
                _("median down %(amount)s since %(year)s") if median else _("down %(amount)s since %(year)s")
            )
        words %= {"amount": amount, "year": since}
        return Trend(arrow, words, cell.value, "%" if in_percent else pgettext("unit", "points"), since)

    def in_dollars(self, value: Value) -> float | None:
        """An amount at the frozen rate, to three digits: no more than it was published with."""
        if value.number is None or not self.rate or self.currency == USD:
            return None
        return float(f"{value.number / self.rate:.3g}")


def edition_of(release: Release, cells: Sequence[ReleaseCell], language: str) -> Edition:
    """An edition with its cells, as the active language tells it."""
    method = release.method
    panel = method.get("panel") or {}
    return Edition(
        release,
        Draft(
            catalogue=catalogue_of(release.catalogue),
            cells=cells,
            language=language,
            currency=method["currency"],
            period="",
            source="",
            year=method["year"],
            panel_year=panel.get("year") if panel.get("n_band") else None,
            panel_band=panel.get("n_band", ""),
        ),
    )


def why_not_comparable(code: str, before: Edition, after: Edition) -> str:
    """Why the figures of two editions may not stand on one line, in words; empty where they may."""
    found = difference(code, before.draft.catalogue, after.draft.catalogue)
    if found is not None:
        return words_of(found)
    if before.value(code).statistic != after.value(code).statistic:
        return words_of(Differs.AGGREGATE)
    if after.is_amount(code) and before.currency != after.currency:
        return _("amounts are in %(new)s, before in %(old)s") % {
            "new": after.currency,
            "old": before.currency,
        }
    return ""


def label_of(catalogue: Catalogue, code: str) -> str:
    """What a figure is called; the index of a dimension as that dimension."""
    found = (one for one in catalogue.dimensions if code == f"practice_index_{one.code.lower()}")
    return next((one.label for one in found), None) or catalogue.labels.get(code, code)
