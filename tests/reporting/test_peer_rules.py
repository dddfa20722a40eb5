"""Rules of peer groups: every fault by its name, and who fits, against a reading of its own."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.peer_rules import Fault, FaultKind, RuleError, faults_of, matches, members_of, read_rule

pytestmark = pytest.mark.unit

FORMS = ("bank", "cooperative", "ngo")
COUNTRIES = ("KE", "UG")

FACTS = {
    "legal_form": "cooperative",
    "country": "KE",
    "currency": "KES",
    "assets": 1_300_000,
    "assets_usd": 10_000,
    "clients": 5_000,
    "borrowers": 4_000,
    "year_end": "2024-12-31",
}


@pytest.mark.parametrize(
    ("document", "faults"),
    [
        ("all", [Fault(FaultKind.NOT_A_RULE)]),
        ({}, [Fault(FaultKind.NOTHING_ASKED)]),
        ({"colour": 1}, [Fault(FaultKind.UNKNOWN_CRITERION, value="colour")]),
        ({"legal_forms": []}, [Fault(FaultKind.EMPTY, "legal_forms")]),
        ({"legal_forms": "ngo"}, [Fault(FaultKind.NOT_A_RULE, "legal_forms")]),
        ({"legal_forms": ["ngo", 3]}, [Fault(FaultKind.NOT_A_RULE, "legal_forms")]),
        ({"legal_forms": ["ngo", "club"]}, [Fault(FaultKind.UNKNOWN_VALUE, "legal_forms", value="club")]),
        ({"countries": ["KE", "KE"]}, [Fault(FaultKind.TWICE, "countries", value="KE")]),
        ({"countries": ["Kenya"]}, [Fault(FaultKind.UNKNOWN_VALUE, "countries", value="Kenya")]),
        ({"clients": {}}, [Fault(FaultKind.EMPTY, "clients")]),
        ({"clients": 5}, [Fault(FaultKind.NOT_A_RULE, "clients")]),
        ({"clients": {"from": -1}}, [Fault(FaultKind.NOT_A_NUMBER, "clients", "from", "-1")]),
        ({"clients": {"from": True}}, [Fault(FaultKind.NOT_A_NUMBER, "clients", "from", "True")]),
        ({"clients": {"from": 2.5}}, [Fault(FaultKind.NOT_A_NUMBER, "clients", "from", "2.5")]),
        ({"clients": {"from": None}}, [Fault(FaultKind.NOT_A_NUMBER, "clients", "from", "None")]),
        (
            {"borrowers": {"below": 10**16}},
            [Fault(FaultKind.TOO_LARGE, "borrowers", "below", str(10**16))],
        ),
        ({"clients": {"from": 9, "below": 9}}, [Fault(FaultKind.OUT_OF_ORDER, "clients", "below", "9")]),
        ({"clients": {"from": 9, "to": 9}}, [Fault(FaultKind.UNKNOWN_PART, "clients", value="to")]),
        (
            {"clients": {"currency": "KES", "from": 1}},
            [Fault(FaultKind.UNKNOWN_PART, "clients", value="currency")],
        ),
        ({"assets": {"from": 1}}, [Fault(FaultKind.NOT_A_CURRENCY, "assets", "currency")]),
        (
            {"assets": {"from": 1, "currency": "shillings"}},
            [Fault(FaultKind.NOT_A_CURRENCY, "assets", "currency", "shillings")],
        ),
        ({"year_end": {}}, [Fault(FaultKind.EMPTY, "year_end")]),
        (
            {"year_end": {"from": "31.12.2024"}},
            [Fault(FaultKind.NOT_A_DATE, "year_end", "from", "31.12.2024")],
        ),
        (
            {"year_end": {"from": "2024-12-31", "until": "2024-01-01"}},
            [Fault(FaultKind.OUT_OF_ORDER, "year_end", "until", "2024-01-01")],
        ),
        (
            {"countries": [], "clients": {"from": "many"}},
            [Fault(FaultKind.EMPTY, "countries"), Fault(FaultKind.NOT_A_NUMBER, "clients", "from", "many")],
        ),
    ],
)
def test_every_fault_is_named(document: Any, faults: list[Fault]) -> None:
    assert list(faults_of(document, legal_forms=FORMS, countries=COUNTRIES)) == faults
    with pytest.raises(RuleError) as refused:
        read_rule(document, legal_forms=FORMS, countries=COUNTRIES)
    assert list(refused.value.faults) == faults


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        ({"legal_forms": ["ngo", "cooperative"]}, True),
        ({"legal_forms": ["ngo"]}, False),
        ({"countries": ["UG"]}, False),
        ({"clients": {"from": 5_000}}, True),
        ({"clients": {"below": 5_000}}, False),
        ({"borrowers": {"from": 3_999, "below": 4_001}}, True),
        ({"assets": {"currency": "KES", "from": 1_300_000}}, True),
        ({"assets": {"currency": "USD", "below": 10_001}}, True),
        ({"assets": {"currency": "UGX", "from": 0}}, False),
        ({"year_end": {"from": "2024-12-31", "until": "2024-12-31"}}, True),
        ({"year_end": {"from": "2025-01-01"}}, False),
        ({"legal_forms": ["cooperative"], "clients": {"from": 5_001}}, False),
    ],
)
def test_who_fits(document: dict[str, Any], fits: bool) -> None:
    assert matches(read_rule(document), FACTS) is fits


@pytest.mark.parametrize("unknown", ["legal_form", "country", "assets", "clients", "borrowers", "year_end"])
def test_what_is_not_known_fits_nothing_that_asks_about_it(unknown: str) -> None:
    everything = {
        "legal_forms": ["cooperative"],
        "countries": ["KE"],
        "assets": {"currency": "KES", "from": 0},
        "clients": {"from": 0},
        "borrowers": {"from": 0},
        "year_end": {"from": "1900-01-01"},
    }
    rule = read_rule(everything)
    assert matches(rule, FACTS)
    assert not matches(rule, FACTS | {unknown: None})
    assert not matches(rule, {name: value for name, value in FACTS.items() if name != unknown})


def test_the_same_question_is_the_same_document() -> None:
    one = {"countries": ["UG", "KE"], "legal_forms": ["ngo", "bank"], "clients": {"below": 9, "from": 1}}
    other = {"clients": {"from": 1, "below": 9}, "legal_forms": ["bank", "ngo"], "countries": ["KE", "UG"]}
    assert read_rule(one).document == read_rule(other).document
    assert read_rule(read_rule(one).document) == read_rule(other)


numbers = st.none() | st.integers(0, 6)
days = st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 7)).map(date.isoformat)


def _parts(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


bands = st.builds(lambda start, width: _parts(**{"from": start, "below": width}), numbers, numbers)
documents = st.fixed_dictionaries(
    {},
    optional={
        "legal_forms": st.lists(st.sampled_from(FORMS), min_size=1, unique=True),
        "countries": st.lists(st.sampled_from(COUNTRIES), min_size=1, unique=True),
        "clients": bands,
        "borrowers": bands,
        "assets": st.builds(
            lambda band, currency: band | {"currency": currency}, bands, st.sampled_from(["KES", "USD"])
        ),
        "year_end": st.builds(lambda start, until: _parts(**{"from": start, "until": until}), days, days),
    },
)
facts = st.fixed_dictionaries(
    {},
    optional={
        "legal_form": st.sampled_from((*FORMS, None)),
        "country": st.sampled_from(COUNTRIES),
        "currency": st.sampled_from(["KES", "UGX", "USD"]),
        "assets": numbers,
        "assets_usd": numbers,
        "clients": numbers | st.floats(0, 6),
        "borrowers": numbers,
        "year_end": days,
    },
)


def _fits(document: dict[str, Any], known: dict[str, Any]) -> bool:
    """The same question asked plainly, without the module's own pieces."""
    answers = []
    for name, asked in document.items():
        if name in {"legal_forms", "countries"}:
            answers.append(known.get({"legal_forms": "legal_form", "countries": "country"}[name]) in asked)
            continue
        if name == "assets":
            value = known.get("assets") if known.get("currency") == asked["currency"] else None
            if asked["currency"] == "USD" and known.get("currency") != "USD":
                value = known.get("assets_usd")
        else:
            value = known.get(name)
        upper = value is not None and (
            value <= asked.get("until", "9999") if name == "year_end" else value < asked.get("below", 99)
        )
        answers.append(upper and value >= asked.get("from", "" if name == "year_end" else 0))
    return all(answers)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of the rules
@given(documents, st.dictionaries(st.sampled_from("abcdef"), facts, max_size=6))
def test_members_are_those_whom_a_plain_reading_finds(
    document: dict[str, Any], everybody: dict[str, dict[str, Any]]
) -> None:
    if faults_of(document):
        return
    expected = {key for key, known in everybody.items() if _fits(document, known)}
    assert members_of(read_rule(document), everybody) == expected


@given(documents, facts, st.sampled_from(["legal_forms", "countries", "clients", "borrowers", "year_end"]))
def test_asking_more_never_finds_more(document: dict[str, Any], known: dict[str, Any], dropped: str) -> None:
    less = {name: asked for name, asked in document.items() if name != dropped}
    if faults_of(document) or faults_of(less):
        return
    assert matches(read_rule(less), known) or not matches(read_rule(document), known)


names = st.sampled_from(
    ("legal_forms", "countries", "assets", "clients", "year_end", "from", "below", "until", "currency", "x")
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
)


@given(anything)
def test_any_data_is_a_rule_or_has_faults(document: Any) -> None:
    if not faults_of(document):
        assert read_rule(read_rule(document).document) == read_rule(document)
