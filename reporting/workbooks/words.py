"""Values in words and words as values: yes and no, choices, reasons, and hidden signs taken away."""

import re
import unicodedata

from django.utils.translation import gettext as _

from reporting.catalogue import ChoiceValue, Indicator, IndicatorType
from reporting.enums import MissingReason
from reporting.values import Value
from spm_portal.common.numbers import format_number

_HIDDEN = {ord(sign): None for sign in "\u200b\ufeff\u2060\u00ad"}
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")  # how Excel writes control characters


def yes_word() -> str:
    """Yes in the language of the workbook."""
    return _("Yes")


def no_word() -> str:
    """No in the language of the workbook."""
    return _("No")


def reason_words() -> dict[str, str]:
    """Each reason for a missing value in words."""
    return {str(reason.value): str(reason.label) for reason in MissingReason}


def choice_words(indicator: Indicator) -> dict[ChoiceValue, str]:
    """What may be chosen by value: yes and no, or the entries of the list; nothing for other kinds."""
    if indicator.type is IndicatorType.BOOLEAN:
        return {"yes": yes_word(), "no": no_word()}
    if indicator.type is IndicatorType.SINGLE_CHOICE:
        return {choice.value: choice.label for choice in indicator.choices}
    return {}


def shown(indicator: Indicator, value: Value, language: str) -> str:
    """A value as a person reads it; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes_word() if value else no_word()
    if isinstance(value, tuple):
        return "; ".join(choice.label for choice in indicator.choices if str(choice.value) in value)
    if indicator.type is IndicatorType.SINGLE_CHOICE:
        choice = indicator.choice(value)
        return choice.label if choice else str(value)
    if isinstance(value, int | float):
        return format_number(value, language=language, grouping=indicator.unit != "year")
    return value


def visible(text: str) -> str:
    """A text without controls, zero-width signs and outer space; lines stay lines."""
    plain = _ESCAPED.sub("", text.replace("\r\n", "\n")).translate(_HIDDEN)
    kept = (sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) != "Cc")
    return "".join(kept).strip()


def folded(text: str) -> str:
    """For comparing words: one kind of space, no case."""
    return " ".join(visible(text).replace("\u00a0", " ").split()).casefold()
