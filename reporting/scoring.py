"""Strengths and gaps of one member, from its own practices, its place among others and its own change; pure.

Every candidate gets a score from -1 (a clear gap) to 1 (a clear strength) made of facts that stay beside it, so that
whoever shows it can say why. A figure without a good direction is never judged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reporting.statistics import Place, place

MOST = 3  # strengths, and gaps
FEWEST_PRACTICES = 2  # answered, before anything is said of a dimension
STRENGTH_FROM, GAP_BELOW = 0.2, 0.1
FIGURE_GAP_BELOW = -0.2
EVEN = 75  # an index that is neither a strength nor a gap by itself
OF_INDEX, OF_PLACE, OF_CHANGE = 0.8, 0.3, 0.25
OUTSIDE, FURTHER = 0.25, 0.5  # for lying outside of the middle half, and for how far
NOTEWORTHY_POINTS, NOTEWORTHY_PERCENT = 5, 10


@dataclass(frozen=True, slots=True)
class Range:
    """The published middle half of the other members."""

    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension as a member stands in it: its index (0 to 100) if there is one, and its practices from 0 to 1."""

    code: str
    index: float | None
    practices: tuple[tuple[str, float], ...]
    middle: Range | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with a good direction. `family`: what it is about; `inputs`: the answers it is worked out from."""

    code: str
    value: float
    is_better_high: bool
    middle: Range | None = None
    before: float | None = None
    in_points: bool = False
    family: str = ""
    inputs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Point:
    """A strength or a gap with the facts behind it.

    `missing` are the practices that are not in place in full, the furthest from it first; `improved` is None where
    the change from the year before is unknown or small, or where the place alone decides.
    """

    code: str
    score: float
    family: str
    inputs: frozenset[str]
    is_dimension: bool
    value: float
    place: Place | None = None
    in_place: int = 0
    asked: int = 0
    missing: tuple[str, ...] = ()
    improved: bool | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """At most three strengths, the strongest first, and at most three gaps, the widest first; nothing is both."""

    strengths: tuple[Point, ...]
    gaps: tuple[Point, ...]


def judge(dimensions: Iterable[Dimension], figures: Iterable[Figure]) -> Judgement:
    """The strengths and gaps of a member. The same facts in another order give the same."""
    points = [found for one in dimensions if (found := of_dimension(one)) is not None]
    points += [found for one in figures if (found := of_figure(one)) is not None]
    strengths = _picked(sorted(_strong(points), key=lambda point: (-point.score, point.code)))
    told = {point.code for point in strengths}
    gaps = _picked(
        sorted((one for one in _weak(points) if one.code not in told), key=lambda one: (one.score, one.code))
    )
    return Judgement(strengths, gaps)


def of_dimension(one: Dimension) -> Point | None:
    """A dimension as a candidate; None where too little was answered to say anything."""
    if len(one.practices) < FEWEST_PRACTICES:
        return None
    plain = 100 * sum(share for _code, share in one.practices) / len(one.practices)
    index = one.index if one.index is not None else plain
    where = place(index, one.middle.lower, one.middle.upper) if one.middle and one.index is not None else None
    score = OF_INDEX * (index - EVEN) / (100 - EVEN if index > EVEN else EVEN) + OF_PLACE * _sign(where)
    missing = sorted((share, number, code) for number, (code, share) in enumerate(one.practices) if share < 1)
    return Point(
        code=one.code,
        score=max(-1.0, min(1.0, score)),
        family=one.code,
        inputs=frozenset(code for code, _share in one.practices),
        is_dimension=True,
        value=index,
        place=where,
        in_place=len(one.practices) - len(missing),
        asked=len(one.practices),
        missing=tuple(code for _share, _number, code in missing),
    )


def of_figure(one: Figure) -> Point | None:
    """A figure as a candidate; None where neither its place nor its change says anything."""
    good = 1 if one.is_better_high else -1
    where = place(one.value, one.middle.lower, one.middle.upper) if one.middle else None
    improved: bool | None = None
    if one.middle is not None and where is not None and where is not Place.WITHIN:
        edge = one.middle.upper if where is Place.ABOVE else one.middle.lower
        width = (one.middle.upper - one.middle.lower) or abs(edge) or 1.0
        score = good * _sign(where) * (OUTSIDE + FURTHER * min(abs(one.value - edge) / width, 1.0))
    else:
        change = _change(one)
        if not change:
            return None
        improved = (change > 0) == one.is_better_high
        score = OF_CHANGE if improved else -OF_CHANGE
    return Point(
        code=one.code,
        score=score,
        family=one.family or one.code,
        inputs=one.inputs or frozenset({one.code}),
        is_dimension=False,
        value=one.value,
        place=where,
        improved=improved,
    )


def _change(one: Figure) -> float:
    """The change from the year before, 0 where it is unknown or too small to speak of."""
    if one.before is None:
        return 0.0
    change = one.value - one.before
    if one.in_points:
        return change if abs(change) >= NOTEWORTHY_POINTS else 0.0
    if not one.before:
        return 0.0
    return change if 100 * abs(change / one.before) >= NOTEWORTHY_PERCENT else 0.0


def _sign(where: Place | None) -> int:
    return {Place.ABOVE: 1, Place.BELOW: -1}.get(where, 0) if where is not None else 0


def _strong(points: Iterable[Point]) -> list[Point]:
    return [one for one in points if one.score >= STRENGTH_FROM]


def _weak(points: Iterable[Point]) -> list[Point]:
    return [
        one
        for one in points
        if (one.missing and one.score < GAP_BELOW if one.is_dimension else one.score <= FIGURE_GAP_BELOW)
    ]


def _picked(ordered: Sequence[Point]) -> tuple[Point, ...]:
    """The first ones, each about something else; where that leaves too few, also others of different answers."""
    chosen: list[Point] = []
    for same_family in (False, True):
        for one in ordered:
            if len(chosen) == MOST:
                break
            if one in chosen or any(_alike(one, other) for other in chosen):
                continue
            if same_family or all(one.family != other.family for other in chosen):
                chosen.append(one)
    return tuple(sorted(chosen, key=ordered.index))


def _alike(one: Point, other: Point) -> bool:
    """Whether two points say the same of more than half of the answers of either."""
    shared = len(one.inputs & other.inputs)
    return 2 * shared > min(len(one.inputs), len(other.inputs))
