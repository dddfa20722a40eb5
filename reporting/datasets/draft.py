"""The published cells of a release at hand by code, and the blocks that chapters make of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.catalogue import Aggregate, Catalogue, Derived, Indicator
from reporting.datasets.parts import Figure, KeyFigure, Row, Shape, Shown, Withheld, Writer
from reporting.datasets.verification_words import Levels, levels_of_cell, words_of_many
from reporting.disclosure import Kind, Relation
from reporting.models import ReleaseCell

NO_ANSWERS = "no_answers"
HEADLINES = (Kind.SUM, Kind.RATIO_OF_SUMS, Kind.MEAN, Kind.SHARE_YES, Kind.MEDIAN)
YES, PARTLY, NO = "1", "0.5", "0"


@dataclass(frozen=True)
class Draft:
    """What a report is written from. Reads cells only; whatever is not a cell is a public fact of the release."""

    catalogue: Catalogue
    cells: Sequence[ReleaseCell]
    language: str
    currency: str
    period: str
    source: str
    year: int
    panel_year: int | None = None
    panel_band: str = ""
    broken: Mapping[str, str] = field(default_factory=dict)
    """Why a code may not be compared with the year of the panel, in words, by code."""
    panel_levels: Mapping[str, Levels] = field(default_factory=dict)
    """How far the figures about all members were checked in the year of the panel, by code."""

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], list[ReleaseCell]]:
        found: dict[tuple[str, str], list[ReleaseCell]] = {}
        for cell in self.cells:
            if cell.reason != NO_ANSWERS:
                found.setdefault((cell.code, cell.statistic), []).append(cell)
        return found

    # --- single values ------------------------------------------------------------------------------------

    def cell(self, code: str, statistic: str, category: str | None = None) -> ReleaseCell | None:
        """One cell; None where nobody answered or the round did not ask."""
        cells = self._by_key.get((code, statistic), [])
        for cell in cells:
            if category is None or cell.category == category or not cell.published:
                return cell
        return None

    def all_of(self, code: str, statistic: str) -> Sequence[ReleaseCell]:
        """Every cell of a code and statistic, in the order of the release."""
        return self._by_key.get((code, statistic), [])

    def value(self, code: str, statistic: str, category: str | None = None) -> Shown:
        """The published number, `Withheld`, or None where there is no cell."""
        cell = self.cell(code, statistic, category)
        if cell is None:
            return None
        if not cell.published or cell.value is None:
            return Withheld()
        return cell.value

    def number(self, code: str, statistic: str | None = None) -> float | None:
        """The published, exact number of a code's statistic (its headline by default), for sentences."""
        statistic = statistic or self.headline(code)
        cell = self.cell(code, statistic) if statistic else None
        if cell is None or cell.value is None or cell.relation != Relation.EQUAL:
            return None
        return cell.value

    def headline(self, code: str) -> str | None:
        """The statistic that stands for a code: total, ratio, mean or share, else the median."""
        return next((kind for kind in HEADLINES if (code, kind) in self._by_key), None)

    def band(self, code: str, statistic: str) -> str:
        """The contributors behind a cell as a band."""
        cell = self.cell(code, statistic)
        return cell.n_band if cell else ""

    def levels(self, code: str, statistic: str) -> Levels | None:
        """How far the contributors behind a cell were checked; None where nothing is known."""
        cell = self.cell(code, statistic)
        return _levels(cell) if cell else None

    def panel_checked(self, codes: Sequence[str]) -> str:
        """How far both years of a panel were checked: as said of all members then and now, which tells nothing more.

        The word of the panel itself, beside that of all members, would tell of the few that are in one of them.
        """
        then = words_of_many(self.panel_levels.get(code) for code in codes)
        now = words_of_many(
            self.levels(code, statistic) for code in codes if (statistic := self.headline(code))
        )
        said = [(self.panel_year, then), (self.year, now)]
        return "; ".join(
            _("%(year)s, all members: %(words)s") % {"year": year, "words": words}
            for year, words in said
            if words
        )

    def has(self, *codes: str) -> bool:
        """Whether any of these codes has a cell, published or not."""
        return any(code in codes for code, _statistic in self._by_key)

    def label(self, code: str) -> str:
        """The catalogue's label of a code."""
        part = self.catalogue.find(code)
        return part.label if part else code

    def short_label(self, code: str) -> str:
        """The label; for the practice index of a dimension that of the dimension."""
        found = (one for one in self.catalogue.dimensions if code == f"practice_index_{one.code.lower()}")
        return next((one.label for one in found), None) or self.label(code)

    def is_score(self, code: str) -> bool:
        """Whether a code is an index from 0 to 100."""
        part = self.catalogue.find(code)
        return isinstance(part, Derived) and part.unit == "points" and part.sector_aggregate is Aggregate.MEAN

    def writer(self, code: str) -> Writer:
        """How numbers of a code are written."""
        part = self.catalogue.find(code)
        unit = part.unit if part else None
        if unit == "currency":
            return Writer(self.language, self.currency)
        if unit in {"%", "USD"}:
            return Writer(self.language, unit)
        return Writer(self.language)

    @property
    def percent(self) -> Writer:
        """Writes shares."""
        return Writer(self.language, "%")

    def words(self, code: str, statistic: str | None = None) -> str | None:
        """The number of a code in words, for sentences; None where it is not published exactly."""
        number = self.number(code, statistic)
        if number is None:
            return None
        share = (statistic or self.headline(code)) == Kind.SHARE_YES
        return (self.percent if share else self.writer(code))(number)

    def formula(self, code: str) -> str:
        """How a derived value is worked out, in readable form; empty for a given one."""
        part = self.catalogue.find(code)
        if part is None or isinstance(part, Indicator):
            return ""
        return self.catalogue.readable(part.formula)

    # --- blocks -------------------------------------------------------------------------------------------

    def key(self, code: str, label: str = "", statistic: str | None = None) -> KeyFigure | None:
        """A key figure; None where there is no cell."""
        statistic = statistic or self.headline(code)
        cell = self.cell(code, statistic) if statistic else None
        if cell is None:
            return None
        label = label or self.label(code)
        if cell.value is None:
            return KeyFigure(label, _("not published"), _("to protect members"), withheld=True)
        write = self.percent if statistic == Kind.SHARE_YES else self.writer(code)
        words = bounded(write(cell.value), cell.relation)
        note = _("%(n)s members") % {"n": cell.n_band.replace("-", "–")}
        unit = getattr(self.catalogue.find(code), "unit", None)
        if unit == "points":
            note = _("of 100 points · %(note)s") % {"note": note}
        if statistic == Kind.MEDIAN:
            note = _("median · %(note)s") % {"note": note}
        return KeyFigure(label, words, note, levels=_levels(cell))

    def keys(self, *codes: str) -> tuple[KeyFigure, ...]:
        """The key figures of these codes that have a cell."""
        return tuple(found for code in codes if (found := self.key(code)) is not None)

    def figure(
        self,
        ident: str,
        title: str,
        shape: Shape,
        rows: Iterable[Row],
        *,
        series: tuple[str, ...] = ("",),
        write: Writer | None = None,
        formula: str = "",
        maximum: float | None = None,
        period: str = "",
        checked: str = "",
    ) -> Figure | None:
        """A figure; None where it has no rows."""
        kept = tuple(rows)
        if not kept:
            return None
        return Figure(
            id=ident,
            title=title,
            shape=shape,
            series=series,
            rows=kept,
            write=write or self.percent,
            period=period or self.period,
            source=self.source,
            formula=formula,
            maximum=maximum,
            checked_words=checked,
        )

    def bars(
        self,
        ident: str,
        title: str,
        codes: Sequence[str],
        *,
        formula: str = "",
        maximum: float | None = 100,
    ) -> Figure | None:
        """One bar per code, each the figure that stands for it; all of one unit."""
        rows = []
        write: Writer | None = None
        for code in codes:
            statistic = self.headline(code)
            if statistic is None:
                continue
            cell = self.cell(code, statistic)
            assert cell is not None
            write = write or (self.percent if statistic == Kind.SHARE_YES else self.writer(code))
            label = (
                self.label(code) if cell.relation == Relation.EQUAL else _bound_label(self.label(code), cell)
            )
            rows.append(Row(label, (self.value(code, statistic),), cell.n_band, levels=_levels(cell)))
        if len(codes) == 1 and not formula:
            formula = self.formula(codes[0])
        return self.figure(ident, title, Shape.BARS, rows, write=write, formula=formula, maximum=maximum)

    def choices(self, ident: str, title: str, code: str) -> Figure | None:
        """How members chose from a list: a bar per choice that may be told, largest first."""
        cells = self._by_key.get((code, Kind.DISTRIBUTION), [])
        if not cells:
            return None
        part = self.catalogue.find(code)
        labels = (
            {str(choice.value): choice.label for choice in part.choices}
            if isinstance(part, Indicator)
            else {}
        )
        multiple = isinstance(part, Indicator) and part.type.value == "multiple_choice"
        alone: list[tuple[float, Row]] = []
        together: list[tuple[float, Row]] = []
        for cell in cells:
            names = (
                [labels.get(choice, choice) for choice in cell.category.split(",")] if cell.category else []
            )
            label = _joined(names) if names else self.label(code)
            value = Withheld() if cell.value is None else cell.value
            row = Row(label, (value,), cell.n_band, levels=_levels(cell))
            (together if "," in cell.category else alone).append((cell.value or 0.0, row))
        rows = [row for _value, row in sorted(alone, key=lambda pair: -pair[0]) + together]
        formula = _("share of members; each could name several") if multiple else _("share of members")
        return self.figure(ident, title, Shape.BARS, rows, formula=formula, maximum=100)

    def answers(self, ident: str, title: str, codes: Sequence[str]) -> Figure | None:
        """Stacked bars of practices: yes, partly, no, and what is told together only."""
        rows = [row for code in codes if (row := self._answer_row(code)) is not None]
        series = (
            pgettext("answer", "Yes"),
            pgettext("answer", "Partly"),
            pgettext("answer", "No"),
            _("Told together only"),
        )
        return self.figure(
            ident,
            title,
            Shape.STACKED,
            rows,
            series=series,
            formula=_("share of members by answer"),
            maximum=100,
        )

    def _answer_row(self, code: str) -> Row | None:
        label = self.label(code)
        share = self.cell(code, Kind.SHARE_YES)
        if share is not None:
            if share.value is None:
                return Row(label, (Withheld(),) * 4)
            yes, rest = share.value, 100 - share.value
            if share.relation == Relation.EQUAL:
                return Row(label, (yes, 0.0, rest, 0.0), share.n_band, levels=_levels(share))
            label = _bound_label(label, share)
            values = (yes, 0.0, 0.0, rest) if share.relation == Relation.AT_LEAST else (0.0, 0.0, rest, yes)
            return Row(label, values, share.n_band, levels=_levels(share))
        cells = self._by_key.get((code, Kind.DISTRIBUTION))
        if not cells:
            return None
        if not cells[0].published:
            return Row(label, (Withheld(),) * 4)
        parts = {cell.category: cell.value or 0.0 for cell in cells}
        together = sum(value for category, value in parts.items() if "," in category)
        names = {
            YES: pgettext("answer", "yes"),
            PARTLY: pgettext("answer", "partly"),
            NO: pgettext("answer", "no"),
        }
        for category in parts:
            if "," in category:
                told = _joined([names.get(choice, choice) for choice in category.split(",")])
                label = _("%(label)s (%(answers)s told together)") % {"label": label, "answers": told}
        return Row(
            label,
            (parts.get(YES, 0.0), parts.get(PARTLY, 0.0), parts.get(NO, 0.0), together),
            cells[0].n_band,
            levels=_levels(cells[0]),
        )

    def strip(self, ident: str, title: str, codes: Sequence[str], formula: str = "") -> Figure | None:
        """Median and middle half of each code, each row on its own scale."""
        rows = []
        for code in codes:
            median = self.cell(code, Kind.MEDIAN)
            if median is None:
                continue
            lower = self.value(code, Kind.QUARTILES, "lower")
            upper = self.value(code, Kind.QUARTILES, "upper")
            rows.append(
                Row(
                    self.short_label(code),
                    (lower, self.value(code, Kind.MEDIAN), upper),
                    median.n_band,
                    self.writer(code),
                    (0, 100) if self.is_score(code) else None,
                    _levels(median),
                )
            )
        if len(codes) == 1 and not formula:
            formula = self.formula(codes[0])
        series = (_("Lower quartile"), _("Median"), _("Upper quartile"))
        return self.figure(ident, title, Shape.STRIP, rows, series=series, formula=formula)


def bounded(words: str, relation: str) -> str:
    """A number in words with what it bounds: "at least 80 %"."""
    if relation == Relation.AT_LEAST:
        return _("at least %(number)s") % {"number": words}
    if relation == Relation.AT_MOST:
        return _("at most %(number)s") % {"number": words}
    return words


def _bound_label(label: str, cell: ReleaseCell) -> str:
    words = _("at least") if cell.relation == Relation.AT_LEAST else _("at most")
    return _("%(label)s (%(bound)s this many)") % {"label": label, "bound": words}


def _levels(cell: ReleaseCell) -> Levels | None:
    return levels_of_cell(cell.verification)


def _joined(names: Sequence[str]) -> str:
    return " / ".join(names) if len(names) <= 3 else _("All others together")
