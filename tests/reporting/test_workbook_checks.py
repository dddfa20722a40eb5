"""The live checks of a workbook say what the rule language says: every rule, on whole and on ragged forms."""

import random
import re
from typing import Any

import pytest

from reporting.catalogue import IndicatorType
from reporting.validation import compute, fires
from reporting.workbooks.checks import LONGEST_WORDS, as_format
from reporting.workbooks.formulas import Formulas, NotInExcel
from reporting.workbooks.words import choice_words
from tests.reporting.engine import default_catalogue, sample
from tests.reporting.excel import evaluate
from tests.reporting.test_sample_cases import OWN, VARIANTS

pytestmark = pytest.mark.unit

CATALOGUE = default_catalogue()
VALUES, CONTEXT = sample()["values"], sample()["context"]
NAMES = {one.code: f"v_{one.code}" for one in CATALOGUE.indicators}
FORMULAS = Formulas(CATALOGUE, NAMES, CONTEXT, choice_words)
RULES = {rule.id: rule for rule in CATALOGUE.rules}


def in_excel(values: dict[str, Any]) -> dict[str, Any]:
    """The cells of a form as a person fills them in."""
    cells: dict[str, Any] = {}
    for one in CATALOGUE.indicators:
        value, words = values.get(one.code), choice_words(one)
        if isinstance(value, bool):
            value = words["yes" if value else "no"]
        elif one.type is IndicatorType.SINGLE_CHOICE and value is not None:
            value = words[value]
        cells[NAMES[one.code]] = value if isinstance(value, str | int | float) else None
    return cells


def translated() -> dict[str, str]:
    found = {}
    for rule in CATALOGUE.rules:
        try:
            found[rule.id] = FORMULAS.fires(rule)
        except NotInExcel:
            continue
    return found


CHECKS = translated()


def agree(values: dict[str, Any]) -> set[str]:
    """The rules that fire in Excel, which are those that fire in the portal."""
    names = compute(CATALOGUE, values, CONTEXT).names
    cells = in_excel(values)
    here = {rule for rule, formula in CHECKS.items() if evaluate(formula, cells)}
    assert here == {rule for rule in CHECKS if fires(RULES[rule], names)}
    return here


def test_all_but_the_rules_with_a_greatest_or_least_of_several_are_checked_in_excel():
    left_out = {rule.id for rule in CATALOGUE.rules} - set(CHECKS)
    sources = {
        rule: RULES[rule].check.source + str(RULES[rule].when and RULES[rule].when.source)
        for rule in left_out
    }
    assert all(re.search(r"\b(min|max)\(", source) for source in sources.values()), sources
    assert len(CHECKS) > 80
    assert max(map(len, CHECKS.values())) < 8_192  # the most that Excel takes


def test_nothing_fires_on_the_sample():
    assert agree(VALUES) == set()


def test_every_bad_variant_fires_in_excel_what_it_fires_on_the_portal():
    told: set[str] = set()
    changes = [variant["changes"] for variant in VARIANTS.values()] + list(OWN.values())
    for change in changes:
        told |= agree({code: value for code, value in (VALUES | change).items() if value is not None})
    assert told == set(CHECKS)


@pytest.mark.parametrize("seed", range(25))
def test_ragged_forms_are_seen_alike(seed):
    dice = random.Random(seed)
    values: dict[str, Any] = {}
    for code, value in VALUES.items():
        if dice.random() < 0.35:
            continue
        one = CATALOGUE.indicator(code)
        if one.type.is_number and dice.random() < 0.4:
            value = dice.choice([0, 1, value * 3, value // 2])
        elif one.type is IndicatorType.BOOLEAN:
            value = dice.random() < 0.5
        elif one.type is IndicatorType.SINGLE_CHOICE:
            value = dice.choice(one.choices).value
        values[code] = value
    agree(values)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_not_needed_is_seen_alike(seed):
    dice = random.Random(seed)
    values = {code: value for code, value in VALUES.items() if dice.random() < 0.6}
    relevant = compute(CATALOGUE, values, CONTEXT).relevant
    cells = in_excel(values)
    asked_if = [one for one in CATALOGUE.indicators if one.relevance is not None]
    assert len(asked_if) > 20
    for one in asked_if:
        assert evaluate(FORMULAS.is_relevant(one), cells) == (one.code in relevant), one.code


def test_words_as_a_number_format_are_plain_and_short():
    assert as_format('Say "why" \n now') == ';;;"Say ”why” now"'
    assert len(as_format("long " * 100)) == LONGEST_WORDS + 5
