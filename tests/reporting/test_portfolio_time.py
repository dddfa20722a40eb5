"""A donor's associations over the years: published cells alone; on the page a few lines, in the files all."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from members.enums import Role
from members.models import Association, Donor, SharingAgreement
from reporting.datasets import portfolio_time as dataset
from reporting.datasets.portfolio_time import MOST_LINES, portfolio_time, time_sheet
from reporting.models import Release, ReleaseCell, Round
from reporting.services.releases import publish
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, DonorFactory, person
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import OPENED

pytestmark = pytest.mark.django_db

SECTIONS = ("PRO", "OUT")


@pytest.fixture
def donor() -> Donor:
    found: Donor = DonorFactory(slug="ours", name="Fund")
    return found


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    dataset._kept.clear()


def shares(donor: Donor, name: str, years: tuple[int, ...] = (2023, 2024), count: int = 6) -> Association:
    association: Association = AssociationFactory(name=name, currency="KES")
    members = institutions(association, count)
    for year in years:
        of_round: Round = approved_round(association, members, year=year, sections=SECTIONS)
        publish(round_id=of_round.pk, by=None, at=OPENED)
    SharingAgreement.objects.create(association=association, donor=donor, since=date(2020, 1, 1))
    return association


def test_every_point_is_a_published_cell_on_the_page_and_in_both_files(donor: Donor) -> None:
    shares(donor, "First")
    shares(donor, "Second", count=8)
    stranger = shares(donor, "Stranger", (2024,), count=7)
    SharingAgreement.objects.filter(association=stranger).delete()
    client = signed_in(person(Role.DONOR_READER, donor))
    page = client.get("/d/ours/").content.decode()
    assert "Over the years" in page
    sheet = time_sheet(portfolio_time(donor, "en"))
    column = {name: place for place, name in enumerate(sheet.headers)}
    assert {row[column["Association"]] for row in sheet.rows} == {"First", "Second"}
    numbers = 0
    for row in sheet.rows:
        release = Release.objects.get(
            association__name=row[column["Association"]], round__year=row[column["Year"]]
        )
        values = set(
            ReleaseCell.objects.filter(
                release=release, group="", code=row[column["Code"]], published=True
            ).values_list("value", flat=True)
        )
        value = row[column["Value"]]
        assert value is None or value in values
        numbers += value is not None
    assert numbers >= 4
    told = [one for one in portfolio_time(donor, "en").figures if one.code == "active_borrowers"]
    assert [[one.year for one in path.years] for path in told[0].paths] == [[2023, 2024], [2023, 2024]]
    assert all(one.words in page for path in told[0].paths for one in path.years)
    text = client.get("/d/ours/figures.csv?table=years").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(sheet.rows)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/d/ours/figures.xlsx").content))
    assert book["Over the years"].max_row == len(sheet.rows) + 1


def test_more_associations_than_lines_can_be_told_apart_are_in_the_files_alone(donor: Donor) -> None:
    for number in range(MOST_LINES + 1):
        shares(donor, f"Association {number}", count=5)
    shown = portfolio_time(donor, "en")
    assert shown.figures
    assert shown.charts == ()
    client = signed_in(person(Role.DONOR_READER, donor))
    assert "Over the years" not in client.get("/d/ours/").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get("/d/ours/figures.xlsx").content))
    assert book["Over the years"].max_row > MOST_LINES


def test_one_year_is_no_line(donor: Donor) -> None:
    shares(donor, "First", (2024,))
    assert portfolio_time(donor, "en").charts == ()
    assert time_sheet(portfolio_time(donor, "en")).rows
