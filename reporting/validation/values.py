"""One value at a time: whether it is empty, what is wrong with it, and how the engine sees it."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from reporting.catalogue import ContextValue, Indicator, IndicatorType
from reporting.expressions import Value
from reporting.validation import messages
from reporting.validation.messages import Message, message

LARGEST = 10**18  # above every balance sheet in full units of the weakest currency
_LISTS = (list, tuple, set, frozenset)
_SHOWN = 60  # characters of a wrong value that a message repeats


def is_empty(value: object) -> bool:
    """Whether nothing was given: None, a blank text or no ticked choice. Zero and No are answers."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    return isinstance(value, _LISTS) and not value


def check_value(indicator: Indicator, value: object) -> str | None:
    """What is wrong with a value by itself, in English and with the way to fix it; None if nothing is."""
    fault = value_fault(indicator, value)
    return None if fault is None else str(fault)


def value_fault(indicator: Indicator, value: object) -> Message | None:
    """The same as a message that can be translated. An empty value has no fault here."""
    if is_empty(value):
        return None
    return _CHECKS.get(indicator.type, _number_fault)(indicator, value)


def engine_value(part: Indicator | ContextValue, value: object) -> Value:
    """The value as expressions see it; None for an empty one and for one of the wrong type.

    Numbers come as int or float (Decimal too, as a courtesy), yes or no as bool, choices by their value.
    """
    kind = part.type
    if kind is IndicatorType.BOOLEAN:
        return value if isinstance(value, bool) else None
    if kind is IndicatorType.SINGLE_CHOICE and isinstance(part, Indicator):
        choice = part.choice(_plain_number(value) if isinstance(value, Decimal) else value)
        return None if choice is None else choice.value
    return _plain_number(value) if kind.is_number else None


def converter(part: Indicator | ContextValue) -> Callable[[Any], Value]:
    """`engine_value` for one indicator or context value, with the questions about its type asked once."""
    if not part.type.is_number:
        return lambda value: engine_value(part, value)

    def number(value: Any) -> int | float | None:
        if (value.__class__ is int or value.__class__ is float) and -LARGEST <= value <= LARGEST:
            return value
        return _plain_number(value)

    return number


def _plain_number(value: object) -> int | float | None:
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value) > LARGEST:
            return None
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -LARGEST <= value <= LARGEST else None


def _truth_fault(indicator: Indicator, value: object) -> Message | None:
    return None if isinstance(value, bool) else message(messages.TRUTH_WANTED, label=indicator.label)


def _number_fault(indicator: Indicator, value: object) -> Message | None:
    label = indicator.label
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return message(messages.NUMBER_WANTED, label=label)
    shown = _as_year if indicator.unit == "year" else _as_number
    number = _plain_number(value)
    if number is None:
        return message(messages.TOO_LARGE, label=label)
    if indicator.type is IndicatorType.INTEGER and number != int(number):
        return message(messages.WHOLE_WANTED, label=label, value=number)
    if indicator.min is not None and number < indicator.min:
        return message(messages.TOO_SMALL, label=label, value=shown(number), limit=shown(indicator.min))
    if indicator.max is not None and number > indicator.max:
        return message(messages.TOO_GREAT, label=label, value=shown(number), limit=shown(indicator.max))
    decimals = indicator.decimals
    if decimals is not None and round(number, decimals) != number:
        few = {0: messages.TOO_PRECISE_WHOLE, 1: messages.TOO_PRECISE_ONE}
        return message(few.get(decimals, messages.TOO_PRECISE), label=label, value=number, decimals=decimals)
    return None


def _as_number(number: float) -> float | str:
    return number


def _as_year(number: float) -> float | str:
    """A year is written without a thousands separator."""
    return str(number)


def _single_fault(indicator: Indicator, value: object) -> Message | None:
    if engine_value(indicator, value) is not None:
        return None
    return _unknown_choice(indicator, value)


def _unknown_choice(indicator: Indicator, value: object) -> Message:
    choices = ", ".join(choice.label for choice in indicator.choices)
    return message(messages.CHOICE_UNKNOWN, label=indicator.label, value=str(value)[:_SHOWN], choices=choices)


def _multiple_fault(indicator: Indicator, value: object) -> Message | None:
    if not isinstance(value, _LISTS):
        return message(messages.LIST_WANTED, label=indicator.label)
    ticked: Sequence[object] = list(value)
    for position, one in enumerate(ticked):
        choice = indicator.choice(one)
        if choice is None:
            return _unknown_choice(indicator, one)
        if one in ticked[:position]:
            return message(messages.CHOICE_TWICE, label=indicator.label, value=choice.label)
        if choice.exclusive and len(ticked) > 1:
            return message(messages.CHOICE_EXCLUSIVE, label=indicator.label, value=choice.label)
    return None


def _text_fault(indicator: Indicator, value: object) -> Message | None:
    if not isinstance(value, str):
        return message(messages.TEXT_WANTED, label=indicator.label)
    limit = indicator.max_length
    if limit is not None and len(value) > limit:
        return message(messages.TEXT_TOO_LONG, label=indicator.label, length=len(value), limit=limit)
    return None


def _file_fault(indicator: Indicator, value: object) -> Message | None:
    if not isinstance(value, str):
        return message(messages.FILE_WANTED, label=indicator.label)
    if value.rpartition(".")[2].lower() not in indicator.accept:
        return message(messages.FILE_ENDING, label=indicator.label, endings=", ".join(indicator.accept))
    return None


_CHECKS: dict[IndicatorType, Callable[[Indicator, object], Message | None]] = {
    IndicatorType.BOOLEAN: _truth_fault,
    IndicatorType.SINGLE_CHOICE: _single_fault,
    IndicatorType.MULTIPLE_CHOICE: _multiple_fault,
    IndicatorType.TEXT: _text_fault,
    IndicatorType.FILE: _file_fault,
}
