"""Registrations: who may, what is refused, the order of the list, quotas, approval, and the last seat."""

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import Membership
from spm_portal.common.models import MailMessage
from spm_portal.common.refusal import Refused
from tests.cast import Cast
from tests.training.session_world import (
    NOW,
    STARTS,
    person,
    register,
    seats_taken,
    session_of,
    standing,
    values,
)
from training.enums import RegistrationState
from training.models import Participant
from training.selectors.registrations import known_people, place_in_queue
from training.services import approvals, registration_links, registrations, sessions
from training.services.links import registration_by_token
from training.services.person_links import token_of
from training.services.registrations import PeopleRefused
from training.services.schedule import Day

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_several_are_registered_together_or_nobody(cast: Cast) -> None:
    session = session_of(cast, seats=5)
    people = [
        person("Asha"),
        person("Bea", consents=False),
        person("Cleo", email="nowhere"),
        person("Dina", email="asha@mfi.example"),
        person("Eli", sex="", consents=False),
    ]
    act = {"session_id": session.pk, "institution_id": cast.kilimo.pk, "by": cast.editor, "at": NOW}
    with pytest.raises(PeopleRefused) as refused:
        registrations.register(people=people, **act)
    faults = refused.value.faults
    assert {
        number: {name: words.split()[0] for name, words in one.items()} for number, one in faults.items()
    } == {
        1: {"consents": "Confirm"},
        2: {"email": "Correct"},
        3: {"email": "asha@mfi.example"},
        4: {"sex": "Choose", "consents": "Confirm"},  # all that is wrong with a person at once
    }
    assert not Participant.objects.exists()  # without consent nothing is kept, of nobody
    registrations.register(people=[person("Asha"), person("Bea")], **act)
    with pytest.raises(PeopleRefused, match=r"Asha .* is registered already"):
        registrations.register(people=[person("Asha A.", email="ASHA@mfi.example")], **act)
    # once more for another session: the person is known
    other = session_of(cast)
    assert [one.name for one in known_people(other, cast.kilimo)] == ["Asha", "Bea"]
    assert known_people(session, cast.kilimo) == []
    registrations.register(
        people=[person("Asha A.", email="asha@mfi.example")], **{**act, "session_id": other.pk}
    )
    assert Participant.objects.get(email="asha@mfi.example").name == "Asha A."


def test_only_present_members_register_and_only_while_it_is_open(cast: Cast) -> None:
    session = session_of(cast)
    for member, by in (
        (cast.kilimo, cast.other_signatory),  # somebody else's people
        (cast.zamani, cast.ex_member),  # left: outside by now
        (cast.mbuyu, cast.stranger_signatory),
        (cast.kilimo, cast.donor),
        (None, cast.signatory),
    ):
        with pytest.raises(PermissionDenied):
            register(session, member, by, "Asha")
    for member, words in ((cast.mbuyu, "is not a member of"), (cast.zamani, "is no longer a member of")):
        with pytest.raises(Refused, match=words):
            register(session, member, cast.manager, "Asha")
    closed = session.registration_closes_at
    with pytest.raises(Refused, match="is closed"):
        register(session, cast.kilimo, cast.signatory, "Asha", at=closed)
    assert register(session, cast.kilimo, cast.manager, "Asha", at=closed)[0].state == "confirmed"
    told = set(MailMessage.objects.values_list("to", flat=True))
    assert told == {"asha@mfi.example", cast.signatory.email, cast.editor.email}
    assert register(session, None, cast.manager, "Staff", at=closed)[0].institution is None


def test_the_waiting_list_moves_by_itself_in_its_order(cast: Cast) -> None:
    session = session_of(cast, seats=2, quota_per_member=1)
    (asha,) = register(session, cast.kilimo, cast.signatory, "Asha")
    (bea,) = register(session, cast.kilimo, cast.signatory, "Bea", at=NOW + timedelta(minutes=1))
    assert bea.state == RegistrationState.WAITING  # a seat is free, the quota is used up
    register(session, cast.umoja, cast.other_signatory, "Uma", at=NOW + timedelta(minutes=2))
    late = register(session, cast.pamoja, cast.shared_signatory, "Pia", at=NOW + timedelta(minutes=3))
    assert standing(session) == {"Asha": "confirmed", "Bea": "waiting", "Uma": "confirmed", "Pia": "waiting"}
    assert [place_in_queue(one) for one in (bea, *late)] == [1, 2]
    MailMessage.objects.all().delete()
    registrations.leave(registration_id=asha.pk, at=NOW + timedelta(hours=1))
    assert standing(session) == {
        "Asha": "cancelled",
        "Bea": "confirmed",
        "Uma": "confirmed",
        "Pia": "waiting",
    }
    told = set(MailMessage.objects.values_list("to", flat=True))
    assert {"bea@mfi.example", "asha@mfi.example", cast.signatory.email} <= told
    # more seats: the list moves on
    more = values(
        days=[
            Day(
                STARTS.date(),
                *(t.time() for t in (STARTS + timedelta(hours=3), STARTS + timedelta(hours=11))),
            )
        ],
        closes_at=(STARTS - timedelta(hours=21)).replace(tzinfo=None),
        seats=3,
        quota_per_member=1,
        title=session.title,
        country="KE",
    )
    sessions.change(session_id=session.pk, values=more, by=cast.manager, at=NOW + timedelta(hours=2))
    assert standing(session)["Pia"] == "confirmed"


def test_staff_approve_in_order_refuse_with_a_reason_and_the_rest_waits(cast: Cast) -> None:
    session = session_of(cast, seats=2, needs_approval=True)
    asha, bea, cleo = register(session, cast.kilimo, cast.signatory, "Asha", "Bea", "Cleo")
    assert set(standing(session).values()) == {"requested"}
    every = [cleo.pk, bea.pk, asha.pk]
    with pytest.raises(PermissionDenied):
        approvals.approve(session_id=session.pk, registration_ids=every, by=cast.signatory, at=NOW)
    with pytest.raises(Refused, match="Say why"):
        approvals.refuse(registration_id=bea.pk, reason="", by=cast.reviewer, at=NOW)
    approvals.refuse(registration_id=bea.pk, reason="For branch staff only.", by=cast.reviewer, at=NOW)
    register(session, cast.umoja, cast.other_signatory, "Uma", at=NOW + timedelta(minutes=1))
    everybody = list(session.registrations.values_list("pk", flat=True))
    approvals.approve(session_id=session.pk, registration_ids=everybody, by=cast.reviewer, at=NOW)
    assert standing(session) == {"Asha": "confirmed", "Bea": "refused", "Cleo": "confirmed", "Uma": "waiting"}
    refused = MailMessage.objects.get(to="bea@mfi.example", subject__startswith="No seat")
    assert "For branch staff only." in refused.text


def test_somebody_else_of_the_same_member_takes_the_seat_over(cast: Cast) -> None:
    session = session_of(cast, seats=1)
    (asha,) = register(session, cast.kilimo, cast.signatory, "Asha")
    register(session, cast.umoja, cast.other_signatory, "Uma", at=NOW + timedelta(minutes=1))
    with pytest.raises(PermissionDenied):
        registrations.replace(registration_id=asha.pk, person=person("Bea"), by=cast.other_signatory, at=NOW)
    made = registrations.replace(registration_id=asha.pk, person=person("Bea"), by=cast.signatory, at=NOW)
    assert standing(session) == {"Asha": "cancelled", "Bea": "confirmed", "Uma": "waiting"}
    assert (made.institution, made.price) == (cast.kilimo, asha.price)
    with pytest.raises(Refused, match="ended already"):
        registrations.replace(registration_id=asha.pk, person=person("Cleo"), by=cast.signatory, at=NOW)


def test_the_link_is_sent_again_to_an_address_that_may_be_corrected(cast: Cast, client: Client) -> None:
    session = session_of(cast, starts_at=timezone.now() + timedelta(days=20))
    one, _other = register(session, cast.kilimo, cast.signatory, "Asha", "Bea")
    send: dict[str, Any] = {"registration_id": one.pk, "at": NOW}
    mails = MailMessage.objects.filter(purpose="registration.link")
    for address, words in (("nowhere", "Correct the e-mail"), ("bea@mfi.example", "is the address of Bea")):
        with pytest.raises(Refused, match=words):
            registration_links.send_again(email=address, by=cast.editor, **send)
    with pytest.raises(PermissionDenied):
        registration_links.send_again(email="asha@mfi.example", by=cast.other_signatory, **send)
    assert not mails.exists()
    (elsewhere,) = register(session_of(cast), cast.kilimo, cast.signatory, "Asha")
    assert elsewhere.participant == one.participant
    before = [token_of(one), token_of(elsewhere)]
    assert all(registration_by_token(token, at=NOW) for token in before)
    client.force_login(cast.editor)
    page = reverse("registration", args=[cast.amani.slug, one.pk])
    assert client.post(page, {"action": "link", "email": "asha"}).status_code == 422
    assert client.post(page, {"action": "link", "email": "Asha.M@mfi.example "}).status_code == 302
    one.participant.refresh_from_db()
    # what was mailed to the wrong address opens nothing any more, of the other session neither
    assert not any(registration_by_token(token, at=NOW) for token in before)
    assert registration_by_token(token_of(one), at=NOW) == one
    assert mails.get().to == one.participant.email == "asha.m@mfi.example"
    assert token_of(one) in mails.get().text
    late = session.ends_at + timedelta(days=271)
    with pytest.raises(Refused, match="no page to open"):
        registration_links.send_again(
            email="asha@mfi.example", by=cast.manager, registration_id=one.pk, at=late
        )


def test_who_cancels_and_when(cast: Cast) -> None:
    session = session_of(cast)
    asha, bea = register(session, cast.kilimo, cast.signatory, "Asha", "Bea")
    with pytest.raises(PermissionDenied):
        registrations.cancel(registration_id=asha.pk, reason="", by=cast.other_signatory, at=NOW)
    with pytest.raises(Refused, match="Say why"):
        registrations.cancel(registration_id=asha.pk, reason="", by=cast.manager, at=NOW)
    registrations.cancel(registration_id=asha.pk, reason="", by=cast.editor, at=NOW)
    registrations.leave(registration_id=asha.pk, at=NOW)  # twice is harmless
    with pytest.raises(Refused, match="is over"):
        registrations.leave(registration_id=bea.pk, at=session.ends_at)
    assert standing(session) == {"Asha": "cancelled", "Bea": "confirmed"}
    # the link in every mail is the same one, and ends some months after the session
    assert registration_by_token(token_of(bea), at=session.ends_at) == bea
    assert registration_by_token(token_of(bea), at=session.ends_at + timedelta(days=271)) is None
    links = {
        line
        for text in MailMessage.objects.filter(to="bea@mfi.example").values_list("text", flat=True)
        for line in text.splitlines()
        if "/training/me/" in line
    }
    assert len(links) == 1


def test_a_former_member_keeps_nothing_in_hand(cast: Cast) -> None:
    session = session_of(cast)
    (asha,) = register(session, cast.kilimo, cast.signatory, "Asha")
    Membership.objects.filter(institution=cast.kilimo).update(left_on=NOW.date() - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        registrations.cancel(registration_id=asha.pk, reason="", by=cast.signatory, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_last_seat_get_one(cast: Cast) -> None:
    session = session_of(cast, seats=1)
    gate = threading.Barrier(2)
    told: list[str] = []

    def ask(member: object, by: object, name: str) -> None:
        try:
            gate.wait(timeout=30)
            with transaction.atomic():
                told.append(register(session, member, by, name)[0].state)  # type: ignore[arg-type]
        finally:
            connection.close()

    threads = [
        threading.Thread(target=ask, args=args)
        for args in ((cast.kilimo, cast.signatory, "Asha"), (cast.umoja, cast.other_signatory, "Uma"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["confirmed", "waiting"]
    assert seats_taken(session) == 1


def test_one_seat_free_moves_one_up(cast: Cast) -> None:
    session = session_of(cast, seats=1)
    order = ["Asha", "Bea", "Cleo", "Dina"]
    made = [
        register(session, cast.kilimo, cast.signatory, name, at=NOW + timedelta(minutes=n))[0]
        for n, name in enumerate(order)
    ]
    for one, after in pairwise(made):
        registrations.cancel(registration_id=one.pk, reason="Ill.", by=cast.signatory, at=NOW)
        after.refresh_from_db()
        assert after.state == RegistrationState.CONFIRMED
        assert seats_taken(session) == 1
