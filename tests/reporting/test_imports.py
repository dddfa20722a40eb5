"""The import command: twice is once, a bad file leaves nothing, a corrected one writes history; and what reads it."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from members.models import Association, Consent, Institution, Membership
from reporting.adapters.mix import LONGEST
from reporting.models import Answer, Round, Submission, Transition
from tests.reporting.test_mix import HEADER, PLAIN

pytestmark = pytest.mark.django_db

MEMBERS = ("Tumaini", "Mwangaza", "Upendo", "Safari", "Bahari", "Kilimo")


def rows(year: int = 2013, **changes: str) -> list[dict[str, str]]:
    """Six MFIs of two years; `changes` apply to the first MFI's last year."""
    made = [
        PLAIN
        | {
            "mfi_id": str(number),
            "mfi_name": name,
            "fiscal_year": str(when),
            "active_borrowers": str(1000 * (number + 1) + when),
            "female_borrowers": str(600 * (number + 1)),
            "glp_usd": str(250_000 * (number + 1)),
            "cp_full_disclosure": "Yes",
        }
        for number, name in enumerate(MEMBERS)
        for when in (year - 1, year)
    ]
    made[1] |= changes
    return made


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


def run(path: Path, country: str = "Pakistan") -> str:
    out = io.StringIO()
    call_command("import_mix", path, association="pak", country=country, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def everything() -> list[int]:
    """How many rows there are of all that an import writes, history included."""
    models = (Association, Institution, Membership, Consent, Round, Submission, Answer, Transition)
    events = (Answer.pgh_event_model, Submission.pgh_event_model)
    return [model.objects.count() for model in (*models, *events)]


def test_import_makes_a_closed_round_of_approved_returns_per_year(write):
    run(write(rows()))
    assert list(Round.objects.order_by("code").values_list("code", "imported")) == [
        ("2012", True),
        ("2013", True),
    ]
    assert not Round.objects.filter(closed_at__isnull=True).exists()
    assert set(Submission.objects.values_list("state", "imported", "currency")) == {("approved", True, "USD")}
    assert Submission.objects.count() == Transition.objects.count() == 12
    assert set(Answer.objects.values_list("source", flat=True)) == {"import"}
    assert (
        Answer.objects.get(
            code="borrowers_start", submission__round__code="2013", submission__institution__name="Tumaini"
        ).number
        == 1000 + 2012
    )


def test_import_twice_changes_nothing(write):
    path = write(rows())
    run(path)
    before = everything()
    assert "0 MFIs, 0 rounds, 0 returns new, 0 answers written" in run(path)
    assert everything() == before


def test_corrected_file_changes_only_what_differs_with_history(write):
    run(write(rows()))
    answers = Answer.objects.count()
    assert "1 answers written" in run(write(rows(glp_usd="260000")))
    assert Answer.objects.count() == answers
    changed = Answer.objects.get(version=2)
    events = changed.events.order_by("pgh_id")
    assert [int(event.number) for event in events] == [250_000, 260_000]
    assert {event.pgh_context.metadata["source"] for event in events} == {"import"}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"glp_usd": "a lot"}, "row 3, column glp_usd: “a lot” is not a number"),
        ({"legal_status": "Club"}, "row 3, column legal_status: “Club” is not known"),
        (
            {"fiscal_year": "2012"},
            "row 3, column mfi_id: the same MFI and fiscal year stand in row 2 already",
        ),
    ],
)
def test_bad_rows_are_listed_and_nothing_stays(write, cells, said):
    before, errors = everything(), io.StringIO()
    with pytest.raises(CommandError, match="1 problems; nothing was imported"):
        call_command("import_mix", write(rows(**cells)), association="pak", country="Pakistan", stderr=errors)
    assert said in errors.getvalue()
    assert everything() == before


def test_country_that_is_not_known_is_refused(write):
    with pytest.raises(CommandError):
        run(write([row | {"country": "Atlantis"} for row in rows()]), country="Atlantis")
    assert not Association.objects.exists()


def test_an_address_that_cannot_be_one_is_refused_in_words(write):
    with pytest.raises(CommandError, match="--association A b!: Enter a valid “slug”"):
        call_command("import_mix", write(rows()), association="A b!", country="Pakistan")
    assert not Association.objects.exists()


def test_what_the_reader_lets_through_fits_the_table():
    kept = {"mfi_id": "source_key", "mfi_name": "name"}
    for column, field in kept.items():
        assert LONGEST[column] == Institution._meta.get_field(field).max_length


def test_a_round_that_members_filled_in_is_never_overwritten(write):
    run(write(rows()))
    Round.objects.filter(code="2013").update(imported=False)
    before = everything()
    with pytest.raises(CommandError):
        run(write(rows(glp_usd="1")))
    assert everything() == before


def test_findings_prints_a_json_line_per_problem(write):
    run(write(rows(female_borrowers="900000")))
    out = io.StringIO()
    call_command("findings", association="pak", round="2013", stdout=out)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    errors = [line for line in found if line["severity"] == "error"]
    assert errors == [
        {
            "member": "Tumaini",
            "rule": "E06",
            "severity": "error",
            "on_trial": False,
            "indicators": ["female_borrowers", "active_borrowers"],
            "message": errors[0]["message"],
        }
    ]
    assert "cannot exceed" in errors[0]["message"]


def test_figures_prints_given_and_derived_values(write):
    run(write(rows()))
    out = io.StringIO()
    call_command("figures", association="pak", round="2013", stdout=out)
    found = {
        (row["member"], row["code"]): row["value"] for row in csv.DictReader(io.StringIO(out.getvalue()))
    }
    assert found["Tumaini", "active_borrowers"] == "3013"
    assert float(found["Tumaini", "pct_female_borrowers"]) == pytest.approx(100 * 600 / 3013, abs=1e-5)
    assert found["Tumaini", "legal_form"] == "ngo"
    assert ("Tumaini", "par30_balance") not in found


def test_figures_guards_names_that_a_spreadsheet_would_take_for_a_formula(write):
    run(write(rows(mfi_name="=1+1")))
    out = io.StringIO()
    call_command("figures", association="pak", round="2013", stdout=out)
    assert "\n'=1+1,legal_form,ngo\n" in out.getvalue()


@pytest.mark.parametrize(
    ("association", "code", "said"),
    [("nobody", "2013", "There are: pak"), ("pak", "1999", "It has: 2012, 2013")],
)
def test_unknown_association_or_round_names_those_there_are(write, association, code, said):
    run(write(rows()))
    with pytest.raises(CommandError, match=said):
        call_command("findings", association=association, round=code)


def test_report_publishes_once_and_writes_a_pdf(write, tmp_path):
    run(write(rows()))
    output = tmp_path / "report.pdf"
    out = io.StringIO()
    for _ in range(2):
        call_command("report", association="pak", round="2013", output=output, stdout=out)
    # the year before too, for the progress on the same members
    assert [line for line in out.getvalue().splitlines() if line.startswith("Published")] == [
        "Published MIX Market 2012, edition 1.",
        "Published MIX Market 2013, edition 1.",
    ]
    assert output.read_bytes().startswith(b"%PDF-1.7")
    with pytest.raises(CommandError, match="cannot be written: Is a directory"):
        call_command("report", association="pak", round="2013", output=tmp_path)


def test_report_of_too_few_members_is_refused_in_words(write, tmp_path):
    run(write([row for row in rows() if row["mfi_id"] in {"0", "1"}]))
    with pytest.raises(CommandError, match="at least 5 contributors"):
        call_command("report", association="pak", round="2013", output=tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()
