"""A member's own report: its own figures and published cells alone, in every language, made once and kept private."""

import io
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from members.models import Association, Institution, RoleAssignment
from reporting.datasets.member_report import MemberReport, build_member_report
from reporting.enums import MissingReason, Move, ReturnState, VerificationLevel
from reporting.models import Answer, Release, ReleaseCell, Round, Submission
from reporting.selectors.member_reports import load_member, with_all
from reporting.services import member_reports as service
from reporting.services.releases import publish
from reporting.services.transitions import move
from reporting.statistics import Place
from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState, MailMessage
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.members import LONG_AGO, MembershipFactory
from tests.factories.releases import answer, approved_round, consent, institutions, plausible
from tests.factories.reporting import CatalogueVersionFactory, RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, complete_return, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def return_of(institution: Institution, year: int) -> Submission:
    found: Submission = with_all(Submission.objects.all()).get(institution=institution, round__year=year)
    return found


def report_of(submission: Submission, language: str = "en") -> MemberReport:
    with translation.override(language):
        again = with_all(Submission.objects.all()).get(pk=submission.pk)
        return build_member_report(load_member(again), language)


@pytest.fixture
def members(cast: Cast) -> list[Institution]:
    """Twelve members of Amani, Kilimo the first."""
    consent(cast.amani, cast.kilimo)
    return [cast.kilimo, *institutions(cast.amani, 11)]


@pytest.fixture
def years(cast: Cast, members: list[Institution]) -> list[Round]:
    """Two years in which all were approved, with one catalogue."""
    version = CatalogueVersionFactory()
    return [approved_round(cast.amani, members, year=year, version=version) for year in (2023, 2024)]


def released(of_round: Round) -> Release:
    return publish(round_id=of_round.pk, by=None, at=LONG_AGO)


def set_number(submission: Submission, code: str, value: float) -> None:
    Answer.objects.filter(submission=submission, code=code).update(number=Decimal(str(value)))


class TestPlace:
    def test_the_own_figure_stands_beside_published_quartiles(self, cast: Cast, years: list[Round]) -> None:
        release = released(years[1])
        report = report_of(return_of(cast.kilimo, 2024))
        rows = {row.code: row for strip in report.strips for row in strip.rows}
        cells = {
            (cell.code, cell.category): cell
            for cell in ReleaseCell.objects.filter(release=release, statistic="quartiles", group="")
        }
        published = 0
        for code, row in rows.items():
            lower, upper = cells.get((code, "lower")), cells.get((code, "upper"))
            if lower is not None and upper is not None and lower.published and upper.published:
                published += 1
                assert (row.lower, row.upper, row.n_band) == (lower.value, upper.value, lower.n_band)
                where = (
                    Place.BELOW
                    if row.own < lower.value
                    else Place.ABOVE
                    if row.own > upper.value
                    else Place.WITHIN
                )
                assert row.place is where
            else:
                assert row.place is None
                assert row.n_band == ""
        assert published >= 5
        assert sum(report.counts.values()) == published
        assert not report.compared_is_earlier
        assert years[1].name in report.compared_with

    def test_before_the_rounds_own_release_the_earlier_one_is_said(
        self, cast: Cast, years: list[Round]
    ) -> None:
        released(years[0])
        report = report_of(return_of(cast.kilimo, 2024))
        assert report.compared_is_earlier
        assert years[0].name in report.compared_with
        assert report.strips
        # a later release is never held against an earlier return
        assert not report_of(return_of(cast.kilimo, 2023)).compared_is_earlier

    def test_a_later_release_says_nothing_of_an_earlier_year(self, cast: Cast, years: list[Round]) -> None:
        released(years[1])
        report = report_of(return_of(cast.kilimo, 2023))
        assert report.compared_with == ""
        assert report.strips == ()

    def test_amounts_in_another_currency_are_not_compared(self, cast: Cast, years: list[Round]) -> None:
        released(years[1])
        Submission.objects.filter(institution=cast.kilimo).update(currency="USD")
        report = report_of(return_of(cast.kilimo, 2024))
        rows = {row.code: row for strip in report.strips for row in strip.rows}
        assert rows["gross_loan_portfolio"].place is None
        assert rows["active_borrowers"].place is not None

    def test_nothing_of_another_member_is_in_it(
        self, cast: Cast, members: list[Institution], years: list[Round]
    ) -> None:
        """Another member's figure changed beyond recognition changes no letter once the release stands."""
        released(years[1])
        mine = return_of(cast.kilimo, 2024)
        before = report_of(mine)
        for number in ("active_borrowers", "gross_loan_portfolio", "staff_total"):
            set_number(return_of(members[3], 2024), number, 987_654_321)
        assert report_of(mine) == before


class TestYears:
    def test_without_an_earlier_year_or_a_release(self, cast: Cast, members: list[Institution]) -> None:
        approved_round(cast.amani, members[:3])
        report = report_of(return_of(cast.kilimo, 2024))
        assert (report.trends, report.strips, report.changes, report.practices, report.since) == (
            (),
            (),
            (),
            (),
            "",
        )
        assert report.messages
        assert any("first approved return" in text for text in report.messages)
        assert report.strengths or report.gaps  # practices speak for themselves

    def test_the_line_has_the_own_figures(self, cast: Cast, years: list[Round]) -> None:
        trend = next(
            one for one in report_of(return_of(cast.kilimo, 2024)).trends if one.code == "active_borrowers"
        )
        own = [plausible(0, year)["active_borrowers"] for year in (2023, 2024)]
        assert list(trend.values) == own
        assert (trend.periods, trend.breaks, trend.reasons) == (("2023", "2024"), frozenset(), ())

    def test_a_year_without_a_return_is_a_gap_that_is_said(
        self, cast: Cast, members: list[Institution]
    ) -> None:
        version = CatalogueVersionFactory()
        for year in (2021, 2023):
            approved_round(cast.amani, members[:1], year=year, version=version)
        trend = report_of(return_of(cast.kilimo, 2023)).trends[0]
        assert trend.periods == ("2021", "2022", "2023")
        assert trend.values[1] is None
        assert trend.reasons == ("There is no approved return for 2022.",)

    @pytest.mark.parametrize(
        ("change", "cut", "whole", "said"),
        [
            (
                {"currency": "USD"},
                "gross_loan_portfolio",
                "active_borrowers",
                "Amounts are in KES from 2024 on",
            ),
            ({"imported": True}, "active_borrowers", None, "those before from a public source"),
        ],
    )
    def test_what_cannot_be_compared_cuts_the_line_and_says_why(
        self, cast: Cast, years: list[Round], change: dict[str, Any], cut: str, whole: str | None, said: str
    ) -> None:
        Submission.objects.filter(pk=return_of(cast.kilimo, 2023).pk).update(**change)
        report = report_of(return_of(cast.kilimo, 2024))
        found = {trend.code: trend for trend in report.trends}
        assert found[cut].breaks == {1}
        assert any(said in reason for reason in found[cut].reasons)
        assert any(said in reason for reason in report.reasons)
        if whole is not None:
            assert found[whole].breaks == frozenset()
        labels = {one.label for one in report.changes}
        assert "Gross loan portfolio" not in labels

    def test_another_end_of_the_year_cuts_the_line(self, cast: Cast, years: list[Round]) -> None:
        Round.objects.filter(pk=years[0].pk).update(period_end=date(2023, 6, 30))
        trend = report_of(return_of(cast.kilimo, 2024)).trends[0]
        assert trend.breaks == {1}
        assert trend.reasons == ("From 2024 on the reporting year ends in December, before in June.",)

    def test_changes_are_the_largest_with_both_numbers(self, cast: Cast, years: list[Round]) -> None:
        mine = return_of(cast.kilimo, 2024)
        for code in ("complaints_received", "complaints_resolved", "complaints_on_time"):
            set_number(return_of(cast.kilimo, 2023), code, 100)
            set_number(mine, code, 900)
        report = report_of(mine)
        first = report.changes[0]
        assert (first.label, first.before, first.now, first.change) == (
            "Complaints received",
            "100",
            "900",
            "+800%",
        )
        assert len(report.changes) <= 6

    def test_practices_say_what_is_new_and_what_is_less(self, cast: Cast, years: list[Round]) -> None:
        for year, given in ((2023, "0"), (2024, "1")):
            Answer.objects.filter(submission=return_of(cast.kilimo, year), code="social_strategy").update(
                text=given
            )
        found = {one.label: one for one in report_of(return_of(cast.kilimo, 2024)).practices}
        label = load_member(return_of(cast.kilimo, 2024)).sheet.catalogue.labels["social_strategy"]
        assert (found[label].before, found[label].now, found[label].better) == (
            "not in place",
            "in place",
            True,
        )


class TestQuality:
    def test_it_counts_answers_reasons_and_levels(self, cast: Cast, years: list[Round]) -> None:
        mine = return_of(cast.kilimo, 2024)
        own = Answer.objects.filter(submission=mine)
        own.filter(code="exit_monitoring").update(text=None, missing=MissingReason.NOT_TRACKED)
        own.filter(code="branches_total").update(verification=VerificationLevel.AUDITED)
        quality = report_of(mine).quality
        assert quality.answered <= quality.required
        assert [(one.reason, one.count, one.questions[0][0]) for one in quality.untold] == [
            ("Not tracked", 1, "exit_monitoring")
        ]
        levels = {one.label: one.count for one in quality.levels}
        assert levels["Audited by a third party"] == 1
        assert sum(levels.values()) == quality.values

    def test_gaps_bring_guidance_and_the_question(self, cast: Cast, years: list[Round]) -> None:
        mine = return_of(cast.kilimo, 2024)
        codes = ("env_strategy", "env_risk_screening", "env_footprint")
        Answer.objects.filter(submission=mine, code__in=codes).update(text="0")
        Answer.objects.filter(submission=mine, code="green_products").update(flag=False)
        gap = next(one for one in report_of(mine).gaps if one.code == "D7")
        assert gap.figure == "0 of 100"
        assert gap.reasons[0] == "0 of 4 practices are in place in full."
        assert [(guide.code, guide.section, guide.answer) for guide in gap.guides] == [
            ("env_strategy", "ENV", "not in place"),
            ("env_risk_screening", "ENV", "not in place"),
        ]
        assert all(guide.text for guide in gap.guides)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_pdf_is_tagged_and_in_its_language(cast: Cast, years: list[Round], language: str) -> None:
    released(years[1])
    content, name = service.render_member_report(return_of(cast.kilimo, 2024).pk, language)
    assert name.endswith(f"-own-report-{years[1].code}-{language}.pdf")
    told = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert "Tagged: yes" in " ".join(told.split())
    text = subprocess.run(
        ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()
    assert cast.kilimo.name in text
    if language == "en":
        assert "Our place among the members" in text


def test_queries_do_not_grow_with_years(cast: Cast, members: list[Institution]) -> None:
    version = CatalogueVersionFactory()
    counts = []
    for year in (2022, 2023, 2024):
        released(approved_round(cast.amani, members, year=year, version=version))
        submission = return_of(cast.kilimo, year)
        load_member(submission)
        with CaptureQueriesContext(connection) as queries:
            load_member(submission)
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert counts[2] <= 14


def approve(cast: Cast, submission: Submission) -> Submission:
    put_into(submission, ReturnState.IN_REVIEW)
    return move(submission_id=submission.pk, move=Move.APPROVE, by=cast.reviewer, at=NOW)


class TestOneReport:
    def test_approval_makes_it_and_tells_the_mfi_once(self, cast: Cast) -> None:
        held = approve(cast, complete_return(cast))
        job = Job.objects.get(kind="member_report")
        assert (job.requested_by_id, job.args["language"]) == (None, cast.amani.language)
        jobs.run(job.pk)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.DONE, 1)
        content = jobs.intact_content(job)
        assert content is not None
        assert content.startswith(b"%PDF")
        mails = MailMessage.objects.filter(purpose="member_report.ready")
        assert {mail.to for mail in mails} == {cast.signatory.email, cast.editor.email}
        assert len(mails) == 2
        assert reverse("member_report", args=[cast.amani.slug, held.pk]) in mails[0].text

    def test_a_return_reopened_meanwhile_gets_none(self, cast: Cast) -> None:
        held = approve(cast, complete_return(cast))
        move(submission_id=held.pk, move=Move.REOPEN, by=cast.manager, at=NOW, comment="A figure is wrong.")
        job = Job.objects.get(kind="member_report")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert not MailMessage.objects.filter(purpose="member_report.ready").exists()
        # nor is what was made before the return was re-opened shown after the next approval
        put_into(Submission.objects.get(pk=held.pk), ReturnState.APPROVED)
        page = reverse("member_report_job", args=[cast.amani.slug, held.pk, job.pk])
        assert signed_in(cast.editor).get(page).status_code == 404

    def test_asking_twice_gives_one_file_and_a_new_release_another(
        self, cast: Cast, years: list[Round]
    ) -> None:
        mine = return_of(cast.kilimo, 2024)
        ask: dict[str, Any] = {"submission_id": mine.pk, "language": "en", "by": cast.editor, "at": NOW}
        first = service.request_member_report(**ask)
        assert service.request_member_report(**ask).pk == first.pk
        assert service.request_member_report(**ask | {"language": "fr"}).pk != first.pk
        released(years[1])
        assert service.request_member_report(**ask).pk != first.pk
        Job.objects.filter(pk=first.pk).update(state=JobState.FAILED)

    def test_only_its_people_and_staff_and_only_once_approved(self, cast: Cast, years: list[Round]) -> None:
        mine = return_of(cast.kilimo, 2024)
        ask: dict[str, Any] = {"submission_id": mine.pk, "language": "en", "at": NOW}

        def able() -> set[str]:
            found = set()
            for part, user in cast.people.items():
                try:
                    service.request_member_report(**ask, by=user)
                    found.add(part)
                except Refused:
                    pass
            return found

        assert able() == {"manager", "second_manager", "reviewer", "signatory", "editor"}
        put_into(mine, ReturnState.IN_REVIEW)
        assert able() == set()

    def test_who_lost_the_right_meanwhile_gets_no_file(self, cast: Cast, years: list[Round]) -> None:
        mine = return_of(cast.kilimo, 2024)
        job = service.request_member_report(submission_id=mine.pk, language="en", by=cast.editor, at=NOW)
        RoleAssignment.objects.filter(user=cast.editor).update(ended_at=LONG_AGO)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert not job.result


class TestAllReports:
    def test_one_file_with_every_approved_member(self, cast: Cast, members: list[Institution]) -> None:
        of_round = approved_round(cast.amani, members[:3])
        put_into(Submission.objects.get(round=of_round, institution=members[2]), ReturnState.RETURNED)
        ask: dict[str, Any] = {"round_id": of_round.pk, "language": "en", "at": timezone.now()}
        job = service.request_all(**ask, by=cast.reviewer)
        assert service.request_all(**ask, by=cast.manager).pk == job.pk
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE
        assert (job.steps, job.step) == (2, 1)
        content = jobs.intact_content(job)
        assert content is not None
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            assert bundle.testzip() is None
            files = {name: bundle.read(name) for name in bundle.namelist()}
        assert len(files) == 2
        assert all(one.startswith(b"%PDF") for one in files.values())

    def test_what_the_approval_made_is_taken_as_it_is(
        self, cast: Cast, members: list[Institution], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        of_round = approved_round(cast.amani, members[:1])
        mine = return_of(cast.kilimo, 2024)
        one = service.request_on_approval(mine, at=NOW)
        jobs.run(one.pk)
        made = jobs.intact_content(Job.objects.get(pk=one.pk))

        def never(*_args: object) -> tuple[bytes, str]:
            raise AssertionError("It was made already.")

        monkeypatch.setattr(service, "render_member_report", never)
        job = service.request_all(
            round_id=of_round.pk, language=cast.amani.language, by=cast.reviewer, at=NOW
        )
        jobs.run(job.pk)
        content = jobs.intact_content(Job.objects.get(pk=job.pk))
        assert content is not None
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            assert [bundle.read(name) for name in bundle.namelist()] == [made]

    def test_only_staff_and_only_where_something_is_approved(
        self, cast: Cast, members: list[Institution]
    ) -> None:
        of_round = approved_round(cast.amani, members[:1])
        able = set()
        for part, user in cast.people.items():
            try:
                service.request_all(round_id=of_round.pk, language="en", by=user, at=NOW)
                able.add(part)
            except Refused:
                pass
        assert able == {"manager", "second_manager", "reviewer"}
        empty = RoundFactory(association=cast.amani, year=2019)
        with pytest.raises(Refused, match="approved"):
            service.request_all(round_id=empty.pk, language="en", by=cast.manager, at=NOW)

    def test_who_lost_the_right_meanwhile_gets_no_file(self, cast: Cast, members: list[Institution]) -> None:
        of_round = approved_round(cast.amani, members[:1])
        job = service.request_all(round_id=of_round.pk, language="en", by=cast.reviewer, at=NOW)
        RoleAssignment.objects.filter(user=cast.reviewer).update(ended_at=LONG_AGO)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED

    def test_two_members_called_alike_keep_their_own_file(self) -> None:
        names: set[str] = set()
        found = [service._unused("kilimo-2024-en.pdf", names) for _one in range(3)]
        assert found == ["kilimo-2024-en.pdf", "kilimo-2024-en-2.pdf", "kilimo-2024-en-3.pdf"]


def test_years_of_another_association_stay_there(cast: Cast, members: list[Institution]) -> None:
    """Pamoja belongs to both: what it told the one is not in its report for the other."""
    version = CatalogueVersionFactory()
    MembershipFactory._meta.model.objects.get(association=cast.baobab, institution=cast.pamoja)
    for association, year in ((cast.baobab, 2023), (cast.amani, 2024)):
        of_round = RoundFactory(association=association, year=year, catalogue=version)
        held = SubmissionFactory(round=of_round, institution=cast.pamoja)
        answer(held, plausible(5, year))
        put_into(held, ReturnState.APPROVED)
    assert isinstance(cast.amani, Association)
    report = report_of(return_of(cast.pamoja, 2024))
    assert (report.trends, report.since) == ((), "")
