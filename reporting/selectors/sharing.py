"""The ledger of consents as it is read: who may read which values of an MFI, and what a donor may read of whom."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from members.models import Association, Donor, Institution, SharingAgreement
from reporting.catalogue import Catalogue, Indicator, Section
from reporting.consenting import (
    ANY_DONOR,
    NETWORK,
    PUBLIC,
    Audience,
    Grant,
    is_mandatory_only,
    open_codes,
    open_sections,
)
from reporting.enums import Recipient
from reporting.models import ReleaseMember, Round, ValueConsent
from reporting.selectors.catalogues import catalogue_of

__all__ = ["ANY_DONOR", "NETWORK", "PUBLIC", "Audience"]  # what colleagues of the gate ask with

WITHOUT = ("catalogue__document",)


def grant_of(consent: ValueConsent) -> Grant:
    """A consent as the pure module judges it."""
    return Grant(
        consent.institution_id,
        Recipient(consent.recipient),
        consent.donor_id,
        consent.section,
        consent.round_id,
    )


def _grants(consents: QuerySet[ValueConsent]) -> list[Grant]:
    rows = consents.values_list("institution_id", "recipient", "donor_id", "section", "round_id")
    return [
        Grant(institution, Recipient(recipient), donor, section, of_round)
        for institution, recipient, donor, section, of_round in rows
    ]


def by_institution(grants: Iterable[Grant]) -> dict[UUID, list[Grant]]:
    """The consents of each MFI."""
    found: dict[UUID, list[Grant]] = defaultdict(list)
    for one in grants:
        found[one.institution].append(one)
    return found


# --- What may be read ---------------------------------------------------------------------------------------


def may_read(audience: Audience, institution: Institution, of_round: Round, code: str) -> bool:
    """Whether an audience may read one value of an MFI by its live consents; never a confidential one.

    A donor also needs an agreement with the association that holds today. This says nothing of the association's
    staff at their work: they read every return (`reporting.view_return`).
    """
    agreements = SharingAgreement.objects.current().filter(association=of_round.association_id)
    if audience.donor is not None and not agreements.filter(donor=audience.donor).exists():
        return False
    live = ValueConsent.objects.live().filter(association=of_round.association_id, institution=institution)
    catalogue = catalogue_of(of_round.catalogue)
    return code in open_codes(catalogue, open_sections(_grants(live), audience, of_round.pk, catalogue))


def known_to(audience: Audience, of_round: Round) -> Mapping[str, frozenset[UUID]]:
    """For each code the MFIs whose value the audience may know: what the gate takes off the count of contributors.

    Consents that were withdrawn or have ended count too: what could once be read may have been kept. `ANY_DONOR` is
    the union over all donors, as if they talked to each other; everybody's knowledge is each audience's. Codes that
    nobody opened are absent. One query.
    """
    ever = ValueConsent.objects.filter(association=of_round.association_id)
    catalogue = catalogue_of(of_round.catalogue)
    opened: dict[frozenset[str], frozenset[str]] = {}
    found: dict[str, set[UUID]] = defaultdict(set)
    for institution, grants in by_institution(_grants(ever)).items():
        sections = open_sections(grants, audience, of_round.pk, catalogue)
        if sections not in opened:
            opened[sections] = open_codes(catalogue, sections)
        for code in opened[sections]:
            found[code].add(institution)
    return {code: frozenset(members) for code, members in found.items()}


def gives_others_away(association: Association, new: Collection[Grant], *, minimum: int) -> bool:
    """Whether one MFI's new consents leave a reader of a published edition too few contributors that it does not know.

    What is published stays published: whoever knows all contributors but a few takes their values from a total and
    learns about the rest. Fewer than `minimum` unknown owners are too few, none are not. Two queries.
    """
    published: dict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    of_release: dict[UUID, UUID] = {}
    for release, of_round, owner, institution in ReleaseMember.objects.filter(
        release__association=association
    ).values_list("release_id", "release__round_id", "owner_key", "institution_id"):
        published[release].append((owner, institution))
        of_release[release] = of_round
    if not published:
        return False
    ever = _grants(ValueConsent.objects.filter(association=association))
    donors = {one.donor for one in (*ever, *new) if one.donor is not None}
    audiences = (NETWORK, PUBLIC, *(Audience(Recipient.DONOR, donor) for donor in donors))
    return any(
        _exposes(published[release], of_round, audience, one, ever, minimum)
        for release, of_round in of_release.items()
        for audience in audiences
        for one in new
        if one.reaches(audience) and one.holds_in(of_round)
    )


def _exposes(
    members: list[tuple[str, UUID]],
    of_round: UUID,
    audience: Audience,
    new: Grant,
    ever: list[Grant],
    minimum: int,
) -> bool:
    meant = [one for one in ever if one.reaches(audience) and one.holds_in(of_round)]
    for section in {new.section, *(one.section for one in meant if not new.section)}:
        known = {one.institution for one in meant if one.section in ("", section)}
        if new.institution in known or new.institution not in {institution for _, institution in members}:
            continue
        known.add(new.institution)
        unknown = {owner for owner, institution in members if institution not in known}
        if 0 < len(unknown) < minimum:
            return True
    return False


# --- The MFI's own page -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One recipient of the table; a donor's agreement may have ended, then its consents rest."""

    audience: Audience
    label: str
    rests: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether a recipient may read a group: in the round asked for, or only in the rounds named.

    `until` is the last day, None without an end; `as_everybody` where everybody may read it.
    """

    column: Column
    is_open: bool
    until: date | None = None
    only_in: tuple[str, ...] = ()
    as_everybody: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One group of questions: what is only reported, what can be shown, and to whom it is."""

    section: Section
    never: tuple[Indicator, ...]
    voluntary: tuple[Indicator, ...]
    cells: tuple[Cell, ...]

    def may_read(self, code: str, column: Column) -> bool:
        """Whether this recipient reads this indicator of the group."""
        return any(one.column == column and one.is_open for one in self.cells) and any(
            one.code == code for one in self.voluntary
        )


@dataclass(frozen=True, slots=True)
class WhoSees:
    """The table of groups and recipients, and every consent behind it, the newest first."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    live: tuple[ValueConsent, ...]
    past: tuple[ValueConsent, ...]


def rounds_of(association: Association, institution: Institution) -> list[Round]:
    """Rounds to which the MFI was invited, the newest first, with their catalogue versions."""
    return list(
        Round.objects.filter(association=association, submissions__institution=institution)
        .select_related("catalogue")
        .defer(*WITHOUT)
        .order_by("-period_end", "-opened_at")
    )


def donors_of(association: Association) -> list[Donor]:
    """The donors with whom the association shares today, by name."""
    held = SharingAgreement.objects.current().filter(association=association)
    return list(Donor.objects.filter(pk__in=held.values("donor_id")).order_by("name"))


def section_codes(association: Association) -> set[str]:
    """The codes of all groups of questions that rounds of the association ever asked."""
    rounds = Round.objects.filter(association=association).select_related("catalogue").defer(*WITHOUT)
    versions = {one.catalogue_id: one.catalogue for one in rounds}
    return {section.code for version in versions.values() for section in catalogue_of(version).sections}


def who_sees(
    institution: Institution,
    association: Association,
    of_round: Round | None,
    *,
    catalogue: Catalogue,
) -> WhoSees:
    """Who may read which groups of an MFI in a round, or (None) in every round; two queries.

    Consents that hold in other rounds only are named in the cell. `catalogue` says which groups there are.
    """
    rows = list(
        ValueConsent.objects.filter(association=association, institution=institution)
        .with_liveness()
        .select_related("donor", "round", "given_by", "withdrawn_by")
        .order_by("-given_at", "section")
    )
    live = tuple(one for one in rows if getattr(one, "is_live", False))
    columns = _columns(donors_of(association), live)
    wanted = of_round.pk if of_round else None
    return WhoSees(
        columns=columns,
        lines=tuple(
            _line(section, columns, [one for one in live if one.section in ("", section.code)], wanted)
            for section in catalogue.sections
        ),
        live=live,
        past=tuple(one for one in rows if one not in live),
    )


def _columns(donors: list[Donor], live: tuple[ValueConsent, ...]) -> tuple[Column, ...]:
    resting = {one.donor for one in live if one.donor is not None} - set(donors)
    return (
        Column(Audience(Recipient.ASSOCIATION), str(Recipient.ASSOCIATION.label)),
        *(Column(Audience(Recipient.DONOR, one.pk), one.name) for one in donors),
        *(
            Column(Audience(Recipient.DONOR, one.pk), one.name, rests=True)
            for one in sorted(resting, key=lambda donor: donor.name)
        ),
        Column(NETWORK, str(Recipient.NETWORK.label)),
        Column(PUBLIC, str(Recipient.PUBLIC.label)),
    )


def _line(
    section: Section, columns: tuple[Column, ...], live: list[ValueConsent], wanted: UUID | None
) -> Line:
    return Line(
        section=section,
        never=tuple(one for one in section.indicators if is_mandatory_only(one)),
        voluntary=tuple(one for one in section.indicators if not is_mandatory_only(one)),
        cells=tuple(_cell(column, live, wanted) for column in columns),
    )


def _cell(column: Column, live: list[ValueConsent], wanted: UUID | None) -> Cell:
    meant = [one for one in live if grant_of(one).reaches(column.audience)]
    holding = [one for one in meant if grant_of(one).holds_in(wanted)]
    if column.rests or not holding:
        others = () if column.rests else tuple(dict.fromkeys(one.round.name for one in meant if one.round))
        return Cell(column, is_open=False, only_in=others)
    ends = [one.until for one in holding]
    return Cell(
        column,
        is_open=True,
        until=None if None in ends else max(end for end in ends if end is not None),
        as_everybody=all(one.recipient == Recipient.PUBLIC for one in holding)
        and column.audience.recipient != Recipient.PUBLIC,
    )
