"""Capacities over many associations: means that passed the gate, as heat map and table; no association's own."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from capacity.frameworks import Framework
from reporting.disclosure import Cell, Edition, Kind, Measure, Policy, publish_release
from reporting.selectors.network_capacities import (
    YEARS_THAT_COUNT,
    YearEnd,
    area_code,
    cell_code,
    codes_of,
    years,
)
from reporting.selectors.releases import MINIMUM
from spm_portal.common.charts import NARROW, Chart, HeatRow, NotPublished, Spec, Style, Value, heat
from spm_portal.common.kept import Kept
from spm_portal.common.numbers import format_number
from spm_portal.common.table_files import Cell as FileCell
from spm_portal.common.table_files import Sheet

_kept: Kept[tuple[Cell, ...]] = Kept(most=64)  # the gate takes long: a year's cells never change


@dataclass(frozen=True, slots=True)
class Line:
    """A mean in the table: of everything, of an area, or of one category in an area. `number` None: not published."""

    code: str
    area: str
    category: str
    number: float | None
    words: str
    band: str
    is_kept: bool


@dataclass(frozen=True, slots=True)
class NetworkCapacities:
    """What the operator sees of one framework; `ends_on` is None before the first year counts."""

    framework: Framework
    ends_on: date | None
    next_on: date
    lines: tuple[Line, ...]
    wide: Chart | None
    narrow: Chart | None

    @property
    def minimum(self) -> int:
        """Associations that every figure needs."""
        return MINIMUM

    @property
    def years_that_count(self) -> int:
        """How old an assessment may be."""
        return YEARS_THAT_COUNT

    @property
    def has_figures(self) -> bool:
        """Whether anything is published."""
        return any(line.number is not None for line in self.lines)

    @property
    def has_kept(self) -> bool:
        """Whether a figure of an earlier year stays because too few associations changed."""
        return any(line.is_kept for line in self.lines)

    @property
    def main(self) -> tuple[Line, ...]:
        """The mean of everything and those of the areas."""
        return tuple(line for line in self.lines if not line.category)


def network_capacities(framework: Framework, today: date) -> NetworkCapacities:
    """The figures of the last year that ended, each through the gate beside those of the years before."""
    found = years(framework, today)
    next_on = date(today.year, 12, 31)
    if not found or not found[-1].assessments:
        return NetworkCapacities(framework, None, next_on, (), None, None)
    cells = {cell.code: cell for cell in published(framework, found)}
    lines = tuple(_line(framework, code, cells[code]) for code in codes_of(framework))
    ends_on = date(today.year - 1, 12, 31)
    return NetworkCapacities(
        framework,
        ends_on,
        next_on,
        lines,
        _drawn(framework, lines, Style(), "wide"),
        _drawn(framework, lines, NARROW, "narrow"),
    )


def published(framework: Framework, found: tuple[YearEnd, ...]) -> tuple[Cell, ...]:
    """The cells of the last of these years.

    Years are editions of one period to the gate, because what an association agreed on counts in several: where too
    few changed, the earlier figure stays, so that no two years together tell what one association scored. No value
    counts longer than `YEARS_THAT_COUNT`, so no older edition shares any with this one.
    """
    policy = Policy(k=MINIMUM, kq=max(8, MINIMUM), p=Decimal(settings.DISCLOSURE_P_PERCENT) / 100)
    measures = [
        Measure(code, Kind.MEAN, bounded=(0, framework.highest), decimals=1) for code in codes_of(framework)
    ]
    editions: list[tuple[YearEnd, Edition]] = []
    cells: tuple[Cell, ...] = ()
    for number, year in enumerate(found):
        if not year.assessments:
            continue
        owners = {key: key for key in year.assessments}
        data = {measure.code: year.of(measure.code) for measure in measures}
        key = (
            framework.code,
            framework.version,
            policy.p,
            tuple((one.ends_on, tuple(sorted(one.assessments.items()))) for one in found[: number + 1]),
        )
        earlier = [
            edition for one, edition in editions if year.ends_on.year - one.ends_on.year <= YEARS_THAT_COUNT
        ]
        cells = _kept.get(key) or _kept.put(
            key, publish_release(measures, data, owners, policy, earlier=earlier)
        )
        editions.append((year, Edition(data, owners, cells)))
    return cells


def _line(framework: Framework, code: str, cell: Cell) -> Line:
    _kind, _dot, rest = code.partition(".")
    area, _dot, category = rest.partition(".")
    number = cell.value if cell.published else None
    return Line(
        code=code,
        area=framework.area(area).title if area else _("All areas"),
        category=framework.label_of(category, area) if category else "",
        number=number,
        words=_("not published") if number is None else levels(number),
        band=cell.n_band or "",
        is_kept=cell.kept,
    )


def levels(number: float | Decimal) -> str:
    """A mean in words: levels with one decimal."""
    return format_number(number, language=get_language() or settings.LANGUAGE_CODE, decimals=1)


def _drawn(framework: Framework, lines: tuple[Line, ...], style: Style, name: str) -> Chart:
    told = {line.code: line.number for line in lines}

    def value(code: str) -> Value:
        if code not in told:
            return None
        number = told[code]
        return (
            NotPublished(_("Fewer associations than needed, or one could be told."))
            if number is None
            else number
        )

    rows = tuple(
        HeatRow(
            f"{area.number}. {area.title}",
            (
                *(value(cell_code(area.code, one.code)) for one in framework.categories),
                value(area_code(area.code)),
            ),
        )
        for area in framework.areas
    )
    spec = Spec(
        id=f"capacities-{name}",
        title=_("Where are associations strong, and where weak?"),
        format=levels,
        style=style,
    )
    columns = (*(one.label for one in framework.categories), _("Whole area"))
    return heat(spec, columns, rows, low=0, high=framework.highest)


def sheets(shown: NetworkCapacities) -> tuple[Sheet]:
    """The means as a table for files; what is not published has no number."""
    headers = (
        _("Framework"), _("Version"), _("As of"), _("Code"), _("Area"), _("Category"), _("Published"), _("Mean level"),
        _("Highest level"), _("Associations"), _("Kept from an earlier year"),
    )  # fmt: skip
    yes, no = _("yes"), _("no")
    rows: list[tuple[FileCell, ...]] = [
        (
            shown.framework.code,
            shown.framework.version,
            shown.ends_on.isoformat() if shown.ends_on else "",
            line.code,
            line.area,
            line.category,
            no if line.number is None else yes,
            line.number,
            shown.framework.highest,
            line.band,
            yes if line.is_kept else no,
        )
        for line in shown.lines
    ]
    return (Sheet(_("Capacities"), headers, tuple(rows)),)
