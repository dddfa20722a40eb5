"""Consents to show values: who decides, what is refused, what holds, and when it stops."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from members.models import SharingAgreement
from reporting.consenting import Audience, Grant, is_mandatory_only, open_codes, open_sections
from reporting.enums import Recipient, ReturnState
from reporting.models import Release, ReleaseMember, Round, Submission, ValueConsent
from reporting.selectors.sharing import (
    ANY_DONOR,
    NETWORK,
    PUBLIC,
    known_to,
    may_read,
    who_sees,
)
from reporting.selectors.sharing_values import readable_values
from reporting.services import sharing
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.cast import Cast
from tests.factories.members import LONG_AGO
from tests.factories.releases import answer, institutions, plausible
from tests.factories.reporting import RoundFactory, default_catalogue

CATALOGUE = default_catalogue()
TODAY = timezone.localdate()


def reported(cast: Cast, year: int = 2024, *, state: ReturnState = ReturnState.APPROVED) -> Round:
    """A round in which Kilimo and Umoja have answered."""
    made: Round = RoundFactory(association=cast.amani, year=year)
    for seed, member in enumerate((cast.kilimo, cast.umoja)):
        found = Submission.objects.create(
            round=made,
            association=cast.amani,
            institution=member,
            state=state,
            state_since=LONG_AGO,
            currency="KES",
        )
        answer(found, plausible(seed, year))
    return made


def call(cast: Cast, part: str = "signatory", **changes: Any) -> dict[str, Any]:
    return {
        "association": cast.amani,
        "institution": cast.kilimo,
        "recipient": Recipient.DONOR,
        "donor": cast.horizon,
        "sections": ["CLP"],
        "purpose": "Portfolio review",
        "by": getattr(cast, part),
        "at": timezone.now(),
        **changes,
    }


def donor_of(cast: Cast) -> Audience:
    return Audience(Recipient.DONOR, cast.horizon.pk)


@pytest.mark.parametrize(
    "part",
    ["manager", "reviewer", "editor", "other_signatory", "other_manager", "donor", "operator", "nobody"],
)
def test_only_the_signatory_decides(cast: Cast, part: str):
    reported(cast)
    with pytest.raises(PermissionDenied):
        sharing.give(**call(cast, part))
    held = sharing.give(**call(cast))
    with pytest.raises(PermissionDenied):
        sharing.withdraw(
            association=cast.amani,
            institution=cast.kilimo,
            consents=[held[0].pk],
            by=getattr(cast, part),
            at=timezone.now(),
        )
    assert ValueConsent.objects.live().count() == 1


def test_a_double_click_gives_once_and_other_words_take_its_place(cast: Cast):
    reported(cast)
    first = sharing.give(**call(cast))
    assert sharing.give(**call(cast)) == first
    second = sharing.give(**call(cast, until=TODAY + timedelta(days=9)))
    assert list(ValueConsent.objects.live()) == second != first
    verbs = AuditEvent.objects.filter(object_type="reporting.valueconsent").order_by("at", "pk")
    assert sorted(verbs.values_list("verb", flat=True)) == [
        "values.consent_given",
        "values.consent_given",
        "values.consent_withdrawn",
    ]
    gone = ValueConsent.objects.get(pk=first[0].pk)
    assert gone.withdrawn_by == cast.signatory
    assert [event.pgh_label for event in gone.events.order_by("pgh_id")] == ["insert", "update"]


def test_withdrawing_counts_at_once_and_only_once_and_only_ones_own(cast: Cast):
    of_round = reported(cast)
    held = sharing.give(**call(cast, sections=["CLP", "HRM"]))
    foreign = sharing.give(**call(cast, "other_signatory", institution=cast.umoja))
    assert may_read(donor_of(cast), cast.kilimo, of_round, "staff_total")
    away = {"association": cast.amani, "institution": cast.kilimo, "by": cast.signatory, "at": timezone.now()}
    wanted = [one.pk for one in (*held, *foreign)]
    assert set(sharing.withdraw(consents=wanted, **away)) == set(held)
    assert sharing.withdraw(consents=wanted, **away) == []
    assert not may_read(donor_of(cast), cast.kilimo, of_round, "staff_total")
    assert list(ValueConsent.objects.live()) == foreign
    assert cast.kilimo.pk not in readable_values(donor_of(cast), of_round)


def test_what_was_open_stays_known_to_the_gate(cast: Cast):
    of_round = reported(cast)
    assert known_to(ANY_DONOR, of_round) == {}
    held = sharing.give(**call(cast))
    before = known_to(ANY_DONOR, of_round)
    assert set().union(*before.values()) == {cast.kilimo.pk}
    assert {CATALOGUE.find(code).section for code in before if code in _indicators()} == {"CLP"}
    assert known_to(NETWORK, of_round) == known_to(PUBLIC, of_round) == {}
    assert known_to(Audience(Recipient.DONOR, cast.savanna.pk), of_round) == {}
    sharing.withdraw(
        association=cast.amani,
        institution=cast.kilimo,
        consents=[held[0].pk],
        by=cast.signatory,
        at=timezone.now(),
    )
    assert known_to(ANY_DONOR, of_round) == before


def _indicators() -> set[str]:
    return {one.code for one in CATALOGUE.indicators}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"until": TODAY - timedelta(days=1)}, "until", "This day is over"),
        ({"purpose": "  "}, "purpose", "for what"),
        ({"purpose": "x" * 301}, "purpose", "at most 300"),
        ({"sections": []}, "sections", "Choose every group"),
        ({"sections": ["", "CLP"]}, "sections", "not both"),
        ({"sections": ["XYZ"]}, "sections", "does not ask"),
        ({"donor": None}, "recipient", "Name the donor"),
    ],
)
def test_what_cannot_be_is_refused_with_words(cast: Cast, changes: dict[str, Any], field: str, words: str):
    reported(cast)
    with pytest.raises(ValidationError) as refused:
        sharing.give(**call(cast, **changes))
    assert words in refused.value.message_dict[field][0]
    assert not ValueConsent.objects.exists()
    assert not AuditEvent.objects.filter(verb="values.consent_given").exists()


def test_today_may_be_the_last_day_and_yesterdays_consent_can_be_given_anew(cast: Cast):
    of_round = reported(cast)
    sharing.give(**call(cast, until=TODAY))
    assert cast.kilimo.pk in readable_values(donor_of(cast), of_round)
    ValueConsent.objects.update(until=TODAY - timedelta(days=1))
    assert not ValueConsent.objects.live().exists()
    assert readable_values(donor_of(cast), of_round) == {}
    assert sharing.give(**call(cast))[0] in ValueConsent.objects.live()


def test_a_donor_without_agreement_a_stranger_round_and_a_former_member_are_refused(cast: Cast):
    reported(cast)
    with pytest.raises(ValidationError, match="does not share with Savanna"):
        sharing.give(**call(cast, donor=cast.savanna))
    foreign: Round = RoundFactory(association=cast.baobab, year=2024)
    uninvited: Round = RoundFactory(association=cast.amani, year=2023)
    for of_round in (foreign, uninvited):
        with pytest.raises(ValidationError, match="not invited"):
            sharing.give(**call(cast, of_round=of_round))
    with pytest.raises(Refused, match="not a member"):
        sharing.give(**call(cast, "ex_member", institution=cast.zamani))
    with pytest.raises(ValueError, match="Only a consent for a donor"):
        sharing.give(**call(cast, recipient=Recipient.PUBLIC))


# --- What is open ------------------------------------------------------------------------------------------

TABLE: list[tuple[Recipient, str, set[str]]] = [
    # a consent for, with a donor of ours or not; audiences that read by it
    (Recipient.ASSOCIATION, "", {"association"}),
    (Recipient.DONOR, "horizon", {"horizon", "any donor"}),
    (Recipient.NETWORK, "", {"network"}),
    (Recipient.PUBLIC, "", {"association", "horizon", "savanna", "any donor", "network", "public"}),
]


@pytest.mark.parametrize(
    ("recipient", "donor", "expected"), TABLE, ids=lambda value: "" if isinstance(value, set) else str(value)
)
def test_table_of_recipients(cast: Cast, recipient: Recipient, donor: str, expected: set[str]):
    audiences = {
        "association": Audience(Recipient.ASSOCIATION),
        "horizon": donor_of(cast),
        "savanna": Audience(Recipient.DONOR, cast.savanna.pk),
        "any donor": ANY_DONOR,
        "network": NETWORK,
        "public": PUBLIC,
    }
    grant = Grant(cast.kilimo.pk, recipient, cast.horizon.pk if donor else None, "", None)
    assert {name for name, one in audiences.items() if grant.reaches(one)} == expected


@pytest.mark.parametrize(
    "stopped", ["", "not approved", "withdrawn", "ended", "agreement over", "other round", "other section"]
)
def test_states_of_a_read(cast: Cast, stopped: str):
    """One thing missing is enough: the donor reads only with all of them."""
    of_round = reported(cast)
    other = reported(cast, 2023)
    consent = ValueConsent.objects.create(
        association=cast.amani,
        institution=cast.kilimo,
        recipient=Recipient.DONOR,
        donor=cast.horizon,
        section="FIN" if stopped == "other section" else "HRM",
        round=other if stopped == "other round" else of_round,
        until=TODAY - timedelta(days=1) if stopped == "ended" else None,
        given_at=LONG_AGO,
    )
    if stopped == "not approved":
        Submission.objects.filter(round=of_round).update(state=ReturnState.IN_REVIEW)
    if stopped == "withdrawn":
        consent.withdrawn_at = timezone.now()
        consent.save()
    if stopped == "agreement over":
        SharingAgreement.objects.filter(donor=cast.horizon).update(until=date(2024, 1, 1))
    found = readable_values(donor_of(cast), of_round).get(cast.kilimo.pk, {})
    assert ("staff_total" in found) == (not stopped)
    if (
        stopped != "not approved"
    ):  # `may_read` is about consents; a value is there once the return is approved
        assert may_read(donor_of(cast), cast.kilimo, of_round, "staff_total") == (not stopped)


def test_confidential_questions_and_files_are_never_shown(cast: Cast):
    of_round = reported(cast)
    sharing.give(**call(cast, recipient=Recipient.PUBLIC, donor=None, sections=[""]))
    never = [one.code for one in CATALOGUE.indicators if is_mandatory_only(one)]
    assert len(never) >= 3
    for code in never:
        for audience in (Audience(Recipient.ASSOCIATION), donor_of(cast), NETWORK, PUBLIC):
            assert not may_read(audience, cast.kilimo, of_round, code)
            assert code not in known_to(audience, of_round)
    assert may_read(PUBLIC, cast.kilimo, of_round, "staff_total")
    table = who_sees(cast.kilimo, cast.amani, of_round, catalogue=CATALOGUE)
    assert {one.code for line in table.lines for one in line.never} == set(never)
    assert not any(
        line.may_read(code, column) for code in never for line in table.lines for column in table.columns
    )


def test_a_derived_value_needs_each_of_its_parts():
    every = frozenset(section.code for section in CATALOGUE.sections)
    for open_ones in (frozenset({"OUT"}), frozenset({"FIN", "OUT"}), every):
        codes = open_codes(CATALOGUE, open_ones)
        for one in CATALOGUE.derived:
            behind = CATALOGUE.inputs_of(one.code)
            assert (one.code in codes) == (bool(behind) and codes.issuperset(behind))
    assert any(one.code in open_codes(CATALOGUE, every) for one in CATALOGUE.derived)


def test_a_group_of_another_catalogue_opens_nothing(cast: Cast):
    grant = Grant(cast.kilimo.pk, Recipient.PUBLIC, None, "XYZ", None)
    assert open_sections([grant], PUBLIC, None, CATALOGUE) == frozenset()


def test_the_table_says_rounds_ends_and_everybody(cast: Cast):
    of_round, other = reported(cast), reported(cast, 2023)
    end = TODAY + timedelta(days=30)
    sharing.give(**call(cast, of_round=of_round, until=end))
    sharing.give(**call(cast, recipient=Recipient.PUBLIC, donor=None, sections=["ENV"]))

    def cell(section: str, label: str, in_round: Round | None) -> Any:
        table = who_sees(cast.kilimo, cast.amani, in_round, catalogue=CATALOGUE)
        line = next(one for one in table.lines if one.section.code == section)
        return next(one for one in line.cells if one.column.label == label)

    assert (cell("CLP", "Horizon Fund", of_round).is_open, cell("CLP", "Horizon Fund", of_round).until) == (
        True,
        end,
    )
    assert not cell("CLP", "Horizon Fund", other).is_open
    assert cell("CLP", "Horizon Fund", None).only_in == ("Report 2024",)
    assert cell("ENV", "Horizon Fund", other).as_everybody
    assert cell("ENV", "Everybody", None).is_open
    assert not cell("FIN", "Everybody", None).is_open
    SharingAgreement.objects.filter(donor=cast.horizon).update(until=date(2024, 1, 1))
    assert cell("CLP", "Horizon Fund", of_round).column.rests
    assert not cell("CLP", "Horizon Fund", of_round).is_open


def test_associations_are_apart(cast: Cast):
    """Pamoja belongs to both: what it shows through one opens nothing through the other."""
    rounds = {}
    for association in (cast.amani, cast.baobab):
        made: Round = RoundFactory(association=association, year=2024)
        found = Submission.objects.create(
            round=made,
            association=association,
            institution=cast.pamoja,
            state=ReturnState.APPROVED,
            state_since=LONG_AGO,
            currency="KES",
        )
        answer(found, plausible(1))
        rounds[association] = made
    sharing.give(
        **call(cast, "shared_signatory", institution=cast.pamoja, recipient=Recipient.PUBLIC, donor=None)
    )
    assert cast.pamoja.pk in readable_values(donor_of(cast), rounds[cast.amani])
    assert readable_values(donor_of(cast), rounds[cast.baobab]) == {}
    assert readable_values(Audience(Recipient.DONOR, cast.savanna.pk), rounds[cast.baobab]) == {}
    assert known_to(PUBLIC, rounds[cast.baobab]) == {}


@pytest.mark.parametrize(
    ("recipient", "section", "in_round", "refused"),
    [
        (Recipient.DONOR, "HRM", True, True),
        (Recipient.DONOR, "", False, True),
        (Recipient.PUBLIC, "HRM", True, True),
        (Recipient.NETWORK, "HRM", True, False),  # other members know nobody yet
        (Recipient.DONOR, "ENV", True, False),  # a group of which the donor knows nobody
        (Recipient.ASSOCIATION, "HRM", True, False),
    ],
)
def test_a_late_consent_must_not_give_others_away(
    cast: Cast, recipient: Recipient, section: str, in_round: bool, refused: bool
):
    """Six contributors are published, the donor knows one: the second would leave it four that it does not know."""
    of_round = reported(cast)
    release = Release.objects.create(
        association=cast.amani,
        round=of_round,
        number=1,
        catalogue=of_round.catalogue,
        invited_count=6,
        contributor_count=6,
        input_sha256="0" * 64,
        published_at=LONG_AGO,
    )
    for member in (cast.kilimo, cast.umoja, *institutions(cast.amani, 4)):
        submission, _created = Submission.objects.get_or_create(
            round=of_round,
            institution=member,
            defaults={"association": cast.amani, "state_since": LONG_AGO, "currency": "KES"},
        )
        ReleaseMember.objects.create(
            release=release,
            institution=member,
            submission=submission,
            name=member.name,
            owner_key=member.owner_key,
            values={},
        )
    sharing.give(**call(cast, "other_signatory", institution=cast.umoja, sections=["HRM"]))
    wanted = call(
        cast,
        recipient=recipient,
        donor=cast.horizon if recipient == Recipient.DONOR else None,
        sections=[section],
        of_round=of_round if in_round else None,
    )
    if refused:
        with pytest.raises(ValidationError, match="work out what single members reported"):
            sharing.give(**wanted)
        later: Round = RoundFactory(association=cast.amani, year=2025)
        Submission.objects.create(
            round=later,
            association=cast.amani,
            institution=cast.kilimo,
            state_since=LONG_AGO,
            currency="KES",
        )
        wanted["of_round"] = later
    assert sharing.give(**wanted)
