"""Figures of the demonstration: plausible, and the same each time (the rest: tests/journeys/test_demonstration.py)."""

import pytest

from reporting.catalogue import Severity
from reporting.demo.cast import INSTITUTIONS
from reporting.demo.figures import returns_of
from reporting.validation import findings
from tests.reporting.engine import default_catalogue

YEARS = range(2023, 2026)


@pytest.mark.parametrize("institution", INSTITUTIONS, ids=lambda each: each.short_name)
def test_figures_are_the_same_each_time_and_break_no_rule(institution):
    first, again = returns_of(institution, YEARS), returns_of(institution, YEARS)
    assert first == again
    before = before_context = None
    for year, values in first.items():
        context = {"reporting_year": year, "exchange_rate_usd": 129.0, "gni_per_capita": 280_000}
        found = findings(
            default_catalogue(),
            values,
            missing={},
            context=context,
            previous=before,
            previous_context=before_context,
        )
        assert [one.message for one in found if one.severity is Severity.ERROR] == []
        before, before_context = values, context
