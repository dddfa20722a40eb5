"""Values in words and words as values: yes and no, choices, reasons, and hidden signs taken away."""

import unicodedata

from django.utils.translation import gettext as _

from reporting.catalogue import ChoiceValue, Indicator, IndicatorType
from reporting.enums import MissingReason
from reporting.values import Value
from spm_portal.common.numbers import format_number

_HIDDEN = {ord(sign): None for sign in "\u200b\u200e\u200f\u2060\ufeff\u00ad"}


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


def limits_of(indicator: Indicator) -> str:
    """What a number may be, as a sentence that asks for it."""
    kind = _("Type a whole number") if indicator.type is IndicatorType.INTEGER else _("Type a number")
    low, high = indicator.min, indicator.max
    if low is not None and high is not None:
        kind = _("%(kind)s between %(low)s and %(high)s") % {"kind": kind, "low": low, "high": high}
    elif low is not None:
        kind = _("%(kind)s of at least %(low)s") % {"kind": kind, "low": low}
    return _("%(kind)s, or leave the cell empty and choose a reason beside it.") % {"kind": kind}


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
    plain = text.replace("\r\n", "\n").translate(_HIDDEN)
    kept = (sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return "".join(kept).strip()


def folded(text: str) -> str:
    """For comparing words: one kind of space, no case."""
    return " ".join(visible(text).replace("\u00a0", " ").split()).casefold()
