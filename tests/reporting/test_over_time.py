"""Figures over time: the cells' own numbers on the page and in the files, gaps, cuts with their reason, and no more."""

import csv
import io
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.enums import Role
from members.models import Association, SharingAgreement, User
from reporting.datasets import over_time as dataset
from reporting.datasets.figure_values import Edition, edition_of
from reporting.datasets.over_time import OverTime, over_time, series_of
from reporting.datasets.over_time_file import sheets
from reporting.disclosure import Kind
from reporting.models import Release, ReleaseCell
from reporting.selectors.figures import cells_of_codes, completeness_of
from reporting.selectors.releases import count_published, newest_editions, with_round
from reporting.services.releases import publish
from reporting.web import kept_pages
from spm_portal.common.models import AuditEvent
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, DonorFactory, person
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import OPENED

pytestmark = pytest.mark.django_db

SMALL = ("PRO", "OUT")


def published(
    association: Association,
    years: tuple[int, ...] = (2023, 2024),
    count: int = 6,
    sections: tuple[str, ...] = SMALL,
) -> None:
    members = institutions(association, count)
    for year in years:
        of_round = approved_round(association, members, year=year, sections=sections)
        publish(round_id=of_round.pk, by=None, at=OPENED)


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(slug="aaa", name="Association of Testing", currency="KES")
    return found


def shown(association: Association) -> OverTime:
    releases = newest_editions(with_round(Release.objects.filter(association=association)))
    return over_time(association, releases, "en")


def editions(association: Association) -> list[Edition]:
    releases = newest_editions(with_round(Release.objects.filter(association=association)))
    cells = cells_of_codes(releases, dataset.CODES)
    return [edition_of(release, cells[release.pk], "en") for release in reversed(releases)]


def test_every_number_is_that_of_its_cell_on_the_page_and_in_both_files(association: Association) -> None:
    published(association, count=10, sections=("PRO", "OUT", "CLP"))
    told = shown(association)
    figures, _quality = sheets(told)
    column = {name: place for place, name in enumerate(figures.headers)}
    client = signed_in(person(Role.ASSOCIATION_REVIEWER, association))
    text = client.get(reverse("figures_time_file", args=["aaa", "csv"])).content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("figures_time_file", args=["aaa", "xlsx"])).content)
    )
    answer = client.get(reverse("figures_time", args=["aaa"]))
    assert [str(link.label) for link in answer.context["shell"].navigation if link.current] == ["Figures"]
    page = answer.content.decode()
    rows = list(book["Figures"].iter_rows(min_row=2, values_only=True))
    assert len(figures.rows) == len(lines) == len(rows) > 12
    numbers = 0
    for given, line, row in zip(figures.rows, lines, rows, strict=True):
        release = Release.objects.get(edition_sha256=given[column["Hash of the edition"]])
        cells = ReleaseCell.objects.filter(
            release=release, group="", code=given[column["Code"]], statistic=given[column["Statistic"]]
        )
        if not given[column["Statistic"]]:
            assert not cells.exists()
            continue
        if given[column["Statistic"]] == Kind.DISTRIBUTION:
            cells = cells.filter(category__in=["1", ""])  # none: yes is told with other answers only
        cell = cells.first()
        value = cell.value if cell else None
        assert given[column["Value"]] == value
        assert row[column["Value"]] == value
        assert line["Value"] == ("" if value is None else str(int(value) if value.is_integer() else value))
        if value is not None:
            numbers += 1
            assert str(given[column["In words"]]).replace("'", "&#x27;") in page
    assert numbers > 4


def test_what_is_not_published_is_a_gap_that_says_so(association: Association) -> None:
    published(association, (2024,), count=5)
    withheld = ReleaseCell.objects.filter(
        published=False, code__in=dataset.FIRST, statistic__in=[Kind.SUM, Kind.RATIO_OF_SUMS]
    ).exclude(reason="no_answers")
    of_one = editions(association)
    for cell in withheld:
        series = series_of(cell.code, of_one, ["2024"])
        assert series is not None
        assert series.points[0].value.withheld
        assert series.points[0].value.number is None
        assert series.points[0].value.words == "not published"
        assert not series.has_numbers


class TestCuts:
    def test_the_same_question_is_one_line(self, association: Association) -> None:
        published(association)
        series = series_of("active_borrowers", editions(association), ["2023", "2024"])
        assert series is not None
        assert series.cuts == ()

    def test_another_unit_cuts_the_line_and_says_why(self, association: Association) -> None:
        published(association)
        before, after = editions(association)
        catalogue = before.draft.catalogue
        sections = tuple(
            replace(
                section,
                indicators=tuple(
                    replace(one, unit="groups") if one.code == "active_borrowers" else one
                    for one in section.indicators
                ),
            )
            for section in catalogue.sections
        )
        older = replace(before, draft=replace(before.draft, catalogue=replace(catalogue, sections=sections)))
        series = series_of("active_borrowers", [older, after], ["2023", "2024"])
        assert series is not None
        assert [(point.label, point.cut) for point in series.cuts] == [("2024", "the unit changed")]
        assert dataset.told_under(series)[-1] == "Cut before 2024: the unit changed."

    def test_another_currency_cuts_amounts_and_nothing_else(self, association: Association) -> None:
        members = institutions(association, 6)
        for year, currency in ((2023, "KES"), (2024, "UGX")):
            of_round = approved_round(
                association, members, year=year, currency=currency, sections=("PRO", "OUT", "FIN")
            )
            publish(round_id=of_round.pk, by=None, at=OPENED)
        told = editions(association)
        amounts = series_of("gross_loan_portfolio", told, ["2023", "2024"])
        counts = series_of("active_borrowers", told, ["2023", "2024"])
        assert amounts is not None
        assert counts is not None
        assert [point.cut for point in amounts.points] == ["", "amounts are in UGX, before in KES"]
        assert counts.cuts == ()


def test_quality_counts_what_the_report_counts(association: Association) -> None:
    published(association, (2024,))
    release = Release.objects.get()
    found = completeness_of([release])[release.pk]
    counted = count_published(ReleaseCell.objects.filter(release=release, group=""))
    assert (found.published, found.withheld) == (counted[True], counted[False])
    (one,) = shown(association).quality
    assert (one.invited, one.approved, one.contributors) == (6, 6, 6)
    assert one.published_share == 100 * counted[True] / (counted[True] + counted[False])


def test_only_staff_members_and_donors_of_the_association_see_it(association: Association) -> None:
    published(association, (2024,))
    other: Association = AssociationFactory(slug="bbb")
    donor, stranger = DonorFactory(slug="ours"), DonorFactory(slug="theirs")
    SharingAgreement.objects.create(association=association, donor=donor, since=date(2020, 1, 1))
    ended = DonorFactory(slug="ended")
    SharingAgreement.objects.create(
        association=association, donor=ended, since=date(2020, 1, 1), until=date(2021, 1, 1)
    )
    member = Release.objects.get().members.first()
    assert member is not None
    expected: dict[User, int] = {
        person(Role.ASSOCIATION_MANAGER, association): 200,
        person(Role.INSTITUTION_EDITOR, member.institution): 200,
        person(Role.DONOR_READER, donor): 200,
        person(Role.DONOR_READER, stranger): 404,
        person(Role.DONOR_READER, ended): 404,
        person(Role.ASSOCIATION_MANAGER, other): 404,
    }
    for user, status in expected.items():
        client = signed_in(user)
        for address in (
            reverse("figures_time", args=["aaa"]),
            reverse("figures_time_file", args=["aaa", "csv"]),
            reverse("figures_time_file", args=["aaa", "xlsx"]),
        ):
            assert client.get(address).status_code == status, (user, address)
        assert client.get(reverse("figures_time_file", args=["aaa", "pdf"])).status_code == 404


def test_a_donors_download_is_written_down_and_staff_s_is_not(association: Association) -> None:
    published(association, (2024,))
    donor = DonorFactory(slug="ours")
    SharingAgreement.objects.create(association=association, donor=donor, since=date(2020, 1, 1))
    address = reverse("figures_time_file", args=["aaa", "csv"])
    signed_in(person(Role.ASSOCIATION_MANAGER, association)).get(address)
    assert not AuditEvent.objects.filter(verb="figures.downloaded").exists()
    reader = person(Role.DONOR_READER, donor)
    signed_in(reader).get(address)
    event = AuditEvent.objects.get(verb="figures.downloaded")
    assert (event.actor_id, event.association_id, event.data["format"]) == (reader.pk, association.pk, "csv")
    assert event.data["editions"][0]["release"] == str(Release.objects.get().pk)


def test_queries_do_not_grow_with_the_rounds() -> None:
    counts = []
    for number, years in enumerate([(2023,), (2022, 2023, 2024)]):
        where: Association = AssociationFactory(slug=f"rounds-{number}", currency="KES")
        published(where, years, count=5)
        client = signed_in(person(Role.ASSOCIATION_MANAGER, where))
        address = reverse("figures_time", args=[where.slug])
        client.get(address)  # what a process reads once
        dataset._kept.clear()
        kept_pages.forget()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_an_association_without_a_release_says_what_will_be_here(association: Association) -> None:
    client: Any = signed_in(person(Role.ASSOCIATION_MANAGER, association))
    assert "Nothing published yet" in client.get(reverse("figures_time", args=["aaa"])).content.decode()
    assert client.get(reverse("figures_time_file", args=["aaa", "csv"])).status_code == 404
