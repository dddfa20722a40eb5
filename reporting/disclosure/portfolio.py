"""One figure over several releases that are published already: the releases are its parts (R7), and it gives way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reporting.disclosure import checks, decisions
from reporting.disclosure.audience import Audience, known_sets
from reporting.disclosure.cells import (
    Cell,
    Claim,
    Contributions,
    Measure,
    Owners,
    Policy,
    Population,
    Reason,
    read_population,
)
from reporting.disclosure.editions import TOTAL
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.tables import tables_of


def publish_whole(
    measure: Measure,
    parts: Mapping[str, Contributions],
    owners: Owners,
    policy: Policy,
    audiences: Iterable[Audience] = (),
) -> Cell:
    """The cell of all parts together, where every part has its own exact figure published already.

    A member that stands in two parts counts once; with different values in them, or where those who stand in several
    would be told by what the parts add up to beyond the whole, nothing is published. Never raises for data (R15).
    """
    try:
        return _whole(measure, parts, owners, policy, tuple(audiences))
    except Exception as error:  # noqa: BLE001 - R15: whatever goes wrong, nothing is published
        return decisions.closed(measure, error)


def _whole(
    measure: Measure,
    parts: Mapping[str, Contributions],
    owners: Owners,
    policy: Policy,
    audiences: tuple[Audience, ...],
) -> Cell:
    together: dict[str, object] = {}
    twice: set[str] = set()
    for part in parts.values():
        for key, value in part.items():
            if key in together:
                twice.add(key)
                if together[key] != value:
                    return decisions.unpublished(measure, Reason.UNDEFINED)
            together[key] = value
    known = known_sets(audiences, measure.code)
    population = read_population(measure, together, owners)  # type: ignore[arg-type]
    decision = decisions.decide(measure, population, policy, known)
    if decision.is_exact:
        decision = replace(decision, reason=_beside(measure, parts, population, twice, policy, known, owners))
    return decisions.cell(measure, decision, TOTAL, policy)


def _beside(
    measure: Measure,
    parts: Mapping[str, Contributions],
    population: Population,
    twice: set[str],
    policy: Policy,
    known: tuple[frozenset[str], ...],
    owners: Owners,
) -> Reason | None:
    """What the whole would tell beside its parts: their sum less the whole is what stands in several."""
    shared = tuple(one for one in population if one.contributor.key in twice)
    if shared and checks.unsafe(measure, shared, policy):
        return Reason.DERIVABLE
    ledger = Ledger(measure, policy, known, tables_of(measure, policy, known))
    for part in parts.values():
        ledger.remember(Claim(read_population(measure, part, owners)), 0)
    return ledger.settle([Claim(population)])[0]
