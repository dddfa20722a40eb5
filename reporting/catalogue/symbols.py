"""What the names of a catalogue stand for inside expressions."""

from collections.abc import Iterable

from reporting.catalogue.kinds import IndicatorType
from reporting.catalogue.parts import ChoiceValue, ContextValue, Derived, Indicator
from reporting.expressions import Kind, Symbol

_BARRED = {
    IndicatorType.MULTIPLE_CHOICE: "is a multiple-choice field, which expressions cannot use",
    IndicatorType.TEXT: "is a text field, which expressions cannot use",
    IndicatorType.FILE: "is a file field, which expressions cannot use",
}


def symbols_of(parts: Iterable[Indicator | Derived | ContextValue]) -> dict[str, Symbol]:
    """The symbol of each part by its code."""
    return {part.code: _symbol(part) for part in parts}


def _symbol(part: Indicator | Derived | ContextValue) -> Symbol:
    if isinstance(part, Derived):
        return Symbol(Kind.NUMBER)
    if part.type in _BARRED:
        return Symbol(Kind.ANY, barred=_BARRED[part.type])
    if part.type is IndicatorType.BOOLEAN:
        return Symbol(Kind.TRUTH)
    if isinstance(part, Indicator) and part.type is IndicatorType.SINGLE_CHOICE:
        kind = Kind.NUMBER if part.carries_number else Kind.TEXT
        return Symbol(kind, choices=frozenset(choice.value for choice in part.choices))
    return Symbol(Kind.NUMBER)


def choice_labels(indicators: Iterable[Indicator]) -> dict[str, dict[ChoiceValue, str]]:
    """For every indicator with choices, the label of each choice by its value."""
    return {i.code: {choice.value: choice.label for choice in i.choices} for i in indicators if i.choices}
