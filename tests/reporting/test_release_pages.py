"""Pages of releases, reports and donors: who may open them, what they show, and what they cost."""

import gzip
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.enums import Role
from members.models import Association, SharingAgreement, User
from reporting.enums import ReturnState
from reporting.models import Release, ReleaseMember, Submission
from reporting.selectors.edition_jobs import PUBLICATION_KIND
from reporting.services.reports import request_report
from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, DonorFactory, person
from tests.factories.releases import approved_round, heard, institutions, released
from tests.factories.reporting import OPENED

pytestmark = pytest.mark.django_db

SMALL = ("PRO", "OUT")
MAX_BYTES = 25_000


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(slug="aaa", name="Association of Testing", currency="KES")
    return found


def people(release: Release) -> dict[str, User]:
    """One person of every kind, of this association and of another."""
    association, other = release.association, AssociationFactory()
    donor, stranger = DonorFactory(slug="ours"), DonorFactory(slug="theirs")
    SharingAgreement.objects.create(association=association, donor=donor, since=date(2020, 1, 1))
    SharingAgreement.objects.create(association=other, donor=stranger, since=date(2020, 1, 1))
    member = ReleaseMember.objects.filter(release=release).first()
    assert member is not None
    return {
        "manager": person(Role.ASSOCIATION_MANAGER, association),
        "reviewer": person(Role.ASSOCIATION_REVIEWER, association),
        "signatory": person(Role.INSTITUTION_SIGNATORY, member.institution),
        "editor": person(Role.INSTITUTION_EDITOR, member.institution),
        "donor": person(Role.DONOR_READER, donor),
        "operator": person(Role.PLATFORM_OPERATOR),
        "other manager": person(Role.ASSOCIATION_MANAGER, other),
        "other member": person(Role.INSTITUTION_EDITOR, institutions(other, 1)[0]),
        "other donor": person(Role.DONOR_READER, stranger),
    }


READERS = ("manager", "reviewer", "signatory", "editor", "donor")


def finished(release: Release, by: User) -> Job:
    job = request_report(release_id=release.pk, language="en", by=by, at=timezone.now())
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    return job


def test_who_may_open_what(association: Association) -> None:
    release = released(association, 6, sections=SMALL)
    everybody = people(release)
    job = finished(release, everybody["manager"])
    read_by_all = [
        reverse("releases", args=["aaa"]),
        reverse("release", args=["aaa", release.pk]),
        reverse("release_chapter", args=["aaa", release.pk, "outreach"]),
        reverse("job", args=["aaa", job.pk]),
        reverse("job_file", args=["aaa", job.pk]),
    ]
    publish = reverse("publish", args=["aaa", release.round.code])
    for who, user in everybody.items():
        client = signed_in(user)
        for address in read_by_all:
            expected = 200 if who in READERS else 404
            assert client.get(address).status_code == expected, (who, address)
        wanted = {"manager": 200, **dict.fromkeys(("reviewer", "signatory", "editor", "donor"), 403)}.get(
            who, 404
        )
        assert client.get(publish).status_code == wanted, who
        # a second edition says what changed, so that this click publishes nothing
        assert client.post(publish).status_code == (409 if who == "manager" else wanted), who
        ask = client.post(reverse("report_request", args=["aaa", release.pk]), {"language": "en"})
        assert ask.status_code == (
            302 if who in {"manager", "reviewer"} else 403 if who in READERS else 404
        ), who
        home = client.get(reverse("donor_home", args=["ours"])).status_code
        assert home == {"donor": 200, "manager": 403, "reviewer": 403}.get(who, 404), who
    for address in [*read_by_all, publish, reverse("donor_home", args=["ours"])]:
        assert Client().get(address).status_code == 302, address


def test_a_release_is_not_found_under_another_association(association: Association) -> None:
    release = released(association, 6, sections=SMALL)
    other: Association = AssociationFactory(slug="bbb")
    manager = person(Role.ASSOCIATION_MANAGER, other)
    job = finished(release, person(Role.ASSOCIATION_MANAGER, association))
    client = signed_in(manager)
    for name, pk in (("release", release.pk), ("job", job.pk), ("job_file", job.pk)):
        assert client.get(reverse(name, args=["bbb", pk])).status_code == 404


def test_a_donor_whose_agreement_ended_sees_nothing(association: Association) -> None:
    release = released(association, 6, sections=SMALL)
    donor = DonorFactory(slug="ours")
    SharingAgreement.objects.create(
        association=association, donor=donor, since=date(2020, 1, 1), until=date(2021, 1, 1)
    )
    client = signed_in(person(Role.DONOR_READER, donor))
    assert client.get(reverse("release", args=["aaa", release.pk])).status_code == 404
    home = client.get(reverse("donor_home", args=["ours"]))
    assert home.status_code == 200
    assert association.name not in home.content.decode()


def test_publishing_from_the_page(association: Association) -> None:
    members = institutions(association, 6)
    of_round = approved_round(association, members, sections=SMALL)
    Submission.objects.filter(institution=members[0]).update(state=ReturnState.IN_REVIEW)
    manager = person(Role.ASSOCIATION_MANAGER, association)
    client = signed_in(manager)
    address = reverse("publish", args=["aaa", of_round.code])
    page = client.get(address).content.decode()
    assert "Named members were not asked yet" in page
    assert "Publish with 5 members" not in page
    assert client.post(address).status_code == 409
    heard(of_round, manager)
    page = client.get(address).content.decode()
    assert "Publish with 5 members" in page
    assert "The return is not approved." in page
    assert not Release.objects.exists()
    first, second = client.post(address), client.post(address)
    assert first.url == second.url  # type: ignore[attr-defined]
    job = Job.objects.get(kind=PUBLICATION_KIND)
    assert "Waiting for a worker" in client.get(first.url).content.decode()  # type: ignore[attr-defined]
    jobs.run(job.pk)
    release = Release.objects.get()
    done = client.get(first.url, follow=True)  # type: ignore[attr-defined]
    assert "Edition 1 is published." in done.content.decode()
    assert done.redirect_chain == [(reverse("release", args=["aaa", release.pk]), 302)]
    part = client.get(first.url, headers={"HX-Request": "true"})  # type: ignore[attr-defined]
    assert part["HX-Redirect"] == reverse("release", args=["aaa", release.pk])


def test_what_changed_while_the_job_waited_is_refused_in_words(association: Association) -> None:
    of_round = approved_round(association, institutions(association, 5), sections=SMALL)
    manager = person(Role.ASSOCIATION_MANAGER, association)
    heard(of_round, manager)
    client = signed_in(manager)
    asked = client.post(reverse("publish", args=["aaa", of_round.code]))
    Submission.objects.filter(institution__name="Member 01").update(state=ReturnState.RETURNED)
    jobs.run(Job.objects.get(kind=PUBLICATION_KIND).pk)
    page = client.get(asked.url)  # type: ignore[attr-defined]
    assert page.status_code == 200
    assert "at least 5 contributors" in page.content.decode()
    assert not Release.objects.exists()


def test_publishing_too_few_is_refused_in_words(association: Association) -> None:
    of_round = approved_round(association, institutions(association, 4), sections=SMALL)
    client = signed_in(person(Role.ASSOCIATION_MANAGER, association))
    answer = client.post(reverse("publish", args=["aaa", of_round.code]))
    assert answer.status_code == 409
    assert "at least 5 are needed" in answer.content.decode()
    assert not Job.objects.exists()


def test_every_chapter_page_is_light_and_has_a_table_behind_each_chart(association: Association) -> None:
    from reporting.datasets.report import build_report
    from reporting.selectors.releases import with_round

    release = with_round(Release.objects.all()).get(pk=released(association, 12).pk)
    client = signed_in(person(Role.ASSOCIATION_REVIEWER, association))
    for chapter in build_report(release, "en").chapters:
        content = client.get(reverse("release_chapter", args=["aaa", release.pk, chapter.code])).content
        assert len(gzip.compress(content, 6)) < MAX_BYTES, chapter.code
        page = content.decode()
        assert page.count('role="img" aria-labelledby') == 2 * len(chapter.figures)
        assert page.count("<details") >= len(chapter.figures)
        assert "style=" not in page
        assert page.count(' id="') == len({part.split('"')[0] for part in page.split(' id="')[1:]}), (
            chapter.code
        )
    assert client.get(reverse("release_chapter", args=["aaa", release.pk, "nothing"])).status_code == 404


@pytest.mark.parametrize("name", ["releases", "release", "release_chapter", "publish"])
def test_queries_do_not_grow_with_the_members(association: Association, name: str) -> None:
    counts = []
    for number, size in ((1, 5), (2, 9)):
        where: Association = AssociationFactory(slug=f"size-{number}", currency="KES")
        release = released(where, size, sections=SMALL)
        client = signed_in(person(Role.ASSOCIATION_MANAGER, where))
        arguments: dict[str, list[Any]] = {
            "releases": [where.slug],
            "release": [where.slug, release.pk],
            "release_chapter": [where.slug, release.pk, "outreach"],
            "publish": [where.slug, release.round.code],
        }
        address = reverse(name, args=arguments[name])
        if number == 1:
            client.get(address)  # what a process reads once
            from reporting.datasets import report

            report._kept.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_queries_of_the_portfolio_do_not_grow_with_its_associations(association: Association) -> None:
    donor = DonorFactory(slug="ours")
    client = signed_in(person(Role.DONOR_READER, donor))
    counts = []
    for wanted in (1, 3):
        while SharingAgreement.objects.count() < wanted:
            where = AssociationFactory(currency="KES")
            released(where, 5, sections=SMALL)
            SharingAgreement.objects.create(association=where, donor=donor, since=date(2020, 1, 1))
        client.get("/d/ours/")  # reports are read once per process
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/d/ours/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestJobPages:
    def test_progress_is_polled_until_it_is_over(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        manager = person(Role.ASSOCIATION_MANAGER, association)
        client = signed_in(manager)
        asked = client.post(reverse("report_request", args=["aaa", release.pk]), {"language": "en"})
        page = client.get(asked.url).content.decode()  # type: ignore[attr-defined]
        assert "every 2s" in page
        assert "<noscript>" in page
        job = Job.objects.get()
        Job.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING, step=1, steps=3, step_label="Laying out the pages",
            token="00000000-0000-0000-0000-000000000001", lease_until=timezone.now(),
        )  # fmt: skip
        part = client.get(
            reverse("job", args=["aaa", job.pk]), headers={"HX-Request": "true"}
        ).content.decode()
        assert "<html" not in part
        assert "Laying out the pages (step 2 of 3)" in part
        Job.objects.update(state=JobState.QUEUED, token=None, lease_until=None)
        jobs.run(job.pk)
        done = client.get(
            reverse("job", args=["aaa", job.pk]), headers={"HX-Request": "true"}
        ).content.decode()
        assert "every 2s" not in done
        assert reverse("job_file", args=["aaa", job.pk]) in done

    def test_the_file_has_its_name_and_is_kept_by_no_cache(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        manager = person(Role.ASSOCIATION_MANAGER, association)
        job = finished(release, manager)
        answer = signed_in(manager).get(reverse("job_file", args=["aaa", job.pk]))
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Disposition"].startswith('attachment; filename="association-of-testing-social')

    def test_a_damaged_file_is_never_handed_out(self, association: Association, caplog: Any) -> None:
        release = released(association, 6, sections=SMALL)
        manager = person(Role.ASSOCIATION_MANAGER, association)
        job = finished(release, manager)
        with open(job.result.path, "r+b") as stored:
            stored.truncate(100)
        client = signed_in(manager)
        assert client.get(reverse("job_file", args=["aaa", job.pk])).status_code == 410
        job.refresh_from_db()
        assert job.state == JobState.QUEUED
        jobs.run(job.pk)
        assert client.get(reverse("job_file", args=["aaa", job.pk])).status_code == 200

    def test_a_failed_report_can_be_tried_again_by_staff_only(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        everybody = people(release)
        job = request_report(release_id=release.pk, language="en", by=everybody["manager"], at=OPENED)
        Job.objects.update(state=JobState.FAILED)
        address = reverse("job", args=["aaa", job.pk])
        assert "Try again" in signed_in(everybody["reviewer"]).get(address).content.decode()
        assert "Try again" not in signed_in(everybody["donor"]).get(address).content.decode()
        assert signed_in(everybody["donor"]).post(address).status_code == 403
        assert signed_in(everybody["reviewer"]).post(address).status_code == 302
        job.refresh_from_db()
        assert job.state == JobState.QUEUED

    def test_a_job_that_runs_sends_to_its_progress(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        manager = person(Role.ASSOCIATION_MANAGER, association)
        job = request_report(release_id=release.pk, language="en", by=manager, at=OPENED)
        answer = signed_in(manager).get(reverse("job_file", args=["aaa", job.pk]))
        assert answer.status_code == 302


def test_a_donor_sees_its_portfolio(association: Association) -> None:
    donor = DonorFactory(slug="ours", name="Fund")
    empty: Association = AssociationFactory(name="Silent Association")
    release = released(association, 6, sections=SMALL)
    for one in (association, empty):
        SharingAgreement.objects.create(association=one, donor=donor, since=date(2020, 1, 1))
    page = signed_in(person(Role.DONOR_READER, donor)).get("/d/ours/").content.decode()
    assert reverse("release", args=["aaa", release.pk]) in page
    assert "6 of 6" in page
    assert "Silent Association" in page
    assert "Nothing is published yet" in page


def test_empty_lists_say_what_will_be_here(association: Association) -> None:
    manager = signed_in(person(Role.ASSOCIATION_MANAGER, association))
    assert "Nothing published yet" in manager.get(reverse("releases", args=["aaa"])).content.decode()
    donor = DonorFactory(slug="ours")
    page = signed_in(person(Role.DONOR_READER, donor)).get("/d/ours/").content.decode()
    assert "No association shares with you yet" in page
