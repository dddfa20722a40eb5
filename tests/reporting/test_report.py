"""The report: true sentences, published figures only, "not published" as a value, and a tagged PDF of it all."""

import subprocess
from collections.abc import Iterator
from typing import Any

import page
import pytest
from django.test import Client
from django.urls import reverse

from members.enums import ConsentPurpose, Role
from members.models import Association, Consent
from reporting.datasets.drawing import draw, page_styles, pdf_style
from reporting.datasets.parts import Figure, ReportData, Table, Writer
from reporting.datasets.report import build_report
from reporting.models import Answer, Release, ReleaseCell, ReleaseMember
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import with_round
from reporting.services import reports
from reporting.services.releases import publish
from reporting.services.reports import request_report
from spm_portal.common import jobs
from spm_portal.common.models import JobState, MailMessage
from tests.factories.members import AssociationFactory, person
from tests.factories.releases import approved_round, institutions, released
from tests.factories.reporting import OPENED, CatalogueVersionFactory

pytestmark = pytest.mark.django_db

CANARY = 987_654_321
SMALL = ("PRO", "OUT")  # a short form, where the whole one would only take longer


def ua1_faults(content: bytes) -> list[str]:
    """The rules of PDF/UA-1 that a document breaks."""
    found = page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    return [f"{failure.rule_id} {failure.message}" for failure in found.failures]


def plain(text: str) -> str:
    """A text with every run of blanks as one space."""
    return " ".join(text.split())


def loaded(release: Release) -> Release:
    return with_round(Release.objects.all()).get(pk=release.pk)


def texts(data: ReportData) -> Iterator[str]:
    """Every text of a report."""
    yield from (message.text for message in data.messages)
    for one in data.key_figures:
        yield from (one.label, one.figure, one.note)
    wide, _narrow = page_styles(rtl=False)
    for chapter in data.chapters:
        yield from (chapter.title, chapter.lede)
        for key in chapter.key_figures:
            yield from (key.label, key.figure, key.note)
        for block in chapter.blocks:
            yield block.title
            if isinstance(block, Table):
                yield from (cell for row in block.rows for cell in row)
            elif isinstance(block, Figure):
                chart = draw(block, wide)
                yield from (chart.svg, chart.description, *(cell for row in chart.table.rows for cell in row))
            elif block.kind == "prose":
                yield from (*block.paragraphs, *block.items)  # type: ignore[union-attr]


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(name="Association of Testing", short_name="AOT", currency="KES")
    return found


def sentence(data: ReportData, part: str) -> str:
    return next((message.text for message in data.messages if part in message.text), "")


class TestMessages:
    def test_sentences_quote_published_cells(self, association: Association) -> None:
        release = loaded(released(association, 12))
        data = build_report(release, "en")
        cell = release.cells.get(code="active_borrowers", statistic="sum")
        assert f"{cell.value:,.0f} active borrowers" in sentence(data, "active borrowers")
        assert sentence(data, "invited members") == "All 12 invited members reported for 2024."

    def test_no_sentence_without_its_cell(self, association: Association) -> None:
        members = institutions(association, 6)
        of_round = approved_round(association, members)
        Answer.objects.filter(institution=members[0], code="active_borrowers").update(number=CANARY)
        data = build_report(loaded(publish(round_id=of_round.pk, by=None, at=OPENED)), "en")
        assert not sentence(data, "active borrowers")
        assert sentence(data, "reported for")

    def test_costs_are_covered_only_where_they_are(self, association: Association) -> None:
        members = institutions(association, 8)
        of_round = approved_round(association, members)
        Answer.objects.filter(code="operating_revenue").update(number=1_000)
        data = build_report(loaded(publish(round_id=of_round.pk, by=None, at=OPENED)), "en")
        assert not sentence(data, "together cover their costs")

    def test_the_strongest_and_weakest_dimension_are_those_of_the_cells(
        self, association: Association
    ) -> None:
        release = loaded(released(association, 12))
        data = build_report(release, "en")
        cells = release.cells.filter(code__startswith="practice_index_d", statistic="mean", published=True)
        values = {cell.code: cell.value for cell in cells}
        text = sentence(data, "furthest in place")
        if max(values.values()) - min(values.values()) >= 5:
            assert f"({max(values.values()):.0f} of 100 points)" in text
            assert f"least ({min(values.values()):.0f})" in text
        else:
            assert text == ""


class TestChapters:
    def test_every_chapter_is_there_and_numbered(self, association: Association) -> None:
        data = build_report(loaded(released(association, 12)), "en")
        codes = [chapter.code for chapter in data.chapters]
        assert codes == [
            "reported", "outreach", "practices", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "client-protection",
            "prices", "staff", "poverty", "results", "method", "tables", "definitions",
        ]  # fmt: skip
        assert [c.number for c in data.chapters] == [*map(str, range(1, 16)), "A", "B", "C"]
        figures = [figure.number for chapter in data.chapters for figure in chapter.figures]
        assert figures == list(range(1, len(figures) + 1))

    def test_figures_say_n_period_source_and_formula(self, association: Association) -> None:
        data = build_report(loaded(released(association, 12)), "en")
        for chapter in data.chapters:
            for figure in chapter.figures:
                assert figure.n in {"", "5–9", "10–19", "5–9 to 10–19"}
                assert figure.n or figure.withheld
                assert figure.period
                assert "AOT" in figure.source

    def test_client_protection_has_eight_bars(self, association: Association) -> None:
        chapter = build_report(loaded(released(association, 12)), "en").chapter("client-protection")
        assert chapter is not None
        assert len(chapter.figures[0].rows) == 8

    def test_progress_is_a_chapter_where_there_is_an_older_release(self, association: Association) -> None:
        members, version = institutions(association, 8), CatalogueVersionFactory()
        for year in (2023, 2024):
            of_round = approved_round(association, members, year=year, version=version)
            publish(round_id=of_round.pk, by=None, at=OPENED)
        newest = loaded(Release.objects.get(round__year=2024))
        chapter = build_report(newest, "en").chapter("progress")
        assert chapter is not None
        assert chapter.figures[0].series == ("2024", "2023")
        oldest = loaded(Release.objects.get(round__year=2023))
        assert build_report(oldest, "en").chapter("progress") is None

    def test_sections_nobody_answered_are_left_out(self, association: Association) -> None:
        members = institutions(association, 6)
        of_round = approved_round(association, members)
        kept = ["active_borrowers", "female_borrowers", "gross_loan_portfolio", "par30_balance"]
        Answer.objects.exclude(code__in=kept).delete()
        data = build_report(loaded(publish(round_id=of_round.pk, by=None, at=OPENED)), "en")
        codes = [chapter.code for chapter in data.chapters]
        assert codes == ["reported", "outreach", "results", "method", "tables", "definitions"]

    def test_only_members_that_agreed_are_named(self, association: Association) -> None:
        members = institutions(association, 6)
        of_round = approved_round(association, members)
        Consent.objects.filter(institution=members[0], purpose=ConsentPurpose.NAMED).delete()
        data = build_report(loaded(publish(round_id=of_round.pk, by=None, at=OPENED)), "en")
        everything = "\n".join(texts(data))
        assert members[0].name not in everything
        assert members[1].name in everything
        assert "1 further member is in the figures and is not named." in everything


class TestNotPublished:
    def test_it_is_a_value_with_a_reason_never_zero_or_blank(self, association: Association) -> None:
        release = loaded(released(association, 5))
        data = build_report(release, "en")
        withheld = [
            (figure, row)
            for chapter in data.chapters
            for figure in chapter.figures
            for row in figure.rows
            if row.withheld
        ]
        assert withheld
        wide, _narrow = page_styles(rtl=False)
        for figure, row in withheld:
            chart = draw(figure, wide)
            line = next(cells for cells in chart.table.rows if cells[0] == row.label)
            assert "not published (to protect members)" in line[1]
            assert "-hatch" in chart.svg
        assert (
            data.withheld_count == release.cells.filter(published=False).exclude(reason="no_answers").count()
        )

    def test_the_reason_of_the_gate_stays_inside(self, association: Association) -> None:
        everything = "\n".join(texts(build_report(loaded(released(association, 5)), "en")))
        for reason in ("too_few", "dominated", "pinned", "one_sided", "derivable", "panel_broken"):
            assert reason not in everything

    def test_an_unpublished_value_is_in_no_byte_of_page_or_pdf(self, association: Association) -> None:
        members = institutions(association, 6)
        of_round = approved_round(association, members, sections=("MIS", "FIN"))
        Answer.objects.filter(institution=members[0], code="total_assets").update(number=CANARY)
        Answer.objects.filter(institution=members[1], code="spi_score").update(number="37.31")
        release = loaded(publish(round_id=of_round.pk, by=None, at=OPENED))
        assert ReleaseMember.objects.filter(release=release, values__total_assets=CANARY).exists()
        assert not release.cells.get(code="total_assets", statistic="sum").published
        content, _name = reports.render_report(release, "en")
        read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
        everything = "\n".join(texts(build_report(release, "en"))) + read.decode()
        for form in (str(CANARY), f"{CANARY:,}", "988 million", "987.65", "37.31"):
            assert form not in everything, form
        assert str(CANARY).encode() not in content

    def test_report_reads_no_answer_and_no_frozen_value(
        self, association: Association, django_assert_num_queries: Any
    ) -> None:
        release = loaded(released(association, 6))
        catalogue_of(release.catalogue, "fr")  # kept by the process, one a language
        with django_assert_num_queries(2) as queries:
            build_report(release, "fr")
        tables = " ".join(query["sql"] for query in queries)
        assert "reporting_answer" not in tables
        assert '"values"' not in tables


class TestWords:
    @pytest.mark.parametrize(
        ("language", "unit", "value", "expected"),
        [
            ("en", "%", 61.5, "61.5%"),
            ("fr", "%", 61.5, "61,5 %"),
            ("en", "KES", 282_000_000.0, "KES 282 million"),
            ("en", "KES", 1_240_000_000.0, "KES 1,240 million"),
            ("en", "KES", 51_200.0, "KES 51,200"),
            ("es", "", 571_980.0, "571.980"),
            ("en", "USD", 497.0, "USD 497"),
            ("en", "", 0.0, "0"),
        ],
    )
    def test_numbers_are_written_in_the_language_of_the_report(
        self, language: str, unit: str, value: float, expected: str
    ) -> None:
        written = Writer(language, unit)(value)
        assert written.replace("\u00a0", " ").replace("\u202f", " ") == expected

    def test_bounds_are_told_as_bounds(self, association: Association) -> None:
        members = institutions(association, 12)
        of_round = approved_round(association, members)
        Answer.objects.filter(code="mission_approved").update(flag=True)
        release = loaded(publish(round_id=of_round.pk, by=None, at=OPENED))
        cell = release.cells.get(code="mission_approved")
        assert (cell.value, cell.relation) == (80, "at_least")
        everything = "\n".join(texts(build_report(release, "en")))
        assert "at least 80%" in everything
        assert "100%" not in " ".join(m.text for m in build_report(release, "en").messages)


class TestPdf:
    def test_it_is_tagged_conforms_to_ua_1_and_holds_what_the_pages_hold(
        self, association: Association
    ) -> None:
        release = loaded(released(association, 8))
        content, name = reports.render_report(release, "en")
        assert name == "aot-social-performance-report-2024-edition-1-en.pdf"
        assert ua1_faults(content) == []
        run = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
        read = plain(run.stdout.decode())
        data = build_report(release, "en")
        for message in data.messages:
            assert plain(message.text) in read
        for chapter in data.chapters:
            assert plain(chapter.title) in read
        assert "Figure 1" in read
        assert "Annex A" in read

    def test_it_conforms_to_ua_1_from_right_to_left_too(self, association: Association) -> None:
        release = loaded(released(association, 8, sections=SMALL))
        content, name = reports.render_report(release, "ar")
        assert name.endswith("-ar.pdf")
        assert ua1_faults(content) == []

    def test_member_names_cannot_inject_markup(self, association: Association) -> None:
        members = institutions(association, 6)
        evil = '</p><img src="file:///etc/passwd"><script>alert(1)</script>'
        members[0].name = evil
        members[0].save()
        of_round = approved_round(association, members, sections=SMALL)
        content, _name = reports.render_report(
            loaded(publish(round_id=of_round.pk, by=None, at=OPENED)), "en"
        )
        read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
        assert b"<script>" in read
        assert b"root:" not in read

    def test_arabic_labels_of_charts_are_joined(self, association: Association) -> None:
        data = build_report(loaded(released(association, 8, sections=SMALL)), "ar")
        assert data.rtl
        style = pdf_style(data)
        assert not style.rtl  # WeasyPrint anchors from left to right
        assert page_styles(rtl=True)[0].rtl
        assert style.shape("سلام") != "سلام"


class TestJob:
    def test_the_report_is_made_once_and_told_once(self, association: Association) -> None:
        manager = person(Role.ASSOCIATION_MANAGER, association)
        release = released(association, 6, sections=SMALL)
        job = request_report(release_id=release.pk, language="en", by=manager, at=OPENED)
        assert request_report(release_id=release.pk, language="en", by=manager, at=OPENED).pk == job.pk
        jobs.run(job.pk)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE
        assert (jobs.intact_content(job) or b"").startswith(b"%PDF-1.7")
        assert job.steps == 3
        mail = MailMessage.objects.get(purpose="report.ready")
        assert mail.to == manager.email
        assert str(job.pk) in mail.text

    @pytest.mark.parametrize(("form", "words"), [("docx", "Word, English"), ("xlsx", "Excel, English")])
    def test_page_and_mail_name_the_form_that_was_asked_for(
        self, association: Association, client: Client, form: str, words: str
    ) -> None:
        manager = person(Role.ASSOCIATION_MANAGER, association)
        release = released(association, 6, sections=SMALL)
        job = request_report(release_id=release.pk, language="en", form=form, by=manager, at=OPENED)
        jobs.run(job.pk)
        client.force_login(manager)
        page = client.get(reverse("job", args=[association.slug, job.pk])).content.decode()
        assert words in page
        assert "PDF" not in page
        told = MailMessage.objects.get(purpose="report.ready").text
        assert words in told
        assert "PDF" not in told

    def test_rights_are_asked_again_when_it_runs(self, association: Association) -> None:
        manager = person(Role.ASSOCIATION_MANAGER, association)
        release = released(association, 6, sections=SMALL)
        job = request_report(release_id=release.pk, language="en", by=manager, at=OPENED)
        manager.role_assignments.update(ended_at=OPENED)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert not job.result
        assert not MailMessage.objects.filter(purpose="report.ready").exists()
        # somebody who has the right may ask again and gets it
        other = person(Role.ASSOCIATION_REVIEWER, association)
        again = request_report(release_id=release.pk, language="en", by=other, at=OPENED)
        jobs.run(again.pk)
        again.refresh_from_db()
        assert (again.pk, again.state) == (job.pk, JobState.DONE)

    def test_a_report_that_cannot_be_made_is_told(
        self, association: Association, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
    ) -> None:
        settings.JOB_MAX_ATTEMPTS = 1
        manager = person(Role.ASSOCIATION_MANAGER, association)
        release = released(association, 6, sections=SMALL)
        monkeypatch.setattr(reports, "render_pdf", lambda *_, **__: 1 / 0)
        job = request_report(release_id=release.pk, language="en", by=manager, at=OPENED)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert MailMessage.objects.get(purpose="report.failed").to == manager.email

    def test_a_language_that_is_not_offered_is_refused(self, association: Association) -> None:
        manager = person(Role.ASSOCIATION_MANAGER, association)
        release = released(association, 6, sections=SMALL)
        with pytest.raises(ValueError, match="xx"):
            request_report(release_id=release.pk, language="xx", by=manager, at=OPENED)


def test_cells_are_the_only_numbers(association: Association) -> None:
    """A release whose cells say other numbers makes a report that says them: nothing is worked out beside them."""
    release = released(association, 6, sections=SMALL)
    copy = Release.objects.create(
        **{
            field.attname: getattr(release, field.attname)
            for field in Release._meta.concrete_fields
            if field.name not in {"id", "number"}
        },
        number=9,
    )
    ReleaseCell.objects.create(
        release=copy,
        position=0,
        code="active_borrowers",
        statistic="sum",
        published=True,
        value=424_242,
        n_band="5-9",
    )
    data = build_report(loaded(copy), "en")
    assert "424,242 active borrowers" in sentence(data, "active borrowers")
    assert data.published_count == 1
