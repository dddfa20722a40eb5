"""Comparisons of a form with the member's own earlier returns: change in a year, opening figures, usual range."""

from collections.abc import Callable, Iterator

from reporting.catalogue import Catalogue, Indicator, IndicatorType, TrendCheck, TrendKind
from reporting.validation import messages
from reporting.validation.computing import Computed
from reporting.validation.messages import Message, message
from reporting.validation.past import NEIGHBOURS, Past, is_money
from reporting.validation.robust import against_history
from reporting.validation.verdicts import Verdict

_BY_FACTORS = frozenset({IndicatorType.INTEGER, IndicatorType.MONEY, IndicatorType.DECIMAL})


def trends(catalogue: Catalogue, form: Computed, past: Past) -> Iterator[Verdict]:
    """The verdict of every trend check whose figures are there."""
    for check in catalogue.trend_checks:
        now = form.names.get(check.code)
        if isinstance(now, bool) or not isinstance(now, int | float):
            continue
        if check.kind is TrendKind.HISTORY:
            yield from _history(catalogue, check, now, past)
            continue
        then = past.number(catalogue, check.previous_code)
        if then is not None:
            yield from _CHANGES[check.kind](catalogue, check, now, then, past.years)


def _verdict(check: TrendCheck, text: Message | None) -> Verdict:
    return Verdict(check.id, check.severity, (check.code,), text)


def _relative(
    catalogue: Catalogue, check: TrendCheck, now: float, then: float, years: float
) -> Iterator[Verdict]:
    if then == 0:
        return
    change = 100 * (now - then) / abs(then)
    # over several years the limit grows as it would year by year; up to a year it stays
    limit = check.limit if years <= NEIGHBOURS else 100 * ((1 + check.limit / 100) ** years - 1)
    low = -check.limit if years <= NEIGHBOURS else -100 * (1 - (1 - min(check.limit, 99) / 100) ** years)
    if low <= change <= limit:
        yield _verdict(check, None)
    else:
        yield _verdict(check, _change(messages.RELATIVE_CHANGE, catalogue, check, now, then, change))


def _absolute(
    catalogue: Catalogue, check: TrendCheck, now: float, then: float, years: float
) -> Iterator[Verdict]:
    if years > NEIGHBOURS:
        return
    change = now - then
    text = None
    if abs(change) > check.limit:
        text = _change(messages.ABSOLUTE_CHANGE, catalogue, check, now, then, change)
    yield _verdict(check, text)


def _continuity(
    catalogue: Catalogue, check: TrendCheck, now: float, then: float, years: float
) -> Iterator[Verdict]:
    if years > NEIGHBOURS:
        return
    fits = abs(now - then) <= abs(then) * check.limit / 100
    yield _verdict(check, None if fits else Message(check.message or ""))


def _history(catalogue: Catalogue, check: TrendCheck, now: float, past: Past) -> Iterator[Verdict]:
    if not past.same_currency and is_money(catalogue, check.code):
        return
    earlier = past.history.get(check.code, ())
    part = catalogue.find(check.code)
    by_factors = isinstance(part, Indicator) and part.type in _BY_FACTORS
    usual = against_history(now, earlier, by_factors=by_factors)
    if usual is None:
        return
    text = None
    if usual.deviation > check.limit:
        text = message(
            check.message or messages.UNUSUAL,
            label=catalogue.labels[check.code],
            now=_rounded(now),
            count=len(earlier),
            lowest=_rounded(min(earlier)),
            highest=_rounded(max(earlier)),
        )
    yield _verdict(check, text)


def _change(
    template: str, catalogue: Catalogue, check: TrendCheck, now: float, then: float, change: float
) -> Message:
    return message(
        check.message or template,
        label=catalogue.labels[check.code],
        before=_rounded(then),
        now=_rounded(now),
        change=_rounded(change),
        limit=check.limit,
    )


def _rounded(figure: float) -> float:
    """One decimal is enough to see a change that is out of the ordinary."""
    return figure if isinstance(figure, int) else round(figure, 1)


_Comparison = Callable[[Catalogue, TrendCheck, float, float, float], Iterator[Verdict]]
_CHANGES: dict[TrendKind, _Comparison] = {
    TrendKind.RELATIVE: _relative,
    TrendKind.ABSOLUTE: _absolute,
    TrendKind.CONTINUITY: _continuity,
}
