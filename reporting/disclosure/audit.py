"""R8, the audit: what a reader can work out from everything published about one table, by linear programmes.

A system holds the totals of classes (members that stand in the same published sets) as unknowns and the published
figures as equations. For every viewer (its own values known) each target must keep the room that its rule asks for.
A feasible point that shows the room is as good as a programme: such points are kept and tried on every other target
first, so that few programmes are solved. The solver is loaded on first use, for it is large and web processes need
none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

TOLERANCE = 1e-6
"""Slack of comparisons, all figures being scaled to about one: above the solver's own error, far below any room."""
_ERROR = 3e-7

Exact = int | Fraction


@dataclass(frozen=True)
class Target:
    """What must not be pinned: the sum of `columns`; `holds` takes its highest and lowest possible value."""

    columns: tuple[int, ...]
    holds: Callable[[float, float], bool]
    needs_low: bool


@dataclass(frozen=True)
class Viewer:
    """A reader: what its own values leave of the bounds of some columns, and whom it must not work out."""

    lower: dict[int, float]
    upper: dict[int, float]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class System:
    """Equations over columns, their bounds, the true point, and whether only whole numbers are possible.

    A row stands between `totals` and `most`; they are the same, and `most` is None, where all figures are exact.
    """

    rows: Sequence[Sequence[float]]
    totals: Sequence[float]
    lower: Sequence[float]
    upper: Sequence[float]
    truth: Sequence[float]
    whole: bool = False
    most: Sequence[float] | None = None


@dataclass
class _Search:
    """The programmes of one system, and the feasible points that they have shown so far."""

    system: System
    numpy: Any
    optimize: Any
    points: Any = field(init=False)
    constraint: Any = field(init=False)

    def __post_init__(self) -> None:
        totals = self.numpy.array(self.system.totals, dtype=float)
        most = totals if self.system.most is None else self.numpy.array(self.system.most, dtype=float)
        matrix = self.numpy.array(self.system.rows, dtype=float)
        self.constraint = self.optimize.LinearConstraint(matrix, totals, most)
        self.points = self.numpy.array([self.system.truth], dtype=float)

    def bounds(self, viewers: Sequence[Viewer]) -> tuple[Any, Any]:
        """The bounds of the columns with what these viewers know together."""
        lower = self.numpy.array(self.system.lower, dtype=float)
        upper = self.numpy.array(self.system.upper, dtype=float)
        for viewer in viewers:
            for column, value in viewer.lower.items():
                lower[column] = max(lower[column], value)
            for column, value in viewer.upper.items():
                upper[column] = min(upper[column], value)
        return lower, upper

    def solve(self, columns: tuple[int, ...], bounds: tuple[Any, Any], sign: int) -> float:
        """The largest (sign -1) or smallest (sign 1) sum of the columns; its point is kept."""
        aim = self.numpy.zeros(len(self.system.truth))
        aim[list(columns)] = sign
        found = self.optimize.milp(
            aim,
            integrality=self.numpy.full(len(aim), int(self.system.whole)),
            bounds=self.optimize.Bounds(*bounds),
            constraints=[self.constraint],
        )
        if found.status != 0 or found.x is None:
            raise ArithmeticError("The audit found no answer.")
        point = self.numpy.round(found.x) if self.system.whole else found.x
        self.points = self.numpy.vstack([self.points, point])
        return float(point[list(columns)].sum())

    def fitting(self, bounds: tuple[Any, Any]) -> Any:
        """The points found so far that these bounds allow."""
        lower, upper = bounds
        return self.points[((self.points >= lower - _ERROR) & (self.points <= upper + _ERROR)).all(axis=1)]

    def shown(self, target: Target, bounds: tuple[Any, Any]) -> bool:
        """Whether points found before show the room that the target needs."""
        sums = self.fitting(bounds)[:, list(target.columns)].sum(axis=1)
        return bool(len(sums)) and target.holds(float(sums.max()), float(sums.min()))

    def holds(self, target: Target, bounds: tuple[Any, Any]) -> bool:
        """Whether the target keeps its room, decided by programmes."""
        high = self.solve(target.columns, bounds, -1)
        if not target.needs_low:
            return target.holds(high, high)
        return target.holds(high, self.solve(target.columns, bounds, 1))


def withstands(system: System, viewers: Sequence[Viewer]) -> bool:
    """Whether no viewer can narrow any of its targets below the room that the target must keep.

    Raises ArithmeticError where the solver gives no answer; the gate then stays closed.
    """
    pending = _pending(system, viewers)
    if not pending:
        return True
    directions = _directions(system)
    if not directions:
        return False  # nothing but the true figures is possible
    if len(directions) == 1 and not system.whole and system.most is None:
        return all(_holds_along(system, directions[0], *one) for one in pending)

    import numpy
    from scipy import optimize

    search = _Search(system, numpy, optimize)
    everybody = search.bounds(viewers)
    for columns in dict.fromkeys(target.columns for _, target in pending):
        # a point that suits all viewers at once settles the target for each of them
        search.solve(columns, everybody, -1)
        if any(target.needs_low for _, target in pending):
            search.solve(columns, everybody, 1)
    for viewer, target in pending:
        bounds = search.bounds([viewer])
        if not search.shown(target, bounds) and not search.holds(target, bounds):
            return False
    return True


def _directions(system: System) -> list[list[Exact]]:
    """A basis of all that may change while every figure stays, exactly; rows that are bounds hold nothing."""
    fixed: list[list[Exact]] = [
        [round(value) for value in row]
        for number, row in enumerate(system.rows)
        if system.most is None or system.totals[number] == system.most[number]
    ]
    pivots: dict[int, list[Exact]] = {}
    for row in fixed:
        for column, pivot in pivots.items():
            if row[column]:
                row = _less(row, pivot, row[column])
        column = next((number for number, value in enumerate(row) if value), -1)
        if column < 0:
            continue
        if row[column] != 1:
            row = [Fraction(value) / row[column] for value in row]
        pivots = {c: _less(p, row, p[column]) if p[column] else p for c, p in pivots.items()}
        pivots[column] = row
    found = []
    for free in sorted(set(range(len(system.truth))) - pivots.keys()):
        one: list[Exact] = [0] * len(system.truth)
        one[free] = 1
        for column, pivot in pivots.items():
            one[column] = -pivot[free]
        found.append(one)
    return found


def _less(row: Sequence[Exact], pivot: Sequence[Exact], factor: Exact) -> list[Exact]:
    return [a - factor * b if b else a for a, b in zip(row, pivot, strict=True)]


def _holds_along(system: System, direction: Sequence[Exact], viewer: Viewer, target: Target) -> bool:
    """Whether a target keeps its room where all that is possible lies on one line through the true figures."""
    least, most = float("-inf"), float("inf")
    for column, step in enumerate(map(float, direction)):
        if not step:
            continue
        lower = max(system.lower[column], viewer.lower.get(column, float("-inf")))
        upper = min(system.upper[column], viewer.upper.get(column, float("inf")))
        ends = sorted(((lower - system.truth[column]) / step, (upper - system.truth[column]) / step))
        least, most = max(least, ends[0]), min(most, ends[1])
    true = sum(system.truth[column] for column in target.columns)
    slope = float(sum(direction[column] for column in target.columns))
    if not slope:
        return target.holds(true, true)
    ends = sorted((true + slope * least, true + slope * most))
    return target.holds(ends[1], ends[0])


def _pending(system: System, viewers: Sequence[Viewer]) -> list[tuple[Viewer, Target]]:
    """The targets whose room the true figures themselves do not show."""
    found = []
    truth = list(system.truth)
    for viewer in viewers:
        for target in viewer.targets:
            # the true point suits every viewer
            value = sum(truth[column] for column in target.columns)
            if not target.holds(value, value):
                found.append((viewer, target))
    return found
