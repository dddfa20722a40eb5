"""A donor's dashboard: the associations' own figures, nothing of who does not share, totals by the gate alone."""

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.enums import Role
from members.models import Association, Donor, SharingAgreement
from reporting.datasets.portfolio import CODES, Portfolio, portfolio, wanted_together
from reporting.datasets.portfolio_file import sheets
from reporting.models import Release, ReleaseCell
from reporting.services import portfolio_totals
from reporting.services.portfolio_totals import dashboard
from reporting.services.releases import publish
from reporting.web import kept_pages
from spm_portal.common.models import AuditEvent
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, DonorFactory, person
from tests.factories.releases import approved_round, institutions, released
from tests.factories.reporting import OPENED

pytestmark = pytest.mark.django_db

SMALL = ("PRO", "OUT")
WITH_MONEY = ("PRO", "OUT", "FIN")


@pytest.fixture
def donor() -> Donor:
    found: Donor = DonorFactory(slug="ours", name="Fund")
    return found


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    portfolio_totals._kept.clear()
    kept_pages.forget()


def shares(donor: Donor, name: str, count: int = 7, **kwargs: Any) -> Association:
    association: Association = AssociationFactory(name=name, currency="KES")
    released(association, count, **{"sections": SMALL, **kwargs})
    SharingAgreement.objects.create(association=association, donor=donor, since=date(2020, 1, 1))
    return association


def line(shown: Portfolio, code: str) -> Any:
    return next(one for one in shown.lines if one.code == code)


def test_every_number_is_that_of_its_cell_on_the_page_and_in_both_files(donor: Donor) -> None:
    shares(donor, "First", 8, sections=WITH_MONEY)
    shares(donor, "Second", 6, sections=WITH_MONEY)
    client = signed_in(person(Role.DONOR_READER, donor))
    page = client.get("/d/ours/").content.decode()
    lines = list(csv.DictReader(io.StringIO(client.get("/d/ours/figures.csv").content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/d/ours/figures.xlsx").content))
    rows = list(book["Figures"].iter_rows(min_row=2, values_only=True))
    figures, associations = sheets(dashboard(donor=donor, language="en"))
    column = {name: place for place, name in enumerate(figures.headers)}
    assert len(figures.rows) == len(lines) == len(rows)
    assert len(associations.rows) == len(list(book["Associations"].iter_rows(min_row=2))) == 2
    numbers = 0
    for given, read, row in zip(figures.rows, lines, rows, strict=True):
        value = given[column["Value"]]
        assert row[column["Value"]] == value
        assert read["Value"] == (
            "" if value is None else str(int(value) if float(value).is_integer() else value)
        )
        if given[column["Association"]] == "All together":
            continue
        cell = ReleaseCell.objects.filter(
            release__association__name=given[column["Association"]],
            group="",
            code=given[column["Code"]],
            statistic=given[column["Statistic"]],
        ).first()
        assert value == (cell.value if cell else None)
        if value is not None:
            numbers += 1
            assert str(given[column["In words"]]) in page
    assert numbers > 4


def test_nothing_of_who_does_not_share_or_no_longer_does(donor: Donor) -> None:
    shares(donor, "Sharing Association")
    silent: Association = AssociationFactory(name="CANARY-SILENT", currency="KES")
    ended: Association = AssociationFactory(name="CANARY-ENDED", currency="KES")
    for association in (silent, ended):
        released(association, 6, sections=SMALL)
    SharingAgreement.objects.create(
        association=ended, donor=donor, since=date(2020, 1, 1), until=date(2021, 1, 1)
    )
    SharingAgreement.objects.create(
        association=silent, donor=DonorFactory(slug="theirs"), since=date(2020, 1, 1)
    )
    client = signed_in(person(Role.DONOR_READER, donor))
    for address in ("/d/ours/", "/d/ours/?year=2024", "/d/ours/figures.csv"):
        body = client.get(address).content.decode()
        assert "Sharing Association" in body
        assert "CANARY" not in body
    book = openpyxl.load_workbook(io.BytesIO(client.get("/d/ours/figures.xlsx").content))
    text = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    assert "Sharing Association" in text
    assert "CANARY" not in text
    stranger = signed_in(person(Role.DONOR_READER, DonorFactory(slug="strange")))
    for address in ("/d/ours/", "/d/ours/figures.csv", "/d/ours/figures.xlsx"):
        assert stranger.get(address).status_code == 404


class TestTogether:
    def test_the_sum_of_the_published_figures_of_one_year(self, donor: Donor) -> None:
        shares(donor, "First", 8)
        shares(donor, "Second", 6)
        found = line(dashboard(donor=donor, language="en"), "active_borrowers").together
        parts = ReleaseCell.objects.filter(code="active_borrowers", statistic="sum", group="")
        assert {cell.published for cell in parts} == {True}
        assert (found.parts, found.of, found.n) == (2, 2, "10-19")
        assert found.number == pytest.approx(sum(cell.value or 0 for cell in parts), rel=0.02)

    def test_one_association_is_no_total(self, donor: Donor) -> None:
        shares(donor, "First", 8)
        assert line(dashboard(donor=donor, language="en"), "active_borrowers").together is None

    def test_different_years_are_not_added(self, donor: Donor) -> None:
        shares(donor, "First", 8)
        shares(donor, "Second", 8, year=2023)
        assert wanted_together(portfolio(donor, "en")) == {}
        assert portfolio_totals.portfolio_totals(donor=donor, wanted={}) == {}

    def test_an_association_that_does_not_publish_its_figure_is_left_out(self, donor: Donor) -> None:
        """Otherwise the total less the others' published figures would be what it does not publish."""
        for name in ("First", "Second", "Third"):
            shares(donor, name, 7)
        held: Association = Association.objects.get(name="Third")
        shown = portfolio(donor, "en")
        with connection.cursor() as cursor:  # cells are frozen: a change needs the triggers away
            cursor.execute("SET session_replication_role = replica")
            ReleaseCell.objects.filter(
                release__association=held, code="active_borrowers", statistic="sum"
            ).update(published=False, value=None, n_band="", reason="dominated")
            cursor.execute("SET session_replication_role = DEFAULT")
        assert len(wanted_together(shown)["active_borrowers"]) == 3
        again = portfolio(donor, "en")
        assert {one.association.name for one in wanted_together(again)["active_borrowers"]} == {
            "First",
            "Second",
        }
        # a share over all would tell how large the association is, whose size is not published
        assert held not in {one.association for one in wanted_together(again)["pct_female_borrowers"]}

    def test_an_mfi_in_two_associations_is_not_told(self, donor: Donor) -> None:
        first, second = shares(donor, "First", 7), AssociationFactory(name="Second", currency="KES")
        twice = [one.institution for one in Release.objects.get().members.order_by("name")[:1]]
        of_round = approved_round(second, [*twice, *institutions(second, 7)], sections=SMALL)
        from tests.factories.releases import consent

        consent(second, twice[0])
        publish(round_id=of_round.pk, by=None, at=OPENED)
        SharingAgreement.objects.create(association=second, donor=donor, since=date(2020, 1, 1))
        found = line(dashboard(donor=donor, language="en"), "active_borrowers")
        assert first.name in {entry.column.association.name for entry in found.entries}
        assert (found.together.number, found.together.words) == (None, "not published")


def test_amounts_stand_in_both_currencies_with_the_rate_and_its_day(donor: Donor) -> None:
    association: Association = AssociationFactory(name="First", currency="KES")
    of_round = approved_round(association, institutions(association, 12), sections=WITH_MONEY)
    type(of_round).objects.filter(pk=of_round.pk).update(exchange_rate_usd="129.5")
    publish(round_id=of_round.pk, by=None, at=OPENED)
    SharingAgreement.objects.create(association=association, donor=donor, since=date(2020, 1, 1))
    shown = portfolio(donor, "en")
    assert shown.columns[0].rate == "USD 1 = KES 129.5, rate of the round for December 31, 2024"
    entry = line(shown, "gross_loan_portfolio").entries[0]
    assert entry.value.number is not None
    assert entry.dollars == float(f"{entry.value.number / 129.5:.3g}")
    assert entry.dollars_words.startswith("about USD")
    assert line(shown, "active_borrowers").entries[0].dollars is None


def test_the_year_is_chosen_and_others_say_that_there_is_nothing(donor: Donor) -> None:
    shares(donor, "First", 6, year=2023)
    client = signed_in(person(Role.DONOR_READER, donor))
    assert [one.release is not None for one in portfolio(donor, "en", 2023).columns] == [True]
    assert portfolio(donor, "en", 2020).shown == ()
    assert (
        "None of your associations has published figures of this year"
        in client.get("/d/ours/?year=2020").content.decode()
    )
    for odd in ("abc", "20231", "²⁰²³", "-1"):
        assert client.get("/d/ours/", {"year": odd}).status_code == 200
    assert client.get("/d/ours/figures.pdf").status_code == 404


def test_a_name_that_looks_like_a_formula_stays_text(donor: Donor) -> None:
    shares(donor, "=1+1")
    client = signed_in(person(Role.DONOR_READER, donor))
    assert "'=1+1" in client.get("/d/ours/figures.csv").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get("/d/ours/figures.xlsx").content))
    cell = book["Figures"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_each_download_is_written_down_and_looking_is_not(donor: Donor) -> None:
    shares(donor, "First")
    reader = person(Role.DONOR_READER, donor)
    client = signed_in(reader)
    client.get("/d/ours/")
    assert not AuditEvent.objects.filter(verb="figures.downloaded").exists()
    client.get("/d/ours/figures.xlsx?year=2024")
    event = AuditEvent.objects.get(verb="figures.downloaded")
    assert (event.actor_id, event.object_id, event.data["format"]) == (reader.pk, donor.pk, "xlsx")
    assert [one["release"] for one in event.data["editions"]] == [str(Release.objects.get().pk)]


@pytest.mark.parametrize("address", ["/d/ours/", "/d/ours/?year=2024", "/d/ours/figures.csv"])
def test_queries_do_not_grow_with_the_associations(donor: Donor, address: str) -> None:
    client = signed_in(person(Role.DONOR_READER, donor))
    counts = []
    for wanted in (2, 4):
        while SharingAgreement.objects.count() < wanted:
            shares(donor, f"Association {SharingAgreement.objects.count()}", 5)
        client.get(address)  # catalogues are read once per process
        portfolio_totals._kept.clear()
        kept_pages.forget()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_codes_are_those_of_the_catalogue() -> None:
    from tests.factories.reporting import default_catalogue

    assert all(default_catalogue().find(code) is not None for code in CODES)
