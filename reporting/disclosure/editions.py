"""Where a figure stands in a release (everybody, a part, a peer group), and releases published before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from reporting.disclosure.cells import Cell, Contributions, Measure, Owners, Population

Slot = tuple[str | None, str | None]
Data = Mapping[Any, Contributions]  # by code, or by (code, kind)
Breakdowns = Mapping[str, Mapping[str, str]]
Groups = Mapping[str, AbstractSet[str]]
TOTAL: Slot = (None, None)
GROUP = "group"
PANEL = "panel"
CHANGE: Slot = (PANEL, None)
BEFORE: Slot = (PANEL, "before")
AFTER: Slot = (PANEL, "after")


@dataclass(frozen=True)
class Edition:
    """A release that readers of the new one can reach: its frozen values, its peer groups, its cells as published."""

    data: Data
    owners: Owners
    cells: tuple[Cell, ...]
    groups: Groups = field(default_factory=dict)
    breakdowns: Breakdowns = field(default_factory=dict)
    before: Data = field(default_factory=dict)
    """Values of the period that its changes on the same members compare with."""

    def published(self, measure: Measure) -> Iterator[tuple[Slot, Cell]]:
        """The published cells of a measure by their place."""
        for cell in self.cells:
            if (
                (cell.code, cell.statistic, cell.change)
                == (
                    measure.code,
                    measure.kind,
                    None,
                )
                and cell.published
                and cell.breakdown != PANEL
            ):
                yield (cell.breakdown, cell.category), cell

    def changes(self, measure: Measure) -> tuple[Cell, ...]:
        """The published cells of a measure that compare its period with the one before."""
        return tuple(
            cell
            for cell in self.cells
            if (cell.code, cell.statistic, cell.breakdown) == (measure.code, measure.kind, PANEL)
            and cell.published
        )

    def compares(self, measure: Measure) -> bool:
        """Whether a change of this measure is published."""
        return bool(self.changes(measure))


def slots_of(breakdowns: Breakdowns, groups: Groups) -> list[Slot]:
    """Every place of a release: everybody, the categories of each breakdown, the peer groups."""
    parts: list[Slot] = [
        (name, category) for name in sorted(breakdowns) for category in sorted(set(breakdowns[name].values()))
    ]
    return [TOTAL, *parts, *((GROUP, name) for name in sorted(groups))]


def members(population: Population, slot: Slot, breakdowns: Breakdowns, groups: Groups) -> Population:
    """The contributions that stand in this place. Raises KeyError for a group that nobody described."""
    name, category = slot
    if name is None or category is None:
        return population
    if name == GROUP:
        return tuple(c for c in population if c.contributor.key in groups[category])
    return tuple(c for c in population if breakdowns[name].get(c.contributor.key) == category)


def contributions_of(measure: Measure, data: Data) -> Contributions:
    """A measure's values: those of its kind where they differ by statistic, else those of its code."""
    return data.get((measure.code, measure.kind), data.get(measure.code, {}))
