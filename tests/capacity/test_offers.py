"""Offers of support: made once, in the item's currency, by those with whom it is shared; answered by one side."""

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from capacity.enums import DutyState, OfferState, PlanStatus
from capacity.models import Instalment, PlanShare, SupportOffer
from capacity.services import instalments, obligations, offers
from capacity.services.instalments import Part
from members.models import SharingAgreement
from spm_portal.common.models import AuditEvent, MailMessage
from spm_portal.common.refusal import Refused
from tests.capacity.support import NOW, TODAY, accepted_offer, offer_of, shared_item
from tests.cast import Cast

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def mails(purpose: str) -> set[str]:
    return set(MailMessage.objects.filter(purpose=purpose).values_list("to", flat=True))


def test_the_same_offer_sent_twice_is_one(cast: Cast) -> None:
    item = shared_item(cast)
    first, second = offer_of(cast, item), offer_of(cast, item)
    assert first.pk == second.pk
    assert SupportOffer.objects.count() == 1
    assert AuditEvent.objects.filter(verb="offer.made").count() == 1
    assert mails("offer.made") == {cast.manager.email, cast.second_manager.email}
    with pytest.raises(Refused, match="waits for an answer"):
        offer_of(cast, item, amount=Decimal(7000))
    offers.withdraw(offer_id=first.pk, by=cast.donor, at=NOW)
    assert offer_of(cast, item, amount=Decimal(7000)).pk != first.pk


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"currency": "USD"}, "in KES, and your offer is in USD"),
        ({"amount": Decimal(0)}, "more than 0"),
        ({"amount": Decimal("-5")}, "more than 0"),
        ({"amount": Decimal("NaN")}, "more than 0"),
        ({"amount": Decimal("10.005")}, "more than two decimals"),
        ({"support_area": "DS99"}, "no area of donor support “DS99”"),
        ({"starts_on": date(2026, 5, 1), "ends_on": date(2026, 4, 1)}, "must not be before the first"),
        ({"conditions": "x" * 4001}, "at most 4000"),
    ],
)
def test_a_wrong_offer_says_what_to_correct(cast: Cast, wrong: dict[str, Any], words: str) -> None:
    item = shared_item(cast)
    with pytest.raises(Refused, match=words):
        offer_of(cast, item, **wrong)
    assert not SupportOffer.objects.exists()


def test_only_the_donor_of_an_open_share_offers(cast: Cast) -> None:
    item, said = (
        shared_item(cast),
        {"amount": Decimal(1), "currency": "KES", "support_area": "DS4", "at": NOW},
    )
    for person, donor in (
        (cast.other_donor, cast.savanna),  # it shares nothing with this one
        (cast.other_donor, cast.horizon),  # somebody else's donor
        (cast.donor, cast.savanna),
        (cast.manager, cast.horizon),
    ):
        with pytest.raises(PermissionDenied):
            offers.make(item_id=item.pk, donor_id=donor.pk, by=person, **said)
    PlanShare.objects.update(ended_at=NOW)
    with pytest.raises(PermissionDenied):
        offer_of(cast, item)
    PlanShare.objects.update(ended_at=None)
    SharingAgreement.objects.update(until=date(2020, 2, 1))
    with pytest.raises(PermissionDenied):
        offer_of(cast, item)


def test_an_item_that_is_done_takes_no_offer(cast: Cast) -> None:
    with pytest.raises(Refused, match="no longer open"):
        offer_of(cast, shared_item(cast, status=PlanStatus.DONE))


def test_the_answer_is_the_managers_and_comes_once(cast: Cast) -> None:
    offer = offer_of(cast, shared_item(cast))
    for person in (cast.reviewer, cast.donor, cast.other_manager):
        with pytest.raises(PermissionDenied):
            offers.accept(offer_id=offer.pk, by=person, at=NOW)
    with pytest.raises(Refused, match="why you decline"):
        offers.decline(offer_id=offer.pk, answer=" ", by=cast.manager, at=NOW)
    offers.accept(offer_id=offer.pk, answer="Gladly.", by=cast.manager, at=NOW)
    again = offers.accept(offer_id=offer.pk, answer="Twice.", by=cast.second_manager, at=NOW)
    assert (again.answer, again.answered_by) == ("Gladly.", cast.manager)
    assert mails("offer.answered") == {cast.donor.email}
    with pytest.raises(Refused, match="accepted already"):
        offers.withdraw(offer_id=offer.pk, by=cast.donor, at=NOW)
    with pytest.raises(Refused, match="accepted already"):
        offers.decline(offer_id=offer.pk, answer="No.", by=cast.manager, at=NOW)


def test_an_offer_in_a_currency_that_the_item_left_is_not_accepted(cast: Cast) -> None:
    offer = offer_of(cast, shared_item(cast))
    item = offer.item
    item.currency = "USD"
    item.save()
    with pytest.raises(Refused, match="planned in USD now, the offer is in KES"):
        offers.accept(offer_id=offer.pk, by=cast.manager, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_accepting_and_withdrawing_at_once_leaves_one_of_them(cast: Cast) -> None:
    offer = offer_of(cast, shared_item(cast))
    told: list[str] = []
    with transaction.atomic():
        # both wait for the row, then come one after the other
        SupportOffer.objects.select_for_update().get(pk=offer.pk)

        def run(call: Any, person: Any) -> None:
            try:
                told.append(call(offer_id=offer.pk, by=person, at=NOW).state)
            except Refused as refused:
                told.append(str(refused.message))
            finally:
                connection.close()

        threads = [
            threading.Thread(target=run, args=args)
            for args in ((offers.accept, cast.manager), (offers.withdraw, cast.donor))
        ]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    state = SupportOffer.objects.get(pk=offer.pk).state
    assert state in (OfferState.ACCEPTED, OfferState.WITHDRAWN)
    assert state in told
    assert any("already" in one or "withdrew" in one for one in told), told
    assert AuditEvent.objects.filter(verb__in=("offer.accepted", "offer.withdrawn")).count() == 1


# --- Money --------------------------------------------------------------------------------------------------


def test_instalments_make_up_the_amount(cast: Cast) -> None:
    offer = accepted_offer(cast)
    later, sooner = Part(Decimal(4000), date(2026, 9, 1)), Part(Decimal(2000), date(2026, 4, 1), "Contract")
    for parts, words in (
        ([sooner], "KES\xa04,000 are missing"),
        ([later, later], "KES\xa02,000 are too much"),
        ([], "at least one"),
        ([Part(Decimal("6000.001"), TODAY)], "two decimals"),
        ([later, sooner, Part(Decimal(0), TODAY)], "more than 0"),
    ):
        with pytest.raises(Refused, match=words):
            instalments.plan(offer_id=offer.pk, parts=parts, by=cast.manager, at=NOW)
    made = instalments.plan(offer_id=offer.pk, parts=[later, sooner], by=cast.donor, at=NOW)
    assert [(one.number, one.amount, one.condition) for one in made] == [(1, 2000, "Contract"), (2, 4000, "")]
    again = instalments.plan(offer_id=offer.pk, parts=[sooner, later], by=cast.manager, at=NOW)
    assert [one.pk for one in again] == [one.pk for one in made]
    with pytest.raises(PermissionDenied):
        instalments.plan(offer_id=offer.pk, parts=[later, sooner], by=cast.other_donor, at=NOW)


def test_what_is_paid_stays_when_the_rest_is_planned_anew(cast: Cast) -> None:
    offer = accepted_offer(cast)
    plan = [Part(Decimal(2000), date(2026, 4, 1)), Part(Decimal(4000), date(2026, 9, 1))]
    first, _second = instalments.plan(offer_id=offer.pk, parts=plan, by=cast.donor, at=NOW)
    said: dict[str, Any] = {"instalment_id": first.pk, "today": TODAY, "at": NOW}
    with pytest.raises(PermissionDenied):
        instalments.mark_paid(**said, on=TODAY, by=cast.manager)
    with pytest.raises(PermissionDenied):
        instalments.mark_received(**said, on=TODAY, by=cast.donor)
    with pytest.raises(Refused, match="still to come"):
        instalments.mark_paid(**said, on=date(2026, 3, 11), by=cast.donor)
    instalments.mark_paid(**said, on=TODAY, by=cast.donor)
    instalments.mark_received(**said, on=TODAY, by=cast.manager)
    with pytest.raises(Refused, match="received this instalment"):
        instalments.mark_paid(**said, on=None, by=cast.donor)
    anew = [Part(Decimal(3000), date(2026, 6, 1)), Part(Decimal(3000), date(2026, 3, 1))]
    with pytest.raises(Refused, match="Instalment 1 of KES\xa02,000 is paid"):
        instalments.plan(offer_id=offer.pk, parts=anew, by=cast.donor, at=NOW)
    anew = [plan[0], Part(Decimal(1500), date(2026, 3, 1)), Part(Decimal(2500), date(2026, 8, 1))]
    instalments.plan(offer_id=offer.pk, parts=anew, by=cast.donor, at=NOW)
    rows = (
        Instalment.objects.filter(offer=offer).order_by("number").values_list("number", "amount", "paid_on")
    )
    assert list(rows) == [(1, 1500, None), (2, 2000, TODAY), (3, 2500, None)]
    assert Instalment.objects.get(number=2).pk == first.pk


def test_an_offer_is_closed_when_nothing_is_left(cast: Cast) -> None:
    offer = accepted_offer(cast)
    close: dict[str, Any] = {"offer_id": offer.pk, "by": cast.donor, "at": NOW}
    with pytest.raises(Refused, match=r"marked as received; nobody wrote what came of it"):
        offers.complete(**close)
    (part,) = instalments.plan(offer_id=offer.pk, parts=[Part(offer.amount, TODAY)], by=cast.donor, at=NOW)
    instalments.mark_received(instalment_id=part.pk, on=TODAY, today=TODAY, by=cast.manager, at=NOW)
    duty = obligations.add(offer_id=offer.pk, title="Report", due_on=TODAY, by=cast.donor, at=NOW)
    offers.write_outcome(offer_id=offer.pk, outcome="60 MFIs report.", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="not everything that is owed"):
        offers.complete(**close)
    obligations.skip(obligation_id=duty.pk, reason="The audit says it all.", by=cast.donor, at=NOW)
    assert offers.complete(**close).state == OfferState.COMPLETED
    duty.refresh_from_db()
    assert duty.state == DutyState.SKIPPED
    with pytest.raises(Refused, match="closed"):
        obligations.add(offer_id=offer.pk, title="More", due_on=TODAY, by=cast.donor, at=NOW)
