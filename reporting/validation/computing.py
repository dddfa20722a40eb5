"""What a form shows and what follows from it: relevance and derived values."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from types import MappingProxyType
from typing import Any, NamedTuple

from reporting.catalogue import Catalogue, Indicator, Tier
from reporting.expressions import Expression, Value
from reporting.validation.values import converter, engine_value, is_empty


@dataclass(frozen=True, slots=True)
class Computed:
    """A form worked out.

    `asked`: indicators the round asks (section on, tier in the form). `relevant`: those of them that are shown and
    kept. `values`: their given values. `derived`: every derived value, None where it is empty or not relevant.
    `relevant_derived`: derived values that have a meaning here. `names`: every name as expressions see it.
    """

    asked: frozenset[str]
    relevant: frozenset[str]
    values: Mapping[str, object]
    derived: Mapping[str, float | None]
    relevant_derived: frozenset[str]
    names: Mapping[str, Value] = field(repr=False)


class _Plan(NamedTuple):
    """What `compute` needs of a catalogue, looked up once."""

    fields: tuple[tuple[str, Expression | None, Callable[[Any], Value], Indicator], ...]
    derived_codes: tuple[str, ...]


@lru_cache(maxsize=64)
def _plan(catalogue: Catalogue) -> _Plan:
    return _Plan(
        fields=tuple((item.code, item.relevance, converter(item), item) for item in catalogue.indicators),
        derived_codes=tuple(item.code for item in catalogue.derived),
    )


def is_asked(indicator: Indicator, sections: Collection[str] | None, full_form: bool) -> bool:
    """Whether a round with these sections (None: all) and this form length asks the indicator."""
    return (sections is None or indicator.section in sections) and (full_form or indicator.tier is Tier.CORE)


def compute(
    catalogue: Catalogue,
    values: Mapping[str, object],
    context: Mapping[str, object],
    *,
    sections: Collection[str] | None = None,
    full_form: bool = True,
) -> Computed:
    """Relevance, kept values and derived values of a form.

    `values` and `context` map codes to values; unknown codes are ignored, a value of the wrong type counts as empty
    (`findings` reports it). An indicator that is switched off or not relevant counts as empty too.
    """
    plan = _plan(catalogue)
    names: dict[str, Value] = dict.fromkeys(catalogue.codes)
    for part in catalogue.context_values:
        names[part.code] = engine_value(part, context.get(part.code))
    everything = sections is None and full_form
    asked: list[str] = []
    relevant: list[str] = []
    kept: dict[str, object] = {}
    for code, relevance, converted, indicator in plan.fields:
        if not (everything or is_asked(indicator, sections, full_form)):
            continue
        asked.append(code)
        if relevance is not None and relevance.evaluate(names) is not True:
            continue
        relevant.append(code)
        value = values.get(code)
        if value is not None and not is_empty(value):
            kept[code] = value
            names[code] = converted(value)
    meaningful: list[str] = []
    derived: dict[str, float | None] = dict.fromkeys(plan.derived_codes)
    for item in catalogue.evaluation_order:
        if item.relevance is None or item.relevance.evaluate(names) is True:
            code = item.code
            meaningful.append(code)
            figure = item.formula.evaluate(names)
            if figure is not None:
                names[code] = derived[code] = _figure(figure)
    return Computed(
        asked=frozenset(asked),
        relevant=frozenset(relevant),
        values=MappingProxyType(kept),
        derived=MappingProxyType(derived),
        relevant_derived=frozenset(meaningful),
        names=names,
    )


def _figure(value: Value) -> float | None:
    if value.__class__ is float:
        return value  # finite by construction
    if value is None or isinstance(value, str):
        return None
    figure = float(value)
    return figure if isfinite(figure) else None
