"""Marking who was there, by staff, by trainers with an account and by a trainer's link; and the sheet on paper."""

import subprocess
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import User
from spm_portal.common import jobs
from spm_portal.common.models import AuditEvent, Job
from spm_portal.common.refusal import Refused
from tests.factories.training import RegistrationFactory, SessionFactory
from tests.training.learning_world import BEGINS, LearningWorld, make_learning_world, with_link
from training.enums import RegistrationState
from training.models import Attendance, Registration
from training.selectors.attendance import attendance_list, attended_share, took_part
from training.services.attendance import Mark, mark
from training.services.learning_papers import request_paper
from training.web.links import EXPERT_LINK

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def world() -> LearningWorld:
    return make_learning_world()


def put(world: LearningWorld, *marks: tuple[int, int, bool], by=None, at=BEGINS, **other) -> int:
    """Marks as (day, person, present), by the trainer of the link unless said otherwise."""
    rows = [Mark(world.days[day].pk, world.people[one].pk, there) for day, one, there in marks]
    who = {"expert": None if by else world.trainer, **other}
    return mark(session_id=world.session.pk, marks=rows, by=by, at=at, **who)


def test_who_was_there_is_kept_with_who_says_so_and_when(world):
    assert put(world, (0, 0, True), (0, 1, False)) == 2
    later = BEGINS + timedelta(days=1)
    assert put(world, (1, 0, True), (0, 1, True), by=world.manager, at=later) == 2
    assert put(world, (0, 1, True), (1, 0, True), at=later) == 0  # twice is harmless
    found = Attendance.objects.get(day=world.days[0], registration=world.people[1])
    assert (found.present, found.marked_by, found.marked_at) == (True, str(world.manager), later)
    assert Attendance.objects.get(day=world.days[0], registration=world.people[0]).marked_by == "Grace"
    assert AuditEvent.objects.filter(verb="training.attendance_marked").count() == 2
    # eight hours of fourteen, rounded down; who is not marked was not there
    shares = attended_share([one.pk for one in world.people[:3]])
    assert list(shares.values()) == [100, 57, 0]
    there = took_part(Registration.objects.filter(session=world.session))
    assert set(there) == set(world.people[:2])


def test_all_others_are_present_by_one_button(world):
    put(world, (0, 4, False))
    day = world.days[0].pk
    assert put(world, (0, 3, False), others_present_on=day) == 4
    assert attendance_list(world.session).counts(0) == (3, 2, 0)
    assert put(world, others_present_on=day) == 0


def test_nobody_marks_too_early_or_people_without_a_seat_or_other_sessions(world):
    with pytest.raises(Refused, match=r"from Sunday, .*21:00"):
        put(world, (0, 0, True), at=BEGINS - timedelta(hours=12, seconds=1))
    assert put(world, (0, 0, True), at=BEGINS - timedelta(hours=12)) == 1
    with pytest.raises(Refused, match="no seat"):
        mark(
            session_id=world.session.pk,
            marks=[Mark(world.days[0].pk, pk, True) for pk in (world.people[1].pk, world.waiting.pk)],
            by=world.manager,
            at=BEGINS,
        )
    other = SessionFactory(course=world.course)
    stranger = RegistrationFactory(session=other)
    with pytest.raises(Refused, match="no seat"):
        mark(
            session_id=world.session.pk,
            marks=[Mark(world.days[0].pk, stranger.pk, True)],
            by=world.manager,
            at=BEGINS,
        )
    with pytest.raises(Refused, match="no such day"):
        mark(
            session_id=world.session.pk,
            marks=[Mark(other.days.get().pk, world.people[1].pk, True)],
            by=world.manager,
            at=BEGINS,
        )
    with pytest.raises(PermissionDenied):
        mark(session_id=other.pk, marks=[], by=None, expert=world.trainer, at=BEGINS)
    with pytest.raises(PermissionDenied):
        put(world, (0, 0, True), by=User.objects.create_user(email="x@y.org"))
    assert Attendance.objects.count() == 1


def test_a_trainer_marks_by_link_with_one_tap_or_one_form():
    world = make_learning_world(timezone.now() - timedelta(hours=1))
    client = with_link(EXPERT_LINK, world.trainer)
    url = reverse("teaching_attendance", args=[world.trainer.pk, world.session.pk])
    page = client.get(url).content.decode()
    assert "Day 1" in page
    assert page.index("Kilimo") < page.index("Person 0") < page.index("Umoja") < page.index("Person 1")
    assert "Person 5" not in page  # on the waiting list
    tap = {f"m-{world.people[1].pk}": "present"}
    answer = client.post(f"{url}?day=1", tap, headers={"HX-Request": "true"}).content.decode()
    assert "Grace, " in answer
    assert "Present: 1" in answer
    assert "Person 0" not in answer
    assert client.post(f"{url}?day=1", {"all_present": "1"}).status_code == 302
    assert Attendance.objects.filter(day=world.days[0], present=True).count() == 5
    # tomorrow begins in more than twelve hours
    refused = client.post(f"{url}?day=2", tap)
    assert (refused.status_code, "can be marked from" in refused.content.decode()) == (409, True)
    elsewhere = SessionFactory(course=world.course)
    assert (
        client.get(reverse("teaching_attendance", args=[world.trainer.pk, elsewhere.pk])).status_code == 404
    )


def test_the_list_takes_as_many_queries_for_five_people_as_for_one(world, client):
    client.force_login(world.teacher)  # a trainer by account, without a role anywhere
    url = reverse("session_attendance", args=[world.session.association.slug, world.session.pk])
    others = Registration.objects.filter(pk__in=[one.pk for one in world.people[1:]])
    others.update(state=RegistrationState.CANCELLED)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        assert client.get(url).status_code == 200
    others.update(state=RegistrationState.CONFIRMED)
    with CaptureQueriesContext(connection) as five:
        assert client.get(url).status_code == 200
    assert len(one) == len(five)


def test_the_sheet_has_every_name_each_day_and_room_for_walk_ins(world):
    job = request_paper(
        session_id=world.session.pk, what="attendance", language="en", by=world.manager, at=BEGINS
    )
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=jobs.intact_content(job), capture_output=True, check=True
    ).stdout.decode()
    assert [f"Person {one}" in text for one in range(6)] == [True] * 5 + [False]
    assert "Day 2" in text
    assert "Came without a seat" in text
    assert text.replace(" ", "").rstrip().endswith("1/1")  # the page, of how many
    again = request_paper(
        session_id=world.session.pk, what="attendance", language="en", by=world.manager, at=BEGINS
    )
    assert again.pk == job.pk
    stranger = User.objects.create_user(email="x@y.org")
    with pytest.raises(PermissionDenied):
        request_paper(session_id=world.session.pk, what="test", language="en", by=stranger, at=BEGINS)


def test_a_trainer_by_link_fetches_the_papers_of_own_sessions_alone(world):
    client = with_link(EXPERT_LINK, world.trainer)
    own = [world.trainer.pk, world.session.pk]
    assert (
        reverse("teaching_paper", args=own)
        in client.get(reverse("teaching_session", args=own)).content.decode()
    )
    calendar = client.get(reverse("teaching_calendar", args=own)).content.decode().replace("\r\n ", "")
    assert calendar.count("BEGIN:VEVENT") == 2
    assert reverse("teaching_session", args=own) in calendar
    waits = client.post(reverse("teaching_paper", args=own), {"what": "test"})
    job = Job.objects.get(kind="training_paper")
    assert waits["Location"] == reverse("teaching_paper_job", args=[*own, job.pk])
    page = client.get(waits["Location"]).content.decode()
    assert "Questions to print" in page
    assert f"/a/{world.session.association.slug}/" not in page  # no way into the portal
    jobs.run(job.pk)
    file = client.get(reverse("teaching_paper_file", args=[*own, job.pk]))
    assert file.content.startswith(b"%PDF-")
    other = SessionFactory(course=world.course)
    foreign = [world.trainer.pk, other.pk]
    assert client.post(reverse("teaching_paper", args=foreign), {"what": "test"}).status_code == 404
    assert client.get(reverse("teaching_calendar", args=foreign)).status_code == 404
    # whoever is taken off the session before a worker comes to it gets nothing
    asked = client.post(reverse("teaching_paper", args=own), {"what": "attendance"})
    world.session.trainers.filter(expert=world.trainer).delete()
    late = Job.objects.exclude(pk=job.pk).get(kind="training_paper")
    jobs.run(late.pk)
    late.refresh_from_db()
    assert late.state == "cancelled"
    assert client.get(asked["Location"]).status_code == 404
    with pytest.raises(PermissionDenied):
        request_paper(
            session_id=world.session.pk, what="test", language="en", by=None, expert=world.trainer, at=BEGINS
        )
