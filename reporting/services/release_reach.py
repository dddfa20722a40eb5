"""What readers of a new edition can put beside it: earlier editions, the periods around it, values shown by consent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reporting.consenting import open_codes
from reporting.datasets.measures import Planned, contributions
from reporting.disclosure import Audience, Cell, Edition, Kind, Measure, Part, Relation
from reporting.models import Release, ReleaseCell, ReleaseMember
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.peer_groups import frozen_sets
from reporting.selectors.release_readers import PUBLIC_READERS, READERS
from reporting.selectors.releases import with_round
from reporting.services.release_cells import inputs_of

_KINDS = {str(kind) for kind in Kind}


@dataclass(frozen=True)
class Reach:
    """What the gate looks at besides the release itself."""

    audiences: tuple[Audience, ...] = ()
    earlier: tuple[Edition, ...] = ()
    neighbours: tuple[Edition, ...] = ()


def reach_of(release: Release, members: Iterable[ReleaseMember], planned: Iterable[Planned]) -> Reach:
    """What was published before this edition and is frozen with it: the same when published and when rebuilt."""
    everything = list(planned)
    before = with_round(Release.objects.filter(published_at__lt=release.published_at)).order_by(
        "round__period_end", "number"
    )
    same = before.filter(round=release.round_id, number__lt=release.number)
    others = before.filter(association=release.association_id).exclude(round=release.round_id)
    end = release.round.period_end
    nearest = (
        others.filter(round__period_end__lt=end).last(),
        others.filter(round__period_end__gt=end).order_by("-round__period_end", "number").last(),
    )
    return Reach(
        audiences=audiences_of(release, members),
        earlier=tuple(_edition(one, everything) for one in same),
        neighbours=tuple(_edition(one, everything) for one in nearest if one is not None),
    )


def audiences_of(release: Release, members: Iterable[ReleaseMember]) -> tuple[Audience, ...]:
    """Who could read which members' values when this was frozen, by code."""
    catalogue = catalogue_of(release.catalogue)
    known: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    codes: dict[tuple[str, ...], frozenset[str]] = {}
    for member in members:
        for readers, sections in member.facts.get(READERS, {}).items():
            asked = tuple(sections)
            if asked not in codes:
                codes[asked] = open_codes(catalogue, frozenset(asked))
            for code in codes[asked]:
                known[readers][code].add(str(member.institution_id))
    return tuple(
        Audience(name, by_code, is_public=name == PUBLIC_READERS) for name, by_code in sorted(known.items())
    )


def _edition(release: Release, planned: Iterable[Planned]) -> Edition:
    members = list(
        ReleaseMember.objects.filter(release=release).select_related("submission").order_by("institution_id")
    )
    method: Mapping[str, Any] = release.method
    inputs = inputs_of(members, catalogue_of(release.catalogue), method["context"], method["currency"])
    measures = {(str(one.measure.code), str(one.measure.kind)): one.measure for one in planned}
    rows: dict[tuple[str, str, str], list[ReleaseCell]] = defaultdict(list)
    for row in ReleaseCell.objects.filter(release=release, published=True, statistic__in=_KINDS):
        rows[row.code, row.statistic, row.group].append(row)
    return Edition(
        data={
            (one.measure.code, one.measure.kind): contributions(one, inputs.names, inputs.outside)
            for one in planned
        },
        owners=inputs.owners,
        cells=tuple(
            _cell(measures[code, statistic], group, found)
            for (code, statistic, group), found in sorted(rows.items())
            if (code, statistic) in measures
        ),
        groups=frozen_sets(method.get("groups") or (), members),
    )


def _cell(measure: Measure, group: str, rows: list[ReleaseCell]) -> Cell:
    """The cell as the gate made it; the median of quartiles stands in a row of its own and stays there."""
    first = rows[0]
    parts = tuple(
        Part(tuple(row.category.split(",")), row.value)
        for row in sorted(rows, key=lambda row: row.position)
        if row.value is not None
    )
    in_parts = measure.kind in {Kind.QUARTILES, Kind.DISTRIBUTION}
    return Cell(
        code=measure.code,
        statistic=measure.kind,
        published=True,
        value=None if in_parts else first.value,
        parts=parts if in_parts else (),
        relation=Relation(first.relation) if not in_parts else Relation.EQUAL,
        n_band=first.n_band,
        breakdown="group" if group else None,
        category=group or None,
    )
