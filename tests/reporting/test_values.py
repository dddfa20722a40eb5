"""Between stored answers and the engine: round trips, refusals, canonical texts."""

import json
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.catalogue import Indicator
from reporting.validation import is_empty, value_fault
from reporting.values import (
    ValueRefused,
    canonical_number,
    fields_of,
    from_engine,
    same_fields,
    stored_text,
    to_engine,
)
from tests.factories.reporting import default_catalogue, sample

pytestmark = pytest.mark.unit


def indicator(code: str) -> Indicator:
    return default_catalogue().indicator(code)


def kept(code: str, value, name: str = "cert.pdf"):
    """What a row would hold."""
    fields = from_engine(indicator(code), value)
    file = SimpleNamespace(name=name) if fields["file_id"] else None
    return SimpleNamespace(**fields, file=file)


@pytest.mark.parametrize(("code", "value"), sample()["values"].items())
def test_every_value_of_the_sample_comes_back(code, value):
    part = indicator(code)
    if part.type == "file":
        assert to_engine(part, kept(code, str(uuid4()), name=value)) == value
        return
    back = to_engine(part, kept(code, value))
    assert back == (tuple(value) if isinstance(value, list) else value)
    assert (
        type(back) is tuple if isinstance(value, list) else isinstance(back, bool) == isinstance(value, bool)
    )
    assert value_fault(part, back) is None


@given(st.integers(-(10**16), 10**16))
def test_whole_numbers_stay_whole(number):
    back = to_engine(indicator("active_clients"), kept("active_clients", number))
    assert back == number
    assert type(back) is int


@given(st.decimals(-(10**9), 10**9, places=4))
def test_decimals_keep_four_places(number):
    assert to_engine(indicator("nominal_rate"), kept("nominal_rate", number)) == float(number)
    assert Decimal(canonical_number(kept("nominal_rate", number).number)) == number


@pytest.mark.parametrize("value", [None, "", (), []])
@pytest.mark.parametrize(
    "code", ["active_clients", "regulated", "legal_form", "target_groups", "mission_statement"]
)
def test_nothing_is_kept_as_nothing(code, value):
    row = kept(code, value)
    assert fields_of(indicator(code), value).is_empty
    assert is_empty(to_engine(indicator(code), row))
    assert stored_text(indicator(code), row) == ""


@pytest.mark.parametrize("value", [0, False])
def test_zero_and_no_are_values(value):
    code = "regulated" if value is False else "active_clients"
    assert to_engine(indicator(code), kept(code, value)) is value or value == 0
    assert not fields_of(indicator(code), value).is_empty


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("active_clients", "12", "Type a number"),
        ("active_clients", True, "Type a number"),
        ("active_clients", 3.5, "whole number"),
        ("gross_loan_portfolio", float("nan"), "Type a number"),
        ("gross_loan_portfolio", float("inf"), "Type a number"),
        ("gross_loan_portfolio", 10**17, "larger than the portal keeps"),
        ("gross_loan_portfolio", Decimal("NaN"), "larger than|Type a number"),
        ("regulated", 1, "yes or no"),
        ("regulated", "yes", "yes or no"),
        ("legal_form", "casino", "“casino” is not in the list"),
        ("social_strategy", True, "not in the list"),
        ("target_groups", "women", "Tick"),
        ("target_groups", ["women", "<b>"], "not in the list"),
        ("mission_statement", 5, "Type a text"),
        ("mission_statement", "x" * 20_001, "Shorten"),
        ("cp_certificate", "cert.pdf", "upload"),
    ],
)
def test_what_the_type_cannot_hold_is_refused_in_words(code, value, words):
    with pytest.raises(ValueRefused, match=words):
        fields_of(indicator(code), value)


def test_choices_are_kept_in_the_order_of_the_list():
    assert kept("target_groups", ["rural", "women", "rural"]).choices == ["women", "rural"]
    assert same_fields(kept("target_groups", ["rural", "women"]), kept("target_groups", ["women", "rural"]))


def test_yes_partly_no_is_spelled_alike_however_it_comes():
    assert {kept("social_strategy", value).text for value in (0.5, "0.5", Decimal("0.5"))} == {"0.5"}
    assert to_engine(indicator("social_strategy"), kept("social_strategy", "1")) == 1


def test_a_stored_choice_that_the_catalogue_dropped_counts_as_none():
    row = SimpleNamespace(number=None, text="gone", choices=None, flag=None, file_id=None, file=None)
    assert to_engine(indicator("legal_form"), row) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [("3200.000000", "3200"), ("12.500000", "12.5"), ("0.000000", "0"), ("-0.5", "-0.5"), ("1E+3", "1000")],
)
def test_canonical_numbers(number, text):
    assert canonical_number(Decimal(number)) == text


def test_values_of_different_types_do_not_look_the_same():
    one, other = kept("mission_statement", "true"), kept("regulated", True)
    assert not same_fields(one, other)
    json.dumps(stored_text(indicator("regulated"), other))
