"""Values that members open to each other and to everybody: pages, previews, the log, and no byte more."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Association, Institution, Membership
from members.web import public_pages
from reporting.enums import Recipient, ReturnState, VerificationLevel
from reporting.models import Answer, Round, Submission, ValueConsent
from reporting.services.value_reads import AS_ANYBODY, AS_MEMBER, ON_PAGE, Asked, read_values
from spm_portal.common.models import AuditEvent
from tests.cast import Cast
from tests.factories.members import InstitutionFactory, MembershipFactory
from tests.factories.releases import answer, plausible
from tests.factories.reporting import default_catalogue
from tests.reporting.test_donor_values import CANARY, as_, consent, text_of
from tests.reporting.test_sharing import reported

__all__ = ["as_"]
CATALOGUE = default_catalogue()
As = Callable[[str], Client]
FACES = [Recipient.NETWORK, Recipient.PUBLIC]


@pytest.fixture
def of_round(cast: Cast) -> Round:
    """A round of Amani, which has a public page, with approved returns of Kilimo and Umoja."""
    cache.clear()
    Association.objects.filter(pk=cast.amani.pk).update(has_public_page=True)
    cast.amani.refresh_from_db()
    return reported(cast)


def opened(cast: Cast, member: Institution, recipient: Recipient, *sections: str, **changes: Any) -> None:
    consent(cast, member, *sections, recipient=recipient, donor=None, **changes)


def round_page(recipient: Recipient, code: str = "2024") -> str:
    return reverse(f"{recipient}_round_values", args=["amani", code])


def member_page(recipient: Recipient, member: Institution, code: str = "2024") -> str:
    return reverse(f"{recipient}_member_values", args=["amani", code, member.pk])


def reader(recipient: Recipient, as_: As) -> Client:
    """Umoja's signatory among the members, a visitor among everybody."""
    return as_("other_signatory") if recipient == Recipient.NETWORK else Client()


def logged() -> list[tuple[str, str, str, str]]:
    return [
        (one.verb, str(one.object_id), one.data["recipient"], one.data["reader_name"])
        for one in AuditEvent.objects.filter(verb__startswith="values.re").order_by("at", "pk")
    ]


@pytest.mark.parametrize("recipient", FACES)
def test_a_reader_finds_its_way_to_a_value(cast: Cast, as_: As, of_round: Round, recipient: Recipient):
    opened(cast, cast.kilimo, recipient, "HRM", purpose="Learning from each other")
    Answer.objects.filter(submission__institution=cast.kilimo, code="staff_total").update(
        verification=VerificationLevel.EVIDENCE_SEEN
    )
    client = reader(recipient, as_)
    first = "network_values" if recipient == Recipient.NETWORK else "public_editions"
    overview = client.get(reverse(first, args=["amani"])).content.decode()
    assert round_page(recipient) in overview
    assert "1 member shows values" in overview
    listed = client.get(round_page(recipient))
    assert member_page(recipient, cast.kilimo) in listed.content.decode()
    assert "Umoja" not in listed.content.decode().partition("<main")[2]
    assert not logged()  # no value stood on these pages
    page = client.get(member_page(recipient, cast.kilimo))
    text = text_of(page)
    staff = Answer.objects.get(submission__institution=cast.kilimo, code="staff_total").number
    assert f">{staff:.0f}" in text
    assert "Learning from each other" in text
    assert text.count("Evidence seen") == 1
    assert "Self-reported" in text
    assert page["Cache-Control"] == listed["Cache-Control"] == "private, no-store"


def test_members_are_led_there_from_the_figures(cast: Cast, as_: As, of_round: Round):
    address = reverse("network_values", args=["amani"])
    for part, is_led in (("signatory", True), ("reviewer", True), ("donor", False)):
        page = as_(part).get(reverse("releases", args=["amani"])).content.decode()
        assert (address in page) == is_led


@pytest.mark.parametrize(("recipient", "name"), [(Recipient.NETWORK, "Umoja Credit"), (Recipient.PUBLIC, "")])
def test_reads_are_written_down_and_seen_by_the_member(
    cast: Cast, as_: As, of_round: Round, recipient: Recipient, name: str
):
    opened(cast, cast.kilimo, recipient, "HRM")
    third = InstitutionFactory(name="Third Microbank")
    MembershipFactory(association=cast.amani, institution=third)
    _approved(of_round, third, 9)
    client = reader(recipient, as_)
    assert client.get(member_page(recipient, cast.kilimo)).status_code == 200
    assert client.get(member_page(recipient, third)).status_code == 404
    assert logged() == [
        ("values.read", str(cast.kilimo.pk), recipient, name),
        ("values.refused", str(third.pk), recipient, name),
    ]
    event = AuditEvent.objects.get(verb="values.read")
    assert event.data["sections"] == ["HRM"]
    assert "staff_total" in event.data["codes"]
    assert event.actor == (cast.other_signatory if recipient == Recipient.NETWORK else None)
    page = as_("signatory").get(reverse("value_reads", args=["amani", cast.kilimo.pk])).content.decode()
    assert (name or "a visitor of the public page") in page
    assert "Shown" in page


def test_a_person_is_not_written_down_by_name_on_the_public_page(cast: Cast, as_: As, of_round: Round):
    opened(cast, cast.kilimo, Recipient.PUBLIC, "HRM")
    assert as_("donor").get(member_page(Recipient.PUBLIC, cast.kilimo)).status_code == 200
    assert AuditEvent.objects.get(verb="values.read").actor is None


@pytest.mark.parametrize("recipient", FACES)
def test_ones_own_page_is_a_preview_that_nobody_writes_down(
    cast: Cast, as_: As, of_round: Round, recipient: Recipient
):
    client = as_("editor")
    own = reverse("consents", args=["amani", cast.kilimo.pk])
    assert member_page(recipient, cast.kilimo) not in client.get(own).content.decode()
    opened(cast, cast.kilimo, recipient, "HRM")
    assert member_page(recipient, cast.kilimo) in client.get(own).content.decode()
    page = client.get(member_page(recipient, cast.kilimo)).content.decode()
    assert "as these readers see it" in page
    opened(cast, cast.umoja, recipient, "HRM")
    other = client.get(member_page(recipient, cast.umoja)).content.decode()
    assert "as these readers see it" not in other
    assert [one[:2] for one in logged()] == [("values.read", str(cast.umoja.pk))]


@pytest.mark.parametrize("recipient", FACES)
def test_withdrawal_counts_on_the_next_request(cast: Cast, as_: As, of_round: Round, recipient: Recipient):
    opened(cast, cast.kilimo, recipient, "HRM")
    client = reader(recipient, as_)
    assert client.get(member_page(recipient, cast.kilimo)).status_code == 200
    held = ValueConsent.objects.get()
    own = reverse("consents", args=["amani", cast.kilimo.pk])
    as_("signatory").post(own, {"action": "withdraw_values", "consent": [str(held.pk)]})
    assert client.get(member_page(recipient, cast.kilimo)).status_code == 404
    listed = client.get(round_page(recipient))
    # an empty round says nothing to everybody, not even its name
    assert listed.status_code == (200 if recipient == Recipient.NETWORK else 404)
    assert "Kilimo" not in listed.content.decode()
    public = Client().get(reverse("public_editions", args=["amani"])).content.decode()
    assert "Values that members show" not in public


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("manager", 200),
        ("reviewer", 200),
        ("signatory", 200),
        ("other_signatory", 200),
        ("ex_member", 404),
        ("ex_reviewer", 404),
        ("other_manager", 404),
        ("stranger_signatory", 404),
        ("donor", 403),
        ("other_donor", 404),
        ("operator", 404),
        ("nobody", 404),
    ],
)
def test_the_network_is_members_of_today_and_their_associations_staff(
    cast: Cast, as_: As, of_round: Round, part: str, status: int
):
    opened(cast, cast.kilimo, Recipient.PUBLIC)
    client = as_(part)
    for address in (
        reverse("network_values", args=["amani"]),
        round_page(Recipient.NETWORK),
        member_page(Recipient.NETWORK, cast.kilimo),
    ):
        assert client.get(address).status_code == status
    if status != 200:
        with pytest.raises(PermissionDenied):
            read_values(
                reader=AS_MEMBER,
                of_round=of_round,
                asked=Asked(),
                by=getattr(cast, part),
                at=timezone.now(),
                source=ON_PAGE,
            )
        assert not logged()


def test_a_member_that_leaves_reads_no_more(cast: Cast, as_: As, of_round: Round):
    opened(cast, cast.kilimo, Recipient.NETWORK)
    client = as_("other_signatory")
    assert client.get(member_page(Recipient.NETWORK, cast.kilimo)).status_code == 200
    Membership.objects.filter(institution=cast.umoja).update(
        left_on=timezone.localdate() - timezone.timedelta(days=1)
    )
    assert client.get(member_page(Recipient.NETWORK, cast.kilimo)).status_code == 404


def test_without_a_public_page_everybody_reads_nothing(cast: Cast, as_: As, of_round: Round):
    opened(cast, cast.kilimo, Recipient.PUBLIC)
    Association.objects.update(has_public_page=False)
    of_round.association.refresh_from_db()
    for address in (round_page(Recipient.PUBLIC), member_page(Recipient.PUBLIC, cast.kilimo)):
        assert Client().get(address).status_code == 404
    with pytest.raises(PermissionDenied):
        read_values(
            reader=AS_ANYBODY, of_round=of_round, asked=Asked(), by=None, at=timezone.now(), source=ON_PAGE
        )
    assert not logged()
    own = as_("signatory").get(reverse("consents", args=["amani", cast.kilimo.pk])).content.decode()
    assert "the association has no public page" in own
    assert member_page(Recipient.NETWORK, cast.kilimo) in own  # what everybody may read, members may too


@pytest.mark.parametrize(
    ("given", "read", "found"),
    [
        (Recipient.NETWORK, Recipient.PUBLIC, False),
        (Recipient.DONOR, Recipient.NETWORK, False),
        (Recipient.DONOR, Recipient.PUBLIC, False),
        (Recipient.ASSOCIATION, Recipient.NETWORK, False),
        (Recipient.ASSOCIATION, Recipient.PUBLIC, False),
        (Recipient.NETWORK, Recipient.NETWORK, True),
        (Recipient.PUBLIC, Recipient.NETWORK, True),
        (Recipient.PUBLIC, Recipient.PUBLIC, True),
    ],
)
def test_each_page_holds_its_own_consents_only(
    cast: Cast, as_: As, of_round: Round, given: Recipient, read: Recipient, found: bool
):
    Answer.objects.filter(submission__institution=cast.kilimo, code="staff_total").update(number=CANARY)
    donor = cast.horizon if given == Recipient.DONOR else None
    consent(cast, cast.kilimo, "HRM", recipient=given, donor=donor)
    consent(cast, cast.kilimo, "ENV", recipient=Recipient.PUBLIC, donor=None)  # so that the page is there
    client = reader(read, as_)
    page = client.get(member_page(read, cast.kilimo))
    assert page.status_code == 200
    assert (str(CANARY) in text_of(page)) == found
    listed = text_of(client.get(round_page(read)))
    assert str(CANARY) not in listed
    assert (CATALOGUE.section("HRM").title in listed) == found


@pytest.mark.parametrize("recipient", FACES)
@pytest.mark.parametrize("stopped", ["ended", "draft", "other round"])
def test_what_does_not_hold_is_on_no_page(
    cast: Cast, as_: As, of_round: Round, recipient: Recipient, stopped: str
):
    changes: dict[str, Any] = {}
    if stopped == "ended":
        changes = {"until": timezone.localdate() - timezone.timedelta(days=1)}
    elif stopped == "other round":
        changes = {"round": reported(cast, 2023)}
    opened(cast, cast.kilimo, recipient, "HRM", **changes)
    if stopped == "draft":
        Submission.objects.filter(institution=cast.kilimo).update(state=ReturnState.DRAFT)
    client = reader(recipient, as_)
    assert client.get(member_page(recipient, cast.kilimo)).status_code == 404
    assert "Kilimo" not in client.get(round_page(recipient)).content.decode()


def test_a_hidden_member_answers_like_an_absent_one(cast: Cast, of_round: Round):
    opened(cast, cast.kilimo, Recipient.PUBLIC, "HRM")
    nobody = InstitutionFactory.build()
    client = Client()
    hidden, absent = (client.get(member_page(Recipient.PUBLIC, one)) for one in (cast.umoja, nobody))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content.decode().replace(str(cast.umoja.pk), "") == absent.content.decode().replace(
        str(nobody.pk), ""
    )


def test_public_pages_are_counted_by_address(cast: Cast, of_round: Round, monkeypatch: pytest.MonkeyPatch):
    opened(cast, cast.kilimo, Recipient.PUBLIC, "HRM")
    monkeypatch.setattr(public_pages, "READS_A_MINUTE", 2)
    monkeypatch.setattr("spm_portal.common.rates.time.time", lambda: 1_800_000_000.0)
    client = Client()
    assert client.get(reverse("public_editions", args=["amani"])).status_code == 200
    assert client.get(round_page(Recipient.PUBLIC)).status_code == 200
    for address in (round_page(Recipient.PUBLIC), member_page(Recipient.PUBLIC, cast.kilimo)):
        refused = client.get(address)
        assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert not logged()


def _approved(of_round: Round, member: Institution, seed: int) -> None:
    found = Submission.objects.create(
        round=of_round,
        association=of_round.association,
        institution=member,
        state=ReturnState.APPROVED,
        state_since=timezone.now(),
        currency="KES",
    )
    answer(found, plausible(seed))


def test_the_same_queries_for_one_member_and_for_three(cast: Cast, as_: As, of_round: Round):
    def counts() -> list[int]:
        found = []
        member, visitor = as_("other_signatory"), Client()
        for client, address in (
            (member, reverse("network_values", args=["amani"])),
            (member, round_page(Recipient.NETWORK)),
            (member, member_page(Recipient.NETWORK, cast.kilimo)),
            (visitor, reverse("public_editions", args=["amani"])),
            (visitor, round_page(Recipient.PUBLIC)),
            (visitor, member_page(Recipient.PUBLIC, cast.kilimo)),
            (as_("signatory"), reverse("consents", args=["amani", cast.kilimo.pk])),
        ):
            client.get(address)  # what a process keeps is read once
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    opened(cast, cast.kilimo, Recipient.PUBLIC, "HRM")
    reported(cast, 2023)
    before = counts()
    for seed in (5, 6):
        third = InstitutionFactory()
        MembershipFactory(association=cast.amani, institution=third)
        _approved(of_round, third, seed)
        opened(cast, third, Recipient.PUBLIC)
    reported(cast, 2022)
    assert counts() == before
