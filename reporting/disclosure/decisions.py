"""What the checks say about one set of contributions, and the cell that comes of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from reporting.disclosure import checks, figures
from reporting.disclosure.audience import NOBODY, Known
from reporting.disclosure.cells import Cell, Claim, Kind, Measure, Policy, Population, Reason, Relation
from reporting.disclosure.editions import TOTAL, Slot
from reporting.disclosure.figures import Figure

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Decision:
    """What the checks say about one set: an exact figure that may be published, or why not."""

    population: Population
    figure: Figure | None
    reason: Reason | None

    @property
    def is_exact(self) -> bool:
        """Whether a published figure is the figure itself, not a bound."""
        return self.figure is not None and self.figure.relation is Relation.EQUAL

    @property
    def claim(self) -> Claim:
        """What the figure tells: the choices of a distribution, alone or together, or what a bound leaves possible.

        Quantiles are not divided into parts: each tells of all members.
        """
        if self.figure is None:
            return Claim(self.population)
        parts = tuple(codes for codes, _ in self.figure.parts)
        if self.is_exact:
            return Claim(self.population, parts)
        return Claim(self.population, parts, figures.edge_limits(self.population, self.figure.relation))


def decide(
    measure: Measure, population: Population, policy: Policy, known: Sequence[Known] = (NOBODY,)
) -> Decision:
    """The figure of one set if it is safe for every audience by itself."""
    reason = checks.unsafe(measure, population, policy)
    if measure.kind is Kind.SHARE_YES and reason in {None, Reason.ONE_SIDED}:
        # a bound beside values that somebody knows may tell the others'
        unknown = all(len(checks.unknown(population, one)) == len(population) for one in known)
        if edge := figures.edge_share(population, policy) if unknown else None:
            return Decision(population, edge, None)
    reason = reason or checks.unsafe_beside(measure, population, policy, known)
    if reason is not None:
        return Decision(population, None, reason)
    if measure.kind is Kind.DISTRIBUTION:
        shares = figures.distribution(measure, population, known)
        return Decision(population, shares, None if shares else Reason.ONE_SIDED)
    exact_figure = figures.figure(measure, population)
    return Decision(population, exact_figure, None if exact_figure else Reason.UNDEFINED)


def claim_of(measure: Measure, population: Population, published: Cell) -> Claim:
    """What a published cell of these members tells."""
    parts = tuple(part.codes for part in published.parts) if measure.kind is Kind.DISTRIBUTION else ()
    if figures.is_edge(measure, published.relation, published.value):
        return Claim(population, parts, figures.edge_limits(population, published.relation))
    return Claim(population, parts)


def cell(measure: Measure, decision: Decision, slot: Slot, policy: Policy) -> Cell:
    """The decision as a cell: rounded, with a band, or with its reason alone."""
    if decision.figure is None or decision.reason is not None:
        return unpublished(measure, decision.reason or Reason.ERROR, slot)
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


def unpublished(measure: Measure, reason: Reason, slot: Slot = TOTAL) -> Cell:
    """A cell that is not published."""
    return Cell(
        measure.code, measure.kind, published=False, reason=reason, breakdown=slot[0], category=slot[1]
    )


def closed(measure: Measure, error: Exception, slot: Slot = TOTAL) -> Cell:
    """R15: the cell of a measure that something went wrong with."""
    # The text of an error may quote a value, so the log gets its type only.
    logger.error("The disclosure gate stays closed for %s (%s).", measure.code, type(error).__name__)
    return unpublished(measure, Reason.ERROR, slot)
