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
    Audience,
    Cell,
    Edition,
    Kind,
    Measure,
    Policy,
    Reason,
    publish_change,
    publish_release,
)
from reporting.disclosure import publish as through_gate
from reporting.models import Release, ReleaseCell, ReleaseMember
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import MINIMUM, NO_ANSWERS, frozen_members

Names = dict[str, Any]


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
    progress: Callable[[int, int], None] | None = None,
) -> list[ReleaseCell]:
    """The cells of all measures, in the order of the plan; a measure without any value says so.

    First those of all members, then those of each peer group; `groups` has the members of each by its key. What
    readers know or have read besides is in `release_reach`.
    """
    everything, groups = list(planned), groups or {}
    given = {
        (one.measure.code, one.measure.kind): contributions(one, inputs.names, inputs.outside)
        for one in everything
    }
    found = {
        (cell.code, cell.statistic, cell.category or ""): cell
        for cell in publish_release(
            [one.measure for one in everything],
            given,
            inputs.owners,
            policy_of(minimum),
            groups=groups,
            audiences=audiences,
            earlier=earlier,
            neighbours=neighbours,
            progress=progress,
        )
    }
    rows: list[ReleaseCell] = []
    for key in ("", *groups):
        for one in everything:
            measure = one.measure
            values = given[measure.code, measure.kind]
            if not (values.keys() & groups[key] if key else values):
                made = [_unpublished(measure.code, measure.kind, NO_ANSWERS)]
            else:
                made = _rows(measure, found[measure.code, measure.kind, key])
            for row in made:
                row.group = key
            rows += made
    return rows


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


def panel_cells(
    planned: Iterable[Planned],
    inputs: Inputs,
    older: Release,
    catalogue: Catalogue,
    minimum: int = MINIMUM,
) -> list[ReleaseCell]:
    """Progress on the same members: the change of each figure, and both figures where they reveal no more.

    Where members joined or left, the change of what adds up would show theirs; the change of the median does not,
    and stands in for it (statistic `panel_median`).
    """
    older_catalogue = catalogue_of(older.catalogue)
    older_members = list(
        ReleaseMember.objects.filter(release=older).select_related("submission").order_by("institution_id")
    )
    before = inputs_of(older_members, older_catalogue, older.method["context"], older.method["currency"])
    policy = policy_of(minimum)
    owners = {**before.owners, **inputs.owners}
    everything = list(planned)
    medians = {one.measure.code: one for one in everything if one.measure.kind is Kind.MEDIAN}
    rows: list[ReleaseCell] = []
    for one in everything:
        if not one.headline or one.measure.kind is Kind.DISTRIBUTION:
            continue
        if not same_question(one.measure.code, catalogue, older_catalogue):
            continue
        if one.in_currency and before.currency != inputs.currency:
            continue
        found = _panel_rows(one, before, inputs, owners, policy)
        if found and found[0].reason == Reason.PANEL_BROKEN and one.measure.code in medians:
            found += _panel_rows(medians[one.measure.code], before, inputs, owners, policy, "panel_median")
        rows += found
    return rows


def _panel_rows(
    one: Planned,
    before: Inputs,
    after: Inputs,
    owners: Mapping[str, str],
    policy: Policy,
    statistic: str = "panel_change",
) -> list[ReleaseCell]:
    """The change as `statistic`, then `panel_before` and `panel_after`; nothing where no member is in both."""
    measure = one.measure
    then = contributions(one, before.names, before.outside)
    now = contributions(one, after.names, after.outside)
    same = sorted(then.keys() & now.keys())
    if not same:
        return []
    change = publish_change(measure, then, now, owners, policy)
    if not change.published or change.value is None:
        return [_unpublished(measure.code, statistic, str(change.reason))]
    rows = [_published(measure.code, statistic, change, change.value, str(change.change))]
    # Medians of overlapping groups could be compared; what adds up was checked by the change itself.
    if measure.kind is Kind.MEDIAN and not len(then) == len(now) == len(same):
        return rows
    pair = [
        through_gate(measure, {key: values[key] for key in same}, owners, policy) for values in (then, now)
    ]
    if any(cell.value is None for cell in pair):
        return rows
    for name, cell in zip(("panel_before", "panel_after"), pair, strict=True):
        assert cell.value is not None
        rows.append(_published(measure.code, name, cell, cell.value))
    return rows
