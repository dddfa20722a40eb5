"""Pages of support: what a donor sees and what is noted of it, forms of both sides, files, and queries."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from capacity.datasets.support_gaps import gaps_across
from capacity.enums import OfferState, Stage
from capacity.models import Assessment, Consensus, PlanItem, PlanShare, SupportOffer
from capacity.services import obligations, offers
from members.models import Association, SharingAgreement
from spm_portal.common.models import AuditEvent
from tests.capacity.support import NOW, accepted_offer, offer_of, opened, shared_item
from tests.cast import Cast
from tests.factories.capacity import AssessmentFactory, PlanItemFactory, PlanShareFactory, default_framework
from tests.factories.members import LONG_AGO, AssociationFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOM = ["horizon", "amani"]


def agreed(cast: Cast, title: str, level: int, at: Any) -> Assessment:
    made: Assessment = AssessmentFactory(
        association=cast.amani, title=title, stage=Stage.AGREED, agreed_at=at, agreed_by=cast.manager
    )
    items = [item["code"] for area in default_framework().document["areas"] for item in area["items"]]
    Consensus.objects.bulk_create(
        Consensus(
            association=cast.amani,
            assessment=made,
            item=code,
            level=level,
            minute="Secret words of the session",
            decided_at=at,
            decided_by=cast.manager,
        )
        for code in items
    )
    return made


def signed_in(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client


def reads(verb: str) -> set[tuple[str, str]]:
    rows = AuditEvent.objects.filter(verb=verb).values_list("object_type", "object_id")
    return {(kind, str(pk)) for kind, pk in rows}


@pytest.mark.parametrize(
    ("is_named", "words"),
    [((True,), "by Savanna Trust"), ((False,), "by others"), ((True, False), "by Savanna Trust and others")],
)
def test_a_donor_reads_who_else_pays_if_that_donor_agreed(
    client: Client, cast: Cast, is_named: tuple[bool, ...], words: str
) -> None:
    item = shared_item(cast)
    PlanShareFactory(item=item, donor=cast.savanna, shared_by=cast.manager)
    SharingAgreement.objects.create(association=cast.amani, donor=cast.savanna, since=date(2020, 1, 1))
    for number, named in enumerate(is_named):
        SupportOffer.objects.create(
            association=cast.amani,
            donor=cast.savanna,
            item=item,
            support_area="DS4",
            amount=1000 + number,
            currency="KES",
            conditions="Secret words",
            is_named=named,
            state=OfferState.ACCEPTED,
            offered_at=NOW,
            offered_by=cast.other_donor,
        )
    signed_in(client, cast.donor)
    for address in (
        reverse("donor_association", args=ROOM),
        reverse("donor_item", args=["horizon", item.pk]),
    ):
        page = " ".join(client.get(address).content.decode().split())
        assert f"{words} </span>" in page
        assert "Secret words" not in page


def test_a_donor_sees_what_is_shared_and_nothing_else(client: Client, cast: Cast) -> None:
    item = shared_item(cast)
    hidden = PlanItemFactory(association=cast.amani, title="Hidden item", created_by=cast.manager)
    PlanShareFactory(item=item, donor=cast.savanna, shared_by=cast.manager)
    SharingAgreement.objects.create(association=cast.amani, donor=cast.savanna, since=date(2020, 1, 1))
    rival = offers.make(
        item_id=item.pk,
        donor_id=cast.savanna.pk,
        amount=Decimal(2500),
        currency="KES",
        support_area="DS4",
        by=cast.other_donor,
        at=NOW,
        is_named=False,
    )
    offers.accept(offer_id=rival.pk, by=cast.manager, at=NOW)
    agreed(cast, "First look", 1, LONG_AGO)
    agreed(cast, "Second look", 2, NOW)
    signed_in(client, cast.donor)
    page = client.get(reverse("donor_association", args=ROOM)).content.decode()
    assert "has not opened an agreed assessment" in page
    assert "Second look" not in page
    opened(cast)
    page = client.get(reverse("donor_association", args=ROOM)).content.decode()
    assert all(
        words in page for words in ("Second look", "What moved since “First look”", "+1.0", item.title)
    )
    assert "by others" in page
    assert not any(words in page for words in ("Savanna", "Secret words", "Hidden item"))
    shown = Assessment.objects.get(title="Second look")
    assert reads("capacity.read") == {
        ("capacity.planitem", str(item.pk)),
        ("capacity.assessment", str(shown.pk)),
    }
    assert client.get(reverse("donor_item", args=["horizon", hidden.pk])).status_code == 404
    assert reads("capacity.refused") == {("capacity.planitem", str(hidden.pk))}
    told = signed_in(client, cast.reviewer).get(reverse("offers", args=["amani"])).content.decode()
    assert all(words in told for words in ("What donors read", "2 things read", "1 time refused"))
    signed_in(client, cast.donor)
    # a HEAD would read without seeing
    assert client.head(reverse("donor_association", args=ROOM)).status_code == 405
    SharingAgreement.objects.filter(donor=cast.horizon).update(until=date(2020, 2, 1))
    for name, args in (("donor_association", ROOM), ("donor_item", ["horizon", item.pk])):
        assert client.get(reverse(name, args=args)).status_code == 404
    assert item.title not in client.get(reverse("donor_gaps", args=["horizon"])).content.decode()


def test_an_offer_is_made_on_the_page_of_the_item(client: Client, cast: Cast) -> None:
    item = shared_item(cast)
    here = reverse("donor_item", args=["horizon", item.pk])
    signed_in(client, cast.donor)
    assert b'value="9,000"' in client.get(here).content
    sent = {"amount": "6,000", "currency": "usd", "support_area": "DS4", "conditions": "Half-yearly"}
    refused = client.post(here, sent)
    assert refused.status_code == 422
    assert "in KES, and your offer is in USD" in refused.content.decode()
    assert b"Half-yearly" in refused.content  # nothing typed is lost
    sent["currency"] = "kes"
    first, second = client.post(here, sent), client.post(here, sent)
    assert first.url == second.url == reverse("donor_offer", args=["horizon", SupportOffer.objects.get().pk])
    assert client.post(first.url, {"action": "nonsense"}).status_code == 404
    client.post(first.url, {"action": "withdraw"})
    assert SupportOffer.objects.get().state == OfferState.WITHDRAWN


def test_both_sides_follow_an_offer(client: Client, cast: Cast) -> None:
    offer = offer_of(cast, shared_item(cast))
    ours, theirs = (
        reverse("offer", args=["amani", offer.pk]),
        reverse("donor_offer", args=["horizon", offer.pk]),
    )
    signed_in(client, cast.manager)
    assert client.post(ours, {"action": "decline", "answer": ""}).status_code == 422
    assert client.post(ours, {"action": "accept", "answer": "Gladly."}).status_code == 302
    plan = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-1-amount": "", "form-1-due_on": ""}
    plan |= {
        "form-0-amount": "5000",
        "form-0-due_on": "2026-05-01",
        "form-0-condition": "",
        "form-1-condition": "",
    }
    parts = reverse("offer_instalments", args=["amani", offer.pk])
    assert "KES\xa01,000 are missing" in client.post(parts, plan).content.decode()
    plan |= {"form-1-amount": "1000", "form-1-condition": "After the report"}
    assert "Write the day" in client.post(parts, plan).content.decode()
    assert client.post(parts, {**plan, "form-1-due_on": "2026-09-01"}).status_code == 302
    part = offer.instalments.get(number=1)
    mark = {"instalment": part.pk, "on": "2026-03-01"}
    assert client.post(ours, {**mark, "action": "received", "on": "soon"}).status_code == 422
    assert client.post(ours, {**mark, "action": "received", "on": "2999-01-01"}).status_code == 422
    assert client.post(ours, {**mark, "action": "paid"}).status_code == 403
    assert client.post(ours, {**mark, "action": "received"}).status_code == 302
    assert client.post(ours, {"action": "complete"}).status_code == 422
    signed_in(client, cast.donor)
    assert client.post(theirs, {"action": "owe", "title": "", "due_on": "2026-06-30"}).status_code == 422
    assert (
        client.post(theirs, {"action": "owe", "title": "Report", "due_on": "2026-06-30"}).status_code == 302
    )
    assert client.post(theirs, {"action": "outcome", "outcome": "Ours."}).status_code == 403
    page = client.get(theirs).content.decode()
    assert all(words in page for words in ("Gladly.", "After the report", "Report"))
    signed_in(client, cast.reviewer)
    page = client.get(ours).content.decode()
    assert "Accept the offer" not in page
    assert "Change the instalments" not in page


def test_a_report_is_written_handed_in_and_accepted(client: Client, cast: Cast) -> None:
    offer = accepted_offer(cast)
    duty = obligations.add(offer_id=offer.pk, title="Report", due_on=date(2026, 6, 30), by=cast.donor, at=NOW)
    ours, theirs = (
        reverse("obligation", args=["amani", duty.pk]),
        reverse("donor_obligation", args=["horizon", duty.pk]),
    )
    file = reverse("donor_obligation_file", args=["horizon", duty.pk])
    signed_in(client, cast.reviewer)
    upload = SimpleUploadedFile("report.pdf", b"%PDF-1.4\n% figures\n%%EOF\n")
    draft = {"action": "draft", "text": "Half of it", "version": "1", "file": upload}
    assert client.post(ours, draft).status_code == 302
    late = client.post(ours, {"action": "draft", "text": "My older page", "version": "1"})
    page = late.content.decode()
    assert late.status_code == 422
    assert all(words in page for words in ("My older page", "Half of it", 'name="version" value="2"'))
    signed_in(client, cast.donor)
    page = client.get(theirs).content.decode()
    assert "has not handed it in yet" in page
    assert "Half of it" not in page
    assert client.get(file).status_code == 404
    signed_in(client, cast.reviewer)
    assert client.post(ours, {"action": "hand_in", "text": "All of it", "version": "2"}).status_code == 302
    signed_in(client, cast.donor)
    assert "All of it" in client.get(theirs).content.decode()
    answer = client.get(file)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client.post(theirs, {"action": "ask", "text": ""}).status_code == 422
    assert client.post(theirs, {"action": "accept", "text": ""}).status_code == 302
    assert client.post(theirs, {"action": "skip", "reason": "Twice."}).status_code == 422


def test_amounts_of_two_currencies_are_never_added(client: Client, cast: Cast) -> None:
    baobab = cast.baobab
    SharingAgreement.objects.create(association=baobab, donor=cast.horizon, since=date(2020, 1, 1))
    shared_item(cast)
    offer = offer_of(cast, shared_item(cast, title="Funded in part", item="A4-SY1", support_area="DS2"))
    offers.accept(offer_id=offer.pk, by=cast.manager, at=NOW)
    shared_item(cast, title="No cost yet", cost=None)
    shared_item(cast, title="In dollars", currency="USD", cost=Decimal(70))
    told = gaps_across(cast.horizon)
    assert (told.currency, told.currencies) == ("KES", ("KES", "USD"))
    assert told.total is not None
    assert (told.total.gap, told.total.items, told.total.without_cost) == (Decimal(12000), 3, 1)
    assert [(row.code, row.total.gap) for row in told.rows] == [("DS2", 3000), ("DS4", 9000)]
    assert [line.shared.item.title for line in told.items] == [
        "A register of social data",
        "Funded in part",
        "No cost yet",
    ]
    assert [cell.is_largest for row in told.rows for cell in row.cells if cell] == [False, True]
    column = told.largest_column
    assert column is not None
    assert (column[0].key, told.largest_row) == ("A2", told.rows[1])
    dollars = gaps_across(cast.horizon, currency="USD")
    assert dollars.total is not None
    assert dollars.total.gap == 70
    assert gaps_across(cast.savanna).total is None
    signed_in(client, cast.donor)
    answer = client.get(reverse("donor_gaps_file", args=["horizon"]) + "?currency=USD")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in list(book["Items"].rows)[1]][-1] == 70
    assert client.get(reverse("donor_room", args=["horizon"])).content.decode().count("USD\xa070") == 1


def test_offers_are_taken_away_as_a_file_by_either_side(client: Client, cast: Cast) -> None:
    offer = accepted_offer(cast, conditions="=1+1")
    obligations.add(offer_id=offer.pk, title="Report", due_on=date(2026, 6, 30), by=cast.donor, at=NOW)
    for person, address in (
        (cast.reviewer, reverse("offers_file", args=["amani"])),
        (cast.donor, reverse("donor_offers_file", args=["horizon"])),
    ):
        book = openpyxl.load_workbook(io.BytesIO(signed_in(client, person).get(address).content))
        first, owed = list(book["Offers"].values)[1], list(book["What is owed"].values)[1]
        assert (first[0], first[1], first[5], first[14]) == (cast.amani.name, cast.horizon.name, 6000, "=1+1")
        assert owed[3:5] == ("Report", "2026-06-30")
    assert AuditEvent.objects.filter(verb="offers.exported").count() == 2


def test_lists_take_the_same_number_of_queries_for_one_and_for_many(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    pages = [
        (cast.donor, name, ["horizon"])
        for name in ("donor_room", "donor_gaps", "donor_offers", "donor_obligations", "donor_offers_file")
    ]
    pages += [(cast.reviewer, name, ["amani"]) for name in ("offers", "obligations")]
    pages += [(cast.donor, "donor_association", ROOM)]
    _support(cast.amani, cast, 1)
    opened(cast)
    agreed(cast, "First look", 1, LONG_AGO)
    counts = [_queries(client, page, django_assert_max_num_queries) for page in pages]
    _support(cast.amani, cast, 3)
    for _number in range(2):
        other = AssociationFactory()
        SharingAgreement.objects.create(association=other, donor=cast.horizon, since=date(2020, 1, 1))
        _support(other, cast, 1)
    more = [_queries(client, page, django_assert_max_num_queries) for page in pages]
    # each association whose items are read has one line more in the log
    assert [(page[1], count) for page, count in zip(pages, more, strict=True)] == [
        (page[1], count + (2 if page[1] == "donor_gaps" else 0))
        for page, count in zip(pages, counts, strict=True)
    ]


def _support(association: Association, cast: Cast, count: int) -> None:
    """Items with accepted offers, instalments and something owed."""
    for _number in range(count):
        item: PlanItem = PlanItemFactory(association=association, cost=900, support_area="DS4")
        PlanShare.objects.create(
            association=association, item=item, donor=cast.horizon, shared_at=LONG_AGO, shared_by=cast.manager
        )
        both = {"association": association, "donor": cast.horizon}
        offer = SupportOffer.objects.create(
            **both,
            item=item,
            support_area="DS4",
            amount=500,
            currency="KES",
            state=OfferState.ACCEPTED,
            offered_at=LONG_AGO,
            offered_by=cast.donor,
        )
        offer.instalments.create(**both, number=1, amount=500, due_on=date(2026, 1, 1))
        offer.obligations.create(**both, title="Report", due_on=date(2026, 1, 1), state_since=LONG_AGO)


def _queries(client: Client, page: tuple[Any, str, list[Any]], count: Any) -> int:
    person, name, args = page
    signed_in(client, person)
    client.get(reverse(name, args=args))  # what a process keeps is kept
    with count(60) as captured:
        assert client.get(reverse(name, args=args)).status_code == 200
    return len(captured)
