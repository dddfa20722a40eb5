"""The numbers of a cell, from contributions that the checks have passed; rounded last (R11), n as a band
(R12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reporting import statistics
from reporting.disclosure import checks
from reporting.disclosure.audience import NOBODY, Known
from reporting.disclosure.cells import Change, Kind, Limits, Measure, Part, Policy, Population, Relation
from reporting.statistics import Unit

_EDGE = 20
_EDGE_CONTRIBUTORS = 2


@dataclass(frozen=True)
class Figure:
    """Exact numbers, before rounding: one value or several parts."""

    value: Fraction | None = None
    parts: tuple[tuple[tuple[str, ...], Fraction], ...] = ()
    relation: Relation = Relation.EQUAL


def figure(measure: Measure, population: Population) -> Figure | None:
    """The exact figure of one set; None where it is not defined. Distributions have their own function."""
    numbers = [c.number for c in population]
    match measure.kind:
        case Kind.SUM:
            return Figure(statistics.total(numbers))
        case Kind.MEAN:
            return Figure(statistics.mean(numbers))
        case Kind.MEDIAN:
            return Figure(statistics.median(numbers))
        case Kind.QUARTILES:
            q = statistics.quartiles(numbers)
            return Figure(parts=((("lower",), q.lower), (("median",), q.median), (("upper",), q.upper)))
        case Kind.SHARE_YES:
            return Figure(statistics.share_of(int(sum(numbers)), len(numbers)))
        case Kind.RATIO_OF_SUMS:
            ratio = statistics.ratio_of_sums([(c.number, c.denominator) for c in population])
            if ratio is None:
                return None
            return Figure(100 * ratio if measure.unit is Unit.PERCENT else ratio)
        case Kind.DISTRIBUTION:
            return None


def edge_share(population: Population, policy: Policy) -> Figure | None:
    """R6 at the ends: "at most 20 %" or "at least 80 %" from ten contributors, where true; else nothing.

    Given for none, one or two contributors on one side. If two were told exactly, a bound would mean that there is one
    at most, and this one would know everybody else's answer.
    """
    groups = checks.owner_groups(population)
    if len(groups) < policy.edge_n:
        return None
    share = statistics.share_of(int(sum(c.number for c in population)), len(population))
    for relation, bound, answer in (
        (Relation.AT_MOST, _EDGE, 1),
        (Relation.AT_LEAST, 100 - _EDGE, 0),
    ):
        few = (
            sum(any(c.number == answer for c in members) for members in groups.values()) <= _EDGE_CONTRIBUTORS
        )
        if few and (share <= bound if relation is Relation.AT_MOST else share >= bound):
            return Figure(Fraction(bound), relation=relation)
    return None


def edge_limits(population: Population, relation: Relation) -> Limits:
    """The least and the most yes behind a bound, for a reader who knows how bounds come about."""
    n = len(population)
    owned = sorted(map(len, checks.owner_groups(population).values()), reverse=True)
    most = min(sum(owned[:_EDGE_CONTRIBUTORS]), n * _EDGE // 100)
    return (0, most) if relation is Relation.AT_MOST else (n - most, n)


def is_edge(measure: Measure, relation: Relation, value: float | None) -> bool:
    """Whether a published share is such a bound; others are figures that rounding kept from 0 and 100 %."""
    return measure.kind is Kind.SHARE_YES and relation is not Relation.EQUAL and value in {_EDGE, 100 - _EDGE}


def distribution(
    measure: Measure, population: Population, known: Sequence[Known] = (NOBODY,)
) -> Figure | None:
    """Shares of the choices that are safe on their own; the others together, or not at all.

    Choices exclude each other: the unsafe ones (also those that nobody took, for "nobody" tells
    everyone's answer) become one share, joined by the smallest safe ones until it is safe itself. Several
    choices allowed: the unsafe ones are left out, for their shares do not follow from the others. None
    where fewer than two parts (one, with several choices) remain. Safe for every set of `known` members.
    """
    rests = [rest for rest in (checks.unknown(population, one) for one in known) if rest]
    groups = [checks.owner_groups(rest) for rest in dict.fromkeys(rests)]

    def safe(choices: frozenset[str]) -> bool:
        return all(checks.two_sided(one, checks.took(choices)) is None for one in groups)

    def count(choices: frozenset[str]) -> int:
        return sum(checks.took(choices)(c) for c in population)

    alone = [choice for choice in measure.choices if safe(frozenset({choice}))]
    together = [choice for choice in measure.choices if choice not in alone]
    sets: list[tuple[str, ...]]
    if measure.multiple:
        sets = [(choice,) for choice in alone]
    else:
        while together and alone and not safe(frozenset(together)):
            smallest = min(alone, key=lambda c: (count(frozenset({c})), measure.choices.index(c)))
            alone.remove(smallest)
            together.append(smallest)
        merged = tuple(choice for choice in measure.choices if choice in together)
        sets = [(choice,) for choice in alone] + ([merged] if merged else [])
    if len(sets) < (1 if measure.multiple else 2):
        return None
    n = len(population)
    return Figure(parts=tuple((codes, statistics.share_of(count(frozenset(codes)), n)) for codes in sets))


def change(measure: Measure, before: Fraction, after: Fraction) -> tuple[Fraction | None, Change]:
    """The change: in points for scores, percentages and shares, in per cent for everything else."""
    if measure.kind is Kind.SHARE_YES or measure.unit in {Unit.SCORE, Unit.PERCENT}:
        return after - before, Change.POINTS
    return statistics.percent_change(before, after), Change.PERCENT


def rounded(
    measure: Measure, exact_figure: Figure, n: int
) -> tuple[float | None, tuple[Part, ...], Relation]:
    """The figure as published. A share that would round to 0 or 100 % becomes a bound: neither is said."""
    unit = Unit.SHARE if measure.kind in {Kind.SHARE_YES, Kind.DISTRIBUTION} else measure.unit

    def round_one(value: Fraction) -> Fraction:
        return statistics.round_published(value, unit, n=n, decimals=measure.decimals)

    parts = tuple(Part(codes, float(_inside(round_one(v), unit, n))) for codes, v in exact_figure.parts)
    if exact_figure.value is None or exact_figure.relation is not Relation.EQUAL:
        value = exact_figure.value
        return None if value is None else float(value), parts, exact_figure.relation
    value = round_one(exact_figure.value)
    inside = _inside(value, unit, n)
    relation = Relation.EQUAL
    if inside != value:
        relation = Relation.AT_MOST if inside > value else Relation.AT_LEAST
    return float(inside), parts, relation


def rounded_change(measure: Measure, value: Fraction, kind: Change, n: int) -> float:
    """A change as published: points like the figure, per cent to three digits, one decimal at most."""
    if kind is Change.PERCENT:
        return float(statistics.round_significant(value, 3, 1))
    unit = Unit.SHARE if measure.kind is Kind.SHARE_YES else measure.unit
    return float(statistics.round_published(value, unit, n=n, decimals=measure.decimals))


def band(n: int, policy: Policy) -> str:
    """The number of contributors as a band: "5-9", "10-19", "20+" (the first starts at k)."""
    if n >= 20:
        return "20+"
    if n >= 10:
        return f"{max(10, policy.k)}-19"
    return f"{policy.k}-9"


def _inside(share: Fraction, unit: Unit, n: int) -> Fraction:
    if unit is not Unit.SHARE:
        return share
    step = statistics.share_step(n)
    return min(max(share, Fraction(step)), Fraction(100 - step))
