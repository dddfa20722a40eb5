"""What a release lets others know of its members: the middle half of each figure, as it passed the gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Q, QuerySet

from members.models import Association
from reporting.models import Release, ReleaseCell, Round
from spm_portal.common.prepared import Prepared

QUARTILES, MEDIAN = "quartiles", "median"

_NEWEST = Prepared(
    lambda association: (
        Release.objects.filter(association=association)
        .order_by("-round__period_end", "-number")
        .values_list("pk", "round__name", "method__currency", "method__groups")[:1]
    )
)


@dataclass(frozen=True, slots=True)
class Peers:
    """The published quartiles of one figure and its contributors as a band; its median, if that is published too."""

    lower: float
    upper: float
    n_band: str
    median: float | None = None


@dataclass(frozen=True, slots=True)
class PeerChoice:
    """A peer group that a release has figures of, as a chooser names it."""

    key: str
    name: str
    n_band: str

    @property
    def band_words(self) -> str:
        """How many contribute, as a band."""
        return self.n_band.replace("-", "–")


@dataclass(frozen=True, slots=True)
class PeerRanges:
    """The ranges of one release, by code; no range where the gate let none through.

    `is_earlier`: whether the release is one of an earlier period than that of the return it is held against. `groups`
    are those that a reader may choose from, `group` the chosen one: None for all members.
    """

    ranges: Mapping[str, Peers]
    of_round: str = ""
    currency: str = ""
    release: UUID | None = None
    edition: int = 0
    is_earlier: bool = False
    groups: tuple[PeerChoice, ...] = ()
    group: PeerChoice | None = None

    def of(self, code: str, unit: str | None, currency: str) -> Peers | None:
        """The range of a figure, unless it is an amount in another currency than the release's."""
        if unit == "currency" and currency != self.currency:
            return None
        return self.ranges.get(code)


def peers_of(association: Association, *, group: str = "") -> PeerRanges:
    """The ranges of the association's newest release; one query, and one more the first time.

    `group`: the key of a peer group that may be chosen: one that the release offers and that has any range, so that
    nobody chooses an empty column. Any other chooses nothing: `PeerRanges.group` is None, the ranges those of all.
    """
    newest = _NEWEST(association.pk)
    if not newest:
        return PeerRanges({})
    release, of_round, currency, offered = newest[0]
    groups = tuple(
        PeerChoice(one["key"], one["name"], one["n_band"])
        for one in offered or ()
        if one["key"] in _groups_with_ranges(release)
    )
    chosen = next((one for one in groups if one.key == group), None)
    return PeerRanges(
        _ranges(release, chosen.key if chosen else ""),
        of_round,
        currency or association.currency,
        release=release,
        groups=groups,
        group=chosen,
    )


def peers_at(of_round: Round, *, group: str = "") -> PeerRanges:
    """What a return of this round is held against: its newest release, else the newest one of an earlier period.

    `group`: a peer group as the cells name it; empty for all members. One query, and one more the first time.
    """
    newest = (
        Release.objects.filter(association=of_round.association_id)
        .filter(Q(round=of_round) | Q(round__period_end__lt=of_round.period_end))
        .annotate(is_own=Q(round=of_round))
        .order_by("-is_own", "-round__period_end", "-number")
        .values_list("pk", "round__name", "method__currency", "number", "is_own")
        .first()
    )
    if newest is None:
        return PeerRanges({})
    release, name, currency, number, is_own = newest
    return PeerRanges(
        _ranges(release, group),
        of_round=name,
        currency=currency or "",
        release=release,
        edition=number,
        is_earlier=not is_own,
    )


def _quartiles(release: UUID) -> QuerySet[ReleaseCell]:
    return ReleaseCell.objects.filter(
        release=release, statistic=QUARTILES, published=True, relation="equal", value__isnull=False
    )


@lru_cache(maxsize=64)
def _groups_with_ranges(release: UUID) -> frozenset[str]:
    """The peer groups of which the gate let any middle half through."""
    return frozenset(_quartiles(release).exclude(group="").values_list("group", flat=True).distinct())


@lru_cache(maxsize=64)
def _ranges(release: UUID, group: str = "") -> Mapping[str, Peers]:
    """Cells are never changed, so that a process reads those of a release once."""
    found: dict[str, dict[str, tuple[float, str]]] = {}
    cells = ReleaseCell.objects.filter(
        release=release, group=group, statistic__in=(QUARTILES, MEDIAN), published=True, relation="equal"
    ).values_list("code", "statistic", "category", "value", "n_band")
    for code, statistic, category, value, n_band in cells:
        if value is not None:
            found.setdefault(code, {})[category or statistic] = (value, n_band)
    return {
        code: Peers(
            parts["lower"][0],
            parts["upper"][0],
            parts["lower"][1],
            parts[MEDIAN][0] if MEDIAN in parts else None,
        )
        for code, parts in found.items()
        if {"lower", "upper"} <= parts.keys()
    }
