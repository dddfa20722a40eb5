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
    for overlapping in _overlapping(parts, twice):
        ledger = Ledger(measure, policy, known, tables_of(measure, policy, known))
        for part in overlapping:
            ledger.remember(Claim(read_population(measure, part, owners)), 0)
        union = {key: value for part in overlapping for key, value in part.items()}
        reason = ledger.settle([Claim(read_population(measure, union, owners))])[0]
        if reason is not None:
            return reason
    return None


def _overlapping(parts: Mapping[str, Contributions], twice: set[str]) -> list[list[Contributions]]:
    """Parts that hang together by members in several of them; each such bundle is looked at as if its whole were told.

    A part that shares nobody is published itself, so the whole tells the same with it and without it. Looking at all
    differences between seventy such parts would take for ever and find nothing.
    """
    bundles: list[tuple[set[str], list[Contributions]]] = []
    for part in parts.values():
        keys = part.keys() & twice
        if not keys:
            continue
        touched = [bundle for bundle in bundles if bundle[0] & keys]
        merged = (set(keys).union(*(b[0] for b in touched)), [*(p for b in touched for p in b[1]), part])
        bundles = [*(bundle for bundle in bundles if bundle not in touched), merged]
    return [found for _keys, found in bundles]
