"""The systems of equations that published sets leave to a reader: amounts, values on a scale, and answers.

Members in the same sets form a class, and only its total is unknown: whatever tells a class apart would have to be
published. Everything is scaled, so that a currency changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from reporting.disclosure.audience import Known
from reporting.disclosure.audit import TOLERANCE, System, Target, Viewer
from reporting.disclosure.cells import Contribution, Limits, Parts

ROOM = 1e-5
"""Room that even a value of zero keeps, as a share of the largest published sum."""

Problem = tuple[System, list[Viewer]]
Pattern = tuple[bool, ...]


@dataclass(frozen=True)
class Told:
    """A published set: its contributions, and for answers the groups of choices whose counts are told.

    `limits` are the least and the most of them that a bound leaves possible; None where the count is told.
    """

    members: frozenset[Contribution]
    parts: Parts = ()
    limits: Limits | None = None


def _classes(told: Sequence[Told], known: Known) -> dict[Pattern, list[Contribution]]:
    """What the reader does not know, by membership; the same whatever the members are called."""
    found: dict[Pattern, list[Contribution]] = defaultdict(list)
    for one in frozenset(chain.from_iterable(t.members for t in told)):
        if one.contributor.key not in known:
            found[tuple(one in t.members for t in told)].append(one)
    return dict(sorted(found.items()))


def _by_owner(members: Iterable[Contribution]) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for one in members:
        sums[one.contributor.owner] += one.number
    return sums


def _at_least(need: float) -> Callable[[float, float], bool]:
    return lambda high, _low: high >= need - TOLERANCE


def amounts(told: Sequence[Told], known: Known, p: Fraction) -> Problem | None:
    """Sums of amounts from zero: each must be able to be p larger than it is, whoever asks."""
    classes = _classes(told, known)
    if not classes:
        return None
    sizes = [_by_owner(members) for members in classes.values()]
    patterns = list(classes)
    totals = [sum(owners.values(), Fraction(0)) for owners in sizes]
    scale = max(
        sum((t for t, pattern in zip(totals, patterns, strict=True) if pattern[row]), Fraction(0))
        for row in range(len(told))
    ) or Fraction(1)
    shares = [{owner: float(value / scale) for owner, value in owners.items()} for owners in sizes]
    truth = [float(total / scale) for total in totals]
    rows = [[float(pattern[row]) for pattern in patterns] for row in range(len(told))]
    system = System(
        rows=rows,
        totals=[sum(x for x, inside in zip(truth, row, strict=True) if inside) for row in rows],
        lower=[0.0] * len(truth),
        upper=[float("inf")] * len(truth),
        truth=truth,
    )
    return system, _amount_viewers(shares, rows, 1 + float(p))


def _amount_viewers(
    shares: list[dict[str, float]], rows: Sequence[Sequence[float]], factor: float
) -> list[Viewer]:
    """Nobody, the largest owner of each class (who knows more than the smaller ones), owners in several classes."""
    homes: dict[str, list[int]] = defaultdict(list)
    for column, owners in enumerate(shares):
        for owner in owners:
            homes[owner].append(column)
    wide = {owner: columns for owner, columns in homes.items() if len(columns) > 1}

    def need(value: float) -> float:
        return max(factor * value, value + ROOM)

    def targets(viewer: Mapping[int, float], name: str | None, beside: int | None) -> tuple[Target, ...]:
        found = []
        for column, owners in enumerate(shares):
            others = sorted((value for owner, value in owners.items() if owner != name), reverse=True)
            if not others or column == beside:
                continue
            # where nobody asks, the second largest of the class does: the one that can say most of the largest
            second = others[1] if name is None and beside is None and len(others) > 1 else 0.0
            found.append(
                Target((column,), _at_least(need(others[0]) + viewer.get(column, 0.0) + second), False)
            )
        for columns, amount in _owner_totals(wide, shares, rows, name):
            own = sum(viewer.get(column, 0.0) for column in columns)
            found.append(Target(columns, _at_least(need(amount) + own), False))
        return tuple(found)

    viewers = [Viewer({}, {}, targets({}, None, None))]
    for column, owners in enumerate(shares):
        single = [value for owner, value in owners.items() if owner not in wide]
        if single:
            own = {column: max(single)}
            viewers.append(Viewer(own, {}, targets(own, None, column)))
    for owner in sorted(wide, key=lambda o: [(c, shares[c][o]) for c in wide[o]]):
        own = {column: shares[column][owner] for column in wide[owner]}
        viewers.append(Viewer(own, {}, targets(own, owner, None)))
    return viewers


def _owner_totals(
    wide: Mapping[str, Sequence[int]],
    shares: Sequence[Mapping[str, float]],
    rows: Sequence[Sequence[float]],
    viewer: str | None,
) -> list[tuple[tuple[int, ...], float]]:
    """What an owner has in one published set over several classes: the largest for each choice of classes."""
    found: dict[tuple[int, ...], float] = {}
    for owner, homes in wide.items():
        if owner == viewer:
            continue
        for row in rows:
            columns = tuple(column for column in homes if row[column])
            if len(columns) > 1:
                amount = sum(shares[column][owner] for column in columns)
                found[columns] = max(found.get(columns, 0.0), amount)
    return sorted(found.items())


def on_scale(
    told: Sequence[Told], known: Known, bounds: tuple[Fraction, Fraction], width: Fraction
) -> Problem | None:
    """Means of values on a scale: each (an owner's average) must stay `width` wide, in shares of the scale."""
    classes = _classes(told, known)
    if not classes:
        return None
    low, high = bounds
    members = [
        [(one.contributor.owner, (one.number - low) / (high - low)) for one in rows]
        for rows in classes.values()
    ]
    counts = [len(rows) for rows in members]
    truth = [float(sum(value for _, value in rows)) for rows in members]
    rows = [[float(pattern[row]) for pattern in classes] for row in range(len(told))]
    system = System(
        rows=rows,
        totals=[sum(x for x, inside in zip(truth, row, strict=True) if inside) for row in rows],
        lower=[0.0] * len(truth),
        upper=[float(count) for count in counts],
        truth=truth,
    )
    viewers: dict[object, Viewer] = {}
    for name in [None, *sorted({owner for rows_of in members for owner, _ in rows_of})]:
        own = [[value for owner, value in rows_of if owner == name] for rows_of in members]
        signature = tuple((len(values), sum(values, Fraction(0))) for values in own)
        lower = {c: float(sum(values)) for c, values in enumerate(own) if values}
        upper = {c: counts[c] - len(values) + float(sum(values)) for c, values in enumerate(own) if values}
        targets = []
        for column, rows_of in enumerate(members):
            sizes: dict[str, int] = defaultdict(int)
            for owner, _ in rows_of:
                sizes[owner] += owner != name
            for size in sorted({size for size in sizes.values() if size}):
                rest = counts[column] - len(own[column]) - size
                targets.append(_wide_enough(column, size, rest, lower.get(column, 0.0), float(width)))
        viewers[signature] = Viewer(lower, upper, (*targets, *getattr(viewers.get(signature), "targets", ())))
    return system, [viewers[key] for key in sorted(viewers, key=repr)]


def _wide_enough(column: int, size: int, rest: int, own: float, width: float) -> Target:
    def holds(high: float, low: float) -> bool:
        most, least = min(float(size), high - own), max(0.0, low - own - rest)
        return most - least >= size * width - TOLERANCE

    return Target((column,), holds, True)


def answers(told: Sequence[Told], known: Known, choices: Sequence[str]) -> Problem | None:
    """Counts of answers that exclude each other: nobody's may be certain, neither that it is given nor that not."""
    classes = _classes(told, known)
    if not classes:
        return None
    columns = [(number, choice) for number in range(len(classes)) for choice in choices]
    index = {column: position for position, column in enumerate(columns)}
    members = [
        [(one.contributor.owner, next(iter(one.choices))) for one in rows] for rows in classes.values()
    ]
    truth = [0.0] * len(columns)
    for number, rows_of in enumerate(members):
        for _, choice in rows_of:
            truth[index[number, choice]] += 1
    rows = [
        [float(pattern_at and choice in codes) for pattern_at, choice in _spread(classes, choices, row)]
        for row, one in enumerate(told)
        for codes in one.parts
    ]
    rows += [[float(number == wanted) for number, _ in columns] for wanted in range(len(classes))]
    totals = [sum(x for x, inside in zip(truth, row, strict=True) if inside) for row in rows]
    least, most = totals.copy(), totals.copy()
    row = 0
    for one in told:
        for codes in one.parts:
            if one.limits is not None:
                mine = sum(bool(c.choices & set(codes)) for c in one.members if c.contributor.key in known)
                least[row], most[row] = (float(limit - mine) for limit in one.limits)
            row += 1
    system = System(
        rows=rows,
        totals=least,
        most=most,
        lower=[0.0] * len(columns),
        upper=[float(len(members[number])) for number, _ in columns],
        truth=truth,
        whole=True,
    )
    asked = [c for c in columns if len(choices) > 2 or c[1] == choices[0]]
    return system, _answer_viewers(members, asked, index)


def _spread(classes: Iterable[Pattern], choices: Sequence[str], row: int) -> Iterable[tuple[bool, str]]:
    return ((pattern[row], choice) for pattern in classes for choice in choices)


def _answer_viewers(
    members: Sequence[Sequence[tuple[str, str]]],
    asked: Sequence[tuple[int, str]],
    index: Mapping[tuple[int, str], int],
) -> list[Viewer]:
    viewers: dict[object, Viewer] = {}
    for name in [None, *sorted({owner for rows in members for owner, _ in rows})]:
        own = [[choice for owner, choice in rows if owner == name] for rows in members]
        signature = tuple(tuple(sorted(given)) for given in own)
        if signature in viewers:
            continue
        lower: dict[int, float] = {}
        upper: dict[int, float] = {}
        for (number, choice), position in index.items():
            if own[number]:
                mine = own[number].count(choice)
                lower[position] = float(mine)
                upper[position] = float(len(members[number]) - len(own[number]) + mine)
        targets = [
            _uncertain(
                index[number, choice], own[number].count(choice), len(members[number]) - len(own[number])
            )
            for number, choice in asked
            if len(members[number]) > len(own[number])
        ]
        viewers[signature] = Viewer(lower, upper, tuple(targets))
    return [viewers[key] for key in sorted(viewers, key=repr)]


def _uncertain(column: int, own: int, others: int) -> Target:
    return Target((column,), lambda high, low: high - own >= 0.5 and low - own <= others - 0.5, True)
