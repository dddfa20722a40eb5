"""Amounts in the wrong unit: in thousands or millions, or in a currency that was not converted.

A single amount can change by any factor. A slip of the unit shows in many at once: most amounts of the return changed
by nearly the same factor since last year, and that factor is a power of thousand or the exchange rate.
"""

from collections.abc import Iterator
from math import log
from statistics import median
from typing import NamedTuple

from reporting.catalogue import Catalogue, IndicatorType, Severity
from reporting.validation import messages
from reporting.validation.computing import Computed
from reporting.validation.messages import Message, message
from reporting.validation.past import Past
from reporting.validation.verdicts import Verdict

UNIT = "UNIT"
CURRENCY = "CURR"
EXCHANGE_RATE = "exchange_rate_usd"

FEWEST_AMOUNTS = 3  # that changed by the factor
LEAST_SHARE = 2 / 3  # of the amounts that can be compared
UNIT_TOLERANCE = log(3)  # a year's own change beside the slip
RATE_TOLERANCE = log(2)
LEAST_RATE = 4.0  # a smaller exchange rate cannot be told from a year's own change
COUNTS_STAY = log(2)  # clients and staff changed by less than a factor of two
_FACTORS = (1_000, 1_000_000)


class _Change(NamedTuple):
    """How an amount changed, as the logarithm of its factor."""

    code: str
    then: float
    now: float
    factor: float


def unit_slips(catalogue: Catalogue, form: Computed, past: Past) -> Iterator[Verdict]:
    """The verdicts on units, where enough amounts can be compared with last year's."""
    amounts = _changes(catalogue, form, past, IndicatorType.MONEY)
    if len(amounts) < FEWEST_AMOUNTS:
        return
    counts = _changes(catalogue, form, past, IndicatorType.INTEGER)
    # where the numbers of people changed as well, the institution changed, not the unit
    stays = not counts or abs(median(change.factor for change in counts)) <= COUNTS_STAY
    slipped = _alike(amounts, [float(one) for one in _FACTORS], UNIT_TOLERANCE) if stays else None
    unit, codes = None, tuple(change.code for change in amounts)
    if slipped is not None:
        factor, alike = slipped
        unit = _told(catalogue, messages.TIMES_MORE if factor > 1 else messages.TIMES_LESS, factor, alike)
        yield Verdict(UNIT, Severity.WARNING, tuple(change.code for change in alike), unit)
    else:
        yield Verdict(UNIT, Severity.WARNING, codes, None)
    rates = [rate for rate in past.exchange_rates if rate >= LEAST_RATE or 0 < rate <= 1 / LEAST_RATE]
    if not rates or not counts or unit is not None:
        return
    converted = _alike(amounts, rates, RATE_TOLERANCE) if stays else None
    if converted is None:
        yield Verdict(CURRENCY, Severity.WARNING, codes, None)
    else:
        factor, alike = converted
        text = _told(catalogue, messages.NOT_CONVERTED, max(factor, 1 / factor), alike)
        yield Verdict(CURRENCY, Severity.WARNING, tuple(change.code for change in alike), text)


def _changes(catalogue: Catalogue, form: Computed, past: Past, kind: IndicatorType) -> list[_Change]:
    found = []
    for code in form.values:
        indicator = catalogue.indicator(code)
        if indicator.type is not kind or indicator.unit == "year":
            continue
        now, then = form.names.get(code), past.number(catalogue, code)
        if isinstance(now, int | float) and then is not None and now > 0 and then > 0:
            found.append(_Change(code, then, now, log(now / then)))
    return found


def _alike(
    amounts: list[_Change], factors: list[float], tolerance: float
) -> tuple[float, list[_Change]] | None:
    """The factor, or its inverse, by which most amounts changed, and those amounts."""
    for factor in (one for known in factors for one in (known, 1 / known)):
        alike = [change for change in amounts if abs(change.factor - log(factor)) <= tolerance]
        if len(alike) >= FEWEST_AMOUNTS and len(alike) >= LEAST_SHARE * len(amounts):
            return factor, alike
    return None


def _told(catalogue: Catalogue, template: str, factor: float, alike: list[_Change]) -> Message:
    first = alike[0]
    shown = factor if factor >= 1 else 1 / factor
    return message(
        template,
        count=len(alike),
        factor=round(shown) if shown >= 10 else round(shown, 2),
        label=catalogue.labels[first.code],
        before=first.then,
        now=first.now,
    )
