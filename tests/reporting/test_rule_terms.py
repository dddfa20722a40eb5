"""How far a rule counts: severities, trial, dates, and rules about what is absent."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.catalogue import CatalogueError, Mode, Severity, Terms, load_catalogue
from reporting.validation import Policy, findings
from tests.reporting.engine import default_catalogue, default_document, sample

pytestmark = pytest.mark.unit

VALUES = sample()["values"]
EVERY = Policy()
CONTEXT = sample()["context"]
DAY = date(2025, 12, 31)
WOMEN = VALUES | {"board_members_female": 10}  # an error: more women than members
RISKY = VALUES | {"par30_balance": 2_000_000}  # information
SMALL = VALUES | {"board_members": 2, "board_members_female": 1, "board_trained_spm": 1}  # a warning


def found_in(values, policy=EVERY, catalogue=None, **options):
    options = {"missing": {}, "context": CONTEXT} | options
    return findings(catalogue or default_catalogue(), values, policy=policy, **options)


def only(values, policy=EVERY, **options):
    (finding,) = found_in(values, policy, **options)
    return finding


@pytest.mark.parametrize(
    ("values", "severity", "blocks", "needs_reason"),
    [
        (WOMEN, Severity.ERROR, True, False),
        (SMALL, Severity.WARNING, False, True),
        (RISKY, Severity.INFORMATION, False, False),
    ],
)
def test_what_each_severity_asks_for(values, severity, blocks, needs_reason):
    finding = only(values)
    assert (finding.severity, finding.blocks, finding.needs_reason) == (severity, blocks, needs_reason)
    assert finding.is_note is (severity is Severity.INFORMATION)
    assert not finding.on_trial


@pytest.mark.parametrize(
    ("values", "rule", "severity"),
    [
        (WOMEN, "E01", Severity.WARNING),
        (SMALL, "W02", Severity.WARNING),
        (RISKY, "W41", Severity.INFORMATION),
    ],
)
def test_a_rule_on_trial_asks_for_nothing(values, rule, severity):
    finding = only(values, Policy({rule: Terms(Mode.TRIAL)}))
    assert (finding.rule, finding.severity, finding.on_trial) == (rule, severity, True)
    assert finding.is_note
    assert not finding.blocks
    assert not finding.needs_reason


def test_a_rule_that_is_off_says_nothing():
    assert found_in(WOMEN, Policy({"E01": Terms(Mode.OFF)})) == ()
    assert only(WOMEN, Policy({"E02": Terms(Mode.OFF)})).rule == "E01"


@pytest.mark.parametrize("rule", ["REQ", "VAL"])
def test_what_is_missing_or_impossible_cannot_be_switched_off(rule):
    values = {**VALUES, "mission_statement": None, "regulated": "yes"}
    found = found_in(values, Policy({rule: Terms(Mode.OFF)}))
    assert rule in {one.rule for one in found if one.blocks}


@pytest.mark.parametrize(
    ("begins", "ends", "fires"),
    [
        (None, None, True),
        (DAY, None, True),
        (date(2026, 1, 1), None, False),
        (None, DAY, True),
        (None, date(2025, 12, 30), False),
        (date(2025, 1, 1), date(2026, 1, 1), True),
    ],
)
def test_dates_are_compared_with_the_last_day_of_the_period(begins, ends, fires):
    policy = Policy({"E01": Terms(Mode.IN_FORCE, begins, ends)}, DAY)
    assert bool(found_in(WOMEN, policy)) is fires


def test_without_a_day_dates_do_not_count():
    assert Terms(Mode.TRIAL, date(2030, 1, 1)).on(None) is Mode.TRIAL


@given(st.dates(), st.dates() | st.none(), st.dates() | st.none(), st.sampled_from(Mode))
def test_terms_are_off_outside_their_dates_and_the_mode_inside(day, begins, ends, mode):
    inside = (begins is None or begins <= day) and (ends is None or day <= ends)
    assert Terms(mode, begins, ends).on(day) is (mode if inside else Mode.OFF)


# --- In the document ---------------------------------------------------------------------------------------


def with_rule(**keys):
    document = default_document()
    next(one for one in document["rules"] if one["id"] == "E01").update(keys)
    return document


def test_the_catalogue_itself_sets_terms_and_a_setting_takes_their_place():
    catalogue = load_catalogue(with_rule(trial=True, effective_from="2025-01-01"))
    assert only(WOMEN, Policy(day=DAY), catalogue=catalogue).on_trial
    assert found_in(WOMEN, Policy(day=date(2024, 12, 31)), catalogue=catalogue) == ()
    forced = Policy({"E01": Terms()}, date(2024, 12, 31))
    assert only(WOMEN, forced, catalogue=catalogue).blocks


def test_trend_checks_have_terms_too():
    document = default_document()
    document["trend_checks"]["relative"][0]["trial"] = True
    previous = VALUES | {"active_clients": 1_000, "active_borrowers": 900}
    told = found_in(VALUES, catalogue=load_catalogue(document), previous=previous)
    assert {one.rule for one in told if one.on_trial} == {"T-rel-active_clients"}


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"effective_from": "31.12.2025"}, "rule E01, effective_from: must be a day such as 2026-01-31"),
        ({"effective_until": 2025}, "rule E01, effective_until: must be a day such as 2026-01-31"),
        (
            {"effective_from": "2025-01-02", "effective_until": "2025-01-01"},
            "rule E01, effective_until: is 2025-01-01, before effective_from, 2025-01-02",
        ),
        ({"trial": "yes"}, "rule E01, trial: must be true or false"),
        ({"severity": "fatal"}, "rule E01, severity: 'fatal' is not one of error, warning, information"),
    ],
)
def test_faulty_terms_are_told_with_their_place(keys, fault):
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(with_rule(**keys))
    (told,) = [str(one) for one in caught.value.faults]
    assert told.startswith(fault)


def test_history_names_an_indicator():
    document = default_document()
    document["trend_checks"]["history"][0]["code"] = "par30_ratio"
    with pytest.raises(CatalogueError, match="'par30_ratio' is worked out; name an indicator"):
        load_catalogue(document)


# --- Rules about what is absent ----------------------------------------------------------------------------

WITHOUT_RATES = VALUES | {"poverty_rate_new": None, "poverty_rate_all": None, "moved_above_line": None}


def test_a_rule_about_what_is_absent_asks_members_and_not_imports():
    assert only(WITHOUT_RATES).rule == "W39"
    assert found_in(WITHOUT_RATES, Policy(imported=True)) == ()


def test_whoever_said_why_there_is_no_rate_is_not_asked_again():
    one = {"poverty_rate_new": "not_tracked"}
    assert only(WITHOUT_RATES, missing=one).rule == "W39"
    assert found_in(WITHOUT_RATES, missing={**one, "poverty_rate_all": "not_tracked"}) == ()


def test_an_import_is_asked_for_nothing_and_still_checked():
    values = WOMEN | {"mission_statement": None}
    assert {one.rule for one in found_in(values)} == {"REQ", "E01"}
    assert only(values, Policy(imported=True)).rule == "E01"
