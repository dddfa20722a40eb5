"""Currencies of today, and amounts with their code."""

from decimal import Decimal

import pytest
from django.utils import translation

from spm_portal.common.money import currencies, money

pytestmark = pytest.mark.unit


def test_only_money_of_today_is_a_currency():
    assert {"KES", "USD", "EUR", "XOF", "PEN", "PHP", "PKR"} <= currencies()
    assert not {"DEM", "XAU", "XXX", "CHE", "kes", ""} & currencies()


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [("en", "1200", "KES 1,200"), ("en", "1200.5", "KES 1,200.50"), ("fr", "1200.50", "1 200,50 KES")],
)
def test_decimals_only_where_there_are_some(language: str, amount: str, written: str):
    with translation.override(language):
        said = money(Decimal(amount), "KES")
    assert said.replace("\xa0", " ").replace("\u202f", " ") == written
