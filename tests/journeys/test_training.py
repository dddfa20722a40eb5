"""A session of thirty seats with forty-five applicants of twelve members: from announcement to certificates."""

import re
import zipfile
from datetime import timedelta
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
import zxingcpp
from django.db.models import F
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from members.enums import Role
from members.models import Institution, User
from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState, MailMessage
from spm_portal.common.tokens import hash_of
from tests.cast import Cast
from tests.factories.members import InstitutionFactory, MembershipFactory, person
from tests.factories.training import CourseFactory, ExpertFactory
from tests.journeys.pressing import click
from tests.plugins.browser import PHONE, Pages, axe, scrolls_sideways
from training.enums import RegistrationState, SessionState, TeachingLevel, TestStage
from training.forms.registrations import LINES
from training.models import Certificate, Course, Registration, TeachingRight, TestQuestion, TrainingSession
from training.services.certificate_files import OWN_KIND
from training.services.tests_taken import take

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AMANI = "/a/amani/training/"
SENDS = (4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3)  # people of each member, 45 in all
SEATS = 30


def looked_at(page: Page) -> None:
    """On a phone: nothing for axe to say, nothing to scroll sideways."""
    assert axe(page) == []
    assert not scrolls_sideways(page)


def course_of(cast: Cast) -> Course:
    """A course with a test of one question and a trainer, who has a personal link and no account."""
    course: Course = CourseFactory(association=cast.amani, title="Social targets", pass_mark=60)
    TestQuestion.objects.create(
        association=cast.amani,
        course=course,
        position=1,
        text="What is a social target?",
        choices=["A wish", "A figure with a date"],
        correct=[1],
    )
    trainer = ExpertFactory(association=cast.amani, name="Grace Wanjiku", token_hash=hash_of("grace"))
    TeachingRight.objects.create(
        association=cast.amani,
        expert=trainer,
        course=course,
        level=TeachingLevel.LEAD,
        since=timezone.localdate() - timedelta(days=400),
    )
    return course


def members_of(cast: Cast) -> list[tuple[Institution, User]]:
    """Twelve members, each with somebody who signs; Kilimo first."""
    found = [
        (cast.kilimo, cast.signatory),
        (cast.umoja, cast.other_signatory),
        (cast.pamoja, cast.shared_signatory),
    ]
    for number in range(len(SENDS) - len(found)):
        made = InstitutionFactory(name=f"Member {number + 4:02}")
        MembershipFactory(association=cast.amani, institution=made)
        found.append((made, person(Role.INSTITUTION_SIGNATORY, made)))
    return found


def announced(manager: Page, course: Course) -> TrainingSession:
    """Staff plan a session of two days from the course's page, and tell the members."""
    begins = timezone.localdate() + timedelta(days=20)
    manager.goto(f"{AMANI}courses/{course.pk}/")
    manager.get_by_role("link", name="Plan a session").click()
    for line, date in ((1, begins), (2, begins + timedelta(days=1))):
        manager.get_by_label(f"Day {line}", exact=True).fill(date.isoformat())
        manager.get_by_label(f"From {line}", exact=True).fill("09:00")
        manager.get_by_label(f"Until {line}", exact=True).fill("16:00")
    manager.get_by_label("Registration closes on").fill((begins - timedelta(days=2)).isoformat())
    manager.get_by_label("Place").fill("Nairobi, Amani House")
    manager.get_by_label("Seats", exact=True).fill(str(SEATS))
    manager.get_by_label("Grace Wanjiku").check()
    click(manager, "Prepare the session")
    click(manager, "Announce", yes="Announce")
    session = TrainingSession.objects.get()
    assert (session.state, session.seats, session.days.count()) == (SessionState.ANNOUNCED, SEATS, 2)
    return session


def registered(member: Page, session: TrainingSession, name: str, count: int) -> None:
    """A member names its people on the page, by phone."""
    member.goto(f"{AMANI}sessions/{session.pk}/register/")
    if count > LINES:
        click(member, "More lines")
    for number in range(count):
        line = member.get_by_role("group", name=f"Person {number + 1}", exact=True)
        line.get_by_label("Name").fill(f"{name} {number}")
        line.get_by_label("E-mail").fill(f"person{number}@{name.lower().replace(' ', '')}.example")
        line.get_by_label("Sex").select_option(label="Female" if number % 2 else "Male")
        line.get_by_label("The person agrees").check()
    click(member, "Register")


def states(session: TrainingSession) -> dict[str, int]:
    """How many registrations stand where."""
    found = list(session.registrations.values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}


def the_days_come(session: TrainingSession) -> None:
    """Both days are over, the second since yesterday."""
    back = timedelta(days=22)
    session.days.update(starts_at=F("starts_at") - back, ends_at=F("ends_at") - back)
    moved = ("starts_at", "ends_at", "registration_closes_at")
    TrainingSession.objects.update(**{name: F(name) - back for name in moved})


def marked(trainer: Page, manager: Page, session: TrainingSession, away: Registration) -> None:
    """The trainer finds everybody on the first day, by her link; staff miss one person on the second."""
    trainer.goto("/training/teach/grace/")
    trainer.goto(f"/training/teaching/{session.trainers.get().expert_id}/{session.pk}/attendance/?day=1")
    looked_at(trainer)
    click(trainer, "All present")
    manager.goto(f"{AMANI}sessions/{session.pk}/attendance/?day=2")
    manager.locator(f"#a-{away.pk}").get_by_label("Absent").check()
    expect(manager.locator(f"#a-{away.pk} .att-state")).to_contain_text(str(session.created_by))
    click(manager, "All present")
    assert session.days.get(starts_at=session.starts_at).attendance.filter(present=True).count() == SEATS


def took_the_test(person: Page, registration: Registration) -> None:
    """On the own page, which the link of a mail opens, over a bad line: what was marked is there again, and is sent."""
    mail = MailMessage.objects.filter(to=registration.participant.email).latest("created_at")
    [link] = set(re.findall(r"http\S+/training/me/\S+", mail.text))
    person.goto(link)
    looked_at(person)
    person.get_by_role("link", name="Take the test").click()
    person.locator(".quiz input").nth(1).check()
    person.reload()
    expect(person.get_by_text("Your answers from before are here again.")).to_be_visible()
    looked_at(person)
    click(person, "Send my answers")
    expect(person.get_by_text("100.0%").first).to_be_visible()


def fetched(person: Page, registration: Registration) -> bytes:
    """The participant's own certificate, from the own page."""
    person.goto(f"/training/registration/{registration.pk}/")
    looked_at(person)
    click(person, "Download the PDF")
    jobs.run(Job.objects.get(kind=OWN_KIND).pk)
    person.reload()
    with person.expect_download() as download:
        person.get_by_role("link", name="Download").first.click()
    return Path(download.value.path()).read_bytes()


def read_code(pdf: bytes, directory: Path) -> str:
    """What the square code on the printed page says, read as a camera does."""
    (directory / "certificate.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", "110", "-gray", "-png", "-singlefile", "certificate.pdf", "page"]
    run(command, cwd=directory, check=True)
    [code] = zxingcpp.read_barcodes(Image.open(directory / "page.png"))
    return str(code.text)


def issued(manager: Page, session: TrainingSession) -> dict[str, bytes]:
    """Staff close the session, give certificates to who passed, and take all of them as PDFs."""
    manager.goto(f"{AMANI}sessions/{session.pk}/")
    click(manager, "Close as held")
    manager.goto(f"{AMANI}sessions/{session.pk}/certificates/")
    click(manager, "Issue certificates to the ticked")
    click(manager, "All as PDFs")
    job = Job.objects.get(kind="training_certificates")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    manager.reload()
    with manager.expect_download() as download:
        manager.get_by_role("link", name="Download all").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_session_from_its_announcement_to_a_certificate_that_outlives_its_course(
    pages: Pages, cast: Cast, links_to_here: str, tmp_path: Path
) -> None:
    course, members = course_of(cast), members_of(cast)
    manager, member = pages.open(cast.manager), pages.open(cast.signatory, width=PHONE)
    session = announced(manager, course)

    # forty-five people for thirty seats, one member after the other
    member.goto(f"{AMANI}sessions/{session.pk}/")
    looked_at(member)
    member.get_by_role("link", name="Register your staff").first.click()
    looked_at(member)
    for (institution, signatory), count in zip(members, SENDS, strict=True):
        pages.sign_in(member.context, signatory)
        registered(member, session, institution.name, count)
        if institution == cast.kilimo:
            expect(member.get_by_text("4 people have a seat.").first).to_be_visible()
    expect(member.get_by_text("3 people are on the waiting list.").first).to_be_visible()
    assert states(session) == {RegistrationState.CONFIRMED: SEATS, RegistrationState.WAITING: 15}

    # one cannot come: who has waited longest gets the seat
    first = session.registrations.filter(state=RegistrationState.WAITING).earliest("queued_at")
    gone = session.registrations.get(participant__name=f"{cast.kilimo.name} 3")
    pages.sign_in(member.context, cast.signatory)
    member.goto(f"{AMANI}registrations/{gone.pk}/")
    click(member, "Cancel the registration")
    first.refresh_from_db()
    assert first.state == RegistrationState.CONFIRMED
    assert states(session) == {
        RegistrationState.CONFIRMED: SEATS,
        RegistrationState.WAITING: 14,
        RegistrationState.CANCELLED: 1,
    }

    the_days_come(session)
    session.refresh_from_db()
    seated = list(session.registrations.filter(state=RegistrationState.CONFIRMED).order_by("asked_at"))
    away, failed, *passed = seated
    marked(pages.open(width=PHONE), manager, session, away)
    [question] = course.questions.all()
    learner, own = pages.open(width=PHONE), passed[0]
    took_the_test(learner, own)
    for one in (away, failed, *passed[1:]):
        answers: dict[str, Any] = {str(question.pk): [0 if one == failed else 1]}
        take(registration_id=one.pk, stage=TestStage.POST, answers=answers, by=None, at=timezone.now())

    papers = issued(manager, session)
    certificates = Certificate.objects.select_related("participant")
    assert {one.registration_id for one in certificates} == {one.pk for one in passed}
    assert len(papers) == SEATS - 2
    assert states(session)[RegistrationState.REFUSED] == 14  # nobody waits for a session that is over

    # the course goes, the certificate stays
    manager.goto(f"{AMANI}courses/{course.pk}/")
    click(manager, "Archive", yes="Archive")
    course.refresh_from_db()
    assert course.archived_at is not None
    chosen = certificates.earliest("number")
    paper = next(content for name, content in papers.items() if name.startswith(chosen.number))
    address = read_code(paper, tmp_path)
    assert address == f"{links_to_here}/certificates/{chosen.code}/"
    [held] = certificates.filter(registration=own)
    assert read_code(fetched(learner, own), tmp_path) == f"{links_to_here}/certificates/{held.code}/"
    visitor = pages.open(width=PHONE)
    visitor.goto(address)
    looked_at(visitor)
    expect(visitor.get_by_role("heading", name="This certificate is genuine")).to_be_visible()
    shown = visitor.get_by_role("main")
    for said in (chosen.holder, chosen.number, "Social targets", cast.amani.name):
        expect(shown).to_contain_text(said)
    expect(shown).not_to_contain_text(chosen.participant.email)
