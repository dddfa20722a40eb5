"""The sample cases of the domain: derived values, silence on a good form, and each bad variant its rule."""

import pytest

from reporting.validation import compute, findings, fires, progress
from tests.reporting.engine import default_catalogue, sample

pytestmark = pytest.mark.unit

SAMPLE = sample()
VARIANTS = SAMPLE["bad_variants"]
MINIMAL = {
    "takes_deposits": False,
    "poverty_measured": False,
    "enterprises_tracked": False,
    "nonfinancial_offered": False,
    "complaints_mechanism": False,
    "discloses_apr": False,
    "green_products": False,
    "sp_assessment_done": False,
    "cp_certification": "none",
    "cp_complaints": 0,
    "target_poverty_level": "low_income",
    "active_clients": 24800,
}


def rules_fired(values, context=None):
    found = findings(default_catalogue(), values, missing={}, context=context or SAMPLE["context"])
    return {finding.rule for finding in found} - {"REQ"}


@pytest.mark.parametrize("code", SAMPLE["expected_derived"])
def test_derived_values_are_as_expected(code):
    computed = compute(default_catalogue(), SAMPLE["values"], SAMPLE["context"])
    assert computed.derived[code] == pytest.approx(SAMPLE["expected_derived"][code], abs=0.00005)


def test_every_derived_value_has_an_expectation():
    computed = compute(default_catalogue(), SAMPLE["values"], SAMPLE["context"])
    assert set(computed.derived) == set(SAMPLE["expected_derived"])


def test_the_sample_has_no_finding_and_is_complete():
    assert SAMPLE["expected_fired"] == []
    assert findings(default_catalogue(), SAMPLE["values"], missing={}, context=SAMPLE["context"]) == ()
    assert progress(default_catalogue(), SAMPLE["values"], {}, SAMPLE["context"]).is_complete


# Rules that the portal has beside those of the sample cases: what breaks each, and nothing else.
OWN = {
    "E34": {"managers_total": 120, "managers_female": 5, "loan_officers": 60},
    "E35": {"renegotiated_balance": None, "par30_balance": 12_500_000},
    "E36": {"borrowers_other_method": None, "borrowers_individual": 9000},
    "E37": {"poverty_sample_size": 0},
    "W52": {"legal_form": "bank", "regulated": False},
    "W53": {"deposits_balance": 15_000_000},
    "W54": {"sp_in_business_plan": 1, "social_targets": 0},
    "W55": {
        "feedback_used": 1,
        "satisfaction_research": 0,
        "complaints_mechanism": False,
        "cp_complaints": 0,
    },
    "W56": {"cp_complaints": 0},
    "W57": {"branches_total": 211},
    "W58": {"managers_total": 100, "managers_female": 40, "loan_officers": 120},
    "W59": {"credit_bureau_use": "not_used"},
    "W60": {"operating_revenue": 0},
    "W61": {"active_borrowers": 22500, "gross_loan_portfolio": 10_900_000},
    "I01": {"ceo_evaluated_sp": 1, "social_targets": 0},
    "I02": {"cp_transparency": 0},
    "I03": {"client_data_segmented": 0},
    "I04": {"hr_policy": 0},
    "I05": {"env_risk_screening": 1},
    "I06": {"mission_approved": False},
    "I07": {"par30_balance": 0},
}
# What these changes break besides, by their nature.
ALONG = {"E35": {"W41"}, "E37": {"W37"}, "W60": {"W44", "W47"}, "W61": {"W10"}}


def test_there_is_a_bad_variant_for_every_rule():
    assert set(VARIANTS) | set(OWN) == {rule.id for rule in default_catalogue().rules}
    assert len(VARIANTS) == 84


@pytest.mark.parametrize("rule", OWN)
def test_each_rule_of_our_own_speaks_up_alone(rule):
    assert rules_fired(SAMPLE["values"] | OWN[rule]) == {rule} | ALONG.get(rule, set())


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_bad_variant_fires_its_rule_and_only_rules_about_what_it_changes(variant):
    changes = VARIANTS[variant]["changes"]
    fired = rules_fired(SAMPLE["values"] | changes)
    assert VARIANTS[variant]["must_fire"] in fired
    touching = {rule.id for code in changes for rule in default_catalogue().rules_of(code)}
    assert fired <= touching


def test_most_variants_fire_nothing_but_their_rule():
    """The others break several rules by their nature: no borrowers at all is against more than one."""
    alone = [name for name in VARIANTS if rules_fired(SAMPLE["values"] | VARIANTS[name]["changes"]) == {name}]
    assert len(alone) == 51


@pytest.mark.parametrize("variant", VARIANTS)
def test_without_its_change_each_rule_is_silent(variant):
    rule = next(rule for rule in default_catalogue().rules if rule.id == variant)
    good = compute(default_catalogue(), SAMPLE["values"], SAMPLE["context"])
    assert not fires(rule, good.names)
    bad = compute(default_catalogue(), SAMPLE["values"] | VARIANTS[variant]["changes"], SAMPLE["context"])
    assert fires(rule, bad.names)


def test_an_empty_form_fires_no_rule_and_asks_84_fields():
    assert rules_fired({}) == set()
    assert rules_fired({}, context={"reporting_year": None}) == set()
    found = findings(default_catalogue(), {}, missing={}, context=SAMPLE["context"])
    assert len(found) == 84
    assert all(value is None for value in compute(default_catalogue(), {}, {}).derived.values())


def test_a_minimal_mfi_fires_no_rule():
    values = SAMPLE["values"] | MINIMAL
    assert rules_fired(values) == set()
    computed = compute(default_catalogue(), values, SAMPLE["context"])
    assert computed.derived["pct_female_depositors"] is None
    assert "pct_female_depositors" not in computed.relevant_derived
    assert "depositors" not in computed.values
