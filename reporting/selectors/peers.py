"""What a release lets staff know of the other members: the middle half of each figure, as it passed the gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from members.models import Association
from reporting.models import Release, ReleaseCell

QUARTILES = "quartiles"


@dataclass(frozen=True, slots=True)
class Peers:
    """The published quartiles of one figure and its contributors as a band."""

    lower: float
    upper: float
    n_band: str


@dataclass(frozen=True, slots=True)
class PeerRanges:
    """The ranges of the newest release, by code; no range where the gate let none through."""

    ranges: Mapping[str, Peers]
    of_round: str = ""
    currency: str = ""

    def of(self, code: str, unit: str | None, currency: str) -> Peers | None:
        """The range of a figure, unless it is an amount in another currency than the release's."""
        if unit == "currency" and currency != self.currency:
            return None
        return self.ranges.get(code)


def peers_of(association: Association) -> PeerRanges:
    """The ranges of the association's newest release; one query, and one more the first time."""
    newest = (
        Release.objects.filter(association=association)
        .order_by("-round__period_end", "-number")
        .values_list("pk", "round__name", "method__currency")
        .first()
    )
    if newest is None:
        return PeerRanges({})
    release, of_round, currency = newest
    return PeerRanges(_ranges(release), of_round, currency or association.currency)


@lru_cache(maxsize=64)
def _ranges(release: UUID) -> Mapping[str, Peers]:
    """Cells are never changed, so that a process reads those of a release once."""
    found: dict[str, dict[str, tuple[float, str]]] = {}
    cells = ReleaseCell.objects.filter(
        release=release, group="", statistic=QUARTILES, published=True, relation="equal"
    ).values_list("code", "category", "value", "n_band")
    for code, category, value, n_band in cells:
        if value is not None:
            found.setdefault(code, {})[category] = (value, n_band)
    return {
        code: Peers(parts["lower"][0], parts["upper"][0], parts["lower"][1])
        for code, parts in found.items()
        if {"lower", "upper"} <= parts.keys()
    }
