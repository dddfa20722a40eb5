"""The change between two assessments, over what both of them asked alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from capacity.frameworks import BreakReason, Framework, Item, compare
from capacity.scoring.marks import NOT_APPLICABLE, Score, Scores, Thresholds, is_enough, mean_of


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item in two assessments. `broken` says why scores cannot be compared although both may be there."""

    code: str
    area: str
    before: Score | None
    after: Score | None
    broken: BreakReason | None

    @property
    def difference(self) -> int | None:
        """Levels gained; None where broken, or where one side has no level."""
        if self.broken or not isinstance(self.before, int) or not isinstance(self.after, int):
            return None
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class AreaChange:
    """The change on the `compared` items alone; `left_out` are the others that apply now or applied before.

    All three values are None where fewer than `least_share` of the items that apply now can be compared.
    """

    before: Fraction | None
    after: Fraction | None
    compared: int
    left_out: int

    @property
    def difference(self) -> Fraction | None:
        """Levels gained."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Changes:
    """`items` in the order of the later framework, removed ones last; `areas` are those of the later one."""

    items: tuple[ItemChange, ...]
    areas: Mapping[str, AreaChange]
    overall: Fraction | None


def changes(
    before: tuple[Framework, Scores], after: tuple[Framework, Scores], thresholds: Thresholds
) -> Changes:
    """The change between two assessments, in levels.

    An area's change is over the items that both frameworks ask alike and that have a level on both sides; everything
    else would show a change of questions as progress. Overall: the mean of the areas' changes, told only if every area
    that applies has one.
    """
    (earlier, old), (later, new) = before, after
    reasons = compare(earlier, later).reasons
    removed = tuple(item for item in earlier.items if not later.has(item.code))
    rows = tuple(
        ItemChange(item.code, item.area, old.get(item.code), new.get(item.code), reasons.get(item.code))
        for item in (*later.items, *removed)
    )
    areas = {area.code: _area_change(area.code, rows, thresholds) for area in later.areas}
    told = [areas[area.code] for area in later.areas if _applies(area.items, new)]
    differences = [each.difference for each in told]
    known = [each for each in differences if each is not None]
    return Changes(rows, areas, mean_of(known) if known and len(known) == len(differences) else None)


def _area_change(area: str, rows: Sequence[ItemChange], thresholds: Thresholds) -> AreaChange:
    own = [row for row in rows if row.area == area]
    pairs = [
        (row.before, row.after)
        for row in own
        if row.difference is not None and isinstance(row.before, int) and isinstance(row.after, int)
    ]
    removed = sum(row.broken is BreakReason.REMOVED for row in own)
    now = sum(row.after is not NOT_APPLICABLE for row in own) - removed
    applied = sum(not (row.before is NOT_APPLICABLE and row.after is NOT_APPLICABLE) for row in own)
    left_out = applied - len(pairs)
    if not is_enough(len(pairs), now, thresholds):
        return AreaChange(None, None, len(pairs), left_out)
    return AreaChange(mean_of([b for b, _ in pairs]), mean_of([a for _, a in pairs]), len(pairs), left_out)


def _applies(items: Iterable[Item], scores: Scores) -> bool:
    return any(scores.get(item.code) is not NOT_APPLICABLE for item in items)
