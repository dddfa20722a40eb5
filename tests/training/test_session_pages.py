"""Pages of sessions: from the form to the person's own page, what each sees, and lists that stay flat."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.services import calendars
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.training import (
    CourseFactory,
    ParticipantFactory,
    RegistrationFactory,
    SessionFactory,
    WorkFactory,
)
from tests.training.session_world import scholarship_of
from training.enums import Moment, RegistrationState
from training.models import CourseMaterial, Registration, SessionMaterial, TrainingSession
from training.services import scholarships
from training.services.person_links import link_of, token_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def at(name: str, *parts: Any) -> str:
    return reverse(name, args=["amani", *parts])


def form_of(**changes: Any) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=40)
    said = {
        "title": "Social targets",
        "language": "en",
        "time_zone": "Africa/Nairobi",
        "closes_on": day - timedelta(days=7),
        "closes_time": "17:00",
        "is_online": "on",
        "online_url": "https://meet.example/room",
        "seats": "1",
        "price": "1,000",
        "currency": "kes",
        "day-TOTAL_FORMS": "2",
        "day-INITIAL_FORMS": "0",
        "day-0-on": day,
        "day-0-begins": "09:00",
        "day-0-ends": "17:00",
    }
    return said | changes


def people(*names: str, **changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"person-TOTAL_FORMS": str(len(names) + 1), "person-INITIAL_FORMS": "0"}
    for number, name in enumerate(names):
        line = {
            "name": name,
            "email": f"{name.lower()}@mfi.example",
            "sex": "female",
            "country": "Kenya",
            "consents": "on",
        }
        said |= {f"person-{number}-{key}": value for key, value in line.items()}
    return said | changes


def test_from_the_course_to_the_seat_and_back(cast: Cast) -> None:
    staff, member = signed_in(cast.manager), signed_in(cast.signatory)
    course = CourseFactory(association=cast.amani, price=Decimal(1000))
    first = staff.get(f"{at('session_new')}?course={course.pk}").content.decode()
    assert 'value="1,000"' in first
    assert course.title in first
    wrong = staff.post(at("session_new"), {"course": course.pk, **form_of(**{"day-0-ends": "08:00"})})
    assert wrong.status_code == 422
    assert "ends at 08:00, which is not after it begins at 09:00" in wrong.content.decode()
    half = staff.post(at("session_new"), {"course": course.pk, **form_of(**{"day-1-begins": "08:00"})})
    assert "Give the day and both times" in half.content.decode()
    staff.post(at("session_new"), {"course": course.pk, **form_of()})
    session = TrainingSession.objects.get()
    assert member.get(at("training_session", session.pk)).status_code == 404  # a draft
    staff.post(at("session_announce", session.pk))
    page = member.get(at("training_session", session.pk)).content.decode()
    assert "Register your staff" in page
    assert "meet.example" not in page  # nobody of theirs has a seat

    register = at("session_register", session.pk)
    refused = member.post(register, people("Asha", "Bea", **{"person-1-consents": ""}))
    assert refused.status_code == 422
    assert "Confirm that Bea agrees" in refused.content.decode()
    assert 'value="Asha"' in refused.content.decode()  # nothing typed is lost
    # all that is wrong is told at once, also where a country is unknown
    told = {"person-0-country": "Nowhere", "person-1-email": "asha@mfi.example", "person-1-consents": ""}
    page = member.post(register, people("Asha", "Bea", **told)).content.decode()
    assert "no country" in page
    assert "stands here twice" in page
    assert "Confirm that Bea agrees" in page
    longer = member.post(register, {**people("Asha", "Bea"), "more": "1"}).content.decode()
    assert 'value="Asha"' in longer
    assert 'name="person-6-name"' in longer
    assert not Registration.objects.exists()
    done = member.post(register, people("Asha", "Bea"), follow=True).content.decode()
    assert "1 person has a seat. 1 person is on the waiting list." in done
    assert "meet.example" in done
    asha, bea = Registration.objects.order_by("asked_at")
    assert (asha.state, bea.state) == (RegistrationState.CONFIRMED, RegistrationState.WAITING)

    ended = member.post(at("registration", asha.pk), {"action": "cancel"}, follow=True)
    assert "The registration is cancelled." in ended.content.decode()
    bea.refresh_from_db()
    assert bea.state == RegistrationState.CONFIRMED
    known = member.get(register).content.decode()
    assert f'value="{asha.participant_id}"' in known  # offered again
    assert f'value="{bea.participant_id}"' not in known
    again = member.post(register, {"known": asha.participant_id, **people()}, follow=True)
    assert "1 person is on the waiting list." in again.content.decode()
    sheet = staff.get(at("session_people_file", session.pk, "csv")).content.decode()
    assert "Asha" in sheet
    assert "Bea" in sheet
    assert staff.get(at("session_people_file", session.pk, "xlsx")).content[:2] == b"PK"


def by_link(registration: Registration) -> tuple[Client, str]:
    """A browser that opened the person's link, and the address of the page behind it."""
    link_of(registration)
    client = Client()
    answer = client.get(reverse("registration_link", args=[token_of(registration)]))
    return client, answer["Location"]


def test_the_own_page_shows_what_is_due_and_no_more(cast: Cast) -> None:
    now = timezone.now()
    session = SessionFactory(
        course=CourseFactory(association=cast.amani),
        starts_at=now + timedelta(days=5),
        is_online=True,
        online_url="https://meet.example/room",
    )
    works = {}
    for moment in (Moment.BEFORE, Moment.AFTER):
        work = WorkFactory(association=cast.amani, version__title=f"Work {moment}")
        works[moment] = work.versions.get()
        works[moment].name, works[moment].content_type = "work.pdf", "application/pdf"
        works[moment].file.save("work.pdf", ContentFile(b"%PDF-1.4"), save=True)
    CourseMaterial.objects.create(
        association=cast.amani, course=session.course, work=works[Moment.BEFORE].work, moment=Moment.BEFORE
    )
    SessionMaterial.objects.create(
        association=cast.amani, session=session, work=works[Moment.AFTER].work, moment=Moment.AFTER
    )
    person = ParticipantFactory(association=cast.amani, institution=cast.kilimo, name="Asha")
    one = RegistrationFactory(session=session, participant=person, asked_by=cast.signatory)
    client, page = by_link(one)
    text = client.get(page).content.decode()
    assert "Asha" in text
    assert "meet.example" in text
    assert "Work before" in text
    assert "Work after" not in text
    fetch = [reverse("my_material", args=[one.pk, works[m].pk]) for m in (Moment.BEFORE, Moment.AFTER)]
    assert [client.get(url).status_code for url in fetch] == [200, 404]
    calendar = client.get(reverse("my_registration_ics", args=[one.pk])).content.decode()
    assert "meet.example" in calendar.replace("\r\n ", "")
    assert Client().get(page).status_code == 404  # another browser

    waits = ParticipantFactory(association=cast.amani, institution=cast.umoja, name="Uma")
    queued = RegistrationFactory(
        session=session,
        participant=waits,
        asked_by=cast.other_signatory,
        state=RegistrationState.WAITING,
        confirmed_at=None,
        queued_at=now,
    )
    TrainingSession.objects.update(seats=1)
    other, waiting_page = by_link(queued)
    text = other.get(waiting_page).content.decode()
    assert "You are number 1 on the waiting list" in text
    assert "meet.example" not in text
    assert "Work before" not in text
    left = client.post(reverse("my_registration_leave", args=[one.pk]), follow=True).content.decode()
    assert "You are no longer registered" in left
    assert "meet.example" not in left
    assert "meet.example" in other.get(waiting_page).content.decode()  # moved up


def test_the_feed_has_the_days_of_sessions(cast: Cast) -> None:
    soon = timezone.now() + timedelta(days=5)
    SessionFactory(
        course=CourseFactory(association=cast.amani), starts_at=soon, title="Social targets", sequence=3
    )
    for user, found in ((cast.editor, True), (cast.reviewer, True), (cast.stranger_editor, False)):
        token = calendars.renew(user=user, at=timezone.now())
        body = Client().get(f"/calendar/{token}.ics").content.decode()
        assert ("SUMMARY:Social targets" in body) is found
        assert ("SEQUENCE:3" in body) is found


def _fill(cast: Cast, session: TrainingSession, count: int, first: int) -> None:
    for number in range(first, first + count):
        person = ParticipantFactory(association=cast.amani, institution=cast.kilimo, name=f"P{number}")
        one = RegistrationFactory(
            session=session, participant=person, asked_by=cast.signatory, price=Decimal(1000)
        )
        if number % 2:
            scholarships.award(
                registration_id=one.pk,
                scholarship_id=scholarship_of(cast, name=f"F{number}").pk,
                by=cast.manager,
                at=timezone.now(),
            )


def test_lists_ask_the_same_for_one_row_and_for_three(cast: Cast) -> None:
    soon = timezone.now() + timedelta(days=5)
    course = CourseFactory(association=cast.amani)
    sessions = [SessionFactory(course=course, starts_at=soon, price=1000, created_by=cast.manager)]
    _fill(cast, sessions[0], 2, 0)
    work = WorkFactory(association=cast.amani)
    SessionMaterial.objects.create(association=cast.amani, session=sessions[0], work=work)
    staff, member = signed_in(cast.manager), signed_in(cast.signatory)
    pages = [
        (client, url)
        for client in (staff, member)
        for url in (
            at("sessions"),
            at("sessions_year", soon.year),
            at("training_session", sessions[0].pk),
            at("session_register", sessions[0].pk) + f"?institution={cast.kilimo.pk}",
        )
    ]
    pages += [
        (staff, at("session_scholarships", sessions[0].pk)),
        (staff, at("scholarships")),
        (staff, at("session_money", sessions[0].pk)),
        (staff, at("session_materials", sessions[0].pk)),
    ]

    def counted() -> list[int]:
        found = []
        for client, url in pages:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200, url
            found.append(len(asked))
        return found

    counted()  # what a process reads once
    before = counted()
    _fill(cast, sessions[0], 4, 2)
    for number in range(3):
        other = SessionFactory(
            course=course, starts_at=soon + timedelta(days=number), created_by=cast.manager
        )
        _fill(cast, other, 1, 20 + number * 2)
        work = WorkFactory(association=cast.amani)
        SessionMaterial.objects.create(association=cast.amani, session=sessions[0], work=work)
    assert counted() == before


def test_a_long_list_is_paged(cast: Cast) -> None:
    course, soon = CourseFactory(association=cast.amani), timezone.now() + timedelta(days=5)
    TrainingSession.objects.bulk_create(
        SessionFactory.build(
            association=cast.amani,
            course=course,
            created_by=cast.manager,
            starts_at=soon,
            title=f"Session {n:03}",
        )
        for n in range(60)
    )
    staff = signed_in(cast.manager)
    page = staff.get(at("sessions"), {"page": 2}).content.decode()
    assert page.count('<th scope="row">') == 25
    assert "26 to 50 of 60" in page
    assert staff.get(at("sessions"), {"q": "Session 007"}).content.decode().count('<th scope="row">') == 1
