"""The API about training: who reads what, registering people, and whether a certificate is genuine."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.reading import ask, call, ids, key_of
from tests.cast import Cast
from tests.factories.training import (
    CertificateFactory,
    CourseFactory,
    ParticipantFactory,
    RegistrationFactory,
    SessionFactory,
    WorkFactory,
)
from tests.permissions.helpers_of_training import TrainingThings, add_training
from training.enums import RegistrationState
from training.models import Certificate, Registration, TrainingSession

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AMANI = "associations/amani/"
LISTS = ("works", "courses", "sessions", "registrations", "certificates")


@pytest.fixture
def things(cast: Cast) -> TrainingThings:
    """What Amani holds."""
    return add_training(cast, token="a-token")


def somebody(name: str, **more: Any) -> dict[str, Any]:
    """A person as a program names one."""
    return {
        "name": name,
        "sex": "female",
        "email": f"{name.lower()}@kilimo.example",
        "consents": True,
        **more,
    }


def register(
    cast: Cast, session: TrainingSession, *people: dict[str, Any], by: str = "signatory", **headers: str
) -> Any:
    """Ask for seats for people of Kilimo."""
    content = {"institution": str(cast.kilimo.pk), "people": people}
    token = key_of(getattr(cast, by), "register")
    return call(token, f"sessions/{session.pk}/register/", "post", content, **headers)


def test_each_reads_what_the_pages_show(cast: Cast, things: TrainingThings) -> None:
    def read(part: str, kind: str) -> set[str]:
        return ids(ask(getattr(cast, part), f"{AMANI}{kind}/"))

    works = {str(things.work.pk), str(things.private_work.pk)}
    assert read("manager", "works") == read("signatory", "works") == read("donor", "works") == works
    assert read("donor", "courses") == {str(things.course.pk)}
    announced = {str(things.session.pk), str(things.held.pk)}
    assert read("editor", "sessions") == announced
    assert read("reviewer", "sessions") == announced | {str(things.draft.pk)}
    own = {str(one.pk) for one in (things.registration, things.waiting, things.attended)}
    assert read("signatory", "registrations") == own
    assert len(read("manager", "registrations")) == Registration.objects.count() > len(own)
    assert read("editor", "certificates") == {str(things.certificate.pk)}
    assert len(read("reviewer", "certificates")) == Certificate.objects.count() == 2


def test_others_get_none(cast: Cast, things: TrainingThings) -> None:
    for kind in LISTS:
        inside = 200 if kind in {"works", "courses"} else 403
        answers = {
            part: ask(getattr(cast, part), f"{AMANI}{kind}/").status
            for part in ("donor", "other_manager", "other_donor", "nobody")
        }
        assert answers == {"donor": inside, "other_manager": 404, "other_donor": 404, "nobody": 404}, kind
    for address in (f"registrations/{things.other_registration.pk}/", f"sessions/{things.draft.pk}/"):
        assert ask(cast.signatory, address).status == 404
        assert ask(cast.manager, address).status == 200


def test_filters_narrow(cast: Cast, things: TrainingThings) -> None:
    french = WorkFactory(association=cast.amani, version__language="fr")
    assert ids(ask(cast.manager, f"{AMANI}works/?language=fr")) == {str(french.pk)}
    assert not ids(ask(cast.manager, f"{AMANI}works/?topic=pricing"))
    assert ids(ask(cast.manager, f"{AMANI}sessions/?state=held")) == {str(things.held.pk)}
    waiting = ids(ask(cast.manager, f"{AMANI}registrations/?state=waiting&session={things.session.pk}"))
    assert waiting == {str(things.waiting.pk)}
    assert ask(cast.manager, f"{AMANI}registrations/?session=autumn").status == 400
    assert ask(cast.manager, f"{AMANI}courses/?level=godlike").status == 400


def test_a_session_tells_how_full_it_is_and_not_how_to_join(cast: Cast, things: TrainingThings) -> None:
    told = ask(cast.signatory, f"sessions/{things.session.pk}/")
    assert (told.json["seats"], told.json["taken"], told.json["waiting"]) == (1, 1, 1)
    assert len(told.json["days"]) == 1
    assert b"CANARY" not in told.content


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_takes_the_same_queries_for_one_row_and_for_more(
    cast: Cast, things: TrainingThings, kind: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask(cast.manager, f"{AMANI}{kind}/").status == 200
        return len(found)

    queries()  # what a process reads once
    before = queries()
    for number in range(3):
        course = CourseFactory(association=cast.amani)
        session = SessionFactory(course=course, created_by=cast.manager)
        participant = ParticipantFactory(association=cast.amani, institution=cast.kilimo)
        made = RegistrationFactory(session=session, participant=participant, asked_by=cast.signatory)
        CertificateFactory(registration=made, issued_by=cast.manager, code=f"code{number}")
        WorkFactory(association=cast.amani)
    assert queries() == before


def test_a_program_registers_people_once(cast: Cast, things: TrainingThings) -> None:
    session = SessionFactory(
        course=things.course, created_by=cast.manager, starts_at=things.session.starts_at
    )
    TrainingSession.objects.filter(pk=session.pk).update(seats=1)
    people = [somebody("Amina"), somebody("Brian", sex="male", job="Teller")]
    first = register(cast, session, *people, **{"Idempotency-Key": "once"})
    assert first.status == 200, first.json
    assert [one["state"] for one in first.json["registrations"]] == ["confirmed", "waiting"]
    assert first.json["registrations"][0]["country"] == cast.kilimo.country
    assert session.registrations.count() == 2
    again = register(cast, session, *people)
    assert (again.status, again.code) == (422, "people_refused")
    assert set(again.json["error"]["fields"]) == {"people.0", "people.1"}
    assert session.registrations.count() == 2


def test_nobody_is_registered_where_one_cannot_be(cast: Cast, things: TrainingThings) -> None:
    session = SessionFactory(
        course=things.course, created_by=cast.manager, starts_at=things.session.starts_at
    )
    told = register(cast, session, somebody("Amina"), somebody("Brian", consents=False))
    assert set(told.json["error"]["fields"]) == {"people.1"}
    assert register(cast, session, somebody("Amina", age=30)).status == 400
    assert register(cast, session).status == 400
    assert not session.registrations.exists()


def test_sessions_that_are_over_or_hidden_and_people_of_others(cast: Cast, things: TrainingThings) -> None:
    held = register(cast, things.held, somebody("Amina"))
    assert (held.status, held.code) == (422, "not_registered")
    assert register(cast, things.draft, somebody("Amina")).status == 404
    assert register(cast, things.session, somebody("Amina"), by="other_signatory").status == 403
    assert register(cast, things.session, somebody("Amina"), by="other_manager").status == 404
    by_staff = register(cast, things.session, somebody("Amina"), by="manager")
    assert by_staff.json["registrations"][0]["state"] == RegistrationState.WAITING


def test_a_certificate_is_verified_by_its_code_and_says_nothing_more(
    cast: Cast, things: TrainingThings
) -> None:
    code = things.certificate.code
    for part in ("nobody", "other_manager", "donor"):
        told = ask(getattr(cast, part), f"certificates/verify/{code.upper()}/")
        assert (told.status, told.json["number"]) == (200, "2025-1"), part
    assert told.json["standing"] == "valid"
    assert told.json["holder"] == things.certificate.holder
    text = json.dumps(told.json)
    for kept_back in (things.participant.email, cast.kilimo.name, str(things.certificate.pk)):
        assert kept_back not in text
    assert ask(cast.nobody, "certificates/verify/never-issued/").status == 404
    Certificate.objects.filter(pk=things.certificate.pk).update(
        revoked_at=things.held.held_at, revoked_by=cast.manager, revoke_reason="Sat for a friend"
    )
    told = ask(cast.nobody, f"certificates/verify/{code}/")
    assert told.json["standing"] == "revoked"
    assert b"friend" not in told.content
