"""Axes: round tick values and the step from a value to a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, isfinite, log10

from spm_portal.common.charts.model import NotPublished, Number, Value


def known(value: Value) -> float | None:
    """The number to draw, or ``None`` when there is nothing to draw at its place."""
    if value is None or isinstance(value, NotPublished):
        return None
    number = float(value)
    return number if isfinite(number) else None


def numbers(values: Iterable[Value]) -> list[float]:
    """The drawable numbers among ``values``."""
    return [number for number in map(known, values) if number is not None]


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values that span ``low`` to ``high`` in about ``count`` steps; always at least two."""
    if high < low:
        low, high = high, low
    if high - low < 1e-12 * max(abs(low), abs(high)):
        low, high = min(low, 0), max(high, 0)
    if high - low < 1e-12:  # nothing to tell apart; also keeps the logarithm away from numbers next to zero
        high = low + 1
    raw = (high - low) / count
    magnitude = 10 ** floor(log10(raw))
    step = next(part * magnitude for part in (1, 2, 2.5, 5, 10) if part * magnitude >= raw * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [_tidy(index * step) for index in range(first, last + 1)]


def _tidy(value: float) -> float:
    return float(f"{value:.10g}")


@dataclass(frozen=True)
class Scale:
    """Maps ``low``..``high`` to ``start``..``end`` and clamps what lies outside."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Number) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        share = (float(value) - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * min(max(share, 0), 1)


def as_decimal(value: float) -> Decimal:
    """A tick as a decimal without binary tails, so that formatters print 0.1 and not 0.1000000001."""
    return Decimal(f"{value:.10g}")
