"""How the peer groups of an association stand, for its staff: response, whether enough contribute, and if not, why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from members.models import Association
from reporting.catalogue import Catalogue
from reporting.models import PeerGroup, PeerGroupVersion, Release, ReleaseMember, Round
from reporting.peer_rules import Facts, Rule, members_of, read_rule
from reporting.peer_sets import Offer
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.peer_groups import facts_of, in_force, key_of, verdicts_on
from reporting.selectors.peer_words import clauses, verdict_words
from reporting.selectors.releases import frozen_members, minimum_of, preview, with_round
from reporting.selectors.returns import load_sheets
from reporting.selectors.rule_settings import version_in_use


@dataclass(frozen=True)
class Basis:
    """What groups are judged on: the members of the newest edition, and the round that is newest."""

    association: Association
    catalogue: Catalogue | None  # for the words of rules; None before there is any
    release: Release | None
    members: tuple[ReleaseMember, ...]
    round: Round | None
    invited: Mapping[str, Facts]  # what is known of every invited member
    unknown: int  # invited members of whom nothing is known yet
    counting: frozenset[str]
    approved: tuple[PeerGroupVersion, ...]
    minimum: int


@dataclass(frozen=True)
class Standing:
    """One rule: its criteria in words, who of the invited fits, and whether the newest edition could offer it."""

    clauses: list[tuple[str, str]]
    matching: int = 0
    counting: int = 0
    offer: Offer | None = None  # None before there is an edition
    why: str = ""

    @property
    def offered(self) -> bool:
        """Whether the newest edition has enough contributors, and nothing stands in the way."""
        return self.offer is not None and self.offer.offered


@dataclass(frozen=True)
class VersionLine:
    """A version with its standing; one that is neither current nor waiting has only its words."""

    version: PeerGroupVersion
    standing: Standing

    @property
    def waits(self) -> bool:
        """Whether it waits for approval."""
        return self.version.approved_at is None


@dataclass(frozen=True)
class GroupLine:
    """A group with the version that counts and the one that waits for approval, where there are."""

    group: PeerGroup
    current: VersionLine | None = None
    waiting: VersionLine | None = None
    older: list[VersionLine] = field(default_factory=list)
    offered_in: bool = False  # the newest edition has figures of it


def basis_of(association: Association) -> Basis:
    """Everything that groups are judged on; a constant number of queries."""
    release = (
        with_round(Release.objects.filter(association=association))
        .order_by("-round__period_end", "-number")
        .first()
    )
    of_round = (
        Round.objects.filter(association=association)
        .select_related("association", "catalogue")
        .defer("catalogue__document")
        .order_by("-period_end", "-opened_at")
        .first()
    )
    invited: dict[str, Facts] = {}
    unknown, counting = 0, frozenset[str]()
    if of_round is not None:
        seen = preview(of_round)
        counting = frozenset(str(one.institution.pk) for one in seen.counting)
        approved = {one.submission.pk for one in seen.candidates if one.approved}
        for sheet in load_sheets(of_round):
            found = facts_of(sheet, own=sheet.submission.pk in approved)
            invited[str(sheet.submission.institution_id)] = found
            unknown += found["legal_form"] is None and found["clients"] is None and found["assets"] is None
    in_use = version_in_use(association)
    return Basis(
        association=association,
        catalogue=catalogue_of(in_use) if in_use else None,
        release=release,
        members=tuple(frozen_members(release)) if release is not None else (),
        round=of_round,
        invited=invited,
        unknown=unknown,
        counting=counting,
        approved=tuple(in_force(association)),
        minimum=minimum_of(association),
    )


def standing_of(basis: Basis, rule: Rule, version: PeerGroupVersion | None = None) -> Standing:
    """How a rule stands: one in force among the others, any other as if it were approved now."""
    words = clauses(rule, basis.catalogue) if basis.catalogue else []
    fits = members_of(rule, basis.invited)
    if basis.release is None:
        return Standing(words, len(fits), len(fits & basis.counting))
    versions = list(basis.approved)
    if version is None or version not in versions:
        if version is not None:  # it takes the place of the version before it
            versions = [one for one in versions if one.group_id != version.group_id]
        version = version or PeerGroupVersion(group=PeerGroup(code="", name=""), number=0)
        versions.append(PeerGroupVersion(group=version.group, number=version.number, rule=rule.document))
    verdicts, _sets = verdicts_on(versions, basis.members, minimum=basis.minimum)
    offer = verdicts[key_of(version.group.code, version.number)]
    names = {key_of(one.group.code, one.number): one.group.name for one in versions}
    return Standing(
        words, len(fits), len(fits & basis.counting), offer, verdict_words(offer, names, basis.minimum)
    )


def group_lines(basis: Basis) -> list[GroupLine]:
    """Every group, those that are offered first and retired ones last."""
    groups = PeerGroup.objects.filter(association=basis.association).prefetch_related(
        "versions__proposed_by", "versions__approved_by"
    )
    lines = [_line(basis, group) for group in groups]
    return sorted(
        lines, key=lambda one: (one.group.retired_at is not None, one.current is None, one.group.name)
    )


def group_line(basis: Basis, code: str) -> GroupLine | None:
    """One group with all its versions."""
    group = (
        PeerGroup.objects.filter(association=basis.association, code=code)
        .prefetch_related("versions__proposed_by", "versions__approved_by")
        .first()
    )
    return _line(basis, group) if group is not None else None


def _line(basis: Basis, group: PeerGroup) -> GroupLine:
    versions = sorted(group.versions.all(), key=lambda one: -one.number)
    for one in versions:
        one.group = group
    approved = [one for one in versions if one.approved_at is not None]
    waiting = next((one for one in versions if one.approved_at is None), None)
    current = approved[0] if approved and group.retired_at is None else None
    frozen: list[dict[str, Any]] = (basis.release.method.get("groups") or []) if basis.release else []
    return GroupLine(
        group,
        VersionLine(current, standing_of(basis, read_rule(current.rule), current)) if current else None,
        VersionLine(waiting, standing_of(basis, read_rule(waiting.rule), waiting)) if waiting else None,
        [_words_of(basis, one) for one in approved if one is not current],
        any(current is not None and one["key"] == key_of(group.code, current.number) for one in frozen),
    )


def _words_of(basis: Basis, version: PeerGroupVersion) -> VersionLine:
    rule = read_rule(version.rule)
    return VersionLine(version, Standing(clauses(rule, basis.catalogue) if basis.catalogue else []))
