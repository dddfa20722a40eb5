"""Associations of real figures by one command: editions, groups, consents and a donor; all of them or nothing."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from members.models import Association, Donor, User
from reporting.demo.cast import PASSWORD
from reporting.enums import Recipient
from reporting.models import ChapterText, PeerGroup, Release, ValueConsent
from reporting.selectors.member_reports import MEMBER_REPORT_KIND
from reporting.services.portfolio_totals import dashboard
from reporting.services.rebuilding import rebuild
from spm_portal.common.models import Job
from tests.reporting.test_mix import HEADER, PLAIN

pytestmark = pytest.mark.django_db

YEARS = (2012, 2013, 2014)


def rows(country: str, *, members: int = 10) -> list[dict[str, str]]:
    """Ten MFIs of three years; of the first year only four reported."""
    return [
        PLAIN
        | {
            "mfi_id": f"{country}-{number}",
            "mfi_name": f"{country} MFI {number}",
            "country": country,
            "fiscal_year": str(year),
            "active_borrowers": str(9_000 + 1_000 * number + year),
            "female_borrowers": str(5_000 + 600 * number),
            "glp_usd": str(250_000 * (number + 1)),
            "cp_full_disclosure": "Yes" if number else "No",
        }
        for number in range(members)
        for year in YEARS
        if year > YEARS[0] or number < 4
    ]


@pytest.fixture
def write(tmp_path: Path):
    def write(content: list[dict[str, str]]) -> Path:
        path = tmp_path / "mix.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, HEADER, restval="")
            writer.writeheader()
            writer.writerows(content)
        return path

    return write


def load(path: Path, *countries: str) -> str:
    out = io.StringIO()
    call_command("load_demo", mix=path, country=list(countries) or None, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_one_command_makes_associations_with_editions_groups_consents_and_a_donor(write, client):
    told = load(write([*rows("Peru"), *rows("Kenya")]), "Peru", "Kenya")
    assert sorted(Association.objects.values_list("slug", "language", "has_public_page")) == [
        ("kenya", "en", True),
        ("peru", "es", True),
    ]
    editions = Release.objects.order_by("association__slug", "round__year")
    assert list(editions.values_list("association__slug", "round__year", "number", "is_public")) == [
        ("kenya", 2013, 1, True),
        ("kenya", 2014, 1, True),
        ("peru", 2013, 1, True),
        ("peru", 2014, 1, True),
    ]
    assert told.count("too few contributors: 2012") == 2
    assert all(rebuild(one).same for one in editions)
    assert set(ChapterText.objects.values_list("round__association__slug", "language")) == {
        ("kenya", "en"),
        ("peru", "en"),
        ("peru", "es"),
    }
    assert PeerGroup.objects.filter(association__slug="peru").count() == 3

    donor = Donor.objects.get()
    given = ValueConsent.objects.filter(recipient=Recipient.DONOR, donor=donor, withdrawn_at__isnull=True)
    assert given.values("association", "institution").distinct().count() == 6
    assert not given.filter(given_by__isnull=True).exists()
    shown = dashboard(donor=donor, language="en", year=2014)
    assert [column.association.slug for column in shown.shown] == ["kenya", "peru"]
    assert shown.lines[0].together is not None
    assert shown.lines[0].together.parts == 2
    assert Job.objects.filter(kind=MEMBER_REPORT_KIND).count() == 2
    for email in ("manager.peru", "signatory.kenya", "donor.mix"):
        assert f"{email}@demo.example" in told
        assert client.login(email=f"{email}@demo.example", password=PASSWORD)
    others = User.objects.filter(email__startswith="signatory.peru").exclude(
        email="signatory.peru@demo.example"
    )
    assert others
    assert not any(one.has_usable_password() for one in others)


def test_a_bad_row_names_itself_and_nothing_of_any_country_stays(write):
    content = [*rows("Kenya"), *rows("Peru")]
    content[-1]["active_borrowers"] = "many"
    with pytest.raises(CommandError, match="1 problems; nothing was loaded"):
        load(write(content), "Kenya", "Peru")
    with pytest.raises(CommandError, match="nothing was loaded"):
        load(write(rows("Narnia")), "Narnia")  # refused by the import, after the donor was made
    assert not Association.objects.exists()
    assert not Donor.objects.exists()


def test_it_never_adds_to_what_is_there_and_countries_need_a_file(write):
    path = write([*rows("Kenya"), *rows("Peru")])
    load(path, "Kenya")
    with pytest.raises(CommandError, match="already with the addresses kenya"):
        load(path, "Kenya", "Peru")
    with pytest.raises(CommandError, match="a donor already"):
        load(path, "Peru")
    call_command("load_demo", mix=path, country=["Peru"], if_empty=True)
    assert Association.objects.count() == 1
    with pytest.raises(CommandError, match="--country goes with --mix"):
        call_command("load_demo", country=["Peru"])


def test_real_figures_of_a_country_become_editions_and_a_dashboard_worth_showing(shared_data: Path):
    load(shared_data / "mix_market" / "mfi_years.csv", "Philippines")
    editions = Release.objects.order_by("round__year")
    assert list(editions.values_list("round__year", flat=True)) == [
        2009, 2010, 2011, 2012, 2013, 2014, 2016, 2018,
    ]  # fmt: skip
    assert any(one.method["groups"] for one in editions)
    shown = dashboard(donor=Donor.objects.get(), language="en", year=2014)
    published = [line.code for line in shown.lines if line.entries[0].value.number is not None]
    assert {"active_borrowers", "pct_female_borrowers", "gross_loan_portfolio", "par30_ratio"} <= set(
        published
    )
    newest = editions.last()
    assert newest is not None
    assert rebuild(newest).same
