"""A box for an amount of money; its currency stands in a box of its own."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from spm_portal.common.numbers import NumberError, format_number, parse_number


class AmountField(forms.CharField):
    """An amount of money as the reader's language writes numbers."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(**{"max_length": 40, "widget": forms.TextInput(attrs=attrs), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """A number as the reader writes it; what was typed stays as it was typed."""
        if isinstance(value, Decimal):
            decimals = 0 if value == value.to_integral_value() else 2
            return format_number(value, language=get_language() or "en", decimals=decimals)
        return value

    def clean(self, value: Any) -> Decimal | None:
        """The number; None where the field may be empty and is."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_number(text, language=get_language() or "en")
        except NumberError as error:
            raise ValidationError(str(error)) from None
