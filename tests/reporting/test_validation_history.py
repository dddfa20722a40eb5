"""Comparisons with the member's own past: the usual range by median and MAD, gaps of years, currency, unit slips."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.catalogue import Mode, TrendCheck, TrendKind
from reporting.catalogue.parts import Terms
from reporting.validation import CURRENCY, UNIT, Past, Policy, against_history, compute, findings
from reporting.validation.robust import FEWEST
from tests.reporting.engine import default_catalogue, sample

pytestmark = pytest.mark.unit

CATALOGUE = default_catalogue()
VALUES = sample()["values"]
EVERY = Policy()
CONTEXT = sample()["context"]
MONEY = [one.code for one in CATALOGUE.indicators if one.type.value == "money"]


def past(changes=None, **options):
    """Last year as the sample, but for the changes."""
    last = compute(CATALOGUE, VALUES | (changes or {}), CONTEXT)
    return Past(last=last, **options)


def found_in(values, before, policy=EVERY):
    return findings(CATALOGUE, values, missing={}, context=CONTEXT, past=before, policy=policy)


def rules_in(values, before, policy=EVERY):
    return {one.rule for one in found_in(values, before, policy)}


def compared_in(values, before, policy=EVERY):
    return {
        rule for rule in rules_in(values, before, policy) if rule.startswith("T-") or rule in (UNIT, CURRENCY)
    }


# --- Median and MAD ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "earlier", "unusual"),
    [
        (100, [100, 100, 100, 100], False),
        (120, [100, 100, 100, 100], False),  # below the floor
        (200, [100, 100, 100, 100], True),
        (50, [100, 100, 100, 100], True),
        (200, [100, 50, 200, 90], False),  # a member whose figure jumps
        (207, [172, 144, 120, 100], False),  # steady growth of a fifth
        (400, [172, 144, 120, 100], True),
        (110, [100, 95, 1000, 90, 85, 80], False),  # one odd year does not hide the usual
        (1000, [100, 95, 1000, 90, 85, 80], True),
    ],
)
def test_what_is_unusual(value, earlier, unusual):
    usual = against_history(value, earlier, by_factors=True)
    assert (usual.deviation > 3.5) is unusual


def test_the_deviation_is_the_formula_of_the_documentation():
    """Level: median 3, MAD 1; step from 4: median of steps 1, MAD 0, so the floor of two points counts."""
    usual = against_history(11, [4, 3, 3, 2], by_factors=False)
    level, growth = (11 - 3) / 2.0, (7 - 1) / 2.0
    assert usual.middle == 3
    assert usual.deviation == pytest.approx(min(level, growth))


@pytest.mark.parametrize(
    ("value", "earlier"),
    [(5, [1, 2, 3]), (5, [0, 2, 3, 4]), (0, [1, 2, 3, 4]), (-1, [1, 2, 3, 4]), (5, [])],
)
def test_too_little_to_compare_with(value, earlier):
    assert against_history(value, earlier, by_factors=True) is None


AMOUNTS = st.floats(1, 1e9)
HISTORIES = st.lists(AMOUNTS, min_size=FEWEST, max_size=8)


@given(AMOUNTS, HISTORIES, st.floats(0.001, 1_000))
def test_the_unit_of_the_amounts_does_not_matter(value, earlier, factor):
    plain = against_history(value, earlier, by_factors=True)
    scaled = against_history(value * factor, [one * factor for one in earlier], by_factors=True)
    assert scaled.deviation == pytest.approx(plain.deviation, abs=1e-6)


@given(HISTORIES)
def test_the_middle_of_what_was_reported_is_never_unusual(earlier):
    middle = against_history(1, earlier, by_factors=True).middle
    assert against_history(middle, earlier, by_factors=True).deviation == pytest.approx(0, abs=1e-6)


@given(st.floats(-0.5, 0.5), st.integers(FEWEST, 8), AMOUNTS)
def test_whoever_goes_on_growing_as_before_is_not_asked(growth, years, first):
    figures = [first * exp(growth * year) for year in range(years + 1)]
    *earlier, now = figures
    assert against_history(now, earlier[::-1], by_factors=True).deviation < 1e-6


# --- In a return -------------------------------------------------------------------------------------------

STEADY = {
    "total_assets": 13_100_000,
    "active_borrowers": 22_500,
    "gross_loan_portfolio": 10_900_000,
    "staff_total": 195,
}


def test_a_figure_far_from_the_usual_is_asked_about_with_its_range():
    before = past(
        STEADY | {"active_clients": 21_000}, history={"active_clients": [21_000, 20_500, 20_000, 20_800]}
    )
    (finding,) = [
        one for one in found_in(VALUES | {"active_clients": 33_000}, before) if one.rule[:2] == "T-"
    ]
    assert (finding.rule, finding.needs_reason) == ("T-his-active_clients", True)
    assert "is 33,000" in finding.message
    assert "between 20,000 and 21,000 in 4 earlier returns" in finding.message


def test_a_leap_since_last_year_is_told_once():
    before = past(STEADY | {"active_clients": 10_000}, history={"active_clients": [10_000] * 4})
    assert compared_in(VALUES, before) == {"T-rel-active_clients"}
    on_trial = Policy({"T-rel-active_clients": Terms(Mode.TRIAL)})
    assert compared_in(VALUES, before, on_trial) == {"T-rel-active_clients", "T-his-active_clients"}
    off = Policy({"T-rel-active_clients": Terms(Mode.OFF)})
    assert compared_in(VALUES, before, off) == {"T-his-active_clients"}


@pytest.mark.parametrize(
    ("clients", "years", "fired"),
    [
        (15_500, 1.0, True),
        (15_500, 0.5, True),
        (15_500, 2.0, False),
        (10_000, 2.0, True),
        (200_000, 2.0, True),
    ],
)
def test_over_several_years_more_change_is_usual(clients, years, fired):
    """From 15,500 to 31,000 is too much for a year, and not for two."""
    assert (
        "T-rel-active_clients" in compared_in(VALUES, past(STEADY | {"active_clients": clients}, years=years))
    ) is fired


def test_opening_figures_and_points_are_compared_with_the_year_before_alone():
    changes = STEADY | {"total_assets": 9_000_000, "poverty_rate_all": 80}
    assert compared_in(VALUES, past(changes)) == {"T-con-assets_start", "T-abs-poverty_rate_all"}
    assert compared_in(VALUES, past(changes, years=2.0)) == set()


def test_amounts_in_another_currency_are_not_compared():
    changes = STEADY | {"operating_expense": 100, "active_clients": 10_000}
    same = {"T-rel-operating_expense", "T-rel-active_clients"}
    assert compared_in(VALUES, past(changes)) == same
    history = {"operating_expense": [100.0] * 4}
    assert compared_in(VALUES, past(changes, same_currency=False, history=history)) == {
        "T-rel-active_clients"
    }


# --- Units -------------------------------------------------------------------------------------------------


def times(factor, codes=MONEY):
    return {code: VALUES[code] * factor for code in codes if code in VALUES}


@pytest.mark.parametrize("factor", [1_000, 1_000_000, 1 / 1_000, 1 / 1_000_000])
def test_a_return_in_the_wrong_unit_is_told_once(factor):
    before = past(STEADY, history={"gross_loan_portfolio": [10_900_000.0] * 5})
    values = VALUES | times(factor)
    assert compared_in(values, before) == {UNIT}
    (finding,) = [one for one in found_in(values, before) if one.rule == UNIT]
    shown = factor if factor > 1 else 1 / factor
    assert f"about {shown:,.0f} times" in finding.message
    assert ("smaller" in finding.message) is (factor < 1)
    assert finding.indicators[0] == "green_portfolio"
    assert set(finding.indicators) == set(MONEY)


def test_a_currency_that_was_not_converted_is_told():
    rate = 129.0
    for factor in (rate, 1 / rate):
        before = past(STEADY, exchange_rates=(rate, rate * 1.05))
        assert compared_in(VALUES | times(factor), before) == {CURRENCY}
    assert CURRENCY not in compared_in(VALUES | times(rate), past(STEADY))


def test_a_few_amounts_alone_are_no_slip_of_the_unit():
    assert UNIT not in compared_in(VALUES | times(1_000, MONEY[:4]), past(STEADY))


def test_an_institution_that_grew_in_all_did_not_mistake_the_unit():
    counts = [one.code for one in CATALOGUE.indicators if one.type.value == "integer" and one.unit != "year"]
    values = VALUES | times(1_000) | {code: VALUES[code] * 100 for code in counts if code in VALUES}
    assert UNIT not in compared_in(values, past(STEADY))


def test_a_year_without_a_year_before_has_no_slip():
    assert compared_in(VALUES | times(1_000), Past()) == set()


@given(st.lists(st.floats(0.5, 2.0), min_size=len(MONEY), max_size=len(MONEY)))
def test_a_years_own_changes_hide_no_slip_and_make_none(changes):
    before = past(
        {code: VALUES[code] * change for code, change in zip(MONEY, changes, strict=True) if code in VALUES}
    )
    assert UNIT not in rules_in(VALUES, before)
    assert UNIT in rules_in(VALUES | times(1_000), before)


def test_each_history_check_names_a_number_that_is_answered():
    checks = [one for one in CATALOGUE.trend_checks if one.kind is TrendKind.HISTORY]
    assert all(isinstance(one, TrendCheck) and one.limit == 3.5 for one in checks)
    assert {CATALOGUE.indicator(one.code).type.value for one in checks} == {"integer", "money"}
