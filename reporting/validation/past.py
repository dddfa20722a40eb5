"""The member's earlier approved returns, as far as checks compare with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reporting.catalogue import Catalogue, IndicatorType
from reporting.expressions import Value
from reporting.validation.computing import Computed

# Further apart than this, two returns are no neighbours: nothing is said of "a year".
NEIGHBOURS = 1.5  # years


@dataclass(frozen=True)
class Past:
    """What was reported before.

    `last`: the previous approved return, worked out. `years`: from its period's end to this one's. `same_currency`:
    whether its amounts can be compared at all. `history`: the numbers of earlier approved returns by code, with those
    of the previous one, the newest first. `exchange_rates`: reporting currency per US dollar, then and
    now, where known.
    """

    last: Computed | None = None
    years: float = 1.0
    same_currency: bool = True
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    exchange_rates: tuple[float, ...] = ()

    def number(self, catalogue: Catalogue, code: str) -> float | None:
        """A figure of the previous return that this one's can be compared with."""
        value: Value = self.last.names.get(code) if self.last is not None else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return None if not self.same_currency and is_money(catalogue, code) else value


def is_money(catalogue: Catalogue, code: str) -> bool:
    """Whether a figure is an amount in the reporting currency."""
    part = catalogue.find(code)
    return part is not None and (
        part.unit == "currency" or getattr(part, "type", None) is IndicatorType.MONEY
    )
