"""Values that members let others read by themselves: a donor, the other members, or everybody."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from members.models import Association, Donor, Institution, SharingAgreement
from reporting.catalogue import Catalogue, Derived, Indicator, Section
from reporting.consenting import Audience, open_codes, open_sections
from reporting.enums import Recipient, VerificationLevel
from reporting.models import Answer, Round, Submission, ValueConsent
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import earlier_answers, engine_values
from reporting.selectors.sharing import WITHOUT, by_institution, grant_of
from reporting.selectors.verification import lowest_level
from reporting.validation import compute

SELF = VerificationLevel.SELF_REPORTED


def has_door(audience: Audience, association: Association) -> bool:
    """Whether the association lets this audience in today, whatever its members agreed to.

    A donor needs an agreement that holds, everybody a public page; that somebody is a member is asked of the person
    (`reporting.read_network_values`).
    """
    if audience.recipient == Recipient.PUBLIC:
        return association.has_public_page
    if audience.recipient == Recipient.DONOR:
        held = SharingAgreement.objects.current().filter(association=association, donor=audience.donor)
        return held.exists()
    return audience.recipient == Recipient.NETWORK


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One figure that may be read: its value (None: no answer), and how far it was checked."""

    part: Indicator | Derived
    value: Any
    level: str

    @property
    def checked(self) -> str:
        """How far it was checked, in the reader's language."""
        return str(VerificationLevel(self.level).label)


@dataclass(frozen=True, slots=True)
class SharedReturn:
    """What one MFI lets an audience read of an approved return: the open groups, and the values in them by code.

    `levels` has how far answers and worked-out values were checked; what is not in it is self-reported.
    """

    submission: Submission
    catalogue: Catalogue
    sections: frozenset[str]
    codes: frozenset[str]
    values: Mapping[str, Any]
    purposes: tuple[str, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)

    @property
    def institution(self) -> Institution:
        """Whose it is."""
        return self.submission.institution

    def parts_of(self, section: Section) -> list[Indicator]:
        """The indicators of a group that may be read, in the order of the form."""
        return [one for one in section.indicators if one.code in self.codes]

    def only(self, codes: AbstractSet[str]) -> "SharedReturn":
        """The same narrowed to these codes."""
        values = {code: value for code, value in self.values.items() if code in codes}
        return replace(self, codes=self.codes & codes, values=values)

    @property
    def open_groups(self) -> list[Section]:
        """The groups of questions that are open, in the order of the form."""
        return [one for one in self.catalogue.sections if one.code in self.sections]

    @property
    def groups(self) -> list[tuple[Section, list[ShownValue]]]:
        """The open groups with their figures, in the order of the form."""
        return [
            (section, [self._shown(part) for part in parts])
            for section in self.catalogue.sections
            if (parts := self.parts_of(section))
        ]

    def closed(self, asked: Collection[str]) -> list[Section]:
        """The groups that the round asked and of which nothing is open."""
        return [one for one in self.catalogue.sections if one.code in asked and not self.parts_of(one)]

    @property
    def derived(self) -> list[ShownValue]:
        """Worked-out figures of which every part may be read and that have a value."""
        return [self._shown(one) for one in self.catalogue.derived if self.values.get(one.code) is not None]

    def level_of(self, code: str) -> str:
        """How far a value was checked."""
        return self.levels.get(code, SELF)

    def _shown(self, part: Indicator | Derived) -> ShownValue:
        return ShownValue(part, self.values.get(part.code), self.level_of(part.code))


def shared_returns(
    audience: Audience, of_round: Round, *, institutions: Iterable[UUID] | None = None
) -> list[SharedReturn]:
    """Approved returns of the round of which the audience may read anything today, by the MFI's name.

    Nothing where the association does not let the audience in. Five queries, however many MFIs.
    """
    if not has_door(audience, of_round.association):
        return []
    live = ValueConsent.objects.live().filter(association=of_round.association_id)
    returns = Submission.objects.approved().filter(round=of_round)
    if institutions is not None:
        live, returns = (
            live.filter(institution__in=institutions),
            returns.filter(institution__in=institutions),
        )
    catalogue = catalogue_of(of_round.catalogue)
    consents = [
        (one, grant)
        for one in live.order_by("given_at")
        if (grant := grant_of(one)).reaches(audience) and grant.holds_in(of_round.pk)
    ]
    opened = {
        institution: sections
        for institution, grants in by_institution(grant for _, grant in consents).items()
        if (sections := open_sections(grants, audience, of_round.pk, catalogue) & set(of_round.sections))
    }
    purposes: dict[UUID, list[str]] = defaultdict(list)
    for one, _ in consents:
        if one.purpose:
            purposes[one.institution_id].append(one.purpose)
    submissions = list(
        returns.filter(institution__in=opened).select_related("institution").order_by("institution__name")
    )
    answers = earlier_answers(one.pk for one in submissions)
    checked = _checked(submissions)
    found = []
    for submission in submissions:
        sections = opened[submission.institution_id]
        codes = open_codes(catalogue, sections)
        computed = compute(
            catalogue,
            engine_values(catalogue, answers.get(submission.pk, {})),
            of_round.context,
            sections=of_round.sections,
            full_form=of_round.form_length == "full",
        )
        asked = computed.asked | {one.code for one in catalogue.derived}
        values = {**computed.values, **computed.derived}
        found.append(
            SharedReturn(
                submission=submission,
                catalogue=catalogue,
                sections=sections,
                codes=codes & asked,
                values={code: value for code, value in values.items() if code in codes and value is not None},
                purposes=tuple(dict.fromkeys(purposes[submission.institution_id])),
                levels=_levels(catalogue, checked[submission.pk], answers.get(submission.pk, {})),
            )
        )
    return found


def _checked(submissions: Iterable[Submission]) -> Mapping[UUID, Mapping[str, str]]:
    """The levels of the answers that somebody checked, by return and code."""
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = Answer.objects.filter(submission__in=[one.pk for one in submissions]).exclude(verification=SELF)
    for submission, code, level in rows.values_list("submission_id", "code", "verification"):
        found[submission][code] = level
    return found


def _levels(catalogue: Catalogue, checked: Mapping[str, str], answered: Collection[str]) -> Mapping[str, str]:
    """The same with worked-out values, which are checked as far as the least checked of their inputs."""
    if not checked:
        return {}
    derived = {
        one.code: lowest_level(
            checked.get(code, SELF) for code in catalogue.inputs_of(one.code) if code in answered
        )
        for one in catalogue.derived
    }
    return {**checked, **derived}


def readable_values(audience: Audience, of_round: Round) -> dict[UUID, dict[str, Any]]:
    """By MFI and code every value that the audience may read today; derived values are among them."""
    return {one.submission.institution_id: dict(one.values) for one in shared_returns(audience, of_round)}


# --- The way to it ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundShown:
    """A round of an association and how many of its members let the audience read values."""

    round: Round
    members: int


@dataclass(frozen=True, slots=True)
class AssociationShown:
    """An association and its rounds in which members show values, the newest first."""

    association: Association
    rounds: tuple[RoundShown, ...]


def associations_of(donor: Donor) -> list[Association]:
    """The associations that share with the donor today, by name."""
    held = donor.sharing_agreements.current()
    return list(Association.objects.filter(sharing_agreements__in=held).order_by("name"))


def rounds_shown(
    audience: Audience, associations: Collection[Association], *, of: Institution | None = None
) -> list[AssociationShown]:
    """In which rounds of these associations members, or `of` one, let the audience read values of approved returns.

    The associations are those that let the audience in. Three queries. Members without a consent are not counted, so
    that nobody learns how many there are.
    """
    live = ValueConsent.objects.live().filter(association__in=associations)
    approved = Submission.objects.approved().filter(association__in=associations)
    if of is not None:
        live, approved = live.filter(institution=of), approved.filter(institution=of)
    consents: dict[UUID, list[ValueConsent]] = defaultdict(list)
    for one in live:
        if grant_of(one).reaches(audience):
            consents[one.association_id].append(one)
    reported: dict[UUID, set[UUID]] = defaultdict(set)
    for of_round, institution in approved.values_list("round_id", "institution_id"):
        reported[of_round].add(institution)
    rounds: dict[UUID, list[RoundShown]] = defaultdict(list)
    for each in (
        Round.objects.filter(pk__in=reported)
        .select_related("association")
        .order_by("-period_end", "-opened_at")
    ):
        open_to_it = {
            one.institution_id
            for one in consents[each.association_id]
            if one.round_id in (None, each.pk) and (not one.section or one.section in each.sections)
        }
        members = len(open_to_it & reported[each.pk])
        if members:
            rounds[each.association_id].append(RoundShown(each, members))
    return [AssociationShown(one, tuple(rounds[one.pk])) for one in associations]


def round_at(associations: Iterable[Association], slug: str, code: str) -> Round | None:
    """The round at this address, of one of the associations; None for any other."""
    return (
        Round.objects.filter(association__in=list(associations), association__slug=slug, code=code)
        .select_related("association", "catalogue")
        .defer(*WITHOUT)
        .first()
    )
