"""What a donor sees of one association: heat map, shared plan items by support area with their money, what moved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from capacity.frameworks import Framework
from capacity.models import Assessment
from capacity.scoring import Changes, changes, results
from capacity.selectors.frameworks import framework_of, limits_of
from capacity.selectors.funding import sums
from capacity.selectors.results import agreed_levels
from capacity.selectors.shared_plans import SharedItem, opened_assessments, shared_items
from members.models import Association, Donor
from spm_portal.common.charts import NARROW, WIDE, Chart, HeatRow, Note, Spec, Style, heat
from spm_portal.common.numbers import format_number


@dataclass(frozen=True, slots=True)
class AreaMove:
    """How one area moved between the last two agreed assessments, in levels."""

    title: str
    before: float | None
    after: float | None
    left_out: int

    @property
    def difference(self) -> float | None:
        """Levels gained."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Shown:
    """The last agreed assessment as far as a donor sees it: means, no item, no rater, no evidence."""

    assessment: Assessment
    earlier: Assessment | None
    wide: Chart
    narrow: Chart
    overall: float | None
    highest: int
    moves: tuple[AreaMove, ...]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A shared plan item in the words of its framework."""

    shared: SharedItem
    capacity: str
    area: str
    from_level: str
    goal_level: str
    level_now: int | None  # of the last agreed assessment, where that is open to the donor

    @property
    def moved(self) -> int | None:
        """Levels gained since the item was planned."""
        start = self.shared.item.from_level
        return None if start is None or self.level_now is None else self.level_now - start


@dataclass(frozen=True, slots=True)
class SupportGroup:
    """The open items of one support area, and what they need, by currency."""

    code: str
    title: str
    description: str
    items: tuple[ItemLine, ...]
    cost: tuple[tuple[str, Decimal], ...]
    gap: tuple[tuple[str, Decimal], ...]
    without_cost: int


@dataclass(frozen=True, slots=True)
class Room:
    """All that one association shares with one donor."""

    association: Association
    shown: Shown | None
    groups: tuple[SupportGroup, ...]
    settled: tuple[ItemLine, ...]
    cost: tuple[tuple[str, Decimal], ...]
    funded: tuple[tuple[str, Decimal], ...]
    own: tuple[tuple[str, Decimal], ...]
    gap: tuple[tuple[str, Decimal], ...]

    @property
    def open_items(self) -> int:
        """How many items can be supported."""
        return sum(len(group.items) for group in self.groups)

    @property
    def items(self) -> list[SharedItem]:
        """All shared items."""
        return [line.shared for group in self.groups for line in group.items] + [
            line.shared for line in self.settled
        ]


def room_of(donor: Donor, association: Association) -> Room:
    """What the association shares with the donor today, in a constant number of queries."""
    assessments = list(opened_assessments(donor).filter(association=association)[:12])
    newest = assessments[0] if assessments else None
    lines = [_line(one) for one in shared_items(donor, association)]
    shown = None
    if newest is not None:
        earlier = next((one for one in assessments[1:] if one.framework.code == newest.framework.code), None)
        shown, levels = _shown(newest, earlier)
        lines = [
            _line(one.shared, levels.get(one.shared.item.item))
            if one.shared.item.framework.code == newest.framework.code
            else one
            for one in lines
        ]
    open_lines = [line for line in lines if line.shared.is_open]
    money = [line.shared.money for line in open_lines]
    return Room(
        association=association,
        shown=shown,
        groups=_groups(open_lines),
        settled=tuple(line for line in lines if not line.shared.is_open),
        cost=sums([(one.currency, one.cost) for one in money if one.cost is not None]),
        funded=sums([(one.currency, one.funded) for one in money if one.funded]),
        own=sums([(one.currency, one.own) for one in money if one.own]),
        gap=sums([(one.currency, one.gap) for one in money if one.gap]),
    )


def item_line(shared: SharedItem) -> ItemLine:
    """One item in the words of its framework."""
    return _line(shared)


def _line(shared: SharedItem, now: int | None = None) -> ItemLine:
    item, framework = shared.item, framework_of(shared.item.framework)
    known = framework.item(item.item) if framework.has(item.item) else None
    return ItemLine(
        shared=shared,
        capacity=known.text if known else item.item,
        area=framework.area(known.area).title if known else "",
        from_level=_level(framework, item.from_level),
        goal_level=_level(framework, item.goal_level),
        level_now=now,
    )


def _level(framework: Framework, level: int | None) -> str:
    if level is None or level not in framework.levels:
        return ""
    return f"{level} – {framework.level(level).label}"


def _groups(lines: Sequence[ItemLine]) -> tuple[SupportGroup, ...]:
    """By support area in the order of the framework; items of no area last."""
    found: dict[tuple[int, str], list[ItemLine]] = {}
    for line in lines:
        framework = framework_of(line.shared.item.framework)
        numbers = {area.code: area.number for area in framework.support_areas}
        code = line.shared.item.support_area
        found.setdefault((numbers.get(code, len(numbers) + 1), code), []).append(line)
    return tuple(_group(code, found[number, code]) for number, code in sorted(found))


def _group(code: str, lines: Sequence[ItemLine]) -> SupportGroup:
    framework = framework_of(lines[0].shared.item.framework)
    area = next((one for one in framework.support_areas if one.code == code), None)
    money = [line.shared.money for line in lines]
    return SupportGroup(
        code=code,
        title=area.title if area else code or _("No area of support named"),
        description=area.description if area else "",
        items=tuple(lines),
        cost=sums([(one.currency, one.cost) for one in money if one.cost is not None]),
        gap=sums([(one.currency, one.gap) for one in money if one.gap is not None]),
        without_cost=sum(one.cost is None for one in money),
    )


# --- The assessment -----------------------------------------------------------------------------------------


def _shown(newest: Assessment, earlier: Assessment | None) -> tuple[Shown, dict[str, int]]:
    framework, scores = framework_of(newest.framework), agreed_levels(newest)
    told = results(framework, scores, limits_of(framework))
    data = tuple(
        HeatRow(
            f"{area.number}. {area.title}",
            (
                *(
                    cell.number if (cell := told.cells.get((area.code, category.code))) else None
                    for category in framework.categories
                ),
                told.areas[area.code].number,
            ),
        )
        for area in framework.areas
    )
    columns = (*(category.label for category in framework.categories), _("All"))
    moved: Changes | None = None
    if earlier is not None:
        limits = limits_of(framework)
        past = (framework_of(earlier.framework), agreed_levels(earlier))
        moved = changes(past, (framework, scores), limits)
    shown = Shown(
        assessment=newest,
        earlier=earlier,
        wide=_heat(newest, framework, columns, data, WIDE),
        narrow=_heat(newest, framework, columns, data, NARROW),
        overall=told.overall.number,
        highest=framework.highest,
        moves=_moves(framework, moved) if moved else (),
    )
    return shown, {code: level for code, level in scores.items() if isinstance(level, int)}


def _moves(framework: Framework, moved: Changes) -> tuple[AreaMove, ...]:
    def number(value: object) -> float | None:
        return None if value is None else float(value)  # type: ignore[arg-type]

    return tuple(
        AreaMove(
            f"{area.number}. {area.title}",
            number(moved.areas[area.code].before),
            number(moved.areas[area.code].after),
            moved.areas[area.code].left_out,
        )
        for area in framework.areas
    )


def _heat(
    assessment: Assessment,
    framework: Framework,
    columns: tuple[str, ...],
    data: tuple[HeatRow, ...],
    style: Style,
) -> Chart:
    language = get_language() or "en"
    return heat(
        Spec(
            id=f"heat-{style.width}",
            title=_("Where does the association stand?"),
            format=lambda value: format_number(value, language=language, decimals=1),
            note=Note(
                period=_("%(title)s, as of %(day)s")
                % {"title": assessment.title, "day": date_format(assessment.as_of, "DATE_FORMAT")},
                formula=_("mean of the agreed levels from 0 to %(highest)s; not applicable items left out")
                % {"highest": framework.highest},
            ),
            style=replace(style, rtl=get_language_bidi()),
        ),
        columns,
        data,
        low=0,
        high=framework.highest,
    )
