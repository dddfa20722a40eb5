"""Reads of published cells for dashboards, how complete an edition is, and what totals over editions are made of."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max
from django.db.models.fields.json import KeyTransform

from members.models import Association, Donor
from reporting.consenting import Audience, Grant, open_codes, open_sections
from reporting.enums import Recipient
from reporting.models import Release, ReleaseCell, ReleaseMember, ValueConsent
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import NO_ANSWERS


def cells_of_codes(releases: Iterable[Release], codes: Collection[str]) -> dict[UUID, list[ReleaseCell]]:
    """The cells about all members of these codes, by release and in their order; one query."""
    keys = [release.pk for release in releases]
    found: dict[UUID, list[ReleaseCell]] = {key: [] for key in keys}
    for cell in ReleaseCell.objects.filter(release__in=keys, group="", code__in=codes).order_by("position"):
        found[cell.release_id].append(cell)
    return found


@dataclass
class Completeness:
    """How many figures of an edition are published, how many not, and how many by the level that most reach."""

    published: int = 0
    withheld: int = 0
    levels: Counter[str] = field(default_factory=Counter)


def completeness_of(releases: Iterable[Release]) -> dict[UUID, Completeness]:
    """Counts of the figures about all members that have answers, by release; one query."""
    keys = [release.pk for release in releases]
    found = {key: Completeness() for key in keys}
    counted = (
        ReleaseCell.objects.filter(release__in=keys, group="")
        .exclude(reason=NO_ANSWERS)
        .order_by()
        .values("release_id", "published", most=F("verification__most"))
        .annotate(count=Count("pk"))
    )
    for row in counted:
        one = found[row["release_id"]]
        if row["published"]:
            one.published += row["count"]
            if row["most"]:
                one.levels[row["most"]] += row["count"]
        else:
            one.withheld += row["count"]
    return found


def known_to_donor(donor: Donor, releases: Iterable[Release]) -> dict[str, frozenset[str]]:
    """For each code the members of these releases whose value a donor may know by a consent, ended ones too.

    What the gate takes off the count of contributors; one query however many associations there are.
    """
    shown = list(releases)
    audience = Audience(Recipient.DONOR, donor.pk)
    grants: dict[UUID, dict[UUID, list[Grant]]] = defaultdict(lambda: defaultdict(list))
    rows = ValueConsent.objects.filter(association__in={one.association_id for one in shown})
    for one in rows.iterator():
        grants[one.association_id][one.institution_id].append(
            Grant(one.institution_id, Recipient(one.recipient), one.donor_id, one.section, one.round_id)
        )
    found: dict[str, set[str]] = defaultdict(set)
    for release in shown:
        catalogue = catalogue_of(release.catalogue)
        for institution, given in grants[release.association_id].items():
            sections = open_sections(given, audience, release.round_id, catalogue)
            key = str(institution)
            for code in open_codes(catalogue, sections):
                found[code].add(key)
    return {code: frozenset(keys) for code, keys in found.items()}


def mark_of_consents(associations: Iterable[Association]) -> tuple[object, ...]:
    """A mark that is another one as soon as there is one more consent; what was known once stays known."""
    told = ValueConsent.objects.filter(association__in=list(associations)).aggregate(
        count=Count("pk"), newest=Max("given_at")
    )
    return (told["count"], told["newest"])


@dataclass(frozen=True, slots=True)
class Contributed:
    """What one member put into a release, narrowed to a few codes."""

    release: UUID
    key: str
    owner: str
    values: dict[str, Any]


def contributed(releases: Iterable[Release], codes: Sequence[str]) -> list[Contributed]:
    """The frozen values of these codes, raw: for the gate only. One query that reads no other value."""
    picked = {f"v{place}": KeyTransform(code, "values") for place, code in enumerate(codes)}
    rows = (
        ReleaseMember.objects.filter(release__in=[release.pk for release in releases])
        .order_by("release_id", "institution_id")
        .annotate(**picked)
        .values_list("release_id", "institution_id", "owner_key", *picked)
    )
    return [
        Contributed(release, str(key), owner, dict(zip(codes, values, strict=True)))
        for release, key, owner, *values in rows
    ]
