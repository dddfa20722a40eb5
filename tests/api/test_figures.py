"""Published figures as one table: in JSON and as CSV, the same rows, and of nothing that is not published a number."""

import csv
import io

import pytest
from django.test import Client

from members.models import User
from reporting.datasets.release_table import COLUMNS
from tests.api.reading import BASE, Reported, ask, call, key_of, report
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.releases import released

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

JSON, CSV = "associations/amani/figures/", "associations/amani/figures/csv/"


@pytest.fixture
def reported(cast: Cast) -> Reported:
    return report(cast)


def table(user: User, address: str = CSV) -> list[dict[str, str]]:
    client = signed_in(user)
    response = client.get(BASE + address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_table_has_a_row_for_every_figure_of_the_newest_editions(cast: Cast, reported: Reported):
    older = released(cast.amani, year=2022)
    rows = table(cast.donor)
    assert len(rows) == reported.release.cells.count() + older.cells.count()
    assert [row["round"] for row in rows] == sorted((row["round"] for row in rows), reverse=True)
    first = reported.release.cells.filter(published=True).order_by("position")[0]
    found = next(row for row in rows if row["published"] == "yes")
    assert (found["code"], found["statistic"]) == (first.code, first.statistic)
    assert float(found["value"]) == first.value
    assert found["contributors"] == first.n_band


@pytest.mark.parametrize("part", ["manager", "editor", "donor"])
def test_what_is_not_published_has_no_number_and_no_reason(cast: Cast, reported: Reported, part: str):
    hidden = [row for row in table(cast.people[part]) if row["published"] == "no"]
    assert len(hidden) == reported.release.cells.filter(published=False).count() > 0
    assert not any(row["value"] or row["contributors"] or row["relation"] for row in hidden)
    assert "reason" not in COLUMNS


def test_json_and_csv_say_the_same(cast: Cast, reported: Reported):
    told = ask(cast.donor, JSON)
    assert told.status == 200
    for as_json, as_csv in zip(told.json, table(cast.donor), strict=True):
        assert list(as_json) == list(as_csv)
        assert as_json["code"] == as_csv["code"]
        assert as_json["value"] == (float(as_csv["value"]) if as_csv["value"] else None)
        assert as_json["published"] == (as_csv["published"] == "yes")


def test_filters_narrow_and_unknown_ones_are_told(cast: Cast, reported: Reported):
    released(cast.amani, year=2022)
    assert {row["round"] for row in table(cast.donor, f"{CSV}?round=2022")} == {"2022"}
    assert {row["code"] for row in table(cast.donor, f"{CSV}?code=active_clients")} == {"active_clients"}
    wrong = ask(cast.donor, f"{CSV}?year=2024")
    assert wrong.status == 400
    assert list(wrong.json["error"]["fields"]) == ["year"]


@pytest.mark.parametrize("address", [JSON, CSV])
def test_whoever_may_not_read_releases_gets_none(cast: Cast, reported: Reported, address: str):
    assert ask(cast.other_manager, address).status == 404
    assert ask(cast.other_donor, address).status == 404
    assert ask(None, address).status == 401
    assert (
        ask(cast.other_manager, address).content
        == ask(cast.other_manager, address.replace("amani", "nowhere")).content
    )


def test_a_program_reads_it_with_a_key(cast: Cast, reported: Reported):
    client = Client()
    token = key_of(cast.donor, "read")
    response = client.get(BASE + CSV, headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200
    assert call(key_of(cast.donor, "submit"), CSV).code == "scope_missing"


def test_another_release_costs_no_more_queries(cast: Cast, reported: Reported, django_assert_max_num_queries):
    counts = []
    for year in (None, 2022, 2021):
        if year:
            released(cast.amani, year=year)
        ask(cast.donor, JSON)  # what a process reads once is read
        with django_assert_max_num_queries(40) as captured:
            assert ask(cast.donor, JSON).status == 200
        counts.append(len(captured.captured_queries))
    assert counts[0] == counts[2]
