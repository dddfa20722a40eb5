"""A whole release through the gate: each set by itself, then beside all others and all that was published before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from reporting.disclosure import decisions
from reporting.disclosure.audience import Audience, Known
from reporting.disclosure.cells import (
    Cell,
    Claim,
    Measure,
    Owners,
    Policy,
    Reason,
)
from reporting.disclosure.decisions import Decision
from reporting.disclosure.editions import (
    TOTAL,
    Breakdowns,
    Data,
    Edition,
    Groups,
    Slot,
    members,
    slots_of,
)
from reporting.disclosure.families import (
    Family,
    Scene,
    family_of,
    join,
    new_ledger,
    open_family,
    rank,
    remember,
)
from reporting.disclosure.panels import Panel, changes

Progress = Callable[[int, int], None]


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
    elsewhere: Sequence[Edition] = (),
    compared: Sequence[Edition] = (),
    panel: Panel | None = None,
    progress: Progress | None = None,
) -> tuple[Cell, ...]:
    """All cells of a release, sorted by code and statistic; the total first, then breakdowns, then peer groups.

    `data` maps a code, or a pair of code and kind where statistics of one indicator need different
    values, to its contributions. `breakdowns` maps a breakdown's name to each member's category; one at a
    time, never crossed. `groups` maps a peer group to its members; groups may overlap. Every category and
    group appears, published or not (a group stands in the breakdown "group").

    `audiences` are readers who know some members' values. `earlier` are the editions of the same period, oldest
    first: figures of the last one stay where too few contributors changed (`Cell.kept`). `neighbours` are
    releases of the periods before and after. `elsewhere` are editions of other associations with members of this one.
    `compared` are editions of other periods whose changes compare with this one.
    `panel` asks for changes on the same members; their cells come last and stand in the breakdown "panel": the change,
    then the figures before and after. `progress` is called with the measures done and all measures.

    Input order, and names of members, change nothing. Raises ValueError if a measure is listed twice.
    """
    ordered = sorted(measures, key=lambda m: (m.code, m.kind))
    if len({(m.code, m.kind) for m in ordered}) != len(ordered):
        raise ValueError("A measure is listed twice in the release.")
    release = Scene(
        data,
        owners,
        policy,
        breakdowns or {},
        groups or {},
        tuple(audiences),
        tuple(earlier),
        tuple(neighbours),
        tuple(elsewhere),
        tuple(compared),
    )
    slots = slots_of(release.breakdowns, release.groups)
    families: dict[tuple[str, str], Family] = {}
    for measure in sorted(ordered, key=lambda m: (rank(m), m.code, m.kind)):
        families.setdefault((measure.code, family_of(measure)), Family()).measures.append(measure)
    everything = list(families.values())
    tell = progress or (lambda _done, _all: None)
    done, steps = 0, len(everything)
    tell(done, steps)
    for family in everything:
        family.attempt(lambda one: open_family(one, release))
    join(everything)
    # totals of everything come before the first part of anything
    for family in everything:
        family.attempt(lambda one: _settle(one, [TOTAL], release))
    for family in everything:
        family.attempt(lambda one: _settle(one, slots[1:], release))
        done += 1
        tell(done, steps)
    on_same_members = changes(panel, everything, release) if panel else []
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
    return (*(found[measure, slot] for measure in ordered for slot in slots), *on_same_members)


def _settle(family: Family, slots: Sequence[Slot], release: Scene) -> None:
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
    measure: Measure, slot: Slot, decision: Decision, release: Scene, known: tuple[Known, ...]
) -> bool:
    """R10: stocks move slowly, so a set that a neighbouring period could not show is not shown now.

    Otherwise this period's figure stands in for the one held back then, and with that period's other figures tells
    what it protected. Asked of the values of that period, for the members that are in both.
    """
    if family_of(measure) != "amounts":
        return False
    keys = {c.contributor.key for c in decision.population}
    for edition in release.neighbours:
        shown = dict(edition.published(measure))
        if not shown or slot in shown:
            continue
        ledger = new_ledger(measure, release.policy, known)
        everybody = remember(ledger, measure, edition, 0)
        then = tuple(c for c in everybody if c.contributor.key in keys)
        if then and (
            decisions.decide(measure, then, release.policy, known).figure is None
            or ledger.settle([Claim(then)]) != [None]
        ):
            return True
    return False
