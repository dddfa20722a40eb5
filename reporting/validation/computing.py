"""What a form shows and what follows from it: relevance and derived values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType

from reporting.catalogue import Catalogue, Indicator, Tier
from reporting.expressions import Value
from reporting.validation.values import engine_value, is_empty


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
    names: dict[str, Value] = dict.fromkeys(catalogue.codes)
    for part in catalogue.context_values:
        names[part.code] = engine_value(part, context.get(part.code))
    asked: set[str] = set()
    relevant: set[str] = set()
    kept: dict[str, object] = {}
    for indicator in catalogue.indicators:
        if not is_asked(indicator, sections, full_form):
            continue
        code = indicator.code
        asked.add(code)
        if indicator.relevance is not None and indicator.relevance.evaluate(names) is not True:
            continue
        relevant.add(code)
        value = values.get(code)
        if not is_empty(value):
            kept[code] = value
            names[code] = engine_value(indicator, value)
    meaningful: set[str] = set()
    derived: dict[str, float | None] = dict.fromkeys(item.code for item in catalogue.derived)
    for item in catalogue.evaluation_order:
        if item.relevance is None or item.relevance.evaluate(names) is True:
            meaningful.add(item.code)
            figure = _figure(item.formula.evaluate(names))
            names[item.code] = derived[item.code] = figure
    return Computed(
        asked=frozenset(asked),
        relevant=frozenset(relevant),
        values=MappingProxyType(kept),
        derived=MappingProxyType(derived),
        relevant_derived=frozenset(meaningful),
        names=names,
    )


def _figure(value: Value) -> float | None:
    if value is None or isinstance(value, str):
        return None
    figure = float(value)
    return figure if isfinite(figure) else None
