"""Rows of the MIX data as cases for the rules, and the same rows with faults put in on purpose."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from reporting.adapters.mix import MixReturn, read_mix
from reporting.catalogue import Catalogue, IndicatorType, TrendKind
from reporting.validation import CURRENCY, UNIT, Past, compute
from reporting.validation.shares import Case
from reporting.validation.units import FEWEST_AMOUNTS

HISTORY_LENGTH = 8
RATE = 100.0  # of the made-up currency in which a fault is put in


def mix_cases(path: Path, catalogue: Catalogue) -> list[Case]:
    """Every MFI-year of a MIX file with its own earlier years; raises CommandError for a file with faults."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            countries = sorted({row["country"] for row in csv.DictReader(lines)})
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    rows: dict[str, list[MixReturn]] = defaultdict(list)
    for country in countries:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            file = read_mix(lines, country=country)
        if file.problems:
            raise CommandError("\n".join(map(str, file.problems)))
        for row in file.returns:
            rows[row.key].append(row)
    return [case for key in sorted(rows) for case in _of_one(rows[key], catalogue)]


def _of_one(rows: Sequence[MixReturn], catalogue: Catalogue) -> Iterator[Case]:
    """The years of one MFI, each with those before it."""
    codes = [check.code for check in catalogue.trend_checks if check.kind is TrendKind.HISTORY]
    earlier: list[MixReturn] = []  # the newest first
    for row in sorted(rows, key=lambda one: one.year):
        past = Past()
        if earlier:
            last = earlier[0]
            past = Past(
                last=compute(catalogue, _engine(last.values), _context(last.year)),
                years=row.year - last.year,
                history=_history(codes, earlier[:HISTORY_LENGTH]),
                exchange_rates=(1.0, 1.0),
            )
        day = row.period_end or date(row.year, 12, 31)
        yield Case(_engine(row.values), _context(row.year), row.missing, past, day)
        earlier.insert(0, row)


def _history(codes: Sequence[str], earlier: Sequence[MixReturn]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for code in codes:
        figures = [one.values[code] for one in earlier if code in one.values]
        found[code] = [float(figure) for figure in figures if isinstance(figure, int | Decimal)]
    return found


def _engine(values: Mapping[str, Any]) -> dict[str, object]:
    return {code: float(value) if isinstance(value, Decimal) else value for code, value in values.items()}


def _context(year: int) -> dict[str, object]:
    return {"reporting_year": year, "exchange_rate_usd": 1.0, "gni_per_capita": None}


@dataclass(frozen=True)
class Fault:
    """A fault put into good returns: what it does to one, and what tells that it was found."""

    name: str
    put: Callable[[Catalogue, Case], Case | None]
    rules: frozenset[str] = frozenset()
    code: str = ""

    def is_found(self, catalogue: Catalogue, case: Case) -> bool:
        """Whether a finding names the rule, or asks about the figure."""
        return any(
            found.rule in self.rules
            or (bool(self.code) and self.code in found.indicators and not found.is_note)
            for found in case.findings(catalogue)
        )


def _times(factor: float) -> Callable[[Catalogue, Case], Case | None]:
    def put(catalogue: Catalogue, case: Case) -> Case | None:
        """All amounts of the return by one factor; only where three of them can be compared with last year's."""
        money = {one.code for one in catalogue.indicators if one.type is IndicatorType.MONEY}
        given = {code: value for code, value in case.values.items() if code in money and value}
        before = case.past.last.values if case.past.last is not None else {}
        if sum(code in given for code in before) < FEWEST_AMOUNTS:
            return None
        changed = {code: value * factor for code, value in given.items() if isinstance(value, int | float)}
        return replace(case, values={**case.values, **changed})

    return put


def _unconverted(catalogue: Catalogue, case: Case) -> Case | None:
    changed = _times(RATE)(catalogue, case)
    if changed is None:
        return None
    past = replace(changed.past, exchange_rates=(RATE, RATE))
    return replace(changed, past=past, context={**changed.context, "exchange_rate_usd": RATE})


def _one(code: str, factor: float) -> Callable[[Catalogue, Case], Case | None]:
    def put(catalogue: Catalogue, case: Case) -> Case | None:
        """One figure by a factor, where last year's is known."""
        value = case.values.get(code)
        before = case.past.last.values.get(code) if case.past.last is not None else None
        if not isinstance(value, int | float) or not value or not before:
            return None
        return replace(case, values={**case.values, code: type(value)(value * factor)})

    return put


FAULTS = (
    Fault("All amounts 1,000 times too large", _times(1_000), frozenset({UNIT})),
    Fault("All amounts 1,000 times too small", _times(1 / 1_000), frozenset({UNIT})),
    Fault("All amounts 1,000,000 times too large", _times(1_000_000), frozenset({UNIT})),
    Fault("All amounts in a currency of 100 to the dollar", _unconverted, frozenset({CURRENCY})),
    Fault("A digit too many in the active borrowers", _one("active_borrowers", 10), code="active_borrowers"),
    Fault("A digit too few in the portfolio", _one("gross_loan_portfolio", 0.1), code="gross_loan_portfolio"),
    Fault("A digit too many in the staff", _one("staff_total", 10), code="staff_total"),
    Fault(
        "Women among borrowers typed with a digit too many",
        _one("female_borrowers", 10),
        code="female_borrowers",
    ),
    Fault("Staff half of what it is", _one("staff_total", 0.5), code="staff_total"),
)


def faults_found(catalogue: Catalogue, cases: Sequence[Case]) -> list[tuple[str, int, int]]:
    """For each kind of fault: its name, in how many returns without a finding it was put, in how many found."""
    clean = [case for case in cases if not any(not one.is_note for one in case.findings(catalogue))]
    told = []
    for fault in FAULTS:
        broken = [found for found in (fault.put(catalogue, case) for case in clean) if found is not None]
        told.append((fault.name, len(broken), sum(fault.is_found(catalogue, case) for case in broken)))
    return told
