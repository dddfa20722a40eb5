"""A form worked out: relevance, single values, required fields, trends, switched-off sections, progress."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.catalogue import IndicatorType, Severity, load_catalogue
from reporting.validation import check_value, compute, findings, is_empty, progress, value_fault
from tests.reporting.engine import default_catalogue, default_document, sample

pytestmark = pytest.mark.unit

SAMPLE = sample()
VALUES, CONTEXT = SAMPLE["values"], SAMPLE["context"]
EVERY_SECTION = {section.code for section in default_catalogue().sections}


def found_in(values, **options):
    options = {"missing": {}, "context": CONTEXT} | options
    return findings(default_catalogue(), values, **options)


def rules_in(values, **options):
    return {finding.rule for finding in found_in(values, **options)}


# --- Relevance ---------------------------------------------------------------------------------------------


def test_a_field_is_relevant_only_while_its_condition_is_true():
    for answer, expected in ((True, True), (False, False), (None, False)):
        computed = compute(default_catalogue(), VALUES | {"takes_deposits": answer}, CONTEXT)
        assert ("depositors" in computed.relevant) is expected
        assert ("depositors" in computed.values) is expected
        assert (computed.derived["avg_deposit_balance"] is not None) is expected


def test_a_condition_on_a_field_that_is_not_relevant_is_not_true():
    computed = compute(default_catalogue(), VALUES | {"sp_assessment_done": False}, CONTEXT)
    assert not {"sp_assessment_type", "spi_score"} & computed.relevant


def test_context_values_count_and_may_be_missing():
    assert compute(default_catalogue(), VALUES, {}).derived["avg_loan_balance_gni"] is None
    doubled = compute(default_catalogue(), VALUES, CONTEXT | {"exchange_rate_usd": Decimal("2.0")})
    assert doubled.derived["avg_loan_balance_usd"] == 250


def test_zero_is_a_value_and_a_zero_denominator_gives_nothing():
    computed = compute(default_catalogue(), VALUES | {"loan_officers": 0, "female_borrowers": 0}, CONTEXT)
    assert computed.derived["borrowers_per_officer"] is None
    assert computed.derived["pct_female_borrowers"] == 0


def test_nothing_computed_can_be_changed():
    computed = compute(default_catalogue(), VALUES, CONTEXT)
    with pytest.raises(TypeError):
        computed.derived["oss"] = 1
    with pytest.raises(TypeError):
        computed.values["oss"] = 1


# --- Single values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "value", "says"),
    [
        ("depositors", 22400, None),
        ("depositors", 22400.0, None),
        ("depositors", Decimal("22400"), None),
        ("depositors", 0, None),
        ("depositors", None, None),
        ("depositors", -1, "Enter 0 or more"),
        ("depositors", 10.5, "needs a whole number, not 10.5"),
        ("depositors", "22400", "needs a number"),
        ("depositors", True, "needs a number"),
        ("depositors", 10**30, "too large"),
        ("depositors", float("nan"), "too large"),
        ("depositors", float("inf"), "too large"),
        ("depositors", Decimal("NaN"), "too large"),
        ("sp_assessment_year", 1989, "cannot be 1989. Enter 1990 or more"),
        ("poverty_rate_all", 39.8, None),
        ("poverty_rate_all", Decimal("39.8"), None),
        ("poverty_rate_all", 100.1, "Enter 100 or less"),
        ("poverty_rate_all", 39.85, "takes one decimal"),
        ("total_assets", 0.1 + 0.2, "takes 2 decimals"),
        ("total_assets", Decimal("12.345"), "takes 2 decimals"),
        ("total_assets", 12345678901234.56, None),
        ("training_hours", 1.5, "takes no decimals"),
        ("net_income", -480000, None),
        ("regulated", False, None),
        ("regulated", "yes", "needs Yes or No"),
        ("regulated", 1, "needs Yes or No"),
        ("legal_form", "ngo", None),
        ("legal_form", "shop", "Choose one of: Bank, Rural"),
        ("legal_form", ["ngo"], "is not a choice"),
        ("hr_policy", 0.5, None),
        ("hr_policy", Decimal("0.5"), None),
        ("hr_policy", 0.4, "Choose one of: Yes, Partly, No"),
        ("hr_policy", True, "is not a choice"),
        ("hr_policy", "1", "is not a choice"),
        ("target_groups", ["women", "rural"], None),
        ("target_groups", ("none",), None),
        ("target_groups", [], None),
        ("target_groups", "women", "takes a list"),
        ("target_groups", ["women", "martians"], "“martians” is not a choice"),
        ("target_groups", ["women", "women"], "ticked twice"),
        ("target_groups", ["women", "none"], "cannot go with other choices"),
        ("target_groups", [["women"]], "is not a choice"),
        ("mission_statement", "To serve.", None),
        ("mission_statement", "   ", None),
        ("mission_statement", 7, "needs a text"),
        ("mission_statement", "x" * 2001, "2,001 characters, more than 2,000"),
        ("cp_certificate", "certificate.PDF", None),
        ("cp_certificate", "virus.exe", "pdf, docx, xlsx, jpg, png"),
        ("cp_certificate", "pdf", None),
    ],
)
def test_a_value_by_itself(code, value, says):
    indicator = default_catalogue().indicator(code)
    message = check_value(indicator, value)
    if says is None:
        assert message is None
    else:
        assert says in message
        if "choice" not in says:
            assert indicator.label in message


def test_messages_can_be_translated_and_numbers_localised():
    fault = value_fault(default_catalogue().indicator("total_assets"), 1234567.891)
    german = {fault.template: "„{label}“ hat mehr als {decimals} Stellen: {value}"}
    text = fault.render(german.__getitem__, number=lambda n: f"{n}".replace(".", ","), label=str.upper)
    assert text == "„TOTAL ASSETS“ hat mehr als 2 Stellen: 1234567,891"


@given(
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=20)
    | st.lists(st.text(max_size=5) | st.integers() | st.none(), max_size=4)
    | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    kind=st.sampled_from(IndicatorType),
)
@settings(max_examples=400, deadline=None)
def test_any_value_is_judged_and_never_breaks_a_form(value, kind):
    indicator = next(
        one for one in default_catalogue().indicators if one.type is kind and one.relevance is None
    )
    message = check_value(indicator, value)
    found = found_in(VALUES | {indicator.code: value})
    assert any(f.rule == "VAL" and f.indicators == (indicator.code,) for f in found) == (message is not None)
    if is_empty(value):
        assert message is None


def test_a_value_of_the_wrong_type_counts_as_empty_in_formulas_and_is_reported():
    values = VALUES | {"active_borrowers": "many"}
    assert compute(default_catalogue(), values, CONTEXT).derived["pct_female_borrowers"] is None
    assert [(f.rule, f.indicators) for f in found_in(values)] == [("VAL", ("active_borrowers",))]


# --- Required fields and reasons ---------------------------------------------------------------------------


def test_a_required_field_without_answer_is_an_error_unless_a_reason_is_given():
    values = VALUES | {"rural_borrowers": None}
    (finding,) = found_in(values)
    assert (finding.rule, finding.severity, finding.indicators, finding.section) == (
        "REQ",
        Severity.ERROR,
        ("rural_borrowers",),
        "OUT",
    )
    assert "say why" in finding.message
    assert found_in(values, missing={"rural_borrowers": "not_tracked"}) == ()
    assert found_in(VALUES | {"youth_borrowers": None}) == ()  # not required
    assert found_in(VALUES | {"target_groups": []})[0].rule == "REQ"


def test_zero_no_and_none_ticked_are_answers():
    values = VALUES | {"borrowers_other_method": 0, "regulated": False, "env_footprint": 0}
    assert found_in(values) == ()


def test_a_required_field_that_is_not_relevant_is_not_asked():
    assert "REQ" not in rules_in(
        VALUES | {"takes_deposits": False, "depositors": None, "active_clients": 24800}
    )


# --- Rules -------------------------------------------------------------------------------------------------


def test_a_finding_points_at_the_fields_behind_a_figure():
    finding = next(f for f in found_in(VALUES | {"par30_balance": 2_000_000}) if f.rule == "W41")
    assert finding.indicators == ("par30_balance", "gross_loan_portfolio")
    assert finding.section == "FIN"
    assert finding.severity is Severity.INFORMATION
    assert finding.message == "Portfolio at risk is above 10 percent."


def test_a_finding_does_not_point_at_hidden_fields():
    values = VALUES | {"poverty_sample_size": 99999}
    assert found_in(values)[0].indicators == ("poverty_sample_size", "active_clients", "new_borrowers")
    (finding,) = found_in(values, sections=EVERY_SECTION - {"RET"})
    assert finding.indicators == ("poverty_sample_size", "active_clients")


def test_errors_come_first_then_the_order_of_the_form():
    values = VALUES | {
        "board_members_female": 10,
        "staff_female": 300,
        "loan_officers": 0,
        "net_income": 3_000_000,
    }
    found = found_in(values)
    severities = [finding.severity for finding in found]
    assert severities == sorted(severities, key=list(Severity).index)
    assert [finding.rule for finding in found] == ["E01", "E17", "W30", "W47", "W51"]


# --- Trends ------------------------------------------------------------------------------------------------


def trends_in(values, previous, **options):
    return {rule for rule in rules_in(values, previous=previous, **options) if rule.startswith("T-")}


STEADY = VALUES | {
    "active_borrowers": 22500,
    "gross_loan_portfolio": 10900000,
    "staff_total": 195,
    "total_assets": 13100000,
}


def test_an_unremarkable_year_has_no_trend_finding():
    assert trends_in(VALUES, STEADY) == set()
    assert trends_in(VALUES, {}) == set()
    assert trends_in({}, STEADY) == set()
    assert trends_in(VALUES, None) == set()


@pytest.mark.parametrize(
    ("changes", "fired"),
    [
        ({"active_clients": 31000 / 1.6}, set()),
        ({"active_clients": 19000}, {"T-rel-active_clients"}),
        ({"active_clients": 0}, set()),
        ({"apr_main_product": 60}, {"T-rel-apr_main_product"}),
        ({"branches_total": 13}, {"T-rel-branches_total"}),
        ({"poverty_rate_all": 55}, {"T-abs-poverty_rate_all"}),
        ({"poverty_rate_all": 54.8}, set()),
        ({"par30_balance": 1_500_000}, {"T-abs-par30_ratio"}),
        ({"active_borrowers": 22500 * 1.009}, set()),
        ({"total_assets": 13_000_000}, set()),
        ({"total_assets": 12_900_000}, {"T-con-assets_start"}),
        ({"poverty_measured": False}, set()),
    ],
)
def test_trends(changes, fired):
    assert trends_in(VALUES, STEADY | changes) == fired


def test_a_trend_finding_tells_both_years_and_the_change():
    finding = next(f for f in found_in(VALUES, previous=STEADY | {"active_clients": 15500}))
    assert finding.rule == "T-rel-active_clients"
    assert finding.severity is Severity.WARNING
    assert "from 15,500 to 31,000, a change of 100 percent. More than 60 percent" in finding.message
    figure = next(f for f in found_in(VALUES, previous=STEADY | {"par30_balance": 1_500_000}))
    assert figure.indicators == ("par30_balance", "gross_loan_portfolio")


def test_a_fall_counts_like_a_rise():
    finding = next(f for f in found_in(VALUES, previous=STEADY | {"active_clients": 100_000}))
    assert "a change of -69 percent" in finding.message


def test_trends_leave_out_what_is_switched_off():
    off = EVERY_SECTION - {"OUT"}
    assert trends_in(VALUES, STEADY | {"active_clients": 1000}, sections=off) == set()


# --- Sections and short form -------------------------------------------------------------------------------


def test_a_section_that_is_off_asks_nothing_and_counts_as_empty():
    off = EVERY_SECTION - {"FIN"}
    computed = compute(default_catalogue(), VALUES, CONTEXT, sections=off)
    assert computed.derived["par30_ratio"] is None
    assert computed.derived["practice_index"] is None
    assert computed.derived["practice_index_d1"] == 90
    assert not {code for code in computed.asked if default_catalogue().indicator(code).section == "FIN"}
    assert found_in(VALUES, sections=off) == ()
    assert all(finding.section != "FIN" for finding in found_in({}, sections=off))


def test_a_rule_sees_a_switched_off_field_as_empty():
    values = VALUES | {"gross_loan_portfolio": 0}
    assert "E29" in rules_in(values)
    assert "E29" not in rules_in(values, sections=EVERY_SECTION - {"FIN"})


def test_a_rule_whose_fields_are_all_switched_off_never_fires():
    """W39 sees empty as -1: with its section off nobody could answer it."""
    values = VALUES | {"poverty_rate_new": None, "poverty_rate_all": None}
    assert "W39" in rules_in(values)
    assert "W39" not in rules_in(values, sections=EVERY_SECTION - {"POV"})
    assert rules_in(VALUES, sections=set()) == set()
    document = default_document()
    document["rules"] = [
        {
            "id": "E90",
            "severity": "error",
            "when": None,
            "check": "coalesce(poverty_rate_all, -1) >= 0",
            "message": "Report a rate.",
        }
    ]
    catalogue = load_catalogue(document)
    for sections, fires in ((None, True), (EVERY_SECTION - {"POV"}, False)):
        found = findings(catalogue, {}, missing={}, context=CONTEXT, sections=sections)
        assert any(finding.rule == "E90" for finding in found) is fires


def test_the_core_form_leaves_out_extended_fields():
    values = VALUES | {"clients_digital": 99999}
    assert "E03" in rules_in(values)
    assert "E03" not in rules_in(values, full_form=False)
    computed = compute(default_catalogue(), values, CONTEXT, full_form=False)
    assert len(computed.asked) == 110
    assert computed.derived["pct_clients_digital"] is None


def test_work_done_once_can_be_handed_on():
    values = VALUES | {"gross_loan_portfolio": 0}
    computed = compute(default_catalogue(), values, CONTEXT)
    assert found_in(values, computed=computed) == found_in(values)
    counted = progress(default_catalogue(), values, {}, CONTEXT, computed=computed)
    assert counted == progress(default_catalogue(), values, {}, CONTEXT)


# --- Progress ----------------------------------------------------------------------------------------------


def test_progress_counts_values_and_reasons_of_relevant_required_fields():
    counted = progress(
        default_catalogue(),
        {"legal_form": "ngo", "regulated": False, "branches_total": 0, "mission_statement": " "},
        {"takes_deposits": "not_yet", "depositors": "not_applicable"},
        CONTEXT,
    )
    assert counted.per_section["PRO"] == (4, 4)
    assert counted.per_section["MIS"].answered == 0
    assert (counted.required, counted.answered) == (84, 4)
    assert not counted.is_complete


def test_progress_grows_with_the_questions_an_answer_opens():
    closed = progress(default_catalogue(), {}, {}, CONTEXT)
    opened = progress(default_catalogue(), {"poverty_measured": True}, {}, CONTEXT)
    assert opened.required == closed.required + 4
    assert opened.per_section["POV"] == (5, 1)


def test_progress_leaves_out_sections_that_are_off():
    counted = progress(default_catalogue(), VALUES, {}, CONTEXT, {"PRO", "OUT"}, False)
    assert set(counted.per_section) == {"PRO", "OUT"}
    assert counted.is_complete
    nothing = progress(default_catalogue(), VALUES, {}, CONTEXT, set(), False)
    assert (nothing.required, nothing.answered) == (0, 0)


@given(
    cleared=st.sets(
        st.sampled_from([indicator.code for indicator in default_catalogue().indicators]), max_size=40
    ),
    sections=st.none() | st.sets(st.sampled_from(sorted(EVERY_SECTION))),
    full_form=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_required_findings_and_progress_agree(cleared, sections, full_form):
    values = {code: value for code, value in VALUES.items() if code not in cleared}
    counted = progress(default_catalogue(), values, {}, CONTEXT, sections, full_form)
    found = found_in(values, sections=sections, full_form=full_form)
    assert counted.required - counted.answered == sum(finding.rule == "REQ" for finding in found)
    assert counted.required == sum(count.required for count in counted.per_section.values())
