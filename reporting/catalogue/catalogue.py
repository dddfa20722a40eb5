"""A catalogue version as a whole, with its look-ups and its order of evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from reporting.catalogue.kinds import TrendKind
from reporting.catalogue.parts import (
    Axis,
    Choice,
    ChoiceValue,
    ContextValue,
    Derived,
    Dimension,
    Indicator,
    Rule,
    Section,
    TrendCheck,
)
from reporting.catalogue.symbols import choice_labels
from reporting.expressions import ENGLISH, Expression, Piece, Words


@dataclass(frozen=True, eq=False)
class Catalogue:
    """One version of the catalogue: whole, checked and immutable. Made by `load_catalogue` only."""

    name: str
    version: str
    language: str
    axes: tuple[Axis, ...]
    dimensions: tuple[Dimension, ...]
    choice_lists: Mapping[str, tuple[Choice, ...]]
    context_values: tuple[ContextValue, ...]
    sections: tuple[Section, ...]
    derived: tuple[Derived, ...]
    rules: tuple[Rule, ...]
    trend_checks: tuple[TrendCheck, ...]

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator in the order of the form."""
        return tuple(indicator for section in self.sections for indicator in section.indicators)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of all indicators in the order of the form, then of all derived values."""
        return tuple(part.code for part in self._parts)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each indicator and derived value stands, for sorting."""
        return MappingProxyType({code: place for place, code in enumerate(self.codes)})

    @cached_property
    def _parts(self) -> tuple[Indicator | Derived, ...]:
        return (*self.indicators, *self.derived)

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.indicators}

    @cached_property
    def _derived(self) -> dict[str, Derived]:
        return {derived.code: derived for derived in self.derived}

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {section.code: section for section in self.sections}

    def indicator(self, code: str) -> Indicator:
        """The indicator with this code; raises KeyError."""
        return self._indicators[code]

    def derived_value(self, code: str) -> Derived:
        """The derived value with this code; raises KeyError."""
        return self._derived[code]

    def find(self, code: str) -> Indicator | Derived | None:
        """The indicator or derived value with this code, if there is one."""
        return self._indicators.get(code) or self._derived.get(code)

    def section(self, code: str) -> Section:
        """The section with this code; raises KeyError."""
        return self._sections[code]

    def dimension(self, code: str) -> Dimension:
        """The dimension with this code; raises KeyError."""
        return next((found for found in self.dimensions if found.code == code), None) or _missing(code)

    def rules_of(self, code: str) -> tuple[Rule, ...]:
        """The rules that name this indicator or derived value, or a derived value made from it."""
        return self._rules_of.get(code, ())

    def trend_checks_of(self, code: str) -> tuple[TrendCheck, ...]:
        """The trend checks on this indicator or derived value."""
        return tuple(check for check in self.trend_checks if code in (check.code, check.equals_previous))

    def scored_of(self, dimension: str) -> tuple[Indicator, ...]:
        """The practices that make the index of a dimension; raises KeyError for an unknown one."""
        return tuple(self.indicator(code) for code in self.dimension(dimension).scored_indicators)

    def inputs_of(self, code: str) -> tuple[str, ...]:
        """The indicators behind a code: itself, or those of a derived value's formula, however deep."""
        return self._inputs.get(code, ())

    def inputs(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The indicators behind several codes, each once, in the order met."""
        return tuple(dict.fromkeys(found for code in codes for found in self.inputs_of(code)))

    @cached_property
    def evaluation_order(self) -> tuple[Derived, ...]:
        """The derived values, each after those its formula needs."""
        done: dict[str, Derived] = {}
        waiting = list(self.derived)
        while waiting:
            ready = [
                item for item in waiting if all(c in done for c in item.formula.codes if c in self._derived)
            ]
            if not ready:  # the loader refuses cycles
                raise ValueError("derived values depend on one another in a circle")
            done.update((item.code, item) for item in ready)
            waiting = [item for item in waiting if item.code not in done]
        return tuple(done.values())

    @cached_property
    def _inputs(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {code: (code,) for code in self._indicators}
        for item in self.evaluation_order:
            found[item.code] = tuple(
                dict.fromkeys(c for code in item.formula.codes for c in found.get(code, ()))
            )
        return found

    @cached_property
    def _rules_of(self) -> dict[str, tuple[Rule, ...]]:
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for code in dict.fromkeys((*rule.codes, *self.inputs(rule.codes))):
                found.setdefault(code, []).append(rule)
        return {code: tuple(rules) for code, rules in found.items()}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The label of every code: indicators, derived and context values."""
        found = {value.code: value.label for value in self.context_values}
        return MappingProxyType(found | {part.code: part.label for part in self._parts})

    @cached_property
    def choice_labels(self) -> Mapping[str, Mapping[ChoiceValue, str]]:
        """For every indicator with choices, the label of each choice by its value."""
        return MappingProxyType(choice_labels(self.indicators))

    def readable(self, expression: Expression, words: Words = ENGLISH) -> str:
        """An expression in words: labels instead of codes, choices by their labels."""
        return expression.readable(self.labels, self.choice_labels, words)

    @cached_property
    def formulas(self) -> Mapping[str, str]:
        """The formula of every derived value in words, by code."""
        return MappingProxyType({part.code: self.readable(part.formula) for part in self.derived})

    @cached_property
    def conditions(self) -> Mapping[str, str]:
        """What each indicator depends on in words, by code, of those that depend on anything."""
        told = ((one.code, one.relevance) for one in self.indicators)
        return MappingProxyType({code: self.readable(when) for code, when in told if when is not None})

    def pieces(self, expression: Expression, words: Words = ENGLISH) -> tuple[Piece, ...]:
        """The same in pieces, for a page that links the names."""
        return expression.pieces(self.labels, self.choice_labels, words)

    def trend_checks_by_kind(self, kind: TrendKind) -> tuple[TrendCheck, ...]:
        """The trend checks of one kind."""
        return tuple(check for check in self.trend_checks if check.kind is kind)


def _missing(code: str) -> Dimension:
    raise KeyError(code)
