"""The gate itself: contributions in, cells out, closed whenever anything is unclear.

The steps of a release, for each measure: read, check every set on its own, withdraw what others would
reveal, and only then compute, round and band. The audit of a whole release, earlier releases included,
belongs between the second and the third: it sees exact figures and sets, never rounded ones.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reporting.disclosure import checks, figures
from reporting.disclosure.cells import (
    Cell,
    Contributions,
    Kind,
    Measure,
    Owners,
    Policy,
    Population,
    Reason,
    Relation,
    read_population,
)
from reporting.disclosure.figures import Figure

logger = logging.getLogger(__name__)

Slot = tuple[str | None, str | None]
Data = Mapping[Any, Contributions]  # by code, or by (code, kind)
Breakdowns = Mapping[str, Mapping[str, str]]
TOTAL: Slot = (None, None)


@dataclass(frozen=True)
class _Decision:
    """What the checks say about one set: an exact figure that may be published, or why not."""

    population: Population
    figure: Figure | None
    reason: Reason | None

    @property
    def is_exact(self) -> bool:
        return self.figure is not None and self.figure.relation is Relation.EQUAL


def publish(measure: Measure, contributions: Contributions, owners: Owners, policy: Policy) -> Cell:
    """The cell of one measure over one set of members: its figure, or "not published" and the reason.

    `contributions` maps a member's key to its value: a number, (numerator, denominator) for a ratio of
    sums, true or false for a share of yes, a choice or a set of choices for a distribution. Leave members
    without a value out. `owners` maps every key to its owner; give a member without an owner its own key.
    Never raises for data (R15): a value or an owner that is missing or makes no sense gives a cell that
    is not published.
    """
    return _publish_measure(measure, contributions, owners, policy, {})[0]


def publish_release(
    measures: Iterable[Measure],
    data: Data,
    owners: Owners,
    policy: Policy,
    breakdowns: Breakdowns | None = None,
) -> tuple[Cell, ...]:
    """All cells of a release, sorted by code, statistic, breakdown and category; the total comes first.

    `data` maps a code, or a pair of code and kind where statistics of one indicator need different
    values, to its contributions. `breakdowns` maps a breakdown's name to each member's category; one at a
    time, never crossed. Every category appears, published or not. Input order, and names of members,
    change nothing. Raises ValueError if a measure is listed twice.
    """
    ordered = sorted(measures, key=lambda m: (m.code, m.kind))
    if len({(m.code, m.kind) for m in ordered}) != len(ordered):
        raise ValueError("A measure is listed twice in the release.")
    cells: list[Cell] = []
    for measure in ordered:
        contributions = data.get((measure.code, measure.kind), data.get(measure.code, {}))
        cells += _publish_measure(measure, contributions, owners, policy, breakdowns or {})
    return tuple(cells)


def publish_change(
    measure: Measure, before: Contributions, after: Contributions, owners: Owners, policy: Policy
) -> Cell:
    """The change of a measure between two periods on the members present in both (the matched panel).

    In points for scores, percentages and shares, otherwise in per cent. Both periods must be publishable
    on the panel. For what adds up (everything but the median) members who joined or left must be none or
    a safe set themselves (R10), or the totals of all and the change of the rest would tell their figures.
    Quartiles and distributions have no change. Never raises for data.
    """
    try:
        return _change(measure, before, after, owners, policy)
    except Exception as error:  # noqa: BLE001 - R15: whatever goes wrong, nothing is published
        return _closed(measure, error, TOTAL)


def _publish_measure(
    measure: Measure, contributions: Contributions, owners: Owners, policy: Policy, breakdowns: Breakdowns
) -> list[Cell]:
    slots = [TOTAL] + [
        (name, category) for name in sorted(breakdowns) for category in sorted(set(breakdowns[name].values()))
    ]
    try:
        population = read_population(measure, contributions, owners)
        decisions = {slot: _decide(measure, _members(population, slot, breakdowns), policy) for slot in slots}
        _withdraw_derivable(measure, decisions, policy)
        return [_cell(measure, decisions[slot], slot, policy) for slot in slots]
    except Exception as error:  # noqa: BLE001 - R15: whatever goes wrong, nothing is published
        return [_closed(measure, error, slot) for slot in slots]


def _members(population: Population, slot: Slot, breakdowns: Breakdowns) -> Population:
    name, category = slot
    if name is None:
        return population
    return tuple(c for c in population if breakdowns[name].get(c.contributor.key) == category)


def _decide(measure: Measure, population: Population, policy: Policy) -> _Decision:
    reason = checks.unsafe(measure, population, policy)
    if reason is Reason.ONE_SIDED:
        edge = figures.edge_share(population, policy)
        return _Decision(population, edge, None if edge else reason)
    if reason is not None:
        return _Decision(population, None, reason)
    if measure.kind is Kind.DISTRIBUTION:
        shares = figures.distribution(measure, population)
        return _Decision(population, shares, None if shares else Reason.ONE_SIDED)
    exact_figure = figures.figure(measure, population)
    return _Decision(population, exact_figure, None if exact_figure else Reason.UNDEFINED)


def _withdraw_derivable(measure: Measure, decisions: dict[Slot, _Decision], policy: Policy) -> None:
    """R7: drop the smallest part until no published set minus published parts of it reveals an unsafe rest.

    The total is never dropped for a part. Bounds ("at most 20 %") do not subtract and take no part in this.
    """
    while (victim := next(_revealing(measure, decisions, policy), None)) is not None:
        decisions[victim] = _Decision(decisions[victim].population, None, Reason.DERIVABLE)


def _revealing(measure: Measure, decisions: Mapping[Slot, _Decision], policy: Policy) -> Iterator[Slot]:
    published = {slot: d for slot, d in decisions.items() if d.is_exact}
    keys = {slot: {c.contributor.key for c in d.population} for slot, d in published.items()}
    for whole, decision in published.items():
        for name in sorted({slot[0] for slot in published if slot[0] is not None}):
            inside = [s for s in published if s[0] == name and s != whole and keys[s] <= keys[whole]]
            covered: set[str] = set().union(*(keys[s] for s in inside))
            rest = tuple(c for c in decision.population if c.contributor.key not in covered)
            singles = _singles(decision, *(published[s] for s in inside))
            if inside and checks.difference(measure, rest, policy, singles):
                yield min(inside, key=lambda slot: (len(keys[slot]), str(slot[1])))


def _singles(*decisions: _Decision) -> list[str]:
    """Choices whose own share is published in every one of these cells."""
    per_cell = [{codes[0] for codes, _ in d.figure.parts if len(codes) == 1} for d in decisions if d.figure]
    return sorted(set.intersection(*per_cell)) if per_cell else []


def _cell(measure: Measure, decision: _Decision, slot: Slot, policy: Policy) -> Cell:
    if decision.figure is None:
        return _unpublished(measure, decision.reason or Reason.ERROR, slot)
    n = len(checks.owner_groups(decision.population))
    value, parts, relation = figures.rounded(measure, decision.figure, n)
    return Cell(
        code=measure.code,
        statistic=measure.kind,
        published=True,
        value=value,
        parts=parts,
        relation=relation,
        n_band=figures.band(n, policy),
        breakdown=slot[0],
        category=slot[1],
    )


def _change(
    measure: Measure, before: Contributions, after: Contributions, owners: Owners, policy: Policy
) -> Cell:
    if measure.kind in {Kind.QUARTILES, Kind.DISTRIBUTION}:
        return _unpublished(measure, Reason.NOT_OFFERED, TOTAL)
    all_before = read_population(measure, before, owners)
    all_after = read_population(measure, after, owners)
    panel_before = tuple(c for c in all_before if c.contributor.key in after)
    panel_after = tuple(c for c in all_after if c.contributor.key in before)
    reason = (
        checks.unsafe(measure, panel_before, policy)
        or checks.unsafe(measure, panel_after, policy)
        or checks.panel_break(measure, all_before, all_after, policy)
    )
    if reason is not None:
        return _unpublished(measure, reason, TOTAL)
    then, now = figures.figure(measure, panel_before), figures.figure(measure, panel_after)
    if then is None or now is None or then.value is None or now.value is None:
        return _unpublished(measure, Reason.UNDEFINED, TOTAL)
    value, kind = figures.change(measure, then.value, now.value)
    if value is None:
        return _unpublished(measure, Reason.UNDEFINED, TOTAL)
    n = len(checks.owner_groups(panel_after))
    return Cell(
        code=measure.code,
        statistic=measure.kind,
        published=True,
        value=figures.rounded_change(measure, value, kind, n),
        n_band=figures.band(n, policy),
        change=kind,
    )


def _unpublished(measure: Measure, reason: Reason, slot: Slot) -> Cell:
    return Cell(
        measure.code, measure.kind, published=False, reason=reason, breakdown=slot[0], category=slot[1]
    )


def _closed(measure: Measure, error: Exception, slot: Slot) -> Cell:
    # The text of an error may quote a value, so the log gets its type only.
    logger.error("The disclosure gate stays closed for %s (%s).", measure.code, type(error).__name__)
    return _unpublished(measure, Reason.ERROR, slot)
