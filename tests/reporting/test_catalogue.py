"""The default catalogue loads whole; a broken document is refused with every fault at once."""

import json
from contextlib import suppress

import pytest

from reporting.catalogue import (
    CatalogueError,
    IndicatorType,
    Severity,
    Tier,
    TrendKind,
    load_catalogue,
)
from tests.reporting.engine import default_catalogue, default_document

pytestmark = pytest.mark.unit


def faults_of(document):
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(document)
    return [str(fault) for fault in caught.value.faults]


def indicator_in(document, code):
    return next(
        one for section in document["sections"] for one in section["indicators"] if one["code"] == code
    )


def derived_in(document, code):
    return next(item for item in document["derived"] if item["code"] == code)


def rule_in(document, rule):
    return next(item for item in document["rules"] if item["id"] == rule)


def test_the_default_catalogue_is_whole():
    catalogue = default_catalogue()
    assert len(catalogue.sections) == 15
    assert len(catalogue.indicators) == 120
    assert len(catalogue.derived) == 56
    assert len(catalogue.rules) == 105
    assert sum(rule.severity is Severity.ERROR for rule in catalogue.rules) == 37
    assert sum(rule.severity is Severity.INFORMATION for rule in catalogue.rules) == 11
    assert len(catalogue.trend_checks) == 27
    assert len(catalogue.codes) == len(set(catalogue.codes)) == 176
    assert {i.type for i in catalogue.indicators} == set(IndicatorType)
    assert sum(i.required for i in catalogue.indicators) == 98
    assert sum(i.relevance is not None for i in catalogue.indicators) == 28
    assert sum(i.tier is Tier.EXTENDED for i in catalogue.indicators) == 10


def test_nothing_of_the_document_is_lost():
    catalogue = default_catalogue()
    renamed = {"relevance": lambda value: value and value.source}
    for section in default_document()["sections"]:
        for item in section["indicators"]:
            indicator = catalogue.indicator(item["code"])
            for key, value in item.items():
                if key in ("choices", "disaggregations", "accept"):
                    assert len(getattr(indicator, key)) == len(value)
                else:
                    assert renamed.get(key, lambda found: found)(getattr(indicator, key)) == value
    for item in default_document()["derived"]:
        derived = catalogue.derived_value(item["code"])
        for key in ("formula", "numerator", "denominator", "relevance"):
            assert getattr(getattr(derived, key), "source", None) == item[key]
        for key in ("label", "help", "unit", "decimals", "multiplier", "sector_aggregate", "iris", "source"):
            assert getattr(derived, key) == item[key]


def test_look_ups():
    catalogue = default_catalogue()
    assert catalogue.indicator("female_borrowers").child_of == "active_borrowers"
    assert catalogue.derived_value("par30_ratio").decimals == 2
    assert catalogue.section("OUT").title == "Client outreach"
    assert [i.code for i in catalogue.scored_of("D6")] == ["growth_policy", "cp_pricing", "profit_policy"]
    assert {rule.id for rule in catalogue.rules_of("par30_ratio")} == {"W41"}
    assert {rule.id for rule in catalogue.rules_of("par30_balance")} == {"E26", "E35", "I07", "W41"}
    assert catalogue.inputs_of("credit_risk") == (
        "par30_balance",
        "renegotiated_balance",
        "gross_loan_portfolio",
        "write_offs",
        "glp_start",
    )
    assert [check.id for check in catalogue.trend_checks_of("glp_start")] == ["T-con-glp_start"]
    assert len(catalogue.trend_checks_by_kind(TrendKind.RELATIVE)) == 6
    assert catalogue.find("nobody") is None
    for look_up in (catalogue.indicator, catalogue.derived_value, catalogue.section, catalogue.scored_of):
        with pytest.raises(KeyError):
            look_up("nobody")


def test_choices_are_found_by_value_and_by_spelling():
    policy = default_catalogue().indicator("hr_policy")
    assert policy.choice(0.5) is policy.choice_spelled("0.5")
    assert policy.choice(1).label == "Yes"
    assert policy.choice(True) is None
    assert policy.choice_spelled("2") is None


def test_derived_values_come_after_those_they_need():
    document = default_document()
    document["derived"].reverse()
    order = [item.code for item in load_catalogue(document).evaluation_order]
    assert len(order) == 56
    assert order.index("practice_index") > order.index("practice_index_d1")
    assert order.index("credit_risk") > order.index("write_off_ratio")


def test_formulas_read_well():
    catalogue = default_catalogue()
    rule = next(rule for rule in catalogue.rules if rule.id == "W05")
    assert catalogue.readable(rule.check) == "“Client poverty is measured” is yes"
    assert catalogue.readable(rule.when) == (
        "“Poverty level aimed at” is “Very poor” or “Poverty level aimed at” is “Poor”"
    )
    names = [piece.code for piece in catalogue.pieces(rule.when) if piece.kind == "name"]
    assert names == ["target_poverty_level", "target_poverty_level"]


def field(code, key, value):
    return lambda document: indicator_in(document, code).update({key: value})


def figure(code, key, value):
    return lambda document: derived_in(document, code).update({key: value})


def rule(code, key, value):
    return lambda document: rule_in(document, code).update({key: value})


def trend(kind, place, key, value):
    return lambda document: document["trend_checks"][kind][place].update({key: value})


def more_choice(value):
    return lambda document: indicator_in(document, "legal_form")["choices"].append(
        {"value": value, "label": "B"}
    )


def breakdown(**changes):
    return lambda document: indicator_in(document, "depositors")["disaggregations"][0].update(changes)


FAULTS = {
    "unknown name in relevance": (
        field("depositors", "relevance", "taks_deposits == true"),
        "unknown name 'taks_deposits'",
    ),
    "relevance to a later field": (
        field("legal_form", "relevance", "staff_total > 1"),
        "stands later in the form",
    ),
    "relevance to itself": (field("staff_total", "relevance", "staff_total > 1"), "is this field itself"),
    "relevance to a derived value": (field("data_sources", "relevance", "oss > 1"), "is a derived value"),
    "relevance that is a number": (
        field("depositors", "relevance", "branches_total + 1"),
        "true or false is needed",
    ),
    "relevance that does not parse": (
        field("depositors", "relevance", "takes_deposits = true"),
        "relevance, column 16",
    ),
    "text in arithmetic": (figure("oss", "formula", "100 * legal_form"), "'*' needs numbers"),
    "multiple choice in a formula": (figure("oss", "formula", "1 + target_groups"), "multiple-choice field"),
    "unknown choice in a comparison": (
        rule("W05", "when", "target_poverty_level == 'rich'"),
        "not a choice of",
    ),
    "truth as a formula": (figure("oss", "formula", "active_clients > 1"), "a number is needed"),
    "derived value on itself": (figure("oss", "formula", "oss + 1"), "in a circle"),
    "a circle of two": (figure("write_off_ratio", "formula", "credit_risk / 2"), "in a circle"),
    "numerator alone": (figure("oss", "denominator", None), "numerator and denominator together"),
    "unknown type": (field("depositors", "type", "number"), "is not one of integer"),
    "unknown key": (field("depositors", "colour", "red"), "unknown key 'colour'"),
    "wrong kind of value": (field("depositors", "required", "yes"), "true or false, not 'yes'"),
    "blank label": (field("depositors", "label", "  "), "not blank"),
    "duplicate code": (field("depositors", "code", "staff_total"), "more than once"),
    "code of a derived value": (field("depositors", "code", "oss"), "more than once"),
    "reserved word as code": (field("depositors", "code", "coalesce"), "word of the rule language"),
    "bad code": (field("depositors", "code", "Savers!"), "small letters"),
    "other section": (field("depositors", "section", "FIN"), "belongs to section 'FIN'"),
    "unknown parent": (field("depositors", "child_of", "clients"), "unknown indicator 'clients'"),
    "parent that comes later": (field("legal_form", "child_of", "staff_total"), "must stand earlier"),
    "min above max": (field("nominal_rate", "min", 2000), "is above max"),
    "min of a text": (field("mission_statement", "min", 1), "has no meaning"),
    "infinite max": (field("depositors", "max", float("inf")), "must be a number, or null"),
    "unknown choice list": (field("hr_policy", "choices_ref", "scale_5"), "unknown choice list"),
    "choices of a number": (field("depositors", "choices", [{"value": 1, "label": "One"}]), "has no meaning"),
    "file without endings": (field("cp_certificate", "accept", []), "list the endings"),
    "unknown dimension": (field("depositors", "usspm_dimension", "D9"), "unknown dimension 'D9'"),
    "bad standard": (field("depositors", "usspm_standard", "first"), "must look like 1A"),
    "bad severity": (rule("E01", "severity", "fatal"), "is not one of error, warning"),
    "rule that is a number": (rule("E01", "check", "board_members"), "true or false is needed"),
    "rule without check": (rule("E01", "check", None), "an expression in a text, not null"),
    "duplicate rule": (rule("E01", "id", "E02"), "more than once"),
    "rule with a reserved id": (rule("E01", "id", "REQ"), "not REQ, VAL, T, UNIT or CURR"),
    "deep expression": (rule("E01", "check", "(" * 5000), "more than 2000"),
    "trend of an unknown code": (
        trend("relative", 0, "code", "clients"),
        "unknown indicator or derived value",
    ),
    "trend of a text": (trend("relative", 0, "code", "legal_form"), "is not a number"),
    "trend without limit": (trend("relative", 0, "max_change_pct", 0), "must be above 0"),
    "continuity with nothing": (trend("continuity", 0, "equals_previous", "clients"), "unknown indicator"),
    "unscored practice": (field("hr_policy", "scored", False), "not marked as scored"),
    "conditional practice": (field("hr_policy", "required", False), "as every index needs it"),
    "sections missing": (lambda document: document.pop("sections"), "the key 'sections' is missing"),
    "rules that are no list": (lambda document: document.update(rules={}), "must be a list, not an object"),
    "rule that is no object": (lambda document: document["rules"].append(7), "must be an object"),
    "unknown top key": (lambda document: document.update(extra=1), "unknown key 'extra'"),
    "missing label": (
        lambda document: indicator_in(document, "depositors").pop("label"),
        "the key 'label' is missing",
    ),
    "unknown axis": (breakdown(axis="tribe"), "unknown axis"),
    "unknown child": (breakdown(children=["x"]), "unknown indicator 'x'"),
    "scored unknown": (
        lambda d: d["dimensions"][0]["scored_indicators"].append("x"),
        "unknown indicator 'x'",
    ),
    "duplicate choice": (more_choice("bank"), "more than once"),
    "mixed choices": (more_choice(3), "all texts or all numbers"),
    "choice of a list": (more_choice([]), "a text or a number"),
    "text as context value": (lambda d: d["context_values"][0].update(type="text"), "number type or boolean"),
}


@pytest.mark.parametrize(("break_it", "message"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_reported(break_it, message):
    document = default_document()
    break_it(document)
    faults = faults_of(document)
    assert any(message in fault for fault in faults), faults


def test_every_fault_is_reported_at_once_with_its_place():
    document = default_document()
    rule_in(document, "E01")["check"] = "board_members_femal <= board_members"
    rule_in(document, "W12")["severity"] = "mild"
    derived_in(document, "oss")["formula"] = "100 * ("
    indicator_in(document, "depositors")["relevance"] = "legal_form == 'shop'"
    document["trend_checks"]["absolute"][0]["code"] = "nothing"
    faults = faults_of(document)
    assert len(faults) == 5
    assert "derived value oss, formula, column 8: expected a value, found the end" in faults
    assert "rule E01, check, column 1: unknown name 'board_members_femal'" in faults
    assert any(fault.startswith("rule W12, severity: 'mild' is not one of") for fault in faults)
    assert any(fault.startswith("indicator depositors, relevance, column 15: 'shop'") for fault in faults)
    assert any(fault.startswith("absolute trend check nothing, code: unknown") for fault in faults)


@pytest.mark.parametrize("document", [{}, {"meta": None}, {"sections": [None, 1, "x", {}]}, [], None, "text"])
def test_something_else_is_no_catalogue(document):
    assert faults_of(document)


@pytest.mark.parametrize("value", [None, 0, 1.5, True, "", "x", [], {}, [None], {"a": {}}, 10**400])
def test_any_value_in_any_place_loads_or_is_refused_with_faults(value):
    """Walks every key of a small part of the document and puts nonsense there: never another exception."""
    text = json.dumps(default_document())
    places = [
        *[(indicator_in, "depositors", key) for key in indicator_in(default_document(), "depositors")],
        *[(derived_in, "oss", key) for key in derived_in(default_document(), "oss")],
        *[(rule_in, "E01", key) for key in rule_in(default_document(), "E01")],
    ]
    for find, code, key in places[:: 1 if value is None else 3]:
        document = json.loads(text)
        find(document, code)[key] = value
        with suppress(CatalogueError):
            load_catalogue(document)
