"""A whole release through the gate: each set by itself, then beside all others and all that was published before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from reporting.disclosure import checks, decisions
from reporting.disclosure.audience import Audience, Known, known_sets
from reporting.disclosure.cells import (
    Cell,
    Claim,
    Contribution,
    Kind,
    Measure,
    Owners,
    Policy,
    Population,
    Reason,
    read_population,
)
from reporting.disclosure.decisions import Decision
from reporting.disclosure.editions import (
    TOTAL,
    Breakdowns,
    Data,
    Edition,
    Groups,
    Slot,
    contributions_of,
    members,
    slots_of,
)
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.tables import Table, tables_of

Progress = Callable[[int, int], None]


@dataclass
class _Family:
    """Measures that tell the same about the same values (a sum and its mean), and where their cells stand."""

    measures: list[Measure] = field(default_factory=list)
    populations: dict[Measure, Population] = field(default_factory=dict)
    cells: dict[tuple[Measure, Slot], Cell] = field(default_factory=dict)
    ledger: Ledger | None = None
    error: Exception | None = None


@dataclass(frozen=True)
class _Release:
    """What all measures of a release share."""

    data: Data
    owners: Owners
    policy: Policy
    breakdowns: Breakdowns
    groups: Groups
    audiences: tuple[Audience, ...]
    earlier: tuple[Edition, ...]
    neighbours: tuple[Edition, ...]


def publish_release(
    measures: Iterable[Measure],
    data: Data,
    owners: Owners,
    policy: Policy,
    breakdowns: Breakdowns | None = None,
    *,
    groups: Groups | None = None,
    audiences: Iterable[Audience] = (),
    earlier: Sequence[Edition] = (),
    neighbours: Sequence[Edition] = (),
    progress: Progress | None = None,
) -> tuple[Cell, ...]:
    """All cells of a release, sorted by code and statistic; the total first, then breakdowns, then peer groups.

    `data` maps a code, or a pair of code and kind where statistics of one indicator need different
    values, to its contributions. `breakdowns` maps a breakdown's name to each member's category; one at a
    time, never crossed. `groups` maps a peer group to its members; groups may overlap. Every category and
    group appears, published or not (a group stands in the breakdown "group").

    `audiences` are readers who know some members' values. `earlier` are the editions of the same period, oldest
    first: figures of the last one stay where too few contributors changed (`Cell.kept`). `neighbours` are
    releases of the periods before and after. `progress` is called with the measures done and all measures.

    Input order, and names of members, change nothing. Raises ValueError if a measure is listed twice.
    """
    ordered = sorted(measures, key=lambda m: (m.code, m.kind))
    if len({(m.code, m.kind) for m in ordered}) != len(ordered):
        raise ValueError("A measure is listed twice in the release.")
    release = _Release(
        data,
        owners,
        policy,
        breakdowns or {},
        groups or {},
        tuple(audiences),
        tuple(earlier),
        tuple(neighbours),
    )
    slots = slots_of(release.breakdowns, release.groups)
    families: dict[tuple[str, str], _Family] = {}
    for measure in sorted(ordered, key=lambda m: (_rank(m), m.code, m.kind)):
        families.setdefault((measure.code, _family(measure)), _Family()).measures.append(measure)
    everything = list(families.values())
    tell = progress or (lambda _done, _all: None)
    done, steps = 0, len(everything)
    tell(done, steps)
    for family in everything:
        _attempt(family, lambda one: _open(one, release))
    _join(everything)
    # totals of everything come before the first part of anything
    for family in everything:
        _attempt(family, lambda one: _settle(one, [TOTAL], release))
    for family in everything:
        _attempt(family, lambda one: _settle(one, slots[1:], release))
        done += 1
        tell(done, steps)
    found: dict[tuple[Measure, Slot], Cell] = {}
    for family in everything:
        for measure in family.measures:
            for slot in slots:
                if family.error is None:
                    found[measure, slot] = family.cells[measure, slot]
                else:
                    found[measure, slot] = decisions.unpublished(measure, Reason.ERROR, slot)
            if family.error is not None:  # told once, whatever the number of groups
                found[measure, TOTAL] = decisions.closed(measure, family.error)
    return tuple(found[measure, slot] for measure in ordered for slot in slots)


def _rank(measure: Measure) -> int:
    """Sums first: means and ratios of the same values then find out what is told already."""
    return (Kind.SUM, Kind.MEAN, Kind.RATIO_OF_SUMS).index(measure.kind) if measure.kind in _ADDING else 3


_ADDING = {Kind.SUM, Kind.MEAN, Kind.RATIO_OF_SUMS}


def _family(measure: Measure) -> str:
    if measure.kind in checks.QUANTILES:
        return "quantiles"
    if measure.kind in {Kind.SUM, Kind.MEAN} and measure.bounded is None:
        return "amounts"
    return str(measure.kind)


def _attempt(family: _Family, step: Callable[[_Family], None]) -> None:
    if family.error is None:
        try:
            step(family)
        except Exception as error:  # noqa: BLE001 - R15: whatever goes wrong, nothing is published
            family.error = error


def _open(family: _Family, release: _Release) -> None:
    """Read the values, and write down what earlier editions told."""
    first = family.measures[0]
    known = known_sets(release.audiences, first.code)
    family.ledger = _new_ledger(first, release.policy, known)
    for measure in family.measures:
        family.populations[measure] = read_population(
            measure, contributions_of(measure, release.data), release.owners
        )
        for number, edition in enumerate(release.earlier, start=1):
            _remember(family.ledger, measure, edition, number)


def _new_ledger(measure: Measure, policy: Policy, known: tuple[Known, ...]) -> Ledger:
    return Ledger(measure, policy, known, tables_of(measure, policy, known))


def _remember(ledger: Ledger, measure: Measure, edition: Edition, number: int) -> Population:
    population = read_population(measure, contributions_of(measure, edition.data), edition.owners)
    for slot, cell in edition.published(measure):
        inside = members(population, slot, edition.breakdowns, edition.groups)
        ledger.remember(decisions.claim_of(measure, inside, cell), number)
    return population


def _join(families: Sequence[_Family]) -> None:
    """Numerators and denominators that are summed under a code of their own are one table with it."""
    sums = [
        (dict(_sizes(family.populations[measure])), family.ledger.tables[0])
        for family in families
        for measure in family.measures
        if measure.kind is Kind.SUM and family.ledger is not None and measure in family.populations
    ]
    for family in families:
        measure, ledger = family.measures[0], family.ledger
        if measure.kind is not Kind.RATIO_OF_SUMS or ledger is None or measure not in family.populations:
            continue
        for table in ledger.tables:
            here = dict(_sizes(tuple(map(table.read, family.populations[measure]))))
            for sizes, other in sums:
                if here and here.items() <= sizes.items():
                    _share(table, other)
                    break


def _sizes(population: Population) -> Iterable[tuple[str, Contribution]]:
    return ((c.contributor.key, Contribution(c.contributor, abs(c.number))) for c in population)


def _share(table: Table, other: Table) -> None:
    both = tuple(dict.fromkeys([*table.known, *other.known]))
    table.known = other.known = both
    for told in table.told:
        other.add(told)
    table.told, table.tried = other.told, other.tried


def _settle(family: _Family, slots: Sequence[Slot], release: _Release) -> None:
    assert family.ledger is not None
    known = family.ledger.known
    waiting: list[tuple[Measure, Slot, Decision]] = []
    for measure in family.measures:
        for slot in slots:
            inside = members(family.populations[measure], slot, release.breakdowns, release.groups)
            decision = decisions.decide(measure, inside, release.policy, known)
            if decision.figure is not None and _held_back(measure, slot, decision, release, known):
                decision = replace(decision, figure=None, reason=Reason.HELD_BACK)
            if decision.figure is not None:
                waiting.append((measure, slot, decision))
            else:
                family.cells[measure, slot] = decisions.cell(measure, decision, slot, release.policy)
    # the largest first; the smallest gives way
    waiting.sort(key=lambda one: (-len(one[2].population), str(one[1]), one[0].kind))
    verdicts = family.ledger.settle([decision.claim for _, _, decision in waiting])
    for (measure, slot, decision), reason in zip(waiting, verdicts, strict=True):
        cell = decisions.cell(measure, replace(decision, reason=reason), slot, release.policy)
        kept = _earlier_cell(measure, slot, release.earlier) if reason is Reason.REVISED else None
        family.cells[measure, slot] = replace(kept, kept=True) if kept else cell


def _earlier_cell(measure: Measure, slot: Slot, earlier: Sequence[Edition]) -> Cell | None:
    return dict(earlier[-1].published(measure)).get(slot) if earlier else None


def _held_back(
    measure: Measure, slot: Slot, decision: Decision, release: _Release, known: tuple[Known, ...]
) -> bool:
    """R10: stocks move slowly, so a set that a neighbouring period could not show is not shown now.

    Otherwise this period's figure stands in for the one held back then, and with that period's other figures tells
    what it protected. Asked of the values of that period, for the members that are in both.
    """
    if _family(measure) != "amounts":
        return False
    keys = {c.contributor.key for c in decision.population}
    for edition in release.neighbours:
        shown = dict(edition.published(measure))
        if not shown or slot in shown:
            continue
        ledger = _new_ledger(measure, release.policy, known)
        everybody = _remember(ledger, measure, edition, 0)
        then = tuple(c for c in everybody if c.contributor.key in keys)
        if then and (
            decisions.decide(measure, then, release.policy, known).figure is None
            or ledger.settle([Claim(then)]) != [None]
        ):
            return True
    return False
