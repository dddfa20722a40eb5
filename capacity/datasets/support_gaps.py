"""Where money is missing most across the associations that share with a donor: a matrix, and the items behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from capacity.datasets.donor_room import ItemLine, item_line
from capacity.selectors.frameworks import framework_of
from capacity.selectors.funding import NOTHING
from capacity.selectors.shared_plans import shared_items
from members.models import Donor
from spm_portal.common.table_files import Cell, Sheet


@dataclass(frozen=True, slots=True)
class Column:
    """One area of activity of a framework."""

    key: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class GapCell:
    """What is missing in one area under one support area. `is_largest`: nowhere in the matrix is more missing."""

    gap: Decimal
    items: int
    without_cost: int
    is_largest: bool = False


@dataclass(frozen=True, slots=True)
class GapRow:
    """One support area over all areas; `cells` None where no item is."""

    code: str
    title: str
    cells: tuple[GapCell | None, ...]
    total: GapCell


@dataclass(frozen=True, slots=True)
class Gaps:
    """The matrix of one framework in one currency, and the items of it, the largest gap first."""

    currency: str
    currencies: tuple[str, ...]  # those with most items first
    framework: str
    frameworks: tuple[tuple[str, str], ...]  # code and title
    columns: tuple[Column, ...]
    rows: tuple[GapRow, ...]
    totals: tuple[GapCell | None, ...]
    total: GapCell | None
    items: tuple[ItemLine, ...]

    @property
    def largest_row(self) -> GapRow | None:
        """The support area in which most is missing."""
        found = max(self.rows, key=lambda row: row.total.gap, default=None)
        return found if found is not None and found.total.gap else None

    @property
    def largest_column(self) -> tuple[Column, GapCell] | None:
        """The area in which most is missing."""
        told = [(one, cell) for one, cell in zip(self.columns, self.totals, strict=True) if cell and cell.gap]
        return max(told, key=lambda pair: pair[1].gap, default=None)


def gaps_across(donor: Donor, *, currency: str = "", framework: str = "") -> Gaps:
    """The gaps of all open items that are shared with the donor, in a constant number of queries.

    Amounts are of one currency, since there is no rate by which others could be added: an unknown or empty `currency`
    is the one with most items. An item without a cost is counted and adds nothing.
    """
    lines = [item_line(one) for one in shared_items(donor) if one.is_open]
    titles = {one.code: framework_of(one).title for one in (line.shared.item.framework for line in lines)}
    codes = _by_frequency(line.shared.item.framework.code for line in lines)
    chosen = framework if framework in titles else next(iter(codes), "")
    lines = [line for line in lines if line.shared.item.framework.code == chosen]
    currencies = _by_frequency(line.shared.money.currency for line in lines)
    money = currency if currency in currencies else next(iter(currencies), "")
    return _gaps(
        [line for line in lines if line.shared.money.currency == money],
        money,
        currencies,
        chosen,
        tuple((code, titles[code]) for code in codes),
    )


def _by_frequency(values: Iterable[str]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def _gaps(
    lines: list[ItemLine],
    currency: str,
    currencies: tuple[str, ...],
    framework: str,
    frameworks: tuple[tuple[str, str], ...],
) -> Gaps:
    columns: dict[str, Column] = {}
    supports: dict[str, tuple[int, str]] = {}
    cells: dict[tuple[str, str], list[ItemLine]] = {}
    for line in lines:
        item, known = line.shared.item, framework_of(line.shared.item.framework)
        for area in known.areas:
            columns.setdefault(area.code, Column(area.code, area.number, area.title))
        for support in known.support_areas:
            supports.setdefault(support.code, (support.number, support.title))
        area_code = known.item(item.item).area if known.has(item.item) else ""
        if item.support_area not in supports:
            supports[item.support_area] = (1000, item.support_area or _("No area of support named"))
        cells.setdefault((item.support_area, area_code), []).append(line)
    heads = tuple(sorted(columns.values(), key=lambda one: one.number))
    largest = max((_missing(found) for found in cells.values()), default=NOTHING)
    rows = []
    for code, (_number, title) in sorted(supports.items(), key=lambda pair: pair[1]):
        mine = [line for key, found in cells.items() if key[0] == code for line in found]
        if mine:
            own = tuple(_cell(cells.get((code, head.key), ()), largest) for head in heads)
            rows.append(GapRow(code, title, own, _told(mine)))
    return Gaps(
        currency=currency,
        currencies=currencies,
        framework=framework,
        frameworks=frameworks,
        columns=heads,
        rows=tuple(rows),
        totals=tuple(
            _cell([line for key, found in cells.items() if key[1] == head.key for line in found], None)
            for head in heads
        ),
        total=_told(lines) if lines else None,
        items=tuple(sorted(lines, key=_largest_first)),
    )


def _largest_first(line: ItemLine) -> tuple[Decimal, str]:
    gap = line.shared.money.gap
    return (Decimal(1) if gap is None else -gap, line.shared.item.title)


def _missing(lines: Iterable[ItemLine]) -> Decimal:
    return sum((line.shared.money.gap or NOTHING for line in lines), NOTHING)


def _told(lines: list[ItemLine], *, is_largest: bool = False) -> GapCell:
    return GapCell(
        _missing(lines), len(lines), sum(line.shared.money.cost is None for line in lines), is_largest
    )


def _cell(lines: Iterable[ItemLine], largest: Decimal | None) -> GapCell | None:
    found = list(lines)
    if not found:
        return None
    return _told(found, is_largest=bool(largest) and _missing(found) == largest)


def gap_sheets(gaps: Gaps) -> list[Sheet]:
    """The matrix and the list as tables of a file."""
    matrix = Sheet(
        _("Gaps in %(currency)s") % {"currency": gaps.currency or "–"},
        (_("Area of donor support"), *(f"{one.number}. {one.title}" for one in gaps.columns), _("All")),
        (
            *((row.title, *(_figure(cell) for cell in row.cells), _figure(row.total)) for row in gaps.rows),
            (_("All"), *(_figure(cell) for cell in gaps.totals), _figure(gaps.total)),
        ),
    )
    items = Sheet(
        _("Items"),
        (
            _("Association"),
            _("What will be done"),
            _("Capacity"),
            _("Area"),
            _("Area of donor support"),
            _("Level at the start"),
            _("Goal level"),
            _("Due on"),
            _("Currency"),
            _("Cost"),
            _("Funded by us"),
            _("Funded by others"),
            _("Not funded"),
        ),
        tuple(_row(line) for line in gaps.items),
    )
    return [matrix, items]


def _figure(cell: GapCell | None) -> Cell:
    return None if cell is None else float(cell.gap)


def _row(line: ItemLine) -> tuple[Cell, ...]:
    item, money = line.shared.item, line.shared.money
    return (
        item.association.name,
        item.title,
        line.capacity,
        line.area,
        item.support_area,
        item.from_level,
        item.goal_level,
        item.due_on.isoformat() if item.due_on else "",
        money.currency,
        None if money.cost is None else float(money.cost),
        float(money.own),
        float(money.others),
        None if money.gap is None else float(money.gap),
    )
