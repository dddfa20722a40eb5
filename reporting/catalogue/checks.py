"""Checks across the parts of a catalogue: names, types, choices, order and circles."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from reporting.catalogue.catalogue import Catalogue
from reporting.catalogue.kinds import Aggregate, IndicatorType, Tier, TrendKind
from reporting.catalogue.parts import ContextValue, Derived, Indicator, Rule
from reporting.catalogue.reading import MAX_FAULTS, Fault
from reporting.catalogue.symbols import symbols_of
from reporting.expressions import Expression, Kind, Symbol
from reporting.expressions.syntax import MAX_NAME, RESERVED

_CODE = re.compile(rf"[a-z][a-z0-9_]{{0,{MAX_NAME - 1}}}", re.ASCII)
_RULE_ID = re.compile(r"[A-Z][A-Z0-9]{0,9}", re.ASCII)
_STANDARD = re.compile(r"[1-9][A-Z]", re.ASCII)
_TAKEN_RULE_IDS = frozenset({"REQ", "VAL", "T", "UNIT", "CURR"})


def check(catalogue: Catalogue, faults: list[Fault]) -> None:
    """Append every fault between the parts to `faults`."""
    _Checker(catalogue, faults).run()


class _Checker:
    def __init__(self, catalogue: Catalogue, faults: list[Fault]) -> None:
        self._catalogue = catalogue
        self._faults = faults
        self._indicators = {indicator.code: indicator for indicator in catalogue.indicators}
        self._derived = {derived.code: derived for derived in catalogue.derived}
        self._symbols = symbols_of((*catalogue.context_values, *catalogue.indicators, *catalogue.derived))

    def run(self) -> None:
        self._codes()
        for value in self._catalogue.context_values:
            self._context_value(value)
        self._sections()
        self._indicators_in_order()
        for item in self._catalogue.derived:
            self._derived_value(item)
        self._circles()
        self._dimensions()
        for rule in self._catalogue.rules:
            self._rule(rule)
        self._trend_checks()

    def _report(self, place: str, message: str) -> None:
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(Fault(place, message))

    def _expression(
        self, place: str, expression: Expression | None, symbols: Mapping[str, Symbol], result: Kind
    ) -> None:
        for fault in expression.faults(symbols, result) if expression else ():
            self._report(f"{place}, column {fault.column}", fault.message)

    def _unique(self, what: str, codes: Iterable[str]) -> None:
        for code, same in groupby(sorted(codes)):
            if code and len(list(same)) > 1:
                self._report(f"{what} {code}", "stands there more than once; give each its own code")

    def _codes(self) -> None:
        catalogue = self._catalogue
        codes = [value.code for value in catalogue.context_values]
        codes += catalogue.codes
        self._unique("code", codes)
        for code in dict.fromkeys(codes):
            if code in RESERVED:
                self._report(f"code {code}", "is a word of the rule language; choose another")
            elif code and not _CODE.fullmatch(code):
                self._report(f"code {code!r:.80}", f"must be 1 to {MAX_NAME} small letters, digits and _")
        self._unique("axis", (axis.code for axis in catalogue.axes))
        self._unique("dimension", (dimension.code for dimension in catalogue.dimensions))
        self._unique("section", (section.code for section in catalogue.sections))
        self._unique("section number", (str(section.number) for section in catalogue.sections))
        self._unique("rule", (rule.id for rule in catalogue.rules))
        self._unique("trend check", (trend.id for trend in catalogue.trend_checks))
        for name, choices in catalogue.choice_lists.items():
            self._unique(f"choice list {name}, choice", (str(choice.value) for choice in choices))

    def _context_value(self, value: ContextValue) -> None:
        if not (value.type.is_number or value.type is IndicatorType.BOOLEAN):
            self._report(f"context value {value.code}, type", "must be a number type or boolean")

    def _sections(self) -> None:
        if not self._catalogue.indicators:
            self._report("the catalogue, sections", "there is no indicator")
        for section in self._catalogue.sections:
            orders = [str(indicator.order) for indicator in section.indicators]
            self._unique(f"section {section.code}, order", orders)

    def _indicators_in_order(self) -> None:
        earlier = symbols_of(self._catalogue.context_values)
        later = set(self._indicators)
        for indicator in self._catalogue.indicators:
            place = f"indicator {indicator.code}"
            self._relevance(place, indicator.relevance, earlier, later - {indicator.code})
            self._shape(place, indicator)
            self._family(place, indicator, set(earlier))
            self._standard(place, indicator)
            later.discard(indicator.code)
            earlier.update(symbols_of([indicator]))

    def _relevance(
        self, place: str, relevance: Expression | None, earlier: Mapping[str, Symbol], later: set[str]
    ) -> None:
        if relevance is None:
            return
        symbols = dict(earlier)
        for code in relevance.codes:
            if code in later and code not in earlier:
                symbols[code] = Symbol(Kind.ANY, barred="stands later in the form; move it before this field")
            elif code in self._derived:
                symbols[code] = Symbol(Kind.ANY, barred="is a derived value; relevance may use fields only")
            elif place == f"indicator {code}":
                symbols[code] = Symbol(Kind.ANY, barred="is this field itself; name an earlier one")
        self._expression(f"{place}, relevance", relevance, symbols, Kind.TRUTH)

    def _shape(self, place: str, indicator: Indicator) -> None:
        number = indicator.type.is_number
        for key, value in (("min", indicator.min), ("max", indicator.max), ("decimals", indicator.decimals)):
            if value is not None and not number:
                self._report(f"{place}, {key}", f"has no meaning for the type {indicator.type}")
        if indicator.min is not None and indicator.max is not None and indicator.min > indicator.max:
            self._report(f"{place}, min", f"{indicator.min} is above max, {indicator.max}")
        if indicator.type is IndicatorType.INTEGER and indicator.decimals:
            self._report(f"{place}, decimals", "an integer has none")
        if indicator.accept and indicator.type is not IndicatorType.FILE:
            self._report(f"{place}, accept", "is for files only")
        if indicator.type is IndicatorType.FILE and not indicator.accept:
            self._report(f"{place}, accept", "list the endings that are accepted, such as pdf")
        if indicator.max_length is not None and indicator.type is not IndicatorType.TEXT:
            self._report(f"{place}, max_length", "is for texts only")
        self._choices(place, indicator)

    def _choices(self, place: str, indicator: Indicator) -> None:
        choices = indicator.choices
        if not indicator.type.has_choices:
            if choices:
                self._report(f"{place}, choices", f"has no meaning for the type {indicator.type}")
            return
        if len(choices) < 2:
            self._report(f"{place}, choices", "give at least two choices")
        self._unique(f"{place}, choice", (str(choice.value) for choice in choices))
        if len({isinstance(choice.value, str) for choice in choices}) > 1:
            self._report(f"{place}, choices", "values must be all texts or all numbers")
        if indicator.type is IndicatorType.MULTIPLE_CHOICE:
            if any(not isinstance(choice.value, str) for choice in choices):
                self._report(f"{place}, choices", "values of a multiple choice must be texts")
        elif any(choice.exclusive for choice in choices):
            self._report(f"{place}, choices", "exclusive has a meaning in a multiple choice only")

    def _family(self, place: str, indicator: Indicator, earlier: set[str]) -> None:
        parent = indicator.child_of
        if parent is not None and parent not in self._indicators:
            self._report(f"{place}, child_of", f"unknown indicator '{parent}'")
        elif parent is not None and parent not in earlier:
            self._report(f"{place}, child_of", f"'{parent}' must stand earlier in the form")
        axes = {axis.code for axis in self._catalogue.axes}
        for part in indicator.disaggregations:
            if part.axis not in axes:
                self._report(f"{place}, disaggregations", f"unknown axis '{part.axis}'")
            for code in part.children:
                child = self._indicators.get(code)
                if child is None:
                    self._report(f"{place}, disaggregations", f"unknown indicator '{code}'")
                elif child.child_of != indicator.code:
                    self._report(
                        f"indicator {code}, child_of", f"must be '{indicator.code}', its breakdown's parent"
                    )

    def _standard(self, place: str, item: Indicator | Derived) -> None:
        known = {dimension.code for dimension in self._catalogue.dimensions}
        if item.usspm_dimension is not None and item.usspm_dimension not in known:
            self._report(f"{place}, usspm_dimension", f"unknown dimension '{item.usspm_dimension}'")
        if item.usspm_standard is not None and not _STANDARD.fullmatch(item.usspm_standard):
            self._report(f"{place}, usspm_standard", f"must look like 1A, not {item.usspm_standard!r:.40}")

    def _derived_value(self, item: Derived) -> None:
        place = f"derived value {item.code}"
        for key, expression in (
            ("formula", item.formula),
            ("numerator", item.numerator),
            ("denominator", item.denominator),
        ):
            self._expression(f"{place}, {key}", expression, self._symbols, Kind.NUMBER)
        fields = {code: s for code, s in self._symbols.items() if code not in self._derived}
        self._relevance(place, item.relevance, fields, set())
        if (item.numerator is None) != (item.denominator is None):
            self._report(place, "give numerator and denominator together, or neither")
        if item.sector_aggregate is Aggregate.RATIO_OF_SUMS and item.numerator is None:
            self._report(f"{place}, sector_aggregate", "ratio_of_sums needs numerator and denominator")
        if item.numerator is not None and item.multiplier is None:
            self._report(
                f"{place}, multiplier", "is missing beside numerator and denominator (1 for a plain ratio)"
            )
        self._standard(place, item)

    def _circles(self) -> None:
        """Report each derived value that needs itself, and leave values that only need those alone."""
        needs = {d.code: {c for c in d.formula.codes if c in self._derived} for d in self._catalogue.derived}
        for code in needs:
            reached: set[str] = set()
            waiting = list(needs[code])
            while waiting:
                found = waiting.pop()
                if found not in reached:
                    reached.add(found)
                    waiting.extend(needs[found])
            if code in reached:
                others = ", ".join(sorted(reached - {code})) or "itself"
                self._report(
                    f"derived value {code}, formula", f"depends on itself in a circle (through {others})"
                )

    def _dimensions(self) -> None:
        for dimension in self._catalogue.dimensions:
            place = f"dimension {dimension.code}, scored_indicators"
            for code in dimension.scored_indicators:
                indicator = self._indicators.get(code)
                if indicator is None:
                    self._report(place, f"unknown indicator '{code}'")
                    continue
                self._scored(place, indicator)

    def _scored(self, place: str, indicator: Indicator) -> None:
        if not indicator.scored:
            self._report(place, f"'{indicator.code}' is not marked as scored")
        if not indicator.carries_number or indicator.type.is_number:
            self._report(place, f"'{indicator.code}' must be boolean or a single choice with numbers")
        if not indicator.required or indicator.relevance is not None or indicator.tier is not Tier.CORE:
            self._report(
                place, f"'{indicator.code}' must be required, unconditional and core, as every index needs it"
            )

    def _rule(self, rule: Rule) -> None:
        place = f"rule {rule.id}"
        if rule.id and (not _RULE_ID.fullmatch(rule.id) or rule.id in _TAKEN_RULE_IDS):
            self._report(
                place,
                "the id must be up to 10 capitals and digits such as E01, and not REQ, VAL, T, UNIT or CURR",
            )
        self._expression(f"{place}, when", rule.when, self._symbols, Kind.TRUTH)
        self._expression(f"{place}, check", rule.check, self._symbols, Kind.TRUTH)

    def _trend_checks(self) -> None:
        for trend in self._catalogue.trend_checks:
            for key, code in (("code", trend.code), ("equals_previous", trend.equals_previous)):
                if code:
                    self._trend_code(f"{trend.kind} trend check {trend.code}, {key}", code, trend.kind)
            if trend.kind is not TrendKind.CONTINUITY and not trend.limit > 0:
                self._report(f"{trend.kind} trend check {trend.code}", "the largest change must be above 0")

    def _trend_code(self, place: str, code: str, kind: TrendKind) -> None:
        indicator = self._indicators.get(code)
        if indicator is None and code not in self._derived:
            self._report(place, f"unknown indicator or derived value '{code}'")
        elif indicator is not None and not indicator.type.is_number:
            self._report(place, f"'{code}' is not a number")
        elif indicator is None and kind is TrendKind.HISTORY:
            self._report(place, f"'{code}' is worked out; name an indicator")
