"""Reported values and their changes in words, the way the reader's language writes them."""

from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from reporting.catalogue import Derived, Indicator, IndicatorType
from spm_portal.common import numbers


def value_text(part: Indicator | Derived, value: Any, currency: str = "") -> str:
    """A value with its unit: 3,200 · 12.5 % · KES 1,000 · Yes · the label of a choice; nothing for none."""
    if value is None or value == "":
        return ""
    if isinstance(part, Indicator):
        if part.type is IndicatorType.BOOLEAN:
            return _("Yes") if value else _("No")
        if part.type.has_choices:
            return _choices(part, value)
        if not part.type.is_number:
            return str(value)
    return _figure(part, value, currency)


def _choices(part: Indicator, value: Any) -> str:
    chosen = value if isinstance(value, tuple | list) else (value,)
    labels = []
    for one in chosen:
        choice = part.choice(one) or part.choice_spelled(str(one))
        labels.append(choice.label if choice else str(one))
    return "; ".join(labels)


def _figure(part: Indicator | Derived, value: Any, currency: str) -> str:
    language = get_language() or "en"
    decimals = part.decimals if isinstance(part, Derived) else None
    if part.unit == "%":
        return numbers.format_percent(value, language=language, decimals=decimals)
    if part.unit == "currency" and currency:
        return numbers.format_money(value, currency, language=language, decimals=decimals)
    if part.unit == "year":
        return str(value)  # a year has no thousands
    return numbers.format_number(value, language=language, decimals=decimals)


def change_text(value: float | None, *, in_points: bool = False) -> str:
    """A change with its sign: +12.5 % or −3.0 points; nothing for none."""
    if value is None:
        return ""
    language = get_language() or "en"
    sign = "+" if value > 0 else "−" if value < 0 else ""
    size = abs(value)
    if in_points:
        figure = numbers.format_number(size, language=language, decimals=1 if size else 0)
        return pgettext("change in percentage points", "%(figure)s points") % {"figure": f"{sign}{figure}"}
    return f"{sign}{numbers.format_percent(size, language=language, decimals=1 if 0 < size < 100 else 0)}"
