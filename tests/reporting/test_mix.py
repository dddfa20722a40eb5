"""Reading MIX Market rows: the mapping, opening balances, and faults with row and column."""

import csv
import io
from decimal import Decimal

import pytest

from reporting.adapters.mix import AMOUNTS, COUNTS, REQUIRED, MixFile, Problem, read_mix

TEXTS = (
    "as_of_date",
    "sp_measures_poverty",
    "sp_board_orientation",
    "sp_spm_champion",
    "cp_repayment_evaluation",
    "cp_audit_overindebtedness",
    "cp_full_disclosure",
    "cp_collection_practices",
    "cp_complaint_mechanism",
    "cp_privacy_clause",
    "cp_interest_method",
    "sp_target_market",
    "sp_development_goals",
    "sp_poverty_targets",
    "env_policies",
    "hr_policies",
)
HEADER = (*REQUIRED, *COUNTS, *AMOUNTS, *TEXTS)
PLAIN = {
    "mfi_id": "7",
    "mfi_name": "Tumaini",
    "country": "Pakistan",
    "fiscal_year": "2013",
    "legal_status": "NGO",
}


def read(*rows: dict[str, str], country: str = "Pakistan") -> MixFile:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, restval="")
    writer.writeheader()
    writer.writerows({**PLAIN, **row} for row in rows)
    return read_mix(text.getvalue().splitlines(keepends=True), country=country)


def values(**cells: str) -> dict[str, object]:
    (row,) = read(cells).returns
    return dict(row.values)


def test_blank_cells_are_not_answers():
    (row,) = read({}).returns
    assert dict(row.values) == {"legal_form": "ngo"}
    assert dict(row.missing) == {}


@pytest.mark.parametrize(
    ("cells", "code", "expected"),
    [
        ({"active_borrowers": "1200"}, "active_borrowers", 1200),
        ({"active_borrowers": "1200.0"}, "active_borrowers", 1200),
        ({"glp_usd": "5000.5"}, "gross_loan_portfolio", Decimal("5000.5")),
        ({"write_offs_usd": "-3"}, "write_offs", Decimal(-3)),
        ({"legal_status": "Rural Bank"}, "legal_form", "rural_bank"),
        ({"cp_full_disclosure": "Partially"}, "cp_transparency", Decimal("0.5")),
        (
            {"cp_repayment_evaluation": "Yes", "cp_audit_overindebtedness": "Partially"},
            "cp_overindebtedness",
            Decimal("0.5"),
        ),
        (
            {"cp_repayment_evaluation": "Yes", "cp_audit_overindebtedness": "Unknown"},
            "cp_overindebtedness",
            Decimal(1),
        ),
        ({"cp_complaint_mechanism": "No"}, "complaints_mechanism", False),
        ({"sp_target_market": "Women|Clients living in rural areas"}, "target_groups", ("women", "rural")),
        ({"sp_target_market": "None of the above"}, "target_groups", ("none",)),
        ({"sp_target_market": "Women|None of the above"}, "target_groups", ("women",)),
        ({"sp_poverty_targets": "Low income clients|Poor clients"}, "target_poverty_level", "poor"),
        (
            {"cp_interest_method": "Declining balance interest method|Flat interest method"},
            "interest_method",
            "both",
        ),
        (
            {"hr_policies": "Safety policy|Anti-harassment policy"},
            "hr_policy_topics",
            ("safety", "harassment"),
        ),
        ({"sp_board_orientation": "No"}, "board_trained_spm", 0),
    ],
)
def test_a_cell_becomes_the_answer_it_means(cells, code, expected):
    assert values(**cells)[code] == expected


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"sp_board_orientation": "Yes"}, "board_trained_spm"),  # how many is not said
        ({"sp_spm_champion": "Yes"}, "spm_officer"),  # full or part time is not said
        ({"sp_target_market": "(none ticked)"}, "target_groups"),
        ({"sp_measures_poverty": "Unknown"}, "poverty_measured"),
    ],
)
def test_what_mix_does_not_say_stays_unanswered(cells, code):
    assert code not in values(**cells)


def test_unknown_is_not_tracked_rather_than_no():
    (row,) = read({"cp_privacy_clause": "Unknown"}).returns
    assert dict(row.missing) == {"cp_privacy": "not_tracked"}


def test_an_option_without_counterpart_is_listed_and_counted_as_other():
    found = read({"sp_development_goals": "Poverty reduction|Youth opportunities"})
    assert found.unmapped == (
        Problem(2, "sp_development_goals", "option “Youth opportunities” has no counterpart"),
    )
    assert found.returns[0].values["development_goals"] == ("poverty", "other")


def test_opening_balances_come_from_the_year_before_only():
    found = read(
        {"fiscal_year": "2011", "active_borrowers": "10"},
        {"fiscal_year": "2013", "active_borrowers": "30"},
        {"fiscal_year": "2012", "active_borrowers": "20"},
        {"mfi_id": "8", "fiscal_year": "2013"},
    )
    opening = {(row.key, row.year): row.values.get("borrowers_start") for row in found.returns}
    assert opening == {("7", 2011): None, ("7", 2012): 10, ("7", 2013): 20, ("8", 2013): None}


def test_rows_of_other_countries_are_left_alone():
    found = read({}, {"country": "Peru", "glp_usd": "not a number"})
    assert len(found.returns) == 1
    assert found.problems == ()


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"glp_usd": "1,5"}, ("glp_usd", "“1,5” is not a number; write digits with a decimal point")),
        ({"glp_usd": "NaN"}, ("glp_usd", "“NaN” is not a number; write digits with a decimal point")),
        ({"glp_usd": "1_0"}, ("glp_usd", "“1_0” is not a number; write digits with a decimal point")),
        ({"glp_usd": "1e15"}, ("glp_usd", "“1e15” is out of range")),
        ({"glp_usd": "-5"}, ("glp_usd", "“-5” cannot be below zero")),
        ({"personnel": "-3"}, ("personnel", "“-3” cannot be below zero")),
        ({"personnel": "2.5"}, ("personnel", "“2.5” must be a whole number")),
        ({"fiscal_year": "13"}, ("fiscal_year", "“13” is not a year; write four digits, such as 2014")),
        ({"mfi_id": ""}, ("mfi_id", "is empty; it is needed to place the row")),
        ({"mfi_id": "9" * 65}, ("mfi_id", "must be one line of at most 64 characters")),
        ({"mfi_name": "a\x00b"}, ("mfi_name", "must be one line of at most 200 characters")),
        ({"as_of_date": "31.12.13"}, ("as_of_date", "“31.12.13” is not a date; write it as 2014-12-31")),
        (
            {"cp_privacy_clause": "maybe"},
            ("cp_privacy_clause", "“maybe” is not known; use Yes, Partially, No or Unknown"),
        ),
    ],
)
def test_a_fault_is_named_with_row_and_column(cells, problem):
    found = read({"mfi_id": "1"}, cells)
    assert found.problems == (Problem(3, *problem),)


def test_what_was_booked_back_during_the_year_may_be_below_zero():
    assert read({"write_offs_usd": "-5.0"}).returns[0].values["write_offs"] == -5


def test_every_fault_is_reported_not_only_the_first():
    found = read({"glp_usd": "x", "personnel": "y"}, {"legal_status": "Club"})
    assert [(problem.row, problem.column) for problem in found.problems] == [
        (2, "personnel"),
        (2, "glp_usd"),
        (3, "legal_status"),
    ]


def test_the_same_year_twice_is_refused():
    found = read({}, {})
    assert [str(problem) for problem in found.problems] == [
        "row 3, column mfi_id: the same MFI and fiscal year stand in row 2 already"
    ]


def test_a_missing_column_is_named():
    found = read_mix(["mfi_id,mfi_name\n", "7,Tumaini\n"], country="Pakistan")
    assert {problem.column for problem in found.problems} >= {"country", "fiscal_year", "glp_usd"}
    assert {problem.row for problem in found.problems} == {1}


def test_a_ragged_row_is_refused():
    found = read_mix([",".join(HEADER) + "\n", "7,Tumaini,Pakistan\n"], country="Pakistan")
    assert [(problem.row, problem.column) for problem in found.problems] == [(2, "(row)")]


def test_a_country_without_rows_is_said():
    assert [str(problem) for problem in read({}, country="Atlantis").problems] == [
        "row 1, column country: no row of this file is of Atlantis"
    ]
