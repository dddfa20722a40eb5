"""What readers of a new edition can put beside it: editions and changes before it, other associations, values shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import Q

from reporting.comparing import same_question
from reporting.consenting import open_codes
from reporting.datasets.measures import Planned, contributions
from reporting.disclosure import (
    AFTER,
    BEFORE,
    CHANGE,
    Audience,
    Cell,
    Change,
    Edition,
    Kind,
    Measure,
    Part,
    Relation,
)
from reporting.models import Release, ReleaseCell, ReleaseMember, WhatChanged
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.peer_groups import frozen_sets
from reporting.selectors.release_readers import PUBLIC_READERS, READERS, readers_by_member
from reporting.selectors.releases import frozen_members, with_round
from reporting.services.release_cells import CHANGES, inputs_of

_KINDS = {str(kind) for kind in Kind}
_PANEL = {**dict.fromkeys(CHANGES, CHANGE), "panel_before": BEFORE, "panel_after": AFTER}


@dataclass(frozen=True)
class Past:
    """The period that changes compare with: its edition, and what else was told of its values."""

    before: Edition
    earlier: tuple[Edition, ...]
    later: tuple[Edition, ...]
    audiences: tuple[Audience, ...]


@dataclass(frozen=True)
class Reach:
    """What the gate looks at besides the release itself."""

    audiences: tuple[Audience, ...] = ()
    earlier: tuple[Edition, ...] = ()
    neighbours: tuple[Edition, ...] = ()
    elsewhere: tuple[Edition, ...] = ()
    compared: tuple[Edition, ...] = ()
    past: Past | None = None


def reach_of(release: Release, members: Sequence[ReleaseMember], planned: Iterable[Planned]) -> Reach:
    """What was published before this edition and is frozen with it: the same when published and when rebuilt."""
    made, until = _Editions(tuple(planned)), release.published_at
    everywhere = with_round(Release.objects.filter(published_at__lt=release.published_at)).order_by(
        "round__period_end", "number", "pk"
    )
    before = everywhere.filter(association=release.association_id)
    same = list(before.filter(round=release.round_id, number__lt=release.number))
    others = before.exclude(round=release.round_id)
    end = release.round.period_end
    nearest = (
        others.filter(round__period_end__lt=end).last(),
        others.filter(round__period_end__gt=end).order_by("-round__period_end", "number").last(),
    )
    compared = others.filter(method__panel__release__in=[str(one.pk) for one in same]) if same else ()
    elsewhere = list(
        everywhere.exclude(association=release.association_id)
        .filter(
            round__year=release.round.year, members__institution__in=[one.institution_id for one in members]
        )
        .distinct()
    )
    return Reach(
        audiences=_audiences(release, members, elsewhere),
        # what was told of participants first: figures that stay are those of the last edition
        earlier=(*made.told([release.round_id], until), *(made.of(one) for one in same)),
        neighbours=tuple(made.of(one) for one in nearest if one is not None),
        elsewhere=(
            *(made.of(one, beside=release) for one in elsewhere),
            *made.told({one.round_id for one in elsewhere}, until, beside=release),
        ),
        compared=tuple(made.of(one) for one in compared),
        past=_past(release, same, before, made),
    )


@dataclass(frozen=True)
class Told:
    """Everything that readers have of one period at a moment: its editions, changes to it, other associations."""

    audiences: tuple[Audience, ...]
    editions: tuple[Edition, ...]
    elsewhere: tuple[Edition, ...]
    compared: tuple[Edition, ...]


def told_of(release: Release, planned: Iterable[Planned], at: datetime) -> Told:
    """What was told by now of the period of an edition, for figures that are made after it."""
    made = _Editions(tuple(planned))
    members = made.members(release)
    everywhere = with_round(Release.objects.filter(published_at__lte=at)).order_by(
        "round__period_end", "number", "pk"
    )
    own = everywhere.filter(association=release.association_id)
    same = list(own.filter(round=release.round_id))
    compared = own.exclude(round=release.round_id).filter(
        method__panel__release__in=[str(one.pk) for one in same]
    )
    elsewhere = list(
        everywhere.exclude(association=release.association_id)
        .filter(
            round__year=release.round.year, members__institution__in=[one.institution_id for one in members]
        )
        .distinct()
    )
    now = readers_by_member(release.round)
    readers: list[Any] = [
        SimpleNamespace(institution_id=key, facts={READERS: sections}) for key, sections in now.items()
    ]
    return Told(
        audiences=(*_audiences(release, members, elsewhere), *_as_audiences([(release, readers)])),
        editions=(*made.told([release.round_id], at), *(made.of(one) for one in same)),
        elsewhere=(
            *(made.of(one, beside=release) for one in elsewhere),
            *made.told({one.round_id for one in elsewhere}, at, beside=release),
        ),
        compared=tuple(made.of(one) for one in compared),
    )


def _past(release: Release, same: Sequence[Release], before: Any, made: "_Editions") -> Past | None:
    if not release.method.get("panel"):
        return None
    older = with_round(Release.objects.all()).get(pk=release.method["panel"]["release"])
    editions = list(
        with_round(Release.objects.filter(round=older.round_id, number__lte=older.number)).order_by("number")
    )
    later = list(
        before.filter(method__panel__release__in=[str(one.pk) for one in editions]).exclude(
            pk__in=[one.pk for one in same]
        )
    )
    return Past(
        before=made.of(older),
        earlier=(
            *made.told([older.round_id], release.published_at),
            *(made.of(one) for one in editions if one.pk != older.pk),
        ),
        later=tuple(made.of(one) for one in [*same, *later]),
        audiences=audiences_of(older, made.members(older)),
    )


def audiences_of(release: Release, members: Iterable[ReleaseMember]) -> tuple[Audience, ...]:
    """Who could read which members' values when this was frozen, by code."""
    return _as_audiences([(release, members)])


def _audiences(
    release: Release, members: Sequence[ReleaseMember], elsewhere: Iterable[Release]
) -> tuple[Audience, ...]:
    """Those, and who could read the values that the same members reported to another association."""
    ours = {one.institution_id for one in members}
    there = [
        (one, [each for each in frozen_members(one) if each.institution_id in ours]) for one in elsewhere
    ]
    return _as_audiences([(release, members), *there])


def _as_audiences(frozen: Iterable[tuple[Release, Iterable[ReleaseMember]]]) -> tuple[Audience, ...]:
    known: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for release, members in frozen:
        catalogue = catalogue_of(release.catalogue)
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


class _Editions:
    """Editions as the gate sees them, each made once."""

    def __init__(self, planned: tuple[Planned, ...]) -> None:
        self.planned = planned
        self.measures = {(str(one.measure.code), str(one.measure.kind)): one.measure for one in planned}
        self.headlines = {one.measure.code: one.measure for one in planned if one.headline}
        self.made: dict[Any, Edition] = {}
        self.rows: dict[Any, list[ReleaseMember]] = {}

    def members(self, release: Release) -> list[ReleaseMember]:
        """The frozen members of an edition."""
        if release.pk not in self.rows:
            self.rows[release.pk] = list(
                ReleaseMember.objects.filter(release=release)
                .select_related("submission")
                .order_by("institution_id")
            )
        return self.rows[release.pk]

    def of(self, release: Release, beside: Release | None = None) -> Edition:
        """An edition; `beside` an edition of another association without what means something else there."""
        if release.pk not in self.made:
            self.made[release.pk] = self._edition(release)
        made = self.made[release.pk]
        if beside is None:
            return made
        here, there = catalogue_of(beside.catalogue), catalogue_of(release.catalogue)
        one_currency = beside.method["currency"] == release.method["currency"]
        comparable = {
            (one.measure.code, one.measure.kind)
            for one in self.planned
            if (one_currency or not one.in_currency)
            and (here is there or same_question(one.measure.code, here, there))
        }
        return replace(made, data={key: values for key, values in made.data.items() if key in comparable})

    def told(self, rounds: Iterable[Any], until: datetime, beside: Release | None = None) -> list[Edition]:
        """What comparisons of participants with others told of these rounds before a moment."""
        asked = set(rounds)
        found = []
        for one in (
            WhatChanged.objects.filter(made_at__lt=until)
            .filter(Q(before__round__in=asked) | Q(after__round__in=asked))
            .select_related("before__round", "before__catalogue", "after__round", "after__catalogue")
            .order_by("made_at", "pk")
        ):
            for when, release in (("before", one.before), ("after", one.after)):
                if release.round_id in asked:
                    found.append(self._compared(one, when, self.of(release, beside)))
        return found

    def _compared(self, one: WhatChanged, when: str, edition: Edition) -> Edition:
        """The figures of participants and of others in one of the two editions, each set as it was told."""
        cells, sets = [], {}
        for row in one.cells:
            measure = self.measures.get((row["code"], row["statistic"]))
            if row["when"] != when or not row["published"] or measure is None:
                continue
            name = f"{row['set']}|{row['side']}|{row['code']}"
            sets[name] = frozenset(row["members"])
            cells.append(
                Cell(
                    code=measure.code,
                    statistic=measure.kind,
                    published=True,
                    value=row["value"],
                    parts=tuple(Part(tuple(codes), value) for codes, value in row["parts"]),
                    relation=Relation(row["relation"]),
                    n_band=row["n_band"],
                    breakdown="group",
                    category=name,
                )
            )
        return replace(edition, cells=tuple(cells), groups=sets, before={})

    def _data(self, release: Release) -> dict[Any, dict[str, Any]]:
        method: Mapping[str, Any] = release.method
        inputs = inputs_of(
            self.members(release), catalogue_of(release.catalogue), method["context"], method["currency"]
        )
        return {
            (one.measure.code, one.measure.kind): contributions(one, inputs.names, inputs.outside)
            for one in self.planned
        }

    def _edition(self, release: Release) -> Edition:
        members = self.members(release)
        cells, compares = self._cells(release), None
        if release.method.get("panel") and any(cell.breakdown == CHANGE[0] for cell in cells):
            compares = with_round(Release.objects.all()).get(pk=release.method["panel"]["release"])
        return Edition(
            data=self._data(release),
            owners={str(one.institution_id): one.owner_key for one in members},
            cells=cells,
            groups=frozen_sets(release.method.get("groups") or (), members),
            before=self._data(compares) if compares else {},
        )

    def _cells(self, release: Release) -> tuple[Cell, ...]:
        rows: dict[tuple[str, str, str], list[ReleaseCell]] = defaultdict(list)
        for row in ReleaseCell.objects.filter(
            release=release, published=True, statistic__in=[*_KINDS, *_PANEL]
        ):
            rows[row.code, row.statistic, row.group].append(row)
        found = []
        for (code, statistic, group), each in sorted(rows.items()):
            if statistic in _PANEL:
                measure = self.measures.get((code, Kind.MEDIAN)) if statistic == CHANGES[1] else None
                measure = measure or self.headlines.get(code)
                if measure is not None:
                    found.append(_panel_cell(measure, each[0]))
            elif (code, statistic) in self.measures:
                found.append(_cell(self.measures[code, statistic], group, each))
        return tuple(found)


def _panel_cell(measure: Measure, row: ReleaseCell) -> Cell:
    breakdown, category = _PANEL[row.statistic]
    return Cell(
        code=measure.code,
        statistic=measure.kind,
        published=True,
        value=row.value,
        relation=Relation(row.relation),
        n_band=row.n_band,
        breakdown=breakdown,
        category=category,
        change=Change(row.category) if category is None else None,
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
