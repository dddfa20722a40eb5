"""The gate for one figure: contributions in, a cell out, closed whenever anything is unclear.

A release goes through `release.publish_release`, which sees all figures and earlier releases together.
"""

from __future__ import annotations

from reporting.disclosure import decisions
from reporting.disclosure.cells import (
    Cell,
    Contributions,
    Measure,
    Owners,
    Policy,
    Reason,
    read_population,
)
from reporting.disclosure.panels import change_of
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
    Quartiles and distributions have no change. Never raises for data. In a release `publish_release` looks at changes
    beside everything else.
    """
    try:
        reason, cells, _ = change_of(
            measure,
            read_population(measure, after, owners),
            read_population(measure, before, owners),
            policy,
        )
        return cells[0] if cells else decisions.unpublished(measure, reason or Reason.ERROR)
    except Exception as error:  # noqa: BLE001 - R15: whatever goes wrong, nothing is published
        return decisions.closed(measure, error)
