"""The gate for one figure: contributions in, a cell out, closed whenever anything is unclear.

A release goes through `release.publish_release`, which sees all figures and earlier releases together.
"""

from __future__ import annotations

from reporting.disclosure import checks, decisions, figures
from reporting.disclosure.cells import (
    Cell,
    Contributions,
    Kind,
    Measure,
    Owners,
    Policy,
    Reason,
    read_population,
)
from reporting.disclosure.release import publish_release


def publish(measure: Measure, contributions: Contributions, owners: Owners, policy: Policy) -> Cell:
    """The cell of one measure over one set of members: its figure, or "not published" and the reason.

    `contributions` maps a member's key to its value: a number, (numerator, denominator) for a ratio of
    sums, true or false for a share of yes, a choice or a set of choices for a distribution. Leave members
    without a value out. `owners` maps every key to its owner; give a member without an owner its own key.
    Never raises for data (R15): a value or an owner that is missing or makes no sense gives a cell that
    is not published.
    """
    return publish_release([measure], {measure.code: contributions}, owners, policy)[0]


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
        return decisions.closed(measure, error)


def _change(
    measure: Measure, before: Contributions, after: Contributions, owners: Owners, policy: Policy
) -> Cell:
    if measure.kind in {Kind.QUARTILES, Kind.DISTRIBUTION}:
        return decisions.unpublished(measure, Reason.NOT_OFFERED)
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
        return decisions.unpublished(measure, reason)
    then, now = figures.figure(measure, panel_before), figures.figure(measure, panel_after)
    if then is None or now is None or then.value is None or now.value is None:
        return decisions.unpublished(measure, Reason.UNDEFINED)
    value, kind = figures.change(measure, then.value, now.value)
    if value is None:
        return decisions.unpublished(measure, Reason.UNDEFINED)
    n = len(checks.owner_groups(panel_after))
    return Cell(
        code=measure.code,
        statistic=measure.kind,
        published=True,
        value=figures.rounded_change(measure, value, kind, n),
        n_band=figures.band(n, policy),
        change=kind,
    )
