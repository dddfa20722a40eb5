"""The cells of a release: frozen values through the disclosure gate, and progress on the same members."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from reporting.catalogue import Catalogue
from reporting.comparing import same_question
from reporting.datasets.measures import Planned, contributions
from reporting.disclosure import (
    AFTER,
    BEFORE,
    CHANGE,
    PANEL,
    Audience,
    Cell,
    Edition,
    Kind,
    Measure,
    Panel,
    Policy,
    Reason,
    publish_release,
)
from reporting.models import Release, ReleaseCell, ReleaseMember
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import MINIMUM, NO_ANSWERS, frozen_members

Names = dict[str, Any]
CHANGES = ("panel_change", "panel_median")
"""Changes on the same members: of the figure that stands for a code, or of the median in its place."""


@dataclass(frozen=True)
class Inputs:
    """What a release is made of: raw values by member key, their owners, and who reports in another currency."""

    names: Mapping[str, Names]
    owners: Mapping[str, str]
    currency: str
    outside: frozenset[str]


def inputs_of(
    members: Iterable[ReleaseMember], catalogue: Catalogue, context: Mapping[str, Any], currency: str
) -> Inputs:
    """What the gate gets of frozen members: every name of the rule language, as when the answers were given."""
    empty = dict.fromkeys(catalogue.codes)
    rows = list(members)
    return Inputs(
        names={str(m.institution_id): {**empty, **context, **m.values} for m in rows},
        owners={str(m.institution_id): m.owner_key for m in rows},
        currency=currency,
        outside=frozenset(str(m.institution_id) for m in rows if _currency(m) != currency),
    )


def _currency(member: ReleaseMember) -> str:
    """The currency at the time; editions from before it was frozen ask the return."""
    return str(member.facts.get("currency") or member.submission.currency)


def policy_of(minimum: int = MINIMUM) -> Policy:
    """The parameters of the gate: an association may ask for more contributors, never for fewer."""
    k = max(MINIMUM, minimum)
    return Policy(k=k, kq=max(8, k), edge_n=max(10, k), p=Decimal(settings.DISCLOSURE_P_PERCENT) / 100)


def cells(
    planned: Iterable[Planned],
    inputs: Inputs,
    groups: Mapping[str, AbstractSet[str]] | None = None,
    *,
    minimum: int = MINIMUM,
    audiences: Sequence[Audience] = (),
    earlier: Sequence[Edition] = (),
    neighbours: Sequence[Edition] = (),
    elsewhere: Sequence[Edition] = (),
    compared: Sequence[Edition] = (),
    panel: Panel | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[ReleaseCell]:
    """The cells of all measures, in the order of the plan; a measure without any value says so.

    First those of all members, then those of each peer group (`groups` has the members of each by its key), then
    changes on the same members. What readers know or have read besides is in `release_reach`.
    """
    everything, groups = list(planned), groups or {}
    given = {
        (one.measure.code, one.measure.kind): contributions(one, inputs.names, inputs.outside)
        for one in everything
    }
    made = publish_release(
        [one.measure for one in everything],
        given,
        inputs.owners,
        policy_of(minimum),
        groups=groups,
        audiences=audiences,
        earlier=earlier,
        neighbours=neighbours,
        elsewhere=elsewhere,
        compared=compared,
        panel=panel,
        progress=progress,
    )
    changes = [cell for cell in made if cell.breakdown == PANEL]
    found = {
        (cell.code, cell.statistic, cell.category or ""): cell for cell in made if cell.breakdown != PANEL
    }
    rows: list[ReleaseCell] = []
    for key in ("", *groups):
        for one in everything:
            measure = one.measure
            values = given[measure.code, measure.kind]
            if not (values.keys() & groups[key] if key else values):
                own = [_unpublished(measure.code, measure.kind, NO_ANSWERS)]
            else:
                own = _rows(measure, found[measure.code, measure.kind, key])
            for row in own:
                row.group = key
            rows += own
    return rows + _panel_rows(everything, changes)


def _rows(measure: Measure, cell: Cell) -> list[ReleaseCell]:
    """The rows of one cell of the gate: one for each of its parts."""
    if not cell.published:
        return [_unpublished(measure.code, measure.kind, str(cell.reason))]
    if cell.value is not None:
        return [_published(measure.code, measure.kind, cell, cell.value)]
    # the median stands in a cell of its own
    parts = [
        part for part in cell.parts if not (measure.kind is Kind.QUARTILES and part.codes == ("median",))
    ]
    return [_published(measure.code, measure.kind, cell, part.value, ",".join(part.codes)) for part in parts]


def _published(code: str, statistic: str, cell: Cell, value: float, category: str = "") -> ReleaseCell:
    return ReleaseCell(
        code=code,
        statistic=statistic,
        category=category,
        published=True,
        value=value,
        relation=cell.relation,
        n_band=cell.n_band or "",
        kept=cell.kept,
    )


def _unpublished(code: str, statistic: str, reason: str) -> ReleaseCell:
    return ReleaseCell(code=code, statistic=statistic, published=False, reason=reason)


def panel_facts(older: Release, inputs: Inputs) -> dict[str, Any]:
    """The older release that progress is measured against, and how many members are in both, as a band."""
    both = inputs.owners.keys() & {str(m.institution_id) for m in frozen_members(older)}
    owners = len({inputs.owners[key] for key in both})
    return {
        "release": str(older.pk),
        "year": older.method.get("year"),
        "period_end": older.method.get("period_end"),
        # a band, like every number of contributors; empty where there are too few for any figure
        "n_band": "20+" if owners >= 20 else "10-19" if owners >= 10 else "5-9" if owners >= MINIMUM else "",
    }


def compared_measures(
    planned: Iterable[Planned], inputs: Inputs, older: Release, catalogue: Catalogue
) -> tuple[Measure, ...]:
    """What may be compared with an older release: the same questions, in the same currency where it matters.

    Where members joined or left, the change of what adds up would show theirs; the change of the median may stand in
    for it, so it is asked too.
    """
    older_catalogue = catalogue_of(older.catalogue)
    everything = list(planned)
    medians = {one.measure.code: one.measure for one in everything if one.measure.kind is Kind.MEDIAN}
    found: list[Measure] = []
    for one in everything:
        code = one.measure.code
        if not one.headline or one.measure.kind is Kind.DISTRIBUTION:
            continue
        if one.in_currency and older.method["currency"] != inputs.currency:
            continue
        if same_question(code, catalogue, older_catalogue):
            found += dict.fromkeys([one.measure, medians.get(code, one.measure)])
    return tuple(found)


def _panel_rows(planned: Sequence[Planned], found: Sequence[Cell]) -> list[ReleaseCell]:
    """The change, then both figures where they reveal no more; nothing where no member is in both periods."""
    by_measure: dict[tuple[str, Kind], list[Cell]] = {}
    for cell in found:
        by_measure.setdefault((cell.code, cell.statistic), []).append(cell)
    rows: list[ReleaseCell] = []
    for one in planned:
        own = by_measure.get((one.measure.code, one.measure.kind))
        if not one.headline or own is None or own[0].reason is Reason.NOBODY:
            continue
        rows += [_panel_row(one.measure, CHANGES[0], cell) for cell in own]
        median = by_measure.get((one.measure.code, Kind.MEDIAN))
        if own[0].reason is Reason.PANEL_BROKEN and median and median is not own:
            rows.append(_panel_row(one.measure, CHANGES[1], median[0]))
    return rows


def _panel_row(measure: Measure, statistic: str, cell: Cell) -> ReleaseCell:
    if not cell.published or cell.value is None:
        return _unpublished(measure.code, statistic, str(cell.reason))
    match (cell.breakdown, cell.category):
        case place if place == BEFORE:
            return _published(measure.code, "panel_before", cell, cell.value)
        case place if place == AFTER:
            return _published(measure.code, "panel_after", cell, cell.value)
    assert (cell.breakdown, cell.category) == CHANGE
    return _published(measure.code, statistic, cell, cell.value, str(cell.change))
