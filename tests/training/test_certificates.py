"""Certificates: who gets one, what the public page says, how they end, are renewed and revoked."""

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from spm_portal.common import jobs
from spm_portal.common.models import Job, MailMessage
from spm_portal.common.refusal import Refused
from tests.cast import Cast
from tests.factories.training import (
    CertificateFactory,
    CourseFactory,
    ParticipantFactory,
    RegistrationFactory,
    SessionFactory,
)
from tests.training.learning_world import with_link
from training.enums import TestStage
from training.models import Attendance, Certificate, Registration, TestSheet, TrainingSession
from training.selectors.certificates import certificate_by_code, certificates_of
from training.selectors.passing import passing
from training.services import certificate_files, certificate_notices, certificates
from training.web.links import PARTICIPANT_LINK

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

AT = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def held(cast: Cast) -> TrainingSession:
    """A session that was held, with one day, of a course that asks for 80 % attendance and 60 % in the test."""
    course = CourseFactory(association=cast.amani, title="Social targets", pass_mark=60)
    return SessionFactory(course=course, state="held", held_at=AT, created_by=cast.manager)


def person(
    held: TrainingSession, cast: Cast, name: str, *, there: bool = True, score: int | None = 80
) -> Registration:
    made: Registration = RegistrationFactory(
        session=held,
        participant=ParticipantFactory(association=cast.amani, institution=cast.kilimo, name=name),
        asked_by=cast.signatory,
    )
    Attendance.objects.create(
        association=cast.amani,
        session=held,
        day=held.days.get(),
        registration=made,
        present=there,
        marked_at=AT,
        marked_by="The trainer",
    )
    if score is not None:
        TestSheet.objects.create(
            association=cast.amani, registration=made, stage=TestStage.POST, score=Decimal(score), taken_at=AT
        )
    return made


def issue(
    held: TrainingSession, *registrations: Registration, by: Any, at: datetime = AT
) -> list[Certificate]:
    return certificates.issue(
        session_id=held.pk, registration_ids=[one.pk for one in registrations], by=by, at=at
    )


def test_each_says_what_is_missing(held: TrainingSession, cast: Cast) -> None:
    person(held, cast, "A passed")
    person(held, cast, "B away", there=False)
    person(held, cast, "C untested", score=None)
    person(held, cast, "D failed", score=59)
    found = passing(held)
    assert [one.passed for one in found] == [True, False, False, False]
    assert [len(one.lacks) for one in found] == [0, 1, 1, 1]
    assert "59" in found[3].lacks[0]


def test_who_passed_takes_as_many_queries_for_three_as_for_one(
    held: TrainingSession, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for name in ("A", "B", "C"):
        person(held, cast, name)
    with django_assert_max_num_queries(6):
        assert len(passing(held)) == 3


def test_numbers_follow_one_another_and_nobody_gets_two(held: TrainingSession, cast: Cast) -> None:
    first, second = person(held, cast, "Amina"), person(held, cast, "Brian")
    made = issue(held, first, by=cast.manager)
    assert [one.number for one in made] == ["2026-00001"]
    made = issue(held, first, second, by=cast.manager)
    assert [(one.holder, one.number) for one in made] == [("Brian", "2026-00002")]
    assert issue(held, first, second, by=cast.manager) == []
    assert made[0].expires_on == date(2028, 10, 1)
    assert re.fullmatch("[a-z2-9]{27}", made[0].code)


def test_one_who_failed_holds_up_the_others(held: TrainingSession, cast: Cast) -> None:
    good, bad = person(held, cast, "Amina"), person(held, cast, "Brian", score=10)
    with pytest.raises(Refused, match="Brian did not pass"):
        issue(held, good, bad, by=cast.manager)
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"state": "announced"}, "Close the session"), ({"gives_certificate": False}, "gives no certificate")],
)
def test_a_session_that_is_not_over_or_gives_none(
    held: TrainingSession, cast: Cast, change: dict[str, Any], words: str
) -> None:
    one = person(held, cast, "Amina")
    row = held if "state" in change else held.course
    type(row).objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Refused, match=words):
        issue(held, one, by=cast.manager)


def test_only_managers_issue_and_revoke(held: TrainingSession, cast: Cast) -> None:
    one = person(held, cast, "Amina")
    with pytest.raises(PermissionDenied):
        issue(held, one, by=cast.reviewer)
    [made] = issue(held, one, by=cast.manager)
    with pytest.raises(PermissionDenied):
        certificates.revoke(certificate_id=made.pk, reason="A mistake", by=cast.reviewer, at=AT)


def test_it_verifies_after_its_course_was_archived_and_says_nothing_more(
    held: TrainingSession, cast: Cast, client: Client
) -> None:
    [made] = issue(held, person(held, cast, "Amina Otieno"), by=cast.manager)
    type(held.course).objects.filter(pk=held.course_id).update(archived_at=AT, title="Renamed")
    typed = certificate_files.in_groups(made.code).upper()
    assert certificate_by_code(typed) == made
    page = client.get(reverse("certificate_public", args=[typed]))
    text = page.content.decode()
    assert page.status_code == 200
    for said in ("Amina Otieno", "Social targets", "2026-00001", cast.amani.name):
        assert said in text
    for kept_back in (made.participant.email, cast.kilimo.name, made.participant.job, str(made.pk)):
        assert kept_back not in text
    assert client.get(reverse("certificate_public", args=["x" * 27])).status_code == 404


def test_revoking_needs_a_reason_is_public_and_tells_holder_and_member(
    held: TrainingSession, cast: Cast, client: Client
) -> None:
    [made] = issue(held, person(held, cast, "Amina"), by=cast.manager)
    with pytest.raises(Refused, match="Say why"):
        certificates.revoke(certificate_id=made.pk, reason=" ", by=cast.manager, at=AT)
    for _twice in range(2):
        certificates.revoke(
            certificate_id=made.pk, reason="Sat the test for a friend", by=cast.manager, at=AT
        )
    told = MailMessage.objects.filter(purpose="training.certificate_revoked").values_list("to", flat=True)
    assert set(told) == {made.participant.email, cast.signatory.email, cast.editor.email}
    text = client.get(reverse("certificate_public", args=[made.code])).content.decode()
    assert "was revoked" in text
    assert "friend" not in text  # the reason is between the association and the member


def test_a_certificate_that_ends_soon_is_told_of_once_a_step_and_renewed_in_bulk(
    held: TrainingSession, cast: Cast
) -> None:
    old = issue(held, person(held, cast, "Amina"), person(held, cast, "Brian"), by=cast.manager)
    end = datetime(2028, 10, 1, 9, 0, tzinfo=UTC)
    assert certificate_notices.send_due(at=end - timedelta(days=91)) == 0
    assert certificate_notices.send_due(at=end - timedelta(days=89)) == 2
    assert certificate_notices.send_due(at=end - timedelta(days=88)) == 0
    # after an outage only the newest missed step is sent
    assert certificate_notices.send_due(at=end - timedelta(days=20)) == 2
    keys = [one.pk for one in old]
    with pytest.raises(Refused, match="too early"):
        certificates.renew(
            certificate_ids=keys, ground="Refresher", by=cast.manager, at=end - timedelta(days=200)
        )
    made = certificates.renew(
        certificate_ids=keys, ground="Refresher", by=cast.manager, at=end - timedelta(days=20)
    )
    assert {one.expires_on for one in made} == {date(2030, 10, 1)}  # no day is lost by renewing early
    assert certificate_notices.send_due(at=end - timedelta(days=6)) == 0
    with pytest.raises(Refused, match="renewed already"):
        certificates.renew(
            certificate_ids=keys, ground="Refresher", by=cast.manager, at=end - timedelta(days=5)
        )
    shown = certificates_of(cast.amani, cast.manager, standing="30", today=end.date() - timedelta(days=20))
    assert not shown.exists()


def test_members_see_their_own_alone(held: TrainingSession, cast: Cast) -> None:
    own = CertificateFactory(registration=person(held, cast, "Amina"), issued_by=cast.manager)
    other = RegistrationFactory(
        session=held,
        participant=ParticipantFactory(association=cast.amani, institution=cast.umoja),
        asked_by=cast.other_signatory,
    )
    CertificateFactory(registration=other, issued_by=cast.manager)
    for user, count in ((cast.signatory, 1), (cast.manager, 2), (cast.donor, 0), (cast.other_manager, 0)):
        found = certificates_of(cast.amani, user, today=AT.date())
        assert found.count() == count, user
    assert certificates_of(cast.amani, cast.signatory, today=AT.date()).get() == own


def test_all_of_a_session_come_as_one_archive_with_progress(held: TrainingSession, cast: Cast) -> None:
    with pytest.raises(Refused, match="No certificate"):
        certificate_files.request_files(session_id=held.pk, by=cast.manager, at=AT)
    issue(held, person(held, cast, "Amina Otieno"), person(held, cast, "Brian"), by=cast.manager)
    job = certificate_files.request_files(session_id=held.pk, by=cast.manager, at=AT)
    assert certificate_files.request_files(session_id=held.pk, by=cast.manager, at=AT) == job
    steps: list[tuple[int, int]] = []
    result = certificate_files.make(job, lambda done, of, _label: steps.append((done, of)))
    assert steps == [(0, 2), (1, 2)]
    with zipfile.ZipFile(io.BytesIO(result.content or b"")) as archive:
        assert archive.namelist() == ["2026-00001-amina-otieno.pdf", "2026-00002-brian.pdf"]
        assert all(archive.read(name).startswith(b"%PDF-") for name in archive.namelist())


def test_the_archive_is_not_for_somebody_who_lost_the_right(held: TrainingSession, cast: Cast) -> None:
    issue(held, person(held, cast, "Amina"), by=cast.manager)
    job = certificate_files.request_files(session_id=held.pk, by=cast.manager, at=AT)
    Job.objects.filter(pk=job.pk).update(requested_by=cast.reviewer)
    job.refresh_from_db()
    with pytest.raises(jobs.JobCancelled):
        certificate_files.make(job, lambda *_told: None)


def test_a_holder_fetches_the_own_certificate_by_the_link_of_the_mail(
    held: TrainingSession, cast: Cast, client: Client
) -> None:
    now = timezone.now()
    TrainingSession.objects.filter(pk=held.pk).update(
        starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1)
    )
    held.refresh_from_db()
    own, other = person(held, cast, "Amina"), person(held, cast, "Brian")
    made, _others = issue(held, own, other, by=cast.manager, at=now)
    told = MailMessage.objects.get(purpose="training.certificate_issued", to=own.participant.email).text
    [secret] = re.findall(r"https?://[^/]+(/training/me/\S+)", told)
    assert "Download the PDF" in client.get(secret, follow=True).content.decode()
    ask = reverse("my_certificate", args=[own.pk])
    waits = client.post(ask)
    job = Job.objects.get(kind="training_own_certificate")
    assert waits["Location"] == reverse("my_certificate_job", args=[own.pk, job.pk])
    assert "being laid out" in client.get(waits["Location"]).content.decode()
    file = reverse("my_certificate_file", args=[own.pk, job.pk])
    assert client.get(file)["Location"] == waits["Location"]
    jobs.run(job.pk)
    assert client.post(ask)["Location"] == file  # it is made: no second waiting
    assert client.get(file).content.startswith(b"%PDF-")
    # another person's link opens neither page nor file, not even by the own address
    stranger = with_link(PARTICIPANT_LINK, Registration.objects.get(pk=other.pk))
    assert stranger.get(file).status_code == 404
    assert stranger.get(reverse("my_certificate_file", args=[other.pk, job.pk])).status_code == 404
    certificates.revoke(certificate_id=made.pk, reason="Sat for a friend", by=cast.manager, at=now)
    assert client.get(file).status_code == 404
    page = client.post(ask, follow=True).content.decode()
    assert "was revoked on" in page
    assert "Download the PDF" not in page
    with pytest.raises(jobs.JobCancelled):
        certificate_files.make_own(job, lambda *_told: None)


def test_a_renewal_years_later_leads_to_no_dead_link(held: TrainingSession, cast: Cast) -> None:
    [old] = issue(held, person(held, cast, "Amina"), by=cast.manager)
    MailMessage.objects.all().delete()
    certificates.renew(
        certificate_ids=[old.pk], ground="Refresher", by=cast.manager, at=AT + timedelta(days=700)
    )
    text = MailMessage.objects.get().text
    assert "/training/me/" not in text
    assert "Your MFI has the certificate" in text
