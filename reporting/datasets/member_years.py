"""A member's own figures over the years, and the dimensions this year and last."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.datasets.member_figures import Own, is_index
from reporting.datasets.parts import MILLION, Writer

MOST_TRENDS = 6
TRENDS = (
    "active_borrowers", "gross_loan_portfolio", "practice_index", "pct_female_borrowers", "par30_ratio",
    "retention_rate", "oss", "cp_index", "staff_turnover", "avg_loan_balance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over the years. `breaks` are the places where the line starts anew, `reasons` say why."""

    id: str
    code: str
    title: str
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    breaks: frozenset[int]
    reasons: tuple[str, ...]
    write: Writer
    is_score: bool


@dataclass(frozen=True, slots=True)
class Radar:
    """The practice indexes of the dimensions: this year's, and the last one's where it can be compared."""

    labels: tuple[str, ...]
    now: tuple[float | None, ...]
    before: tuple[float | None, ...] = ()
    series: tuple[str, ...] = ()


def trends_of(own: Own) -> tuple[Trend, ...]:
    """The figures that are known for this year and at least one before; none without an earlier return."""
    found: list[Trend] = []
    axis = own.axis()
    if len(own.source.years) < 2:
        return ()
    labels = _periods(own)
    for code in TRENDS:
        values = tuple(year.number(code) if year is not None else None for year in axis)
        if sum(value is not None for value in values) < 2 or values[-1] is None:
            continue
        breaks, reasons = _breaks(own, code)
        title, write = own.label(code), own.writer(code)
        part = own.part(code)
        if part is not None and part.unit == "currency":
            title = _("%(label)s, %(currency)s") % {"label": title, "currency": own.currency}
            if max(abs(value) for value in values if value is not None) >= MILLION:
                values = tuple(value / MILLION if value is not None else None for value in values)
                title = _("%(label)s million") % {"label": title}
            write = Writer(own.language)
        found.append(
            Trend(
                id=f"trend-{code.replace('_', '-')}",
                code=code,
                title=title,
                periods=labels,
                values=values,
                breaks=breaks,
                reasons=reasons,
                write=write,
                is_score=is_index(code),
            )
        )
        if len(found) == MOST_TRENDS:
            break
    return tuple(found)


def _periods(own: Own) -> tuple[str, ...]:
    axis = own.axis()
    years = [one.year for one in own.source.years]
    if len(set(years)) < len(years):
        return tuple(f"{one.period_end:%Y-%m}" for one in own.source.years)
    return tuple(str(years[0] + place) for place in range(len(axis)))


def _breaks(own: Own, code: str) -> tuple[frozenset[int], tuple[str, ...]]:
    """Where the line of a figure is cut, and why; between neighbours that both have a number."""
    breaks: set[int] = set()
    reasons: list[str] = []
    before = None
    for spot, year in enumerate(own.axis()):
        if year is None:
            reasons.append(
                _("There is no approved return for %(year)s.") % {"year": own.source.years[0].year + spot}
            )
            continue
        if year.number(code) is None:
            continue
        if before is not None and (found := own.cuts(code, before, year)):
            breaks.add(spot)
            reasons += found
        before = year
    return frozenset(breaks), tuple(dict.fromkeys(reasons))


def radar_of(own: Own) -> Radar | None:
    """The indexes of the dimensions; None where fewer than three are known."""
    codes = [f"practice_index_{one.code.lower()}" for one in own.catalogue.dimensions]
    now = tuple(own.value(code) for code in codes)
    if sum(value is not None for value in now) < 3:
        return None
    before = tuple(own.before(code) for code in codes)
    labels = tuple(own.label(code) for code in codes)
    if all(value is None for value in before):
        return Radar(labels, now, (), (str(own.now.year),))
    return Radar(labels, now, before, (str(own.now.year), own.since))
