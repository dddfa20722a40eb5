"""Scholarships by their rules and never over the budget; the money of sessions."""

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from spm_portal.common.refusal import Refused
from tests.cast import Cast
from tests.training.session_world import NOW, register, scholarship_of, session_of
from training.awarding import Asked, No, Rules, most_of
from training.models import ScholarshipAward
from training.seating import has_place, next_up
from training.selectors.money import totals_of
from training.selectors.scholarships import funds_of, proposals_of
from training.services import approvals, money, registrations, scholarships
from training.services.money import Line

RULES: dict[str, Any] = {
    "currency": "KES",
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "share": 50,
    "most_per_person": None,
    "most_per_member": None,
    "only_women": False,
    "topics": (),
}
ASKED: dict[str, Any] = {
    "price": Decimal("999.99"),
    "currency": "KES",
    "is_woman": False,
    "topic": "mission",
    "on": date(2026, 9, 14),
}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("rules", "asked", "left", "of_member", "found"),
    [
        ({}, {}, 10_000, None, Decimal("499.99")),
        ({"share": 100}, {}, 10_000, None, Decimal("999.99")),
        ({"most_per_person": Decimal(200)}, {}, 10_000, None, Decimal(200)),
        ({}, {}, 300, None, Decimal(300)),
        ({}, {}, 10_000, 150, Decimal(150)),
        ({}, {}, 10_000, 0, No.MEMBER_FULL),
        ({}, {}, 0, None, No.SPENT),
        ({"closed": True}, {}, 10_000, None, No.CLOSED),
        ({}, {"price": Decimal(0)}, 10_000, None, No.FREE),
        ({}, {"currency": "USD"}, 10_000, None, No.CURRENCY),
        ({}, {"on": date(2025, 12, 31)}, 10_000, None, No.EARLY),
        ({}, {"on": date(2027, 1, 1)}, 10_000, None, No.LATE),
        ({"only_women": True}, {}, 10_000, None, No.WOMEN),
        ({"only_women": True}, {"is_woman": True}, 10_000, None, Decimal("499.99")),
        ({"topics": ("pricing",)}, {}, 10_000, None, No.TOPIC),
    ],
)
def test_what_the_rules_allow(
    rules: dict[str, Any], asked: dict[str, Any], left: int, of_member: int | None, found: object
) -> None:
    assert (
        most_of(
            Rules(**(RULES | rules)),
            Asked(**(ASKED | asked)),
            left=Decimal(left),
            left_of_member=None if of_member is None else Decimal(of_member),
        )
        == found
    )


@pytest.mark.unit
def test_the_first_on_the_list_for_whom_there_is_a_place_moves_up() -> None:
    queue = [("a", "K"), ("b", "K"), ("c", "U"), ("d", None), ("e", "P")]
    assert next_up(queue, seated=["K"], seats=3, quota=1) == ["c", "d"]
    assert next_up(queue, seated=["K"], seats=3, quota=2) == ["a", "c"]
    assert next_up(queue, seated=["K"] * 3, seats=3, quota=None) == []
    assert next_up(queue, seated=[], seats=9, quota=None) == ["a", "b", "c", "d", "e"]
    assert has_place("K", seated=["K"], seats=2, quota=2)
    assert not has_place("K", seated=["K"], seats=2, quota=1)
    assert has_place(None, seated=[None], seats=2, quota=1)
    assert not has_place("U", seated=["K", "K"], seats=2, quota=None)


@pytest.mark.integration
@pytest.mark.django_db
def test_awards_follow_the_rules_and_are_freed_again(cast: Cast) -> None:
    session = session_of(cast, seats=5)
    asha, bea = register(session, cast.kilimo, cast.signatory, "Asha", "Bea")
    (uma,) = register(session, cast.umoja, cast.other_signatory, "Uma")
    fund = scholarship_of(cast, most_per_member=Decimal(700))
    act = {"scholarship_id": fund.pk, "at": NOW}
    with pytest.raises(PermissionDenied):
        scholarships.award(registration_id=asha.pk, by=cast.reviewer, **act)
    first = scholarships.award(registration_id=asha.pk, by=cast.manager, **act)
    assert scholarships.award(registration_id=asha.pk, by=cast.manager, **act) == first
    assert scholarships.award(registration_id=bea.pk, by=cast.manager, **act).amount == 200
    found = {one.registration.participant.name: one for one in proposals_of(session)}
    assert (found["Asha"].award, found["Uma"].best.amount if found["Uma"].best else None) == (first, 500)
    assert funds_of([fund])[0].left == 49_300
    with pytest.raises(Refused, match="KES\xa0700 is awarded already"):
        scholarships.change(
            scholarship_id=fund.pk,
            values=scholarships.ScholarshipValues(
                "Fund", Decimal(600), "KES", date(2026, 1, 1), date(2026, 12, 31), 50
            ),
            by=cast.manager,
            at=NOW,
        )
    registrations.cancel(registration_id=asha.pk, reason="", by=cast.signatory, at=NOW)
    assert funds_of([fund])[0].left == 49_800
    scholarships.close(scholarship_id=fund.pk, closed=True, by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="is closed"):
        scholarships.award(registration_id=uma.pk, by=cast.manager, **act)


@pytest.mark.integration
@pytest.mark.django_db
def test_the_page_says_why_nothing_is_proposed(cast: Cast) -> None:
    session = session_of(cast)
    register(session, cast.kilimo, cast.signatory, "Asha")
    scholarship_of(cast, name="Pricing", topics=["pricing"])
    scholarship_of(cast, name="Dollars", currency="USD")
    (one,) = proposals_of(session)
    assert one.best is None
    assert {offer.reason for offer in one.others} == {
        "“Pricing” is for courses on: Transparent pricing.",
        "“Dollars” pays in USD, the session’s price is in KES.",
    }


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_two_awards_at_once_stay_within_the_budget(cast: Cast) -> None:
    session = session_of(cast)
    people = register(session, cast.kilimo, cast.signatory, "Asha", "Bea")
    fund = scholarship_of(cast, budget=Decimal(700))
    gate = threading.Barrier(2)

    def award(pk: object) -> None:
        try:
            gate.wait(timeout=30)
            scholarships.award(registration_id=pk, scholarship_id=fund.pk, by=cast.manager, at=NOW)  # type: ignore[arg-type]
        finally:
            connection.close()

    threads = [threading.Thread(target=award, args=(one.pk,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ScholarshipAward.objects.values_list("amount", flat=True)) == [200, 500]


@pytest.mark.integration
@pytest.mark.django_db
def test_the_money_of_a_session(cast: Cast) -> None:
    session, other = session_of(cast), session_of(cast)
    asha, _bea = register(session, cast.kilimo, cast.signatory, "Asha", "Bea")
    register(session, cast.kilimo, cast.signatory, "Cleo")  # waits, and pays nothing
    fund = scholarship_of(cast)
    scholarships.award(registration_id=asha.pk, scholarship_id=fund.pk, by=cast.manager, at=NOW)
    approvals.mark_paid(registration_id=asha.pk, paid=True, by=cast.reviewer, at=NOW)
    lines = [
        Line("venue", Decimal(9000), Decimal(8000)),
        Line("travel", Decimal(500)),
        Line("donor", Decimal(6000), Decimal(6000), donor_id=cast.horizon.pk),
    ]
    with pytest.raises(PermissionDenied):
        money.write_lines(session_id=session.pk, lines=lines, by=cast.reviewer, at=NOW)
    money.write_lines(session_id=session.pk, lines=lines, by=cast.manager, at=NOW)
    totals = totals_of([session.pk, other.pk])
    one = totals[session.pk]
    assert (one.planned_cost, one.real_cost, one.real_income) == (9500, 8500, 6000)
    assert (one.fees, one.awards, one.net_fees, one.paid, one.people) == (2000, 500, 1500, 1000, 2)
    assert (one.planned_balance, one.real_balance, one.cost_per_head) == (-2000, -1000, 4250)
    assert (totals[other.pk].real_balance, totals[other.pk].cost_per_head) == (0, None)
    kept = session.money.get(kind="travel")
    again = [Line("travel", Decimal(500), Decimal(450), pk=kept.pk)]
    money.write_lines(session_id=session.pk, lines=again, by=cast.manager, at=NOW)
    assert [(row.pk, row.actual) for row in session.money.all()] == [(kept.pk, 450)]
    with pytest.raises(Refused, match="0 or more"):
        money.write_lines(session_id=session.pk, lines=[Line("venue", Decimal(-1))], by=cast.manager, at=NOW)
    foreign = [Line("donor", Decimal(1), donor_id=cast.savanna.pk)]
    with pytest.raises(Refused, match="from the list"):
        money.write_lines(session_id=session.pk, lines=foreign, by=cast.manager, at=NOW)
