"""A member's own figures over the years: values in words, changes, and where two years cannot be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from babel.dates import format_date
from django.utils.translation import gettext as _

from reporting.catalogue import Catalogue, Derived, Indicator, TrendKind
from reporting.comparing import Differs, difference
from reporting.datasets.parts import MILLION, Writer
from reporting.datasets.wording import change_text, value_text
from reporting.selectors.member_reports import MemberSource, YearOfMember
from reporting.selectors.peers import Peers
from reporting.selectors.reviews import change_of
from reporting.validation.past import NEIGHBOURS, is_money

DAYS_OF_YEAR = 365.25
THOUSAND = 1000  # from here on nobody asks for cents
SAME_MONTH_DAYS = 45  # period ends this close to whole years apart are of the same reporting year


@dataclass(frozen=True)
class Own:
    """The figures of one member in one language, which is the active one."""

    source: MemberSource
    language: str

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of this round."""
        return self.source.sheet.catalogue

    @property
    def currency(self) -> str:
        """The currency of this return."""
        return self.source.submission.currency

    @property
    def name(self) -> str:
        """The MFI as it is called for short."""
        return self.source.submission.institution.label

    @property
    def now(self) -> YearOfMember:
        """This year."""
        return self.source.years[-1]

    @property
    def last(self) -> YearOfMember | None:
        """The approved return before this one."""
        return self.source.years[-2] if len(self.source.years) > 1 else None

    def part(self, code: str) -> Indicator | Derived | None:
        """The question or derived value."""
        return self.catalogue.find(code)

    def share(self, code: str, year: YearOfMember) -> float | None:
        """How far a practice was in place, from 0 to 1; None where it was not answered."""
        value = year.computed.names.get(code)
        return float(value) if isinstance(value, bool | int | float) else None

    def label(self, code: str) -> str:
        """Its label; for the practice index of a dimension that of the dimension."""
        found = (one for one in self.catalogue.dimensions if code == f"practice_index_{one.code.lower()}")
        return next((one.label for one in found), None) or self.catalogue.labels.get(code, code)

    def value(self, code: str) -> float | None:
        """This year's number."""
        return self.now.number(code)

    def words(self, code: str, value: float | None = None) -> str:
        """A number of this code as the language writes it, large amounts in millions; this year's by default."""
        number = self.value(code) if value is None else value
        part = self.part(code)
        if number is None or part is None:
            return ""
        if part.unit == "currency" and abs(number) >= THOUSAND:
            return Writer(self.language, self.currency)(round(number, -5 if abs(number) >= MILLION else 0))
        if isinstance(part, Indicator) and float(number).is_integer():
            return value_text(part, int(number), self.currency)
        return value_text(part, number, self.currency)

    def writer(self, code: str) -> Writer:
        """How numbers of a code are written on scales."""
        part = self.part(code)
        unit = part.unit if part else ""
        if unit == "currency":
            return Writer(self.language, self.currency)
        return Writer(self.language, unit if unit in {"%", "USD"} else "")

    def peers(self, code: str) -> Peers | None:
        """The published middle half of the other members, unless it is in another currency."""
        part = self.part(code)
        return self.source.peers.of(code, part.unit if part else None, self.currency)

    # --- years ----------------------------------------------------------------------------------------------

    def before(self, code: str) -> float | None:
        """Last time's number, if this year's can be compared with it."""
        if self.last is None or self.cuts(code, self.last, self.now):
            return None
        return self.last.number(code)

    def change(self, code: str) -> tuple[float | None, bool]:
        """The change from last time, and whether it is in points; None where there is none to speak of."""
        part = self.part(code)
        then, now = self.before(code), self.value(code)
        if part is not None and part.unit == "points" and then is not None and now is not None:
            decimals = part.decimals or 0
            return round(now, decimals) - round(then, decimals), True
        return change_of(part, now, then) if part is not None else (None, False)

    def change_words(self, code: str) -> str:
        """The change with its sign; empty where there is none."""
        change, in_points = self.change(code)
        return change_text(change, in_points=in_points)

    def cuts(self, code: str, then: YearOfMember, now: YearOfMember) -> tuple[str, ...]:
        """Why two returns cannot be compared in this figure, in words; empty where they can."""
        found = []
        if then.currency != now.currency and is_money(now.catalogue, code):
            found.append(
                _("Amounts are in %(now)s from %(year)s on, before in %(then)s.")
                % {"now": now.currency, "then": then.currency, "year": now.year}
            )
        if not _same_definition(then.catalogue, now.catalogue, code):
            found.append(
                _("From %(year)s on the catalogue defines this figure in another way.") % {"year": now.year}
            )
        if then.imported != now.imported:
            words = (
                _("Figures from %(year)s on come from a public source, those before from the MFI’s returns.")
                if now.imported
                else _(
                    "Figures from %(year)s on come from the MFI’s returns, those before from a public source."
                )
            )
            found.append(words % {"year": now.year})
        if _other_year_end(then.period_end, now.period_end):
            found.append(
                _("From %(year)s on the reporting year ends in %(now)s, before in %(then)s.")
                % {
                    "year": now.year,
                    "now": self._month(now.period_end),
                    "then": self._month(then.period_end),
                }
            )
        return tuple(found)

    def _month(self, day: date) -> str:
        return format_date(day, "LLLL", locale=self.language.replace("-", "_"))

    @property
    def since(self) -> str:
        """What a change is counted from: the year before, or the earlier year by its number."""
        return str(self.last.year) if self.last is not None else ""

    @property
    def is_neighbour(self) -> bool:
        """Whether the last return is of the year before."""
        last = self.last
        return last is not None and (self.now.period_end - last.period_end).days / DAYS_OF_YEAR <= NEIGHBOURS

    @cached_property
    def opening(self) -> frozenset[str]:
        """Codes that repeat last year's closing figure."""
        checks = self.catalogue.trend_checks_by_kind(TrendKind.CONTINUITY)
        return frozenset(check.code for check in checks)

    def axis(self) -> Sequence[YearOfMember | None]:
        """The years from the first return to this one, with None where there is no approved return."""
        years = list(self.source.years)
        by_year = {one.year: one for one in years}
        if len(by_year) < len(years):
            return years  # several rounds a year stand side by side
        return [by_year.get(year) for year in range(years[0].year, years[-1].year + 1)]


def is_index(code: str) -> bool:
    """Whether a figure is an index of practices from 0 to 100."""
    return code == "cp_index" or code.startswith("practice_index")


def _same_definition(then: Catalogue, now: Catalogue, code: str) -> bool:
    """Whether both versions mean the same; how a figure is told of all members together is no matter here."""
    return then is now or all(
        difference(one, then, now) in {None, Differs.AGGREGATE} for one in {code, *_behind(now, code)}
    )


def _behind(catalogue: Catalogue, code: str) -> set[str]:
    """Every derived value and question that a figure is worked out from."""
    part = catalogue.find(code)
    if not isinstance(part, Derived):
        return set()
    found = set(part.formula.codes)
    for one in part.formula.codes:
        found |= _behind(catalogue, one)
    return found


def _other_year_end(then: date, now: date) -> bool:
    days = (now - then).days
    years = max(round(days / DAYS_OF_YEAR), 1)
    return abs(days - years * DAYS_OF_YEAR) > SAME_MONTH_DAYS
