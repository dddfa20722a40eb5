"""R10: a change on the members of two periods tells their figure of each, beside all that is told of that period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reporting.disclosure import checks, decisions, figures
from reporting.disclosure.audience import Audience, Known
from reporting.disclosure.cells import (
    Cell,
    Claim,
    Kind,
    Measure,
    Policy,
    Population,
    Reason,
    read_population,
)
from reporting.disclosure.editions import AFTER, BEFORE, CHANGE, Edition, contributions_of
from reporting.disclosure.families import (
    Family,
    Scene,
    join,
    new_ledger,
    open_family,
    remember,
    remember_before,
)
from reporting.disclosure.ledger import Ledger


@dataclass(frozen=True)
class Panel:
    """The period before, and the measures whose change is asked.

    `before` is the edition of that period with which this one is compared, `earlier` are the editions before it, and
    `later` other editions whose changes compare with that period. `audiences` could read values of that period.
    """

    measures: tuple[Measure, ...]
    before: Edition
    earlier: tuple[Edition, ...] = ()
    later: tuple[Edition, ...] = ()
    audiences: tuple[Audience, ...] = ()


def changes(panel: Panel, families: Sequence[Family], scene: Scene) -> list[Cell]:
    """The cells of all changes: the change, then both figures, or that it is not published and why."""
    then = Scene(
        data=panel.before.data,
        owners=panel.before.owners,
        policy=scene.policy,
        breakdowns=panel.before.breakdowns,
        groups=panel.before.groups,
        audiences=panel.audiences,
        earlier=panel.earlier,
    )
    home = {measure: family for family in families for measure in family.measures}
    then_families = {measure: Family([measure]) for measure in panel.measures}
    for measure, family in then_families.items():
        family.attempt(lambda one, measure=measure: _open_then(one, measure, panel, then))  # type: ignore[misc]
    join([family for family in then_families.values() if family.error is None])
    found: list[Cell] = []
    for measure in panel.measures:
        now, old = home[measure], then_families[measure]
        error = now.error or old.error
        if error is None:
            try:
                found += _change(measure, now, old, then, scene)
                continue
            except Exception as fault:  # noqa: BLE001 - R15: whatever goes wrong, nothing is published
                error = fault
        found.append(decisions.closed(measure, error, CHANGE))
    return found


def _open_then(family: Family, measure: Measure, panel: Panel, then: Scene) -> None:
    open_family(family, then)
    assert family.ledger is not None
    remember(family.ledger, measure, panel.before, 0)
    for number, edition in enumerate(panel.later, start=len(panel.earlier) + 1):
        remember_before(family.ledger, measure, edition, then.owners, number)


def change_of(
    measure: Measure,
    now: Population,
    then: Population,
    policy: Policy,
    known: tuple[Sequence[Known], Sequence[Known]] | None = None,
) -> tuple[Reason | None, tuple[Cell, ...], tuple[Population, Population]]:
    """The change by itself: why it is not published, or its cells; and the members of both periods now and then."""
    keys = {c.contributor.key for c in now} & {c.contributor.key for c in then}
    panel_now = tuple(c for c in now if c.contributor.key in keys)
    panel_then = tuple(c for c in then if c.contributor.key in keys)
    both = (panel_now, panel_then)
    if not keys:
        return Reason.NOBODY, (), both
    if measure.kind in {Kind.QUARTILES, Kind.DISTRIBUTION}:
        return Reason.NOT_OFFERED, (), both
    reason = checks.unsafe(measure, panel_then, policy) or checks.unsafe(measure, panel_now, policy)
    for sets, population in zip(known or (), both, strict=False):
        reason = reason or checks.unsafe_beside(measure, population, policy, sets)
    if reason := reason or checks.panel_break(measure, then, now, policy):
        return reason, (), both
    figure_then, figure_now = figures.figure(measure, panel_then), figures.figure(measure, panel_now)
    if figure_then is None or figure_now is None or figure_then.value is None or figure_now.value is None:
        return Reason.UNDEFINED, (), both
    value, kind = figures.change(measure, figure_then.value, figure_now.value)
    if value is None:
        return Reason.UNDEFINED, (), both
    n = len(checks.owner_groups(panel_now))
    change = Cell(
        code=measure.code,
        statistic=measure.kind,
        published=True,
        value=figures.rounded_change(measure, value, kind, n),
        n_band=figures.band(n, policy),
        breakdown=CHANGE[0],
        change=kind,
    )
    if measure.kind is Kind.MEDIAN and not len(now) == len(then) == len(keys):
        return None, (change,), both  # two medians of nearly the same members would be compared
    pair = tuple(
        decisions.cell(measure, decisions.Decision(population, figure, None), slot, policy)
        for population, figure, slot in ((panel_then, figure_then, BEFORE), (panel_now, figure_now, AFTER))
    )
    return None, (change, *pair), both


def _change(measure: Measure, now: Family, old: Family, then: Scene, scene: Scene) -> tuple[Cell, ...]:
    assert now.ledger is not None
    assert old.ledger is not None
    reason, cells, both = change_of(
        measure,
        now.populations[measure],
        old.populations[measure],
        scene.policy,
        (now.ledger.known, old.ledger.known),
    )
    if reason is None:
        ledgers = (now.ledger, old.ledger)
        if measure.kind is Kind.MEDIAN:
            ledgers = _of_changes_alone(measure, now.ledger, old.ledger, then, scene)
        verdicts = [
            ledger.settle([Claim(population)])[0] for ledger, population in zip(ledgers, both, strict=True)
        ]
        reason = next(filter(None, verdicts), None)
    if reason is None:
        return cells
    if reason is Reason.REVISED and scene.earlier and (kept := scene.earlier[-1].changes(measure)):
        return tuple(replace(cell, kept=True) for cell in kept)
    return (decisions.unpublished(measure, reason, CHANGE),)


def _of_changes_alone(
    measure: Measure, now: Ledger, old: Ledger, then: Scene, scene: Scene
) -> tuple[Ledger, Ledger]:
    """For medians: the changes of earlier editions; other medians are of other members and cannot be subtracted."""
    ledgers = tuple(new_ledger(measure, scene.policy, one.known) for one in (now, old))
    for number, edition in enumerate(scene.earlier, start=1):
        if edition.compares(measure):
            population = read_population(measure, contributions_of(measure, edition.data), edition.owners)
            keys = contributions_of(measure, edition.before).keys()
            ledgers[0].remember(Claim(tuple(c for c in population if c.contributor.key in keys)), number)
            remember_before(ledgers[1], measure, edition, then.owners, number)
    return ledgers[0], ledgers[1]
