"""Figures over all associations that share with a donor, through the gate; associations are the parts (R7).

Only figures whose parts are published themselves go in. Thus the totals of two days, or of two choices of associations,
differ by published figures alone, and nothing has to be remembered between two looks.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from members.models import Donor
from reporting.datasets.measures import Planned, contributions, plan
from reporting.datasets.portfolio import Portfolio, portfolio, wanted_together, with_together
from reporting.disclosure import Audience, Cell
from reporting.disclosure.portfolio import publish_whole
from reporting.enums import FormLength
from reporting.models import Release
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.figures import Contributed, contributed, known_to_donor
from reporting.selectors.releases import MINIMUM
from reporting.services.release_cells import policy_of
from spm_portal.common.kept import Kept

KEPT = 256
FEWEST = 2
"""Associations below which a total is no more than one association's figure."""


@dataclass(frozen=True, slots=True)
class PortfolioTotal:
    """A figure over several associations, or the fact that it is not published; `parts` are the associations in it."""

    code: str
    cell: Cell
    parts: int


_kept: Kept[PortfolioTotal] = Kept(KEPT)


def dashboard(*, donor: Donor, language: str, year: int | None = None) -> Portfolio:
    """The donor's associations side by side with the figures over all of them."""
    shown = portfolio(donor, language, year)
    totals = portfolio_totals(donor=donor, wanted=wanted_together(shown))
    return with_together(shown, {code: (one.cell, one.parts) for code, one in totals.items()})


def portfolio_totals(*, donor: Donor, wanted: Mapping[str, Sequence[Release]]) -> dict[str, PortfolioTotal]:
    """The totals of sums and ratios by code, each over the releases named for it, if there are two or more.

    The releases come as `wanted_together` chooses them: of one year, asking the same, each with its own figure
    published. At most two queries; an edition never changes, so that what was worked out is kept.
    """
    everything = {release.pk: release for releases in wanted.values() for release in releases}
    if not everything:
        return {}
    known = known_to_donor(donor, everything.values())
    wanted = {code: releases for code, releases in wanted.items() if len(releases) >= FEWEST}
    found: dict[str, PortfolioTotal] = {}
    missing: dict[str, Sequence[Release]] = {}
    for code, releases in wanted.items():
        total = _kept.get(_key(donor, code, releases, known))
        if total is None:
            missing[code] = releases
        else:
            found[code] = total
    if not missing:
        return found
    needed = sorted(
        {
            each
            for code, releases in missing.items()
            for release in releases
            for each in (code, *catalogue_of(release.catalogue).inputs_of(code))
        }
    )
    rows = defaultdict(list)
    for row in contributed({r.pk: r for releases in missing.values() for r in releases}.values(), needed):
        rows[row.release].append(row)
    plans = _Plans()
    for code, releases in missing.items():
        total = _total(donor, code, releases, rows, known, plans)
        found[code] = _kept.put(_key(donor, code, releases, known), total)
    return found


def _key(
    donor: Donor, code: str, releases: Sequence[Release], known: Mapping[str, frozenset[str]]
) -> tuple[object, ...]:
    editions = tuple(sorted((str(one.pk), one.edition_sha256) for one in releases))
    return (donor.pk, code, editions, known.get(code, frozenset()))


class _Plans:
    """What each release tells of a code; worked out once for all that ask the same of the same catalogue."""

    def __init__(self) -> None:
        self._headlines: dict[tuple[object, ...], dict[str, Planned]] = {}

    def of(self, release: Release, code: str) -> Planned:
        """The figure that stands for the code."""
        method = release.method
        key = (release.catalogue_id, tuple(method["sections"]), method["form_length"])
        if key not in self._headlines:
            planned = plan(
                catalogue_of(release.catalogue),
                sections=method["sections"],
                full_form=method["form_length"] == FormLength.FULL,
            )
            # the first of a code, should there ever be two
            self._headlines[key] = {one.measure.code: one for one in reversed(planned) if one.headline}
        return self._headlines[key][code]


def _total(
    donor: Donor,
    code: str,
    releases: Sequence[Release],
    rows: Mapping[UUID, Sequence[Contributed]],
    known: Mapping[str, frozenset[str]],
    plans: _Plans,
) -> PortfolioTotal:
    parts: dict[str, dict[str, Any]] = {}
    owners: dict[str, str] = {}
    measure = None
    for release in releases:
        one = plans.of(release, code)
        measure = measure or one.measure
        own = rows.get(release.pk, ())
        empty = dict.fromkeys(catalogue_of(release.catalogue).codes)
        names = {row.key: {**empty, **release.method["context"], **row.values} for row in own}
        parts[str(release.pk)] = contributions(one, names)
        owners |= {row.key: row.owner for row in own}
    assert measure is not None
    # an association may ask for more contributors than the portal does: the strictest counts
    minimum = max(int(release.method.get("minimum") or MINIMUM) for release in releases)
    cell = publish_whole(measure, parts, owners, policy_of(minimum), [Audience(donor.name, known)])
    return PortfolioTotal(code, cell, len(parts))
