"""Measures that tell the same about the same values, and what was published of these values before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

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
    read_population,
)
from reporting.disclosure.editions import Breakdowns, Data, Edition, Groups, Slot, contributions_of, members
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.tables import Table, tables_of
from reporting.statistics import exact


@dataclass
class Family:
    """Measures that tell the same about the same values (a sum and its mean), and where their cells stand."""

    measures: list[Measure] = field(default_factory=list)
    populations: dict[Measure, Population] = field(default_factory=dict)
    cells: dict[tuple[Measure, Slot], Cell] = field(default_factory=dict)
    ledger: Ledger | None = None
    error: Exception | None = None

    def attempt(self, step: Callable[[Family], None]) -> None:
        """Do a step; a family in which something went wrong stays closed (R15)."""
        if self.error is None:
            try:
                step(self)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is published
                self.error = error


@dataclass(frozen=True)
class Scene:
    """What all measures of a release share: values, sets of members, and what readers have besides."""

    data: Data
    owners: Owners
    policy: Policy
    breakdowns: Breakdowns
    groups: Groups
    audiences: tuple[Audience, ...]
    earlier: tuple[Edition, ...] = ()
    neighbours: tuple[Edition, ...] = ()
    elsewhere: tuple[Edition, ...] = ()
    compared: tuple[Edition, ...] = ()


def open_family(family: Family, scene: Scene) -> None:
    """Read the values, and write down what earlier editions told."""
    first = family.measures[0]
    known = known_sets(scene.audiences, first.code)
    family.ledger = new_ledger(first, scene.policy, known)
    for measure in family.measures:
        family.populations[measure] = read_population(
            measure, contributions_of(measure, scene.data), scene.owners
        )
        for number, edition in enumerate(scene.earlier, start=1):
            remember(family.ledger, measure, edition, number)
        for number, edition in enumerate(scene.compared, start=len(scene.earlier) + 1):
            remember_before(family.ledger, measure, edition, scene.owners, number)
        for edition in scene.elsewhere:
            remember_elsewhere(family.ledger, measure, family.populations[measure], edition)


def new_ledger(measure: Measure, policy: Policy, known: tuple[Known, ...]) -> Ledger:
    """An empty ledger for a measure."""
    return Ledger(measure, policy, known, tables_of(measure, policy, known))


def remember(ledger: Ledger, measure: Measure, edition: Edition, number: int) -> Population:
    """Keep what an edition told of its values; gives these values."""
    population = read_population(measure, contributions_of(measure, edition.data), edition.owners)
    for claim in _claims(measure, edition, population):
        ledger.remember(claim, number)
    return population


def remember_elsewhere(ledger: Ledger, measure: Measure, ours: Population, edition: Edition) -> None:
    """Keep what another association told of members that are in both.

    A member that reports to both reports about the same: a value within p of its value here is the same unknown to a
    reader. Where they differ by more, neither tells of the other.
    """
    here = {c.contributor.key: c for c in ours}
    theirs = read_population(measure, contributions_of(measure, edition.data), edition.owners)
    if not any(c.contributor.key in here for c in theirs):
        return
    same = tuple(_same_unknown(here.get(c.contributor.key), c, ledger.policy) for c in theirs)
    for claim in _claims(measure, edition, same):
        ledger.remember(claim, 0, elsewhere=True)


def _same_unknown(here: Contribution | None, there: Contribution, policy: Policy) -> Contribution:
    if here is None or here.choices != there.choices:
        return there
    for one, other in ((here.number, there.number), (here.denominator, there.denominator)):
        if abs(one - other) > exact(policy.p) * max(abs(one), abs(other)):
            return there
    return here


def _claims(measure: Measure, edition: Edition, population: Population) -> Iterator[Claim]:
    for slot, cell in edition.published(measure):
        inside = members(population, slot, edition.breakdowns, edition.groups)
        yield decisions.claim_of(measure, inside, cell)
    if edition.compares(measure):
        yield Claim(
            tuple(c for c in population if c.contributor.key in contributions_of(measure, edition.before))
        )


def remember_before(ledger: Ledger, measure: Measure, edition: Edition, owners: Owners, number: int) -> None:
    """Keep what an edition told of the period before by a change on the members that are in both."""
    if edition.compares(measure):
        now = contributions_of(measure, edition.data)
        then = contributions_of(measure, edition.before)
        both = {key: value for key, value in then.items() if key in now and key in owners}
        ledger.remember(Claim(read_population(measure, both, owners)), number)


def join(families: Sequence[Family]) -> None:
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


def rank(measure: Measure) -> int:
    """Sums first: means and ratios of the same values then find out what is told already."""
    return (Kind.SUM, Kind.MEAN, Kind.RATIO_OF_SUMS).index(measure.kind) if measure.kind in ADDING else 3


ADDING = {Kind.SUM, Kind.MEAN, Kind.RATIO_OF_SUMS}


def family_of(measure: Measure) -> str:
    """What measures of one code have in common that tell the same about the same values."""
    if measure.kind in checks.QUANTILES:
        return "quantiles"
    if measure.kind in {Kind.SUM, Kind.MEAN} and measure.bounded is None:
        return "amounts"
    return str(measure.kind)
