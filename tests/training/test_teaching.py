"""A trainer's own pages: by account for all associations, by a personal link for one, and for nobody else."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Association, User
from spm_portal.common.models import MailMessage
from spm_portal.common.refusal import Refused
from tests.cast import Cast, make_cast
from tests.factories.members import UserFactory
from tests.factories.training import (
    CourseFactory,
    ExpertFactory,
    ParticipantFactory,
    RegistrationFactory,
    SessionFactory,
    WorkFactory,
)
from training.enums import Moment, TeachingLevel
from training.models import (
    CourseMaterial,
    DownloadCount,
    Expert,
    ExpertConflict,
    ExpertDocument,
    SessionTrainer,
    TeachingRight,
    TrainingSession,
)
from training.services import roster, session_notices, sessions
from training.services.schedule import Day

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def taught(expert: Expert, title: str, days: int = 30) -> TrainingSession:
    """A session so many days from now that the expert leads."""
    made: TrainingSession = SessionFactory(
        course=CourseFactory(association=expert.association),
        title=title,
        starts_at=timezone.now() + timedelta(days=days),
    )
    SessionTrainer.objects.create(association=expert.association, session=made, expert=expert)
    return made


def opened(client: Client, expert: Expert, by: User) -> str:
    """Mail the link, open it as the mail says, and give the address it leads to."""
    roster.send_link(expert_id=expert.pk, by=by, at=timezone.now())
    letter = MailMessage.objects.filter(purpose="training.teaching_link").latest("created_at")
    assert letter.to == expert.email
    found = re.search(r"/training/teach/\S+", letter.text)
    assert found is not None
    answer = client.get(found[0])
    assert answer.headers["Location"] == reverse("my_teaching", args=[expert.pk])
    return answer.headers["Location"]


def test_an_account_shows_the_sessions_of_all_associations(cast: Cast, client: Client) -> None:
    trainer = UserFactory()
    here = ExpertFactory(association=cast.amani, user=trainer)
    there = ExpertFactory(association=cast.baobab, user=trainer)
    session = taught(here, "Targets in autumn")
    taught(there, "Pricing in winter")
    taught(there, "Held long ago", days=-90)
    taught(ExpertFactory(association=cast.amani), "Somebody else’s")
    person = ParticipantFactory(association=cast.amani, institution=cast.kilimo, name="Secret participant")
    RegistrationFactory(session=session, participant=person)
    client.force_login(trainer)
    assert client.get(reverse("home")).headers["Location"] == reverse("my_teaching_account")
    page = client.get(reverse("my_teaching_account")).content.decode()
    for title in ("Targets in autumn", "Pricing in winter", "Held long ago"):
        assert title in page
    assert "Somebody else’s" not in page
    one = client.get(reverse("my_teaching_session", args=[session.pk])).content.decode()
    assert "1 person of 20 seats" in one
    assert "Secret participant" not in one
    assert reverse("session_attendance", args=[cast.amani.slug, session.pk]) in one
    # the guard of session pages lets a trainer in who has no role anywhere
    assert client.get(reverse("session_attendance", args=[cast.amani.slug, session.pk])).status_code == 200
    client.force_login(cast.signatory)
    assert client.get(reverse("my_teaching_session", args=[session.pk])).status_code == 404
    assert "You are on no roster" in client.get(reverse("my_teaching_account")).content.decode()


def test_a_link_opens_one_persons_pages_until_a_newer_one_comes(cast: Cast, client: Client) -> None:
    Association.objects.filter(pk=cast.amani.pk).update(accent_colour="#aa3300")
    expert = ExpertFactory(association=cast.amani)
    session = taught(expert, "Targets in autumn")
    other = taught(ExpertFactory(association=cast.amani), "Somebody else’s")
    home = opened(client, expert, cast.manager)
    page = client.get(home).content.decode()
    assert 'href="/theme/aa3300.css"' in page  # the association's own colours, with no address of its pages
    assert "Targets in autumn" in page
    assert "Somebody else’s" not in page
    assert f"/a/{cast.amani.slug}/" not in page
    assert client.get(reverse("teaching_session", args=[expert.pk, session.pk])).status_code == 200
    assert client.get(reverse("teaching_session", args=[expert.pk, other.pk])).status_code == 404
    first = client.cookies["expert"].value
    opened(Client(), expert, cast.manager)
    client.cookies["expert"] = first
    assert client.get(home).status_code == 404
    roster_free = ExpertFactory(association=cast.amani, email="")
    with pytest.raises(Refused, match="Enter the e-mail address"):
        roster.send_link(expert_id=roster_free.pk, by=cast.manager, at=AT)


def test_a_trainer_keeps_documents_and_conflicts_up_to_date(
    cast: Cast, client: Client, media_root: Any
) -> None:
    expert = ExpertFactory(association=cast.amani)
    home = opened(client, expert, cast.manager)
    prefix = f"{expert.pk.hex[:8]}-"
    wrong = client.post(
        home, {"action": "document", f"{prefix}document-file": SimpleUploadedFile("cv.pdf", b"MZ\x90\x00")}
    )
    assert wrong.status_code == 422
    assert "its content is something else" in wrong.content.decode()
    done = client.post(
        home,
        {
            "action": "document",
            f"{prefix}document-title": "CV",
            f"{prefix}document-file": SimpleUploadedFile("cv.pdf", b"%PDF-1.4\n%%EOF\n"),
            f"{prefix}document-expires_on": "2099-01-01",
        },
    )
    assert done.status_code == 302
    document = ExpertDocument.objects.get()
    assert (document.title, document.expires_on, document.uploaded_by) == ("CV", date(2099, 1, 1), None)
    file = client.get(reverse("teaching_document", args=[expert.pk, document.pk]))
    assert file.content.startswith(b"%PDF")
    client.post(
        home,
        {
            "action": "conflict",
            f"{prefix}conflict-institution": cast.umoja.pk,
            f"{prefix}conflict-kind": "employed",
        },
    )
    conflict = ExpertConflict.objects.get()
    client.post(home, {"action": "end_conflict", "conflict": conflict.pk, f"{prefix}end-until": "2026-12-31"})
    conflict.refresh_from_db()
    assert conflict.until == date(2026, 12, 31)
    foreign = ExpertConflict.objects.create(
        association=cast.amani,
        expert=ExpertFactory(association=cast.amani),
        institution=cast.umoja,
        kind="paid",
    )
    refused = client.post(
        home, {"action": "end_conflict", "conflict": foreign.pk, f"{prefix}end-until": "2026-12-31"}
    )
    assert refused.status_code == 403


def test_materials_are_for_those_who_teach_with_them(cast: Cast, client: Client, media_root: Any) -> None:
    trainer = UserFactory()
    session = taught(ExpertFactory(association=cast.amani, user=trainer), "Targets")
    work = WorkFactory(association=cast.amani, version__title="Slides")
    version = work.versions.get()
    version.name, version.content_type, version.size = "slides.pdf", "application/pdf", 5
    version.file.save("slides.pdf", ContentFile(b"%PDF-"), save=True)
    hidden = WorkFactory(association=cast.amani).versions.get()
    CourseMaterial.objects.create(
        association=cast.amani, course=session.course, work=work, moment=Moment.BEFORE
    )
    client.force_login(trainer)
    page = client.get(reverse("my_teaching_session", args=[session.pk])).content.decode()
    address = reverse("my_teaching_material", args=[session.pk, version.pk])
    assert address in page
    assert client.get(address).content == b"%PDF-"
    assert DownloadCount.objects.get().count == 1
    assert client.get(reverse("my_teaching_material", args=[session.pk, hidden.pk])).status_code == 404


def test_the_page_takes_as_many_queries_for_one_session_as_for_three(cast: Cast, client: Client) -> None:
    trainer = UserFactory()
    expert = ExpertFactory(association=cast.amani, user=trainer)
    taught(expert, "One")
    client.force_login(trainer)
    client.get(reverse("my_teaching_account"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("my_teaching_account"))
    taught(expert, "Two")
    taught(expert, "Three")
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("my_teaching_account"))
    assert len(three) == len(one)


def test_trainers_are_told_what_they_teach_reminded_and_asked_for_missing_marks(cast: Cast) -> None:
    begins = AT + timedelta(days=30)
    expert = ExpertFactory(association=cast.amani, name="Grace", email="grace@example.org")
    TeachingRight.objects.create(
        association=cast.amani,
        expert=expert,
        course=CourseFactory(association=cast.amani),
        level=TeachingLevel.LEAD,
        since=date(2026, 1, 1),
    )
    session: TrainingSession = SessionFactory(
        course=expert.teaching.get().course, state="draft", announced_at=None, starts_at=begins
    )
    SessionTrainer.objects.create(association=cast.amani, session=session, expert=expert)
    own = MailMessage.objects.filter(to=expert.email).order_by("created_at")

    def subjects() -> list[str]:
        return list(own.all().values_list("subject", flat=True))

    sessions.announce(session_id=session.pk, by=cast.manager, at=AT)
    title = session.title
    assert subjects() == [f"You teach “{title}”"]
    RegistrationFactory(session=session, asked_by=cast.manager)
    end = session.ends_at
    for at in (begins - timedelta(days=3), end + timedelta(hours=1), end + timedelta(days=1)):
        for _twice in range(2):
            session_notices.send_due(at=at)
    assert subjects()[1:] == [f"“{title}” begins in 3 days", f"Who was there? “{title}”"]
    assert "1 mark of attendance is missing" in own.all()[2].text
    # who is taken off is told, and who comes back is told anew
    day = Day(begins.date(), time(9), time(17))
    said: dict[str, Any] = {
        "title": title,
        "language": session.language,
        "time_zone": session.time_zone,
        "days": [day],
        "closes_at": datetime.combine(begins.date() - timedelta(days=2), time(9)),
        "seats": 20,
        "currency": "KES",
        "place": session.place,
    }
    for trainers in ((), (expert.pk,)):
        values = sessions.SessionValues(**said, trainers=trainers)
        sessions.change(session_id=session.pk, values=values, by=cast.manager, at=AT + timedelta(hours=1))
    told = set(subjects()) - {f"“{title}” has changed"}
    assert f"You do not teach “{title}” any more" in told
    assert own.filter(purpose="session.teaches").count() == 2
