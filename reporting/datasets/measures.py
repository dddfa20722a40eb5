"""Which statistics a round publishes about its members, read from the catalogue, and the values that go into them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reporting.catalogue import Aggregate, Catalogue, Derived, Indicator, IndicatorType
from reporting.disclosure import Kind, Measure, Unit
from reporting.validation import is_asked

Values = Mapping[str, Any]
Frozen = Mapping[str, Values]
"""Given and derived values by member."""

PERCENT = "%"
MONEY_UNITS = frozenset({"currency"})
SCORE_RANGE = (0, 100)


@dataclass(frozen=True, slots=True)
class Planned:
    """One measure, how a member's value is read for it, and whether it is the figure that stands for its code."""

    measure: Measure
    read: Callable[[Values], Any]
    headline: bool
    in_currency: bool


def plan(catalogue: Catalogue, *, sections: Collection[str] | None, full_form: bool) -> tuple[Planned, ...]:
    """Every statistic of what the round asks, in the order of the catalogue; the headline of a code comes first."""
    planned: list[Planned] = []
    asked = {item.code for item in catalogue.indicators if is_asked(item, sections, full_form)}
    for indicator in catalogue.indicators:
        if indicator.code in asked:
            planned += _of_indicator(indicator)
    for derived in catalogue.derived:
        if asked.issuperset(catalogue.inputs_of(derived.code)):
            planned += _of_derived(catalogue, derived)
    return tuple(planned)


def contributions(
    planned: Planned, members: Frozen, outside_currency: Collection[str] = ()
) -> dict[str, Any]:
    """Each member's value for a measure; members without one are left out.

    An amount of money counts only where the member reports in the currency of the release.
    """
    found: dict[str, Any] = {}
    for key, values in members.items():
        if planned.in_currency and key in outside_currency:
            continue
        value = planned.read(values)
        if value is not None:
            found[key] = value
    return found


def _of_indicator(indicator: Indicator) -> list[Planned]:
    code, money = indicator.code, indicator.type is IndicatorType.MONEY
    match indicator.aggregate:
        case Aggregate.NONE | Aggregate.RATIO_OF_SUMS:
            return []
        case Aggregate.SHARE_YES:
            return [
                Planned(
                    Measure(code, Kind.SHARE_YES, Unit.SHARE), _truth(code), headline=True, in_currency=False
                )
            ]
        case Aggregate.DISTRIBUTION:
            multiple = indicator.type is IndicatorType.MULTIPLE_CHOICE
            measure = Measure(
                code,
                Kind.DISTRIBUTION,
                Unit.SHARE,
                choices=tuple(str(choice.value) for choice in indicator.choices),
                multiple=multiple,
            )
            return [
                Planned(
                    measure, _choices(code) if multiple else _choice(code), headline=True, in_currency=False
                )
            ]
        case Aggregate.SUM:
            unit = Unit.AMOUNT if money else Unit.COUNT
            total = Planned(Measure(code, Kind.SUM, unit), _number(code), headline=True, in_currency=money)
            return [total, *_quantiles(code, Unit.AMOUNT, None, 0, in_currency=money, headline=False)]
        case Aggregate.MEDIAN | Aggregate.MEAN:
            unit = Unit.SCORE if indicator.unit == "points" else Unit.AMOUNT
            unit = Unit.PERCENT if indicator.unit == PERCENT else unit
            bounded = _bounds(indicator)
            decimals = indicator.decimals if indicator.decimals is not None else 1
            found = _quantiles(code, unit, bounded, decimals, in_currency=money, headline=True)
            if indicator.aggregate is Aggregate.MEDIAN:
                return found
            mean = Measure(code, Kind.MEAN, unit, bounded=bounded, decimals=decimals)
            rest = [replace(one, headline=False) for one in found]
            return [Planned(mean, _number(code), headline=True, in_currency=money), *rest]


def _of_derived(catalogue: Catalogue, derived: Derived) -> list[Planned]:
    code, money = derived.code, _needs_one_currency(catalogue, derived)
    score = derived.sector_aggregate is Aggregate.MEAN and derived.unit == "points"
    unit = Unit.SCORE if score else Unit.PERCENT if derived.unit == PERCENT else Unit.RATIO
    bounded = SCORE_RANGE if score else None
    match derived.sector_aggregate:
        case Aggregate.NONE | Aggregate.SHARE_YES | Aggregate.DISTRIBUTION:
            return []
        case Aggregate.SUM:
            return [
                Planned(Measure(code, Kind.SUM, Unit.COUNT), _number(code), headline=True, in_currency=money)
            ]
        case Aggregate.RATIO_OF_SUMS:
            measure = Measure(code, Kind.RATIO_OF_SUMS, unit, decimals=derived.decimals)
            ratio = Planned(measure, _pair(derived), headline=True, in_currency=money)
            return [
                ratio,
                *_quantiles(code, unit, bounded, derived.decimals, in_currency=money, headline=False),
            ]
        case Aggregate.MEAN:
            mean = Measure(code, Kind.MEAN, unit, bounded=bounded, decimals=derived.decimals)
            rest = _quantiles(code, unit, bounded, derived.decimals, in_currency=money, headline=False)
            return [Planned(mean, _number(code), headline=True, in_currency=money), *rest]
        case Aggregate.MEDIAN:
            return _quantiles(code, unit, bounded, derived.decimals, in_currency=money, headline=True)


def _needs_one_currency(catalogue: Catalogue, derived: Derived) -> bool:
    """Whether members that report in different currencies may not be put together: a growth rate of each may."""
    money = any(
        catalogue.indicator(code).type is IndicatorType.MONEY for code in catalogue.inputs_of(derived.code)
    )
    context = {value.code for value in catalogue.context_values}
    free_of_currency = (
        derived.sector_aggregate in {Aggregate.MEDIAN, Aggregate.MEAN}
        and derived.unit not in MONEY_UNITS
        and not context.intersection(derived.formula.codes)
    )
    return money and not free_of_currency


def _quantiles(
    code: str,
    unit: Unit,
    bounded: tuple[float, float] | None,
    decimals: int | None,
    *,
    in_currency: bool,
    headline: bool,
) -> list[Planned]:
    return [
        Planned(
            Measure(code, kind, unit, bounded=bounded, decimals=decimals),
            _number(code),
            headline=headline and kind is Kind.MEDIAN,
            in_currency=in_currency,
        )
        for kind in (Kind.MEDIAN, Kind.QUARTILES)
    ]


def _bounds(indicator: Indicator) -> tuple[float, float] | None:
    """The range within which a value can be guessed: only a scale that ends on both sides, such as 0 to 100."""
    return SCORE_RANGE if (indicator.min, indicator.max) == SCORE_RANGE else None


def _number(code: str) -> Callable[[Values], Any]:
    def read(values: Values) -> Any:
        value = values.get(code)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    return read


def _truth(code: str) -> Callable[[Values], Any]:
    def read(values: Values) -> Any:
        value = values.get(code)
        return value if isinstance(value, bool) else None

    return read


def _choice(code: str) -> Callable[[Values], Any]:
    def read(values: Values) -> Any:
        value = values.get(code)
        return None if value is None else str(value)

    return read


def _choices(code: str) -> Callable[[Values], Any]:
    def read(values: Values) -> Any:
        value = values.get(code)
        return [str(choice) for choice in value] if isinstance(value, list | tuple) and value else None

    return read


def _pair(derived: Derived) -> Callable[[Values], Any]:
    """Numerator and denominator of a member, with the multiplier where the gate does not apply it itself."""
    assert derived.numerator is not None
    assert derived.denominator is not None
    numerator, denominator = derived.numerator, derived.denominator
    factor = 1 if derived.unit == PERCENT else derived.multiplier or 1

    def read(values: Values) -> Any:
        if values.get(derived.code) is None:  # empty, or without a meaning for this member
            return None
        top, bottom = numerator.evaluate(values), denominator.evaluate(values)
        if not isinstance(top, int | float) or not isinstance(bottom, int | float) or bottom == 0:
            return None
        return (factor * top, bottom)

    return read
