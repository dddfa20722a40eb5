"""Amounts of money with their currency: which currencies there are today, and how an amount is written."""

from decimal import Decimal
from functools import cache

from babel.core import get_global
from django.utils.translation import get_language

from spm_portal.common.numbers import format_money


@cache
def currencies() -> frozenset[str]:
    """Codes of ISO 4217 that are money somewhere today: no metals, no funds, nothing that was replaced."""
    return frozenset(
        code
        for uses in get_global("territory_currencies").values()
        for code, _since, until, is_tender in uses
        if until is None and is_tender
    )


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency in the active language; decimals only where it has some."""
    decimals = 0 if amount == amount.to_integral_value() else 2
    return format_money(amount, currency, language=get_language() or "en", decimals=decimals)
