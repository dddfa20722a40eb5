"""Sessions: what is refused and in which words, who is told of what, how calendars follow, what is sent when."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from icalendar import Calendar

from members.models import User
from spm_portal.common.models import MailMessage
from spm_portal.common.refusal import Refused
from tests.cast import Cast
from tests.factories.training import CourseFactory, ExpertFactory, WorkFactory
from tests.training.session_world import NOW, STARTS, register, scholarship_of, session_of, standing, values
from training.datasets.session_calendar import session_file
from training.enums import Moment, SessionState, TeachingLevel
from training.models import SessionMaterial, SessionNotice, TeachingRight
from training.selectors.session_calendar import feed_sessions
from training.services import scholarships, session_notices, sessions
from training.services.schedule import Day
from training.services.session_trainers import DoubleBooked

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def mails(purpose: str) -> list[str]:
    return list(MailMessage.objects.filter(purpose=purpose).order_by("to").values_list("to", flat=True))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"days": []}, "at least one day"),
        (
            {"days": [Day(date(2026, 9, 14), time(17), time(9))]},
            "ends at 09:00, which is not after it begins at 17:00",
        ),
        (
            {"days": [Day(date(2026, 9, 14), time(9), time(17)), Day(date(2026, 9, 14), time(16), time(18))]},
            r"Two days overlap: .*09:00 to 17:00.*16:00 to 18:00",
        ),
        ({"days": [Day(date(2025, 9, 14), time(9), time(17))]}, "lies in the past"),
        (
            {"closes_at": datetime(2026, 9, 14, 9, 1)},
            r"would close on .* at 09:01, after the session began",
        ),
        (
            {"time_zone": "Europe/Paris", "days": [Day(date(2027, 3, 28), time(2, 30), time(5))]},
            "02:30 does not exist in Europe/Paris",
        ),
        ({"time_zone": "Mars/Base"}, "no time zone “Mars/Base”"),
        ({"seats": 0}, "from 1 to 2000 seats"),
        ({"currency": "XYZ"}, "no currency"),
        ({"online_url": "javascript:alert(1)"}, "must begin with https://"),
    ],
)
def test_a_session_that_cannot_be_is_refused_with_what_to_correct(
    cast: Cast, wrong: dict[str, Any], words: str
) -> None:
    course = CourseFactory(association=cast.amani)
    with pytest.raises(Refused, match=words):
        sessions.prepare(course_id=course.pk, values=values(**wrong), by=cast.manager, at=NOW)
    assert not course.sessions.exists()


def test_a_session_is_prepared_announced_and_changed(cast: Cast) -> None:
    course = CourseFactory(association=cast.amani)
    with pytest.raises(PermissionDenied):
        sessions.prepare(course_id=course.pk, values=values(), by=cast.signatory, at=NOW)
    made = sessions.prepare(course_id=course.pk, values=values(), by=cast.reviewer, at=NOW)
    assert (made.state, made.starts_at, made.ends_at) == (
        SessionState.DRAFT,
        STARTS,
        datetime(2026, 9, 15, 10, 0, tzinfo=UTC),
    )
    _session, told = sessions.announce(session_id=made.pk, by=cast.manager, at=NOW)
    members = {
        cast.signatory.email,
        cast.editor.email,
        cast.other_signatory.email,
        cast.shared_signatory.email,
    }
    assert set(mails("session.announced")) == members
    assert told == len(members)
    assert sessions.announce(session_id=made.pk, by=cast.manager, at=NOW)[1] == 0

    register(made, cast.kilimo, cast.signatory, "Asha")
    first, second = made.days.all()
    moved = values(
        days=[Day(date(2026, 9, 15), time(9), time(13)), Day(date(2026, 9, 16), time(9), time(17))]
    )
    changed = sessions.change(session_id=made.pk, values=moved, by=cast.manager, at=NOW)
    assert changed.sequence == 1
    # the day that stays keeps its row, the other one moves: calendars follow
    assert {one.pk: one.starts_at.day for one in changed.days.all()} == {second.pk: 15, first.pk: 16}
    assert mails("session.changed") == sorted(["asha@mfi.example", cast.signatory.email, cast.editor.email])
    quiet = values(days=moved.days, seats=9)
    assert sessions.change(session_id=made.pk, values=quiet, by=cast.manager, at=NOW).sequence == 1


def test_seats_are_not_taken_from_people(cast: Cast) -> None:
    session = session_of(cast)
    register(session, cast.kilimo, cast.signatory, "Asha", "Bea")
    one_day = {"days": [Day(date(2026, 9, 14), time(9), time(17))], "closes_at": datetime(2026, 9, 13, 9, 0)}
    with pytest.raises(Refused, match="2 people have a seat"):
        sessions.change(session_id=session.pk, values=values(**one_day, seats=1), by=cast.manager, at=NOW)


def test_a_cancelled_session_tells_everybody_and_frees_what_was_awarded(cast: Cast) -> None:
    session = session_of(cast)
    one, _two = register(session, cast.kilimo, cast.signatory, "Asha", "Bea")
    fund = scholarship_of(cast)
    award = scholarships.award(registration_id=one.pk, scholarship_id=fund.pk, by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="Say why"):
        sessions.cancel(session_id=session.pk, reason=" ", by=cast.manager, at=NOW)
    sessions.cancel(session_id=session.pk, reason="The hall burnt down.", by=cast.manager, at=NOW)
    award.refresh_from_db()
    assert award.freed_at == NOW
    assert standing(session) == {"Asha": "cancelled", "Bea": "cancelled"}
    assert {"asha@mfi.example", "bea@mfi.example", cast.signatory.email} <= set(mails("session.cancelled"))
    assert "The hall burnt down." in MailMessage.objects.filter(purpose="session.cancelled")[0].text
    with pytest.raises(Refused, match="is cancelled"):
        register(session, cast.kilimo, cast.signatory, "Cleo")
    with pytest.raises(Refused, match="is cancelled"):
        sessions.change(session_id=session.pk, values=values(), by=cast.manager, at=NOW)


def test_trainers_need_the_right_and_a_double_booking_a_word(cast: Cast) -> None:
    course = CourseFactory(association=cast.amani)
    expert, other = ExpertFactory(association=cast.amani), ExpertFactory(association=cast.amani)
    TeachingRight.objects.create(
        association=cast.amani, expert=expert, course=course, level=TeachingLevel.LEAD, since=date(2026, 1, 1)
    )
    make = {"course_id": course.pk, "by": cast.manager, "at": NOW}
    with pytest.raises(Refused, match="no right to teach"):
        sessions.prepare(values=values(trainers=[other.pk]), **make)
    sessions.prepare(values=values(trainers=[expert.pk]), **make)
    with pytest.raises(DoubleBooked, match=re.escape(f"{expert.name} teaches “Social targets, autumn”")):
        sessions.prepare(values=values(trainers=[expert.pk]), **make)
    assert course.sessions.count() == 1
    made = sessions.prepare(values=values(trainers=[expert.pk], confirmed=True), **make)
    assert made.trainers.get().level == TeachingLevel.LEAD


def test_a_session_is_closed_as_held_after_its_last_day(cast: Cast) -> None:
    session = session_of(cast, seats=1)
    register(session, cast.kilimo, cast.signatory, "Asha", "Bea", "Cleo")
    with pytest.raises(Refused, match="not over yet"):
        sessions.mark_held(session_id=session.pk, by=cast.manager, at=NOW)
    for _click in range(2):
        held = sessions.mark_held(session_id=session.pk, by=cast.manager, at=session.ends_at)
    assert held.state == SessionState.HELD
    assert standing(session) == {"Asha": "confirmed", "Bea": "refused", "Cleo": "refused"}
    waited = ["bea@mfi.example", "cleo@mfi.example"]
    assert mails("session.without_seat") == sorted([cast.editor.email, cast.signatory.email, *waited])
    told = MailMessage.objects.get(purpose="session.without_seat", to=cast.editor.email)
    assert "Bea, Cleo" in told.text


def test_calendars_get_each_day_with_the_count_of_changes(cast: Cast) -> None:
    course = CourseFactory(association=cast.amani)
    link = {"is_online": True, "online_url": "https://meet.example/x", "place": ""}
    made = sessions.prepare(course_id=course.pk, values=values(**link), by=cast.manager, at=NOW)

    def events(with_link: bool) -> list[Any]:
        body = session_file(made, at=NOW, address="https://portal.example/s", with_link=with_link)
        return list(Calendar.from_ical(body).walk("VEVENT"))

    first, second = events(with_link=False)
    assert (first["SEQUENCE"], first["STATUS"], first["LOCATION"]) == (0, "CONFIRMED", "Online")
    assert first["DTSTART"].dt == STARTS
    assert first["UID"] != second["UID"]
    assert "meet.example" not in str(first["DESCRIPTION"])
    assert "meet.example" in str(events(with_link=True)[0]["DESCRIPTION"])
    assert feed_sessions(cast.signatory, at=NOW) == feed_sessions(cast.manager, at=NOW) == []  # a draft
    sessions.announce(session_id=made.pk, by=cast.manager, at=NOW)
    made = sessions.cancel(session_id=made.pk, reason="No trainer.", by=cast.manager, at=NOW)
    (again, _second) = events(with_link=False)
    assert (again["SEQUENCE"], again["STATUS"], again["UID"]) == (1, "CANCELLED", first["UID"])

    def fed(user: User) -> list[Any]:
        return [one.pk for one in feed_sessions(user, at=NOW)]

    assert fed(cast.signatory) == fed(cast.manager) == [made.pk]
    assert fed(cast.stranger_signatory) == fed(cast.ex_member) == fed(cast.donor) == []


def test_reminders_go_out_once_with_what_is_to_be_read(cast: Cast) -> None:
    session = session_of(cast)
    for title, moment in (("Read me first", Moment.BEFORE), ("Go on reading", Moment.AFTER)):
        work = WorkFactory(association=cast.amani, version__title=title, version__url="https://example.org/w")
        SessionMaterial.objects.create(association=cast.amani, session=session, work=work, moment=moment)
    register(session, cast.kilimo, cast.signatory, "Asha", "Bea", "Cleo")  # Cleo waits

    def sent(at: datetime) -> int:
        assert (
            session_notices.send_due(at=at)
            == session_notices.send_due(at=at) + SessionNotice.objects.filter(at=at).count()
        )
        return SessionNotice.objects.filter(at=at).count()

    assert sent(STARTS - timedelta(days=20)) == 0
    assert sent(STARTS - timedelta(days=14, hours=3)) == 2
    assert sent(STARTS - timedelta(days=9)) == 0
    assert sent(STARTS - timedelta(days=3)) == 2
    assert sent(STARTS + timedelta(hours=1)) == 0
    assert sent(session.ends_at + timedelta(hours=1)) == 2
    texts = [
        one.text
        for one in MailMessage.objects.filter(purpose="session.reminder", to="asha@mfi.example").order_by(
            "created_at"
        )
    ]
    assert ["Read me first" in one for one in texts] == [True, True, False]
    assert "Go on reading" in texts[2]
    assert all("/training/me/" in one for one in texts)


def test_who_registered_late_is_spared_the_step_before(cast: Cast) -> None:
    session = session_of(cast)
    late = STARTS - timedelta(days=5)
    register(session, cast.kilimo, cast.signatory, "Asha", at=late)
    assert session_notices.send_due(at=late) == 0
    assert session_notices.send_due(at=STARTS - timedelta(days=2)) == 1
    # put off, it begins anew
    days = [Day(date(2026, 9, 24), time(9), time(17))]
    again = values(days=days, closes_at=datetime(2026, 9, 13, 9, 0))
    sessions.change(session_id=session.pk, values=again, by=cast.manager, at=STARTS - timedelta(days=1))
    assert session_notices.send_due(at=STARTS - timedelta(hours=5)) == 1
