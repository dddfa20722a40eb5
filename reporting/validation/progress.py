"""How far a form is filled in: answered of required, in all and by section."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from reporting.catalogue import Catalogue
from reporting.validation.computing import Computed, compute
from reporting.validation.findings import is_answered


class Count(NamedTuple):
    """Answered of required."""

    required: int
    answered: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Answered of required fields that are shown; `per_section` has every section that asks anything now."""

    required: int
    answered: int
    per_section: Mapping[str, Count]

    @property
    def is_complete(self) -> bool:
        """Whether nothing required is left."""
        return self.answered == self.required


def progress(
    catalogue: Catalogue,
    values: Mapping[str, object],
    missing: Mapping[str, str],
    context: Mapping[str, object],
    sections: Collection[str] | None = None,
    full_form: bool = True,
    *,
    computed: Computed | None = None,
) -> Progress:
    """Answered of required; fields that are switched off or not relevant do not count."""
    form = computed or compute(catalogue, values, context, sections=sections, full_form=full_form)
    counts: dict[str, Count] = {}
    for indicator in catalogue.indicators:
        if indicator.code not in form.relevant:
            continue
        required, answered = counts.get(indicator.section, Count(0, 0))
        if indicator.required:
            required += 1
            answered += is_answered(indicator.code, values, missing)
        counts[indicator.section] = Count(required, answered)
    return Progress(
        required=sum(count.required for count in counts.values()),
        answered=sum(count.answered for count in counts.values()),
        per_section=MappingProxyType(counts),
    )
