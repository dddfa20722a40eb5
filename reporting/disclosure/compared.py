"""Some members against the others: each side is a set of its own beside all that is told of the same values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from reporting.disclosure.audience import Audience
from reporting.disclosure.cells import Cell, Contributions, Measure, Owners, Policy
from reporting.disclosure.editions import GROUP, Edition
from reporting.disclosure.release import publish_release
from reporting.peer_sets import offers

MOST_SETS = 3
"""Sets of one question: each stands with its rest, so these are as many groups as an edition offers."""


def sides_of(
    sets: Mapping[str, AbstractSet[str]], both: AbstractSet[str], owners: Owners, minimum: int
) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each set that may be told: its members and the others, of those (`both`) that have a value in both periods.

    Decided by who is in which set alone, never by values: enough owners on either side, no two sets nearer than the
    minimum, no sum of sets that leaves a handful. The first set stays, a later one gives way.
    """
    everyone = frozenset(both)
    inside = {key: frozenset(members) & everyone for key, members in sets.items()}
    found = [key for key, offer in offers(inside, everyone, owners, minimum).items() if offer.offered][
        :MOST_SETS
    ]
    return {key: (inside[key], everyone - inside[key]) for key in found}


def others_of(
    side: tuple[frozenset[str], frozenset[str]],
    then: AbstractSet[str],
    now: AbstractSet[str],
    owners: tuple[Owners, Owners],
    minimum: int,
) -> tuple[frozenset[str], frozenset[str]]:
    """The others of either period: the same members in both, unless a handful has a value in one period alone.

    The figure of all members less both sides would tell of that handful. Then the others are everybody else of each
    period, and nothing is left over. Decided by who has a value, never by values.
    """
    those, others = side
    rests = [frozenset(one) - those - others for one in (then, now)]
    if any(
        0 < len({known[key] for key in rest}) < minimum for rest, known in zip(rests, owners, strict=True)
    ):
        return (others | rests[0], others | rests[1])
    return (others, others)


def publish_sides(
    measure: Measure,
    values: Contributions,
    owners: Owners,
    policy: Policy,
    sides: Mapping[str, tuple[frozenset[str], frozenset[str]]],
    *,
    audiences: Sequence[Audience] = (),
    told: Sequence[Edition] = (),
    elsewhere: Sequence[Edition] = (),
    compared: Sequence[Edition] = (),
) -> dict[str, tuple[Cell, Cell]]:
    """The cells of one period: of each set and of its others.

    `values` are those of all members in that period. `told` are the editions of the period with everything they
    publish of the same values: the total of all members is among the sets that the new ones are subtracted from.
    """
    groups = {
        name: members
        for key, (those, others) in sides.items()
        for name, members in ((_those(key), those), (_others(key), others))
    }
    made = publish_release(
        [measure],
        {(measure.code, measure.kind): values},
        owners,
        policy,
        groups=groups,
        audiences=audiences,
        earlier=told,
        elsewhere=elsewhere,
        compared=compared,
    )
    cells = {cell.category: cell for cell in made if cell.breakdown == GROUP}
    return {key: (cells[_those(key)], cells[_others(key)]) for key in sides}


def _those(key: str) -> str:
    return f"{key}|those"


def _others(key: str) -> str:
    return f"{key}|others"
