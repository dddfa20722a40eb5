"""Editions: the same figures from itself alone, a hash that moves with every part, errata, and the public pages."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.enums import Role
from members.models import Association
from reporting.enums import ReturnState
from reporting.models import Answer, Release, ReleaseCell, Submission
from reporting.selectors.jobs import REPORT_KIND
from reporting.selectors.releases import cells_of, frozen_members, with_round
from reporting.services.editions import edition_hash
from reporting.services.rebuilding import check, rebuild
from reporting.services.releases import publish
from spm_portal.common import jobs
from spm_portal.common.models import AuditEvent, Job, JobState
from spm_portal.common.qr import qr_svg
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, person
from tests.factories.releases import approved_round, heard, institutions, released
from tests.factories.reporting import OPENED
from tests.reporting.test_report_texts import write

pytestmark = pytest.mark.django_db

SMALL = ("PRO", "OUT")
NOWHERE = "0" * 64


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(
        slug="aaa", name="Association of Testing", currency="KES", has_public_page=True
    )
    return found


@pytest.fixture(autouse=True)
def _no_tries() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@contextmanager
def unprotected(model: type[Any]) -> Iterator[None]:
    """Somebody with the database's own password, whom no trigger stops."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def two_editions(association: Association, *, is_public: bool = False) -> tuple[Release, Release]:
    members = institutions(association, 8)
    of_round = approved_round(association, members, sections=SMALL)
    first = publish(round_id=of_round.pk, by=None, at=OPENED, is_public=is_public)
    for place, member in enumerate(members[:6]):
        Answer.objects.filter(institution=member, code="active_borrowers").update(number=40_000 + 900 * place)
    second = publish(
        round_id=of_round.pk,
        by=None,
        at=OPENED + timedelta(days=30),
        erratum="Six members counted again.",
        is_public=is_public,
    )
    return first, second


class TestRebuilding:
    def test_last_years_edition_comes_out_the_same(self, association: Association) -> None:
        members = institutions(association, 9)
        old = approved_round(association, members, year=2023, sections=SMALL)
        new = approved_round(association, members, year=2024, version=old.catalogue, sections=SMALL)
        last_year = publish(round_id=old.pk, by=None, at=OPENED)
        this_year = publish(round_id=new.pk, by=None, at=OPENED + timedelta(days=365))
        # whatever happens to returns, members and settings later
        Answer.objects.filter(code="active_borrowers").update(number=7)
        Submission.objects.update(state=ReturnState.RETURNED, currency="USD")
        members[0].owner_group, members[0].name = "Holding", "Renamed"
        members[0].save()
        Association.objects.update(release_minimum=9)
        for release in (last_year, this_year):
            found = rebuild(release)
            assert found.same
            assert found.differences == ()
            assert found.content_holds is True
            assert found.figures == release.cells.count() > 50

    def test_the_hash_is_that_of_what_is_stored(self, association: Association) -> None:
        release = with_round(Release.objects.all()).get(pk=released(association, 6, sections=SMALL).pk)
        assert re.fullmatch("[0-9a-f]{64}", release.edition_sha256)
        assert edition_hash(release, frozen_members(release), cells_of(release)) == release.edition_sha256

    def test_two_editions_never_share_a_hash(self, association: Association) -> None:
        first, second = two_editions(association)
        assert first.edition_sha256 != second.edition_sha256

    @pytest.mark.parametrize(
        ("change", "value"),
        [
            ("erratum", "Nothing."),
            ("code_version", "other"),
            ("is_public", True),
            ("texts", {"en": "Words."}),
            ("replies", [{"name": "X", "text": "Y"}]),
            ("contributor_count", 99),
        ],
    )
    def test_every_part_moves_the_hash(self, association: Association, change: str, value: Any) -> None:
        release = with_round(Release.objects.all()).get(pk=released(association, 6, sections=SMALL).pk)
        members, cells = frozen_members(release), cells_of(release)
        setattr(release, change, value)
        assert edition_hash(release, members, cells) != release.edition_sha256

    def test_a_tampered_figure_is_found(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        target = release.cells.get(code="active_borrowers", statistic="sum")
        with unprotected(ReleaseCell), connection.cursor() as cursor:
            cursor.execute("UPDATE reporting_releasecell SET value = value + 1000 WHERE id = %s", [target.pk])
        found = rebuild(release)
        assert [one.name for one in found.differences] == ["active_borrowers sum"]
        assert str(target.value) in found.differences[0].rebuilt
        assert (found.same, found.content_holds) == (False, False)

    def test_a_figure_that_was_hidden_or_slipped_in_is_found(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        hidden = release.cells.filter(published=True).first()
        assert hidden is not None
        others = release.cells.exclude(code=hidden.code)
        withheld = others.filter(published=False).exclude(reason="no_answers").first()
        assert withheld is not None
        with unprotected(ReleaseCell), connection.cursor() as cursor:
            cursor.execute("DELETE FROM reporting_releasecell WHERE id = %s", [hidden.pk])
            cursor.execute(
                "UPDATE reporting_releasecell SET published = true, value = 1, n_band = '5-9', reason = '' "
                "WHERE id = %s",
                [withheld.pk],
            )
        names = {one.name.split()[0]: one for one in rebuild(release).differences}
        assert names[hidden.code].stored == "–"
        assert names[withheld.code].rebuilt.startswith("not published")

    def test_a_tampered_member_is_found(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        with unprotected(release.members.model), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reporting_releasemember SET values = jsonb_set(values, '{active_borrowers}', '5') "
                "WHERE release_id = %s",
                [release.pk],
            )
        found = rebuild(release)
        assert "active_borrowers sum" in [one.name for one in found.differences]
        assert found.content_holds is False

    def test_other_secret_parameters_are_named_as_a_reason(
        self, association: Association, settings: Any
    ) -> None:
        release = released(association, 6, sections=SMALL)
        assert not rebuild(release).parameters_changed
        settings.DISCLOSURE_P_PERCENT = 16
        assert rebuild(release).parameters_changed
        assert "15" not in release.method["parameters"]

    def test_the_command(self, association: Association, capsys: pytest.CaptureFixture[str]) -> None:
        release = released(association, 6, sections=SMALL)
        call_command("rebuild_edition", "aaa", release.round.code)
        assert release.edition_sha256 in capsys.readouterr().out
        with pytest.raises(CommandError, match="There are: 1"):
            call_command("rebuild_edition", "aaa", release.round.code, "--edition", "2")
        with pytest.raises(CommandError, match="It has"):
            call_command("rebuild_edition", "aaa", "1999")
        with unprotected(ReleaseCell), connection.cursor() as cursor:
            cursor.execute("UPDATE reporting_releasecell SET n_band = '20+' WHERE n_band = '5-9'")
        with pytest.raises(CommandError, match=r"figures come out otherwise.*does not have its hash"):
            call_command("rebuild_edition", "aaa", release.round.code)

    def test_staff_check_an_edition_by_a_button(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        reviewer = person(Role.ASSOCIATION_REVIEWER, association)
        member = person(Role.INSTITUTION_EDITOR, release.members.first().institution)  # type: ignore[union-attr]
        address = reverse("edition", args=["aaa", release.pk])
        client = signed_in(reviewer)
        assert signed_in(member).post(address).status_code == 403
        assert "Check this edition" not in signed_in(member).get(address).content.decode()
        client.post(address)
        client.post(address)
        job = Job.objects.get(kind="edition_check")
        assert "Waiting for a worker" in client.get(address).content.decode()
        jobs.run(job.pk)
        assert Job.objects.get().state == JobState.DONE
        page = client.get(address).content.decode()
        assert "The same figures come out" in page
        assert release.edition_sha256 in page
        assert AuditEvent.objects.filter(verb="edition.checked").count() == 1

    def test_a_check_that_fails_names_figures_and_no_values(self, association: Association) -> None:
        release = released(association, 6, sections=SMALL)
        with unprotected(ReleaseCell), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reporting_releasecell SET value = 987654 WHERE code = 'active_borrowers' "
                "AND statistic = 'sum'"
            )
        check(release=release, by=None, at=OPENED)
        data = AuditEvent.objects.get(verb="edition.checked").data
        assert data["names"] == ["active_borrowers sum"]
        assert "987654" not in str(data)
        client = signed_in(person(Role.ASSOCIATION_MANAGER, association))
        assert (
            "Something is not as it was published"
            in client.get(reverse("edition", args=["aaa", release.pk])).content.decode()
        )


class TestErrata:
    def test_an_erratum_lists_the_figures_that_changed(self, association: Association) -> None:
        first, second = two_editions(association)
        client = signed_in(person(Role.ASSOCIATION_MANAGER, association))
        page = client.get(reverse("edition", args=["aaa", second.pk]))
        words = page.content.decode()
        assert "Six members counted again." in words
        changed = page.context["changes"]
        assert changed
        by_key = {
            key: (one, other)
            for key, one, other in (
                (
                    (cell.code, cell.group, cell.statistic, cell.category),
                    cell,
                    second.cells.filter(
                        code=cell.code, group=cell.group, statistic=cell.statistic, category=cell.category
                    ).first(),
                )
                for cell in cells_of(first)
            )
        }
        moved = [
            key
            for key, (one, other) in by_key.items()
            if other is None
            or (one.published, one.value, one.n_band) != (other.published, other.value, other.n_band)
        ]
        assert len(moved) == len(changed)

    def test_the_old_edition_stays_and_says_that_there_is_a_newer_one(self, association: Association) -> None:
        first, second = two_editions(association)
        client = signed_in(person(Role.ASSOCIATION_MANAGER, association))
        for name in ("edition", "release"):
            assert (
                "There is a newer edition"
                in client.get(reverse(name, args=["aaa", first.pk])).content.decode()
            )
            assert (
                "There is a newer edition"
                not in client.get(reverse(name, args=["aaa", second.pk])).content.decode()
            )


class TestPublicPages:
    def test_the_list_shows_editions_and_no_figures(self, association: Association) -> None:
        first, second = two_editions(association)
        page = Client().get("/editions/aaa/")
        words = page.content.decode()
        assert page.status_code == 200
        assert first.edition_sha256 in words
        assert second.edition_sha256 in words
        assert "Six members counted again." in words
        assert words.count("There is a newer edition of this round.") == 1
        assert "Member 01" not in words

    @pytest.mark.parametrize("slug", ["bbb", "nobody"])
    def test_without_a_public_page_there_is_nothing(self, association: Association, slug: str) -> None:
        AssociationFactory(slug="bbb", name="Closed Association")
        hidden, unknown = Client().get(f"/editions/{slug}/"), Client().get("/editions/never-heard-of/")
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        strip = re.compile(r'nonce="[^"]*"|csrf[^>]*>|/editions/[a-z-]+/')
        assert strip.sub("", hidden.content.decode()) == strip.sub("", unknown.content.decode())

    @pytest.mark.parametrize(("is_public", "status"), [(True, 200), (False, 404)])
    def test_a_report_is_open_only_where_that_was_chosen(
        self, association: Association, is_public: bool, status: int
    ) -> None:
        of_round = approved_round(association, institutions(association, 6), sections=SMALL)
        release = publish(round_id=of_round.pk, by=None, at=OPENED, is_public=is_public)
        made = finished_report(release)
        address = f"/editions/aaa/{of_round.code}/1/en.pdf"
        assert Client().get(address).status_code == status
        assert (address in Client().get("/editions/aaa/").content.decode()) is is_public
        assert Client().get(f"/editions/aaa/{of_round.code}/1/fr.pdf").status_code == 404
        Association.objects.update(has_public_page=False)
        assert Client().get(address).status_code == 404
        assert made.state == JobState.DONE

    def test_publishing_for_everybody_asks_for_the_reports_that_the_page_shows(
        self, association: Association
    ) -> None:
        association.language = "fr"
        association.save()
        of_round = approved_round(association, institutions(association, 6), sections=SMALL)
        editor = person(Role.ASSOCIATION_MANAGER, association)
        for language in ("fr", "es"):
            write(of_round, editor, "Nous aidons.", language=language)
        heard(of_round, editor)
        release = publish(round_id=of_round.pk, by=editor, at=OPENED + timedelta(days=1), is_public=True)
        made = Job.objects.filter(kind=REPORT_KIND, args__release=str(release.pk))
        assert sorted(job.args["language"] for job in made) == ["es", "fr"]
        page = Client().get("/editions/aaa/").content.decode()
        assert "The report is being made. It stands here in a few minutes." in page
        for job in made:
            jobs.run(job.pk)
        page = Client().get("/editions/aaa/").content.decode()
        assert "is being made" not in page
        for language in ("fr", "es"):
            address = f"/editions/aaa/{of_round.code}/1/{language}.pdf"
            assert address in page
            assert Client().get(address).status_code == 200

    def test_publishing_for_members_and_donors_asks_for_none(self, association: Association) -> None:
        of_round = approved_round(association, institutions(association, 6), sections=SMALL)
        publish(round_id=of_round.pk, by=None, at=OPENED)
        assert not Job.objects.filter(kind=REPORT_KIND).exists()

    def test_an_open_edition_without_a_report_says_whom_to_ask(self, association: Association) -> None:
        of_round = approved_round(association, institutions(association, 6), sections=SMALL)
        publish(round_id=of_round.pk, by=None, at=OPENED, is_public=True)
        Job.objects.filter(kind=REPORT_KIND).update(state=JobState.FAILED)
        page = Client().get("/editions/aaa/").content.decode()
        assert "The report is not made yet. Ask the association for it." in page

    def test_a_hash_leads_to_its_edition_even_without_a_public_page(self, association: Association) -> None:
        first, second = two_editions(association)
        Association.objects.update(has_public_page=False)
        newest = Client().get(f"/verify/{second.edition_sha256}/").content.decode()
        assert "It is the newest edition" in newest
        assert "Association of Testing" in newest
        old = Client().get(f"/verify/{first.edition_sha256.upper()}/").content.decode()
        assert "edition 2 of the same round is published" in old
        for words in (newest, old):
            assert "Member 01" not in words
            assert "Six members" not in words

    @pytest.mark.parametrize("digest", [NOWHERE, "abc", "x" * 64, "0" * 500])
    def test_an_unknown_hash_is_told_clearly(self, association: Association, digest: str) -> None:
        released(association, 6, sections=SMALL)
        answer = Client().get(f"/verify/{digest}/")
        assert answer.status_code == 404
        assert "No edition has this hash" in answer.content.decode()

    @pytest.mark.parametrize(
        "address", ["/editions/aaa/", f"/verify/{NOWHERE}/", "/editions/aaa/2024/1/en.pdf"]
    )
    def test_nobody_asks_without_end(
        self, association: Association, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # the clock stands: tries are counted by its minute, and sixty of them may fall into two
        monkeypatch.setattr("spm_portal.common.rates.time", SimpleNamespace(time=OPENED.timestamp))
        client = Client()
        answers = [client.get(address).status_code for _try in range(62)]
        assert answers[0] in {200, 404}
        assert answers[-1] == 429

    def test_as_many_queries_for_three_editions_as_for_one(self, association: Association) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as asked:
                Client().get("/editions/aaa/")
            # how often an address asks is counted anew each minute: the first time takes a query more
            return sum('"cache"' not in one["sql"] for one in asked.captured_queries)

        released(association, 6, sections=SMALL)
        queries()
        of_one = queries()
        for year in (2022, 2023):
            of_round = approved_round(association, institutions(association, 6), year=year, sections=SMALL)
            publish(round_id=of_round.pk, by=None, at=OPENED)
        assert queries() == of_one > 2


def test_the_code_is_a_drawing_that_loads_nothing() -> None:
    drawn = qr_svg("https://portal.example.org/verify/" + "a" * 64 + "/").decode()
    assert drawn.startswith("<svg")
    assert "viewBox" in drawn
    assert "href" not in drawn
    assert qr_svg("one") != qr_svg("two")


def finished_report(release: Release) -> Job:
    """A report that a worker made."""
    job = Job(
        kind="association_report",
        args={"release": str(release.pk), "language": "en"},
        state=JobState.DONE,
        association_id=release.association_id,
        created_at=OPENED,
        finished_at=OPENED,
        result_name="report.pdf",
    )
    content = b"%PDF-1.7 public"
    job.result.save(f"test/{job.pk}.pdf", ContentFile(content), save=False)
    job.result_size = len(content)
    job.result_sha256 = hashlib.sha256(content).hexdigest()
    job.save()
    return job
