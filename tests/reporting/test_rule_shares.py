"""How often rules fire: counted on a tiny file by hand, and on the real data against the documentation."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from reporting.management.real_data import mix_cases
from reporting.validation.shares import Case, Share, shares_of
from tests.reporting.engine import default_catalogue, sample
from tests.reporting.test_mix import HEADER, PLAIN

pytestmark = pytest.mark.unit

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "rules-on-real-data.md"
ROW = re.compile(r"^\| ([A-Z][\w-]*) \| (\w+) \| ([\d,]+) \| ([\d,]+) \|", re.MULTILINE)
HEADLINE = re.compile(r"^\| (measured|with [a-z ]+) \| ([\d,]+) \|", re.MULTILINE)
FAULT = re.compile(r"^\| ([^|]+) \| ([\d,]+) \| ([\d,]+) \| [\d.]+ % \|$", re.MULTILINE)


def rates(text: str) -> dict[str, tuple[int, int]]:
    """Fired and looked by rule."""
    return {rule: (number(fired), number(of)) for rule, _severity, fired, of in ROW.findall(text)}


def number(text: str) -> int:
    return int(text.replace(",", ""))


def printed(file: Path, **options: object) -> str:
    out = StringIO()
    call_command("rule_shares", str(file), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Two MFIs: one with more women than borrowers in its second year, one sound in its only one."""
    rows = [
        {"fiscal_year": "2012", "active_borrowers": "1000", "female_borrowers": "900", "glp_usd": "100000"},
        {"fiscal_year": "2013", "active_borrowers": "1100", "female_borrowers": "1200", "glp_usd": "120000"},
        {"mfi_id": "8", "country": "Kenya", "active_borrowers": "500", "glp_usd": "60000"},
    ]
    path = tmp_path / "mfi_years.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows({**PLAIN, **row} for row in rows)
    return path


def test_a_tiny_file_is_counted_as_by_hand(tiny: Path):
    text = printed(tiny)
    assert dict(HEADLINE.findall(text)) == {
        "measured": "3",
        "with an error": "1",
        "with a warning": "1",  # 90 and 109 per cent women: 19 points in a year
        "with information": "0",
    }
    found = rates(text)
    assert found["E06"] == (1, 2)
    assert found["E29"] == (0, 3)
    assert found["W14"] == (0, 1)
    assert found["T-abs-pct_female_borrowers"] == (1, 1)
    assert "E01" not in found
    assert "Without any data to look at here: E01, " in text


def test_years_follow_one_another_with_their_history(tiny: Path):
    first, second, other = mix_cases(tiny, default_catalogue())
    assert (first.past.last, other.past.last) == (None, None)
    assert second.past.last is not None
    assert second.past.years == 1
    assert second.past.history["active_borrowers"] == [1000.0]
    assert second.values["borrowers_start"] == 1000


def test_the_shares_are_those_of_the_cases():
    good = Case(sample()["values"], sample()["context"])
    bad = Case(
        sample()["values"] | {"board_members_female": 10, "par30_balance": 2_000_000}, sample()["context"]
    )
    found = shares_of(default_catalogue(), [good, bad, bad, good])
    assert (found.returns, found.with_error, found.with_warning, found.with_note) == (4, 2, 0, 2)
    by_rule = {one.rule: one for one in found.rules}
    assert (by_rule["E01"].looked, by_rule["E01"].fired, by_rule["E01"].percent) == (4, 2, 50)
    assert by_rule["W39"].fired == 0
    assert [one.percent for one in found.rules] == sorted((one.percent for one in found.rules), reverse=True)
    assert Share("X", by_rule["E01"].severity, 0, 0).percent == 0


def test_the_document_is_written_between_its_marks_alone(tiny: Path, tmp_path: Path):
    document = tmp_path / "rules.md"
    document.write_text(
        "# Before\n\n<!-- begin: written by manage.py rule_shares -->\nold\n<!-- end -->\n\nAfter.\n",
        encoding="utf-8",
    )
    for _ in range(2):
        assert "3 MFI-years" in printed(tiny, write=document)
    text = document.read_text(encoding="utf-8")
    assert text.startswith("# Before\n\n<!-- begin")
    assert text.endswith("<!-- end -->\n\nAfter.\n")
    assert "old" not in text
    assert text.count("| measured | 3 |") == 1


@pytest.mark.parametrize("text", ["# No place\n", "<!-- begin: written by manage.py rule_shares -->\n"])
def test_a_document_without_a_place_is_left_alone(tiny: Path, tmp_path: Path, text: str):
    document = tmp_path / "rules.md"
    document.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match="has no place for the tables"):
        printed(tiny, write=document)
    assert document.read_text(encoding="utf-8") == text


def test_files_that_cannot_be_measured_are_told(tiny: Path, tmp_path: Path):
    with pytest.raises(CommandError, match=r"nothing\.csv cannot be read"):
        printed(tmp_path / "nothing.csv")
    tiny.write_text(tiny.read_text(encoding="utf-8").replace("1100", "many"), encoding="utf-8")
    with pytest.raises(CommandError, match="column active_borrowers: “many” is not a number"):
        printed(tiny)


# --- Real data ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured(shared_data: Path) -> str:
    return printed(shared_data / "mix_market" / "mfi_years.csv")


def test_the_documentation_says_what_is_measured(measured: str):
    told, found = rates(DOCUMENT.read_text(encoding="utf-8")), rates(measured)
    assert told.keys() == found.keys()
    assert len(found) > 50
    for rule, (fired, looked) in found.items():
        assert abs(told[rule][0] / told[rule][1] - fired / looked) < 0.02, rule


def test_few_returns_are_asked_about_and_no_rule_is_noisy(measured: str):
    counts = {name: number(count) for name, count in HEADLINE.findall(measured)}
    assert counts["measured"] == 1026
    assert 0.005 < counts["with an error"] / counts["measured"] < 0.03
    assert 0.10 < counts["with a warning"] / counts["measured"] < 0.30
    severity = {rule: word for rule, word, _fired, _of in ROW.findall(measured)}
    for rule, (fired, looked) in rates(measured).items():
        limit = {"error": 0.05, "warning": 0.12, "information": 0.5}[severity[rule]]
        assert fired / looked < limit, rule


def test_faults_that_are_put_in_are_found(measured: str):
    found = {name: number(told) / number(tried) for name, tried, told in FAULT.findall(measured)}
    assert len(found) == 9
    assert min(found.values()) > 0.7
    assert found["All amounts 1,000 times too large"] > 0.95
    assert found["A digit too many in the active borrowers"] > 0.95
