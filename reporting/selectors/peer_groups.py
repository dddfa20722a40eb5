"""Reads of peer groups: the facts that rules ask about, what an edition offers, and whom a member may compare with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation

from members.models import Association, Institution
from reporting.disclosure import Policy
from reporting.disclosure.figures import band
from reporting.models import PeerGroupVersion, Release, ReleaseMember, Round
from reporting.peer_rules import USD, Facts, Rule, members_of, read_rule
from reporting.peer_sets import Offer, offers
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.peer_words import sentence
from reporting.selectors.releases import frozen_members, with_round
from reporting.selectors.returns import ReturnSheet


@dataclass(frozen=True, slots=True)
class OfferedGroup:
    """A group that an edition has figures of; `words` is its rule in the reader's language, `n_band` a band."""

    key: str
    code: str
    version: int
    name: str
    words: str
    n_band: str
    rule: Rule

    @property
    def band_words(self) -> str:
        """The band as it is printed."""
        return self.n_band.replace("-", "–")


def key_of(code: str, version: int) -> str:
    """How cells and addresses name a version of a group."""
    return f"{code}:{version}"


# --- The facts ------------------------------------------------------------------------------------------------


def facts_of(sheet: ReturnSheet, *, own: bool = True) -> dict[str, Any]:
    """What rules may ask about the MFI of a return, by its answers and the round; what is not known is None.

    `own` false takes the answers of its last approved return: those of this one may still change.
    """
    submission = sheet.submission
    values = sheet.computed.values if own else sheet.previous or {}
    assets = _number(values.get("total_assets"))
    return {
        "legal_form": _text(values.get("legal_form")),
        "country": submission.institution.country,
        "currency": submission.currency,
        "assets": assets,
        "assets_usd": _in_dollars(assets, submission.currency, sheet),
        "clients": _number(values.get("active_clients")),
        "borrowers": _number(values.get("active_borrowers")),
        "year_end": submission.round.period_end.isoformat(),
    }


def _in_dollars(amount: float | None, currency: str, sheet: ReturnSheet) -> float | None:
    """At the rate of the round, which is for the association's currency alone."""
    if amount is None or currency == USD:
        return amount
    rate = sheet.context.get("exchange_rate_usd")
    if not rate or currency != sheet.submission.association.currency:
        return None
    return round(amount / rate)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None or isinstance(value, str | list | tuple):
        return None
    number = float(value)  # type: ignore[arg-type]
    return int(number) if number.is_integer() else number


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


# --- What an edition offers -----------------------------------------------------------------------------------


def offered_groups(release: Release) -> list[OfferedGroup]:
    """The groups that an edition has figures of, in their order; `release` comes with its catalogue version."""
    catalogue = catalogue_of(release.catalogue)
    found = []
    for entry in release.method.get("groups") or ():
        rule = read_rule(entry["rule"])
        found.append(
            OfferedGroup(
                key=entry["key"],
                code=entry["code"],
                version=entry["version"],
                name=entry["name"],
                words=sentence(rule, catalogue),
                n_band=entry["n_band"],
                rule=rule,
            )
        )
    return found


def offered_group(release: Release, key: str) -> OfferedGroup | None:
    """The offered group with this key."""
    return next((one for one in offered_groups(release) if one.key == key), None)


def groups_of(release: Release, institution: Institution) -> list[OfferedGroup]:
    """The offered groups that this contributor belongs to, by what was frozen of it; none for others."""
    row = ReleaseMember.objects.filter(release=release, institution=institution).only("facts").first()
    if row is None:
        return []
    key = str(institution.pk)
    return [one for one in offered_groups(release) if members_of(one.rule, {key: row.facts})]


def in_force(association: Association) -> list[PeerGroupVersion]:
    """The newest approved version of each group that is not retired, the longest approved group first."""
    first: dict[UUID, PeerGroupVersion] = {}
    newest: dict[UUID, PeerGroupVersion] = {}
    approved = _versions(association).filter(approved_at__isnull=False)
    for version in approved.order_by("approved_at", "group__code", "number"):
        first.setdefault(version.group_id, version)
        if version.group_id not in newest or version.number > newest[version.group_id].number:
            newest[version.group_id] = version
    return [newest[group] for group in first]


def _versions(association: Association) -> QuerySet[PeerGroupVersion]:
    return PeerGroupVersion.objects.filter(
        group__association=association, group__retired_at__isnull=True
    ).select_related("group")


def verdicts_on(
    versions: Sequence[PeerGroupVersion],
    members: Iterable[ReleaseMember],
    *,
    minimum: int,
    earlier: Iterable[Release] = (),
) -> tuple[dict[str, Offer], dict[str, frozenset[str]]]:
    """What the members of an edition make of groups: the verdict on each by key, and who is in it."""
    rows = list(members)
    facts: dict[str, Facts] = {str(row.institution_id): row.facts for row in rows}
    sets = {key_of(one.group.code, one.number): members_of(read_rule(one.rule), facts) for one in versions}
    owners = {str(row.institution_id): row.owner_key for row in rows}
    published: list[frozenset[str]] = []
    for release in earlier:
        before = frozen_members(release)
        owners = {str(row.institution_id): row.owner_key for row in before} | owners
        published += [
            frozenset(str(row.institution_id) for row in before),
            *frozen_sets(release.method.get("groups") or (), before).values(),
        ]
    return offers(sets, frozenset(facts), owners, minimum, published), sets


def groups_to_freeze(
    of_round: Round, members: Iterable[ReleaseMember], *, minimum: int
) -> list[dict[str, Any]]:
    """The groups that a new edition of a round offers, as its method keeps them: rule, words, version and band.

    Why others are not offered is not kept: that alone would tell how many members they have.
    """
    rows = list(members)
    versions = in_force(of_round.association)
    if not versions:
        return []
    earlier = list(with_round(Release.objects.filter(round=of_round)))
    verdicts, sets = verdicts_on(versions, rows, minimum=minimum, earlier=earlier)
    owners = {str(row.institution_id): row.owner_key for row in rows}
    language = of_round.association.language
    catalogue = catalogue_of(of_round.catalogue, language)
    policy = Policy(k=minimum, kq=max(8, minimum))
    found = []
    for one in versions:
        key = key_of(one.group.code, one.number)
        if verdicts[key].offered:
            with translation.override(language):
                words = sentence(read_rule(one.rule), catalogue)
            found.append(
                {
                    "key": key,
                    "code": one.group.code,
                    "version": one.number,
                    "name": one.group.name,
                    "rule": one.rule,
                    "words": words,
                    "n_band": band(len({owners[member] for member in sets[key]}), policy),
                }
            )
    return found


def frozen_sets(
    groups: Iterable[Mapping[str, Any]], members: Iterable[ReleaseMember]
) -> dict[str, frozenset[str]]:
    """Who is in each frozen group, by key, from what the edition froze and nothing else."""
    facts: dict[str, Facts] = {str(row.institution_id): row.facts for row in members}
    return {entry["key"]: members_of(read_rule(entry["rule"]), facts) for entry in groups}
