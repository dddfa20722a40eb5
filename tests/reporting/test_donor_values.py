"""What a donor reads by consent: pages and API, refusals, the log of both, and no byte more."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from members.models import Institution
from reporting.enums import Recipient, ReturnState
from reporting.models import Answer, Round, Submission, ValueConsent
from reporting.services.value_reads import BY_API, ON_PAGE, Asked, as_donor, read_values
from spm_portal.common.models import AuditEvent
from tests.cast import Cast
from tests.factories.members import LONG_AGO, InstitutionFactory, MembershipFactory
from tests.factories.releases import answer, plausible
from tests.factories.reporting import AttachmentFactory, default_catalogue
from tests.reporting.test_sharing import reported

CATALOGUE = default_catalogue()
CANARY = 7_318_462_055
GROUPING = re.compile("(?<=\\d)[,.'\u2019 \u00a0\u2009\u202f](?=\\d)")
As = Callable[[str], Client]


@pytest.fixture
def as_(cast: Cast) -> As:
    """A client signed in as a part of the cast."""

    def signed_in(part: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, part))
        return client

    return signed_in


@pytest.fixture
def of_round(cast: Cast) -> Round:
    """A round of Amani with approved returns of Kilimo and Umoja."""
    return reported(cast)


def consent(cast: Cast, member: Institution, *sections: str, **changes: Any) -> None:
    for section in sections or ("",):
        ValueConsent.objects.create(
            **{
                "association": cast.amani,
                "institution": member,
                "recipient": Recipient.DONOR,
                "donor": cast.horizon,
                "section": section,
                "purpose": "Portfolio review",
                "given_at": LONG_AGO,
                **changes,
            }
        )


def page_of(member: Institution, donor: str = "horizon", code: str = "2024") -> str:
    return reverse("donor_member_values", args=[donor, "amani", code, member.pk])


def api_of(donor: str = "horizon", **asked: Any) -> tuple[str, dict[str, Any]]:
    return reverse("api_donor_values", args=[donor]), {"association": "amani", "round": "2024", **asked}


def logged() -> list[tuple[str, str, list[str], list[str], str]]:
    return [
        (one.verb, str(one.object_id), one.data["sections"], one.data["codes"], one.data["source"])
        for one in AuditEvent.objects.filter(verb__startswith="values.re").order_by("at", "pk")
    ]


def text_of(response: Any) -> str:
    return GROUPING.sub("", response.content.decode())


def test_the_donor_finds_its_way_from_its_home_to_a_value(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM")
    client = as_("donor")
    home = client.get(reverse("donor_home", args=["horizon"]))
    assert reverse("donor_values", args=["horizon"]) in home.content.decode()
    overview = client.get(reverse("donor_values", args=["horizon"])).content.decode()
    in_round = reverse("donor_round_values", args=["horizon", "amani", "2024"])
    assert in_round in overview
    assert "1 member shows values" in overview
    listed = client.get(in_round).content.decode()
    assert "Kilimo Savings" in listed
    assert "Umoja" not in listed
    assert not logged()  # no value stood on these pages
    page = client.get(page_of(cast.kilimo))
    staff = Answer.objects.get(submission__institution=cast.kilimo, code="staff_total").number
    assert f">{staff:.0f}" in text_of(page)
    assert "Portfolio review" in text_of(page)
    shut = text_of(page).partition("Not shared")[2]
    assert all(str(escape(one.title)) in shut for one in CATALOGUE.sections if one.code != "HRM")


def test_granted_and_refused_reads_are_written_down(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM", "MIS")
    client = as_("donor")
    assert client.get(page_of(cast.kilimo)).status_code == 200
    assert client.get(page_of(cast.umoja)).status_code == 404
    granted, refused = logged()
    assert granted[:2] == ("values.read", str(cast.kilimo.pk))
    assert granted[2] == ["MIS", "HRM"]
    assert "staff_total" in granted[3]
    assert refused == ("values.refused", str(cast.umoja.pk), [], [], "page")
    event = AuditEvent.objects.filter(verb="values.read").get()
    assert (event.actor, event.association_id) == (cast.donor, cast.amani.pk)
    assert (event.data["donor"], event.data["round"]) == (str(cast.horizon.pk), str(of_round.pk))


def test_a_hidden_member_answers_like_an_absent_one(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM")
    client = as_("donor")
    nobody = InstitutionFactory.build()
    hidden, absent = client.get(page_of(cast.umoja)), client.get(page_of(nobody))
    assert hidden.status_code == absent.status_code == 404
    assert _without_tokens(hidden, cast.umoja) == _without_tokens(absent, nobody)


def _without_tokens(response: Any, member: Institution) -> str:
    text = re.sub(r'csrfmiddlewaretoken" value="[^"]+', "", response.content.decode())
    return text.replace(str(member.pk), "")


def test_withdrawal_counts_on_the_next_request(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM")
    donor, signatory = as_("donor"), as_("signatory")
    url, asked = api_of()
    assert donor.get(page_of(cast.kilimo)).status_code == 200
    assert donor.get(url, asked).json()["values"]
    held = ValueConsent.objects.get()
    own = reverse("consents", args=["amani", cast.kilimo.pk])
    sent = signatory.post(own, {"action": "withdraw_values", "consent": [str(held.pk)]})
    assert sent.status_code == 302
    assert donor.get(page_of(cast.kilimo)).status_code == 404
    assert donor.get(url, asked).json()["values"] == []


@pytest.mark.parametrize(
    "part",
    ["manager", "reviewer", "signatory", "editor", "other_signatory", "other_donor", "operator", "nobody"],
)
def test_nobody_reads_in_a_donors_name(cast: Cast, as_: As, of_round: Round, part: str):
    consent(cast, cast.kilimo, recipient=Recipient.PUBLIC, donor=None)
    client = as_(part)
    for address in (
        page_of(cast.kilimo),
        reverse("donor_values", args=["horizon"]),
        reverse("donor_round_values", args=["horizon", "amani", "2024"]),
    ):
        assert client.get(address).status_code in (403, 404)
    url, asked = api_of()
    assert client.get(url, asked).status_code in (403, 404)
    with pytest.raises(PermissionDenied):
        read_values(
            reader=as_donor(cast.horizon),
            of_round=of_round,
            asked=Asked(),
            by=getattr(cast, part),
            at=timezone.now(),
            source=ON_PAGE,
        )
    assert not logged()


def test_a_donor_of_another_association_reads_nothing_there(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, recipient=Recipient.PUBLIC, donor=None)
    client = as_("other_donor")
    assert client.get(page_of(cast.kilimo, "savanna")).status_code == 404
    assert client.get(reverse("donor_round_values", args=["savanna", "amani", "2024"])).status_code == 404
    url, asked = api_of("savanna")
    assert client.get(url, asked).status_code == 404
    assert "Amani" not in client.get(reverse("donor_values", args=["savanna"])).content.decode()


# --- The API -----------------------------------------------------------------------------------------------


def test_the_api_says_what_the_pages_say(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM")
    url, asked = api_of()
    answered = as_("donor").get(url, asked)
    assert answered.status_code == 200
    rows = answered.json()["values"]
    assert {row["institution"]["name"] for row in rows} == {"Kilimo Savings"}
    hrm = {one.code for one in CATALOGUE.section("HRM").indicators}
    assert {row["code"] for row in rows} & hrm
    for row in rows:
        assert set(CATALOGUE.inputs_of(row["code"])) <= hrm
    ((verb, member, sections, codes, source),) = logged()
    assert (verb, member, sections, source) == ("values.read", str(cast.kilimo.pk), ["HRM"], "api")
    assert set(codes) == {row["code"] for row in rows}


@pytest.mark.parametrize("asked", [{"code": "gross_loan_portfolio"}, {"section": "FIN"}, {"code": "no_such"}])
def test_an_unconsented_field_is_refused_and_logged(
    cast: Cast, as_: As, of_round: Round, asked: dict[str, str]
):
    """The done-when of the ledger."""
    consent(cast, cast.kilimo, "HRM")
    url, sent = api_of(institution=str(cast.kilimo.pk), **asked)
    answered = as_("donor").get(url, sent)
    assert answered.status_code == 403
    assert answered.json()["error"] == {"code": "not_shared", "message": "Not shared.", "fields": {}}
    ((verb, member, sections, codes, source),) = logged()
    assert (verb, member, source) == ("values.refused", str(cast.kilimo.pk), "api")
    assert [*sections, *codes] == [*asked.values()]


def test_one_open_code_of_all_members_is_granted_and_refused_by_member(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM")
    url, asked = api_of(code="staff_total")
    answered = as_("donor").get(url, asked)
    assert [row["code"] for row in answered.json()["values"]] == ["staff_total"]
    assert sorted(one[:2] for one in logged()) == [
        ("values.read", str(cast.kilimo.pk)),
        ("values.refused", str(cast.umoja.pk)),
    ]


def test_a_request_without_its_parts_says_which(cast: Cast, as_: As, of_round: Round):
    client = as_("donor")
    url, _ = api_of()
    told = client.get(url)
    assert told.status_code == 400
    assert set(told.json()["error"]["fields"]) == {"association", "round"}
    _, asked = api_of(institution="abc")
    assert set(client.get(url, asked).json()["error"]["fields"]) == {"institution"}
    _, asked = api_of(round="1999")
    assert client.get(url, asked).status_code == 404
    assert client.get(url, {"colour": "red"}).status_code == 400


# --- No byte more ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["no consent", "other group", "confidential", "withdrawn", "draft"])
def test_a_value_without_consent_is_in_no_byte(cast: Cast, as_: As, of_round: Round, state: str):
    found = Submission.objects.get(round=of_round, institution=cast.kilimo)
    for code in ("gross_loan_portfolio", "staff_total"):
        Answer.objects.filter(submission=found, code=code).update(number=CANARY, note="CANARY-NOTE")
    confidential = next(one for one in CATALOGUE.indicators if one.visibility_default.value == "confidential")
    Answer.objects.filter(submission=found, code=confidential.code).delete()
    consent(cast, cast.umoja)
    if state == "other group":
        consent(cast, cast.kilimo, "ENV", "MIS")
    elif state == "confidential":
        Answer.objects.filter(submission=found, number=CANARY).delete()
        consent(cast, cast.kilimo, recipient=Recipient.PUBLIC, donor=None)
        Answer.objects.create(
            association=cast.amani,
            institution=cast.kilimo,
            submission=found,
            code=confidential.code,
            file=AttachmentFactory(submission=found, name="CANARY-NOTE.pdf"),
            changed_at=LONG_AGO,
        )
    elif state == "withdrawn":
        consent(cast, cast.kilimo, withdrawn_at=timezone.now())
    elif state == "draft":
        consent(cast, cast.kilimo)
        Submission.objects.filter(pk=found.pk).update(state=ReturnState.DRAFT)
    client = as_("donor")
    url, _ = api_of()
    answers = [
        client.get(reverse("donor_home", args=["horizon"])),
        client.get(reverse("donor_values", args=["horizon"])),
        client.get(reverse("donor_round_values", args=["horizon", "amani", "2024"])),
        *(client.get(page_of(member)) for member in (cast.kilimo, cast.umoja)),
        client.get(url, api_of()[1]),
        *(client.get(url, api_of(code=code)[1]) for code in ("gross_loan_portfolio", "staff_total")),
        client.get(url, api_of(section="FIN", institution=str(cast.kilimo.pk))[1]),
        client.get(url, api_of(code=confidential.code)[1]),
    ]
    for one in answers:
        assert str(CANARY) not in text_of(one)
        assert "CANARY-NOTE" not in text_of(one)
    log = json.dumps([one.data for one in AuditEvent.objects.all()])
    assert str(CANARY) not in log


def test_the_canary_is_found_where_it_may_be(cast: Cast, as_: As, of_round: Round):
    """A search that never finds anything would prove nothing."""
    found = Submission.objects.get(round=of_round, institution=cast.kilimo)
    Answer.objects.filter(submission=found, code="gross_loan_portfolio").update(number=CANARY)
    consent(cast, cast.kilimo, "FIN")
    client = as_("donor")
    assert str(CANARY) in text_of(client.get(page_of(cast.kilimo)))
    url, asked = api_of()
    assert str(CANARY) in text_of(client.get(url, asked))


# --- The MFI's and the staff's pages -----------------------------------------------------------------------


def test_the_signatory_gives_by_the_form_and_is_told_what_is_wrong(cast: Cast, as_: As, of_round: Round):
    client = as_("signatory")
    url = reverse("consent_give", args=["amani", cast.kilimo.pk])
    form = client.get(url).content.decode()
    assert "Horizon Fund" in form
    assert "Savanna" not in form
    sent = {
        "recipient": f"donor:{cast.horizon.pk}",
        "sections": ["HRM", "ENV"],
        "round": str(of_round.pk),
        "purpose": "Portfolio review",
    }
    for wrong, words in (
        ({"until": "2020-01-31"}, "This day is over"),
        ({"purpose": ""}, "Say for what"),
        ({"sections": ["every", "HRM"]}, "not both"),
        ({"sections": []}, "Choose every group"),
        ({"recipient": f"donor:{cast.savanna.pk}"}, "Select a valid choice"),
    ):
        refused = client.post(url, {**sent, **wrong})
        assert refused.status_code == 422
        assert words in refused.content.decode()
    assert not ValueConsent.objects.exists()
    for _ in range(2):  # a double click
        assert client.post(url, sent).status_code == 302
    assert ValueConsent.objects.live().count() == 2
    page = client.get(reverse("consents", args=["amani", cast.kilimo.pk]) + "?round=2024").content.decode()
    assert page.count("May read") == 2
    assert "Mandatory to report, voluntary to disclose" in page
    assert "Confidential: never shown, whatever is agreed" in page


def test_only_the_signatory_opens_the_form_and_withdraws(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM")
    url = reverse("consents", args=["amani", cast.kilimo.pk])
    sent = {"action": "withdraw_values", "consent": [str(ValueConsent.objects.get().pk)]}
    for part, status in (("manager", 403), ("editor", 403), ("other_signatory", 404), ("donor", 404)):
        assert as_(part).post(url, sent).status_code == status
        assert as_(part).get(reverse("consent_give", args=["amani", cast.kilimo.pk])).status_code == status
    assert ValueConsent.objects.live().exists()
    assert as_("signatory").post(url, {**sent, "consent": ["abc"]}).status_code == 400
    as_("signatory").post(url, {"action": "withdraw_values"})
    assert ValueConsent.objects.live().exists()


def test_the_mfi_sees_who_read(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM")
    donor = as_("donor")
    donor.get(page_of(cast.kilimo))
    donor.get(*api_of(institution=str(cast.kilimo.pk), code="gross_loan_portfolio"))
    page = as_("editor").get(reverse("value_reads", args=["amani", cast.kilimo.pk])).content.decode()
    label = CATALOGUE.indicator("gross_loan_portfolio").label
    for words in ("Horizon Fund", "Donor", "Shown", "Refused", label, "by a program"):
        assert words in page
    assert (
        as_("other_signatory").get(reverse("value_reads", args=["amani", cast.kilimo.pk])).status_code == 404
    )
    quiet = as_("other_signatory").get(reverse("value_reads", args=["amani", cast.umoja.pk]))
    assert "Nobody has read values of yours" in quiet.content.decode()


def test_staff_see_all_consents_and_a_member_goes_to_its_own(cast: Cast, as_: As, of_round: Round):
    consent(cast, cast.kilimo, "HRM")
    url = reverse("consent_list", args=["amani"])
    page = as_("reviewer").get(url).content.decode()
    assert "Kilimo Savings" in page
    assert "Umoja Credit" in page
    assert "Horizon Fund" in page
    assert "Mbuyu" not in page
    assert as_("signatory").get(url)["Location"] == reverse("consents", args=["amani", cast.kilimo.pk])
    assert as_("donor").get(url).status_code == 403


def test_the_same_queries_for_one_member_and_for_three(cast: Cast, as_: As, of_round: Round):
    def counts() -> list[int]:
        found = []
        donor, staff, own = as_("donor"), as_("manager"), as_("signatory")
        for client, address, asked in (
            (donor, reverse("donor_values", args=["horizon"]), {}),
            (donor, reverse("donor_round_values", args=["horizon", "amani", "2024"]), {}),
            (donor, *api_of()),
            (donor, *api_of(code="staff_total")),
            (staff, reverse("consent_list", args=["amani"]), {}),
            (own, reverse("consents", args=["amani", cast.kilimo.pk]), {}),
            (own, reverse("value_reads", args=["amani", cast.kilimo.pk]), {}),
        ):
            client.get(address, asked)  # what a process keeps is read once
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address, asked).status_code == 200
            found.append(len(captured))
        return found

    consent(cast, cast.kilimo, "HRM")
    before = counts()
    consent(cast, cast.kilimo, "MIS", "FIN")
    for seed in (5, 6):
        member = InstitutionFactory()
        MembershipFactory(association=cast.amani, institution=member)
        found = Submission.objects.create(
            round=of_round,
            association=cast.amani,
            institution=member,
            state=ReturnState.APPROVED,
            state_since=LONG_AGO,
            currency="KES",
        )
        answer(found, plausible(seed))
        consent(cast, member)
    assert counts() == before


def test_a_reading_and_its_log_are_one(cast: Cast, of_round: Round, monkeypatch: pytest.MonkeyPatch):
    """Where the log cannot be written nothing is handed out."""
    consent(cast, cast.kilimo, "HRM")

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr("reporting.services.value_reads.audit.record_each", broken)
    with pytest.raises(RuntimeError, match="no log"):
        read_values(
            reader=as_donor(cast.horizon),
            of_round=of_round,
            asked=Asked(),
            by=cast.donor,
            at=timezone.now(),
            source=BY_API,
        )
    assert not logged()
