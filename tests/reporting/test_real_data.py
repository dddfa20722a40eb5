"""Real MFI-years of ten countries against the ratios that were published for the very same rows."""

import csv
from pathlib import Path

import pytest

from reporting.adapters.mix import read_mix
from reporting.validation import compute, findings
from tests.reporting.engine import default_catalogue

COUNTRIES = (
    "Pakistan",
    "Philippines",
    "Cambodia",
    "Peru",
    "Mexico",
    "Uganda",
    "Kenya",
    "Ghana",
    "Bolivia",
    "Bangladesh",
)
# published column, our derived value, factor, tolerance, least share that agrees
ORACLE = (
    ("pct_female_borrowers", "pct_female_borrowers", 100, 0.01, 0.99),
    ("avg_loan_balance_usd", "avg_loan_balance", 1, 1, 0.99),
    ("par30", "par30_total_ratio", 100, 0.02, 0.98),
    ("oss", "oss", 100, 0.05, 0.97),
    ("borrowers_per_staff", "borrowers_per_staff", 1, 0.51, 0.99),
    ("borrowers_per_loan_officer", "borrowers_per_officer", 1, 0.51, 0.99),
    ("pct_female_staff", "pct_women_staff", 100, 0.01, 0.99),
    ("pct_female_managers", "pct_women_managers", 100, 0.01, 0.99),
    ("pct_female_board", "pct_women_board", 100, 0.01, 0.99),
    ("borrower_retention", "retention_rate_served", 100, 0.02, 0.99),
)
CATALOGUE = default_catalogue()
CONTEXT = {"exchange_rate_usd": 1.0, "gni_per_capita": None}


def engine(values):
    return {code: float(value) if hasattr(value, "as_tuple") else value for code, value in values.items()}


@pytest.fixture(scope="module")
def mix_rows(shared_data: Path):
    path = shared_data / "mix_market" / "mfi_years.csv"
    with path.open(newline="", encoding="utf-8") as lines:
        published = {(row["mfi_id"], int(row["fiscal_year"])): row for row in csv.DictReader(lines)}
    returns = {}
    for country in COUNTRIES:
        with path.open(newline="", encoding="utf-8") as lines:
            file = read_mix(lines, country=country)
        assert file.problems == ()
        returns |= {(row.key, row.year): row for row in file.returns}
    assert returns.keys() == published.keys()
    return published, returns


@pytest.mark.parametrize(("column", "code", "factor", "tolerance", "least"), ORACLE)
def test_derived_values_agree_with_the_published_ratios(mix_rows, column, code, factor, tolerance, least):
    published, returns = mix_rows
    compared = agreeing = 0
    for key, row in returns.items():
        ours = compute(CATALOGUE, engine(row.values), CONTEXT | {"reporting_year": row.year}).derived[code]
        if ours is None or not published[key][column]:
            continue
        compared += 1
        agreeing += abs(float(published[key][column]) * factor - ours) <= tolerance
    assert compared >= 100
    assert agreeing / compared >= least


def found_in(returns, key, year):
    row, before = returns[key, year], returns.get((key, year - 1))
    found = findings(
        CATALOGUE,
        engine(row.values),
        missing=row.missing,
        context=CONTEXT | {"reporting_year": year},
        previous=engine(before.values) if before else None,
        previous_context=CONTEXT | {"reporting_year": year - 1} if before else None,
    )
    return {finding.rule for finding in found} - {"REQ"}


def keys_where(published, test):
    return [key for key, row in published.items() if test(row)]


def number(row, column):
    return float(row[column]) if row[column] else None


@pytest.mark.parametrize(
    ("part", "whole", "rule"),
    [
        ("female_borrowers", "active_borrowers", "E06"),
        ("rural_borrowers", "active_borrowers", "E07"),
        ("female_personnel", "personnel", "E17"),
        ("loan_officers", "personnel", "E21"),
    ],
)
def test_a_part_above_its_whole_is_found_wherever_it_stands(mix_rows, part, whole, rule):
    published, returns = mix_rows
    faulty = {
        key
        for key in returns
        if number(published[key], part) is not None
        and number(published[key], whole) is not None
        and number(published[key], part) > number(published[key], whole)
    }
    found = {key for key in returns if rule in found_in(returns, *key)}
    assert found == faulty


def test_a_portfolio_in_unconverted_currency_is_found(mix_rows):
    """Asasah of Pakistan reported 2009 in rupees: the portfolio grows a hundredfold."""
    published, returns = mix_rows
    ids = {row["mfi_id"] for row in published.values() if row["mfi_name"] == "Asasah"}
    (key,) = ids
    years = sorted(year for found, year in returns if found == key)
    flagged = {year for year in years if {"T-rel-gross_loan_portfolio", "W15"} & found_in(returns, key, year)}
    assert flagged, years
