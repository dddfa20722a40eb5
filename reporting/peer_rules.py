"""The rule language of peer groups: what a rule may ask about an MFI, what is wrong with a rule, and who fits it.

A rule is data. Every criterion that it names must hold; a criterion holds only where the fact is known:

    {"legal_forms": ["cooperative", "ngo"],                     one of these
     "countries": ["KE", "UG"],                                 one of these
     "assets": {"currency": "USD", "from": 1000000, "below": 5000000},
     "clients": {"from": 10000},                                both limits or one of them
     "borrowers": {"below": 10000},
     "year_end": {"from": "2024-07-01", "until": "2025-06-30"}} both days included
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

LISTS = ("legal_forms", "countries")
BANDS = ("assets", "clients", "borrowers")
CRITERIA = (*LISTS, *BANDS, "year_end")
USD = "USD"
MOST = 10**15  # no MFI is larger; a longer figure is a slip of the keyboard

_CURRENCY = re.compile(r"[A-Z]{3}")
_PARTS = {"assets": {"currency", "from", "below"}, "year_end": {"from", "until"}}
_BAND_PARTS = {"from", "below"}

Facts = Mapping[str, Any]
"""What is known of one MFI: `legal_form`, `country`, `currency`, `assets` in it, `assets_usd`, `clients`, `borrowers`,
`year_end` (a day in ISO form); a fact that is missing or None is not known."""


class FaultKind(StrEnum):
    """What can be wrong with a rule."""

    NOT_A_RULE = "not_a_rule"  # the rule, or a criterion, has another shape
    NOTHING_ASKED = "nothing_asked"  # no criterion at all: everybody would fit
    UNKNOWN_CRITERION = "unknown_criterion"
    UNKNOWN_PART = "unknown_part"  # a criterion has a part that it does not know
    EMPTY = "empty"  # a list without values, a band without limits, a period without days
    UNKNOWN_VALUE = "unknown_value"
    TWICE = "twice"
    NOT_A_NUMBER = "not_a_number"  # whole numbers from 0 only
    TOO_LARGE = "too_large"
    NOT_A_DATE = "not_a_date"
    NOT_A_CURRENCY = "not_a_currency"
    OUT_OF_ORDER = "out_of_order"  # the upper limit is not above the lower one, the last day before the first


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: in which criterion (empty: the rule as a whole), in which part of it, and the value that is wrong."""

    kind: FaultKind
    criterion: str = ""
    part: str = ""
    value: str = ""


class RuleError(ValueError):
    """A rule with faults: all of them, not only the first."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(f"{one.criterion}.{one.part}: {one.kind} {one.value}" for one in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Band:
    """From one number (included) to below another; None is no limit."""

    start: int | None = None
    below: int | None = None
    currency: str = ""

    def holds(self, value: object) -> bool:
        """Whether a known number lies in the band."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.start is None or value >= self.start) and (self.below is None or value < self.below)


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; None is no limit."""

    start: date | None = None
    until: date | None = None

    def holds(self, value: object) -> bool:
        """Whether a known day lies in the period."""
        day = _day(value)
        if day is None:
            return False
        return (self.start is None or day >= self.start) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule without faults; an empty criterion is not asked."""

    legal_forms: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    bands: Mapping[str, Band] = field(default_factory=dict)
    year_end: Period | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The rule as data in one order: two rules that ask the same are the same document."""
        made: dict[str, Any] = {name: sorted(getattr(self, name)) for name in LISTS if getattr(self, name)}
        for name, band in self.bands.items():
            parts = {"currency": band.currency or None, "from": band.start, "below": band.below}
            made[name] = {part: value for part, value in parts.items() if value is not None}
        if self.year_end is not None:
            days = {"from": self.year_end.start, "until": self.year_end.until}
            made["year_end"] = {part: day.isoformat() for part, day in days.items() if day is not None}
        return made


def read_rule(
    document: object, *, legal_forms: Collection[str] | None = None, countries: Collection[str] | None = None
) -> Rule:
    """The rule that a document holds; raises RuleError with every fault.

    `legal_forms` and `countries` are the values that exist; None takes any.
    """
    faults = faults_of(document, legal_forms=legal_forms, countries=countries)
    if faults:
        raise RuleError(faults)
    assert isinstance(document, dict)
    year_end = document.get("year_end")
    return Rule(
        legal_forms=tuple(sorted(document.get("legal_forms", ()))),
        countries=tuple(sorted(document.get("countries", ()))),
        bands={
            name: Band(given.get("from"), given.get("below"), given.get("currency", ""))
            for name in BANDS
            if (given := document.get(name)) is not None
        },
        year_end=Period(_day(year_end.get("from")), _day(year_end.get("until"))) if year_end else None,
    )


def faults_of(
    document: object, *, legal_forms: Collection[str] | None = None, countries: Collection[str] | None = None
) -> tuple[Fault, ...]:
    """Everything that is wrong with a rule, in the order of the criteria; nothing for a rule that can be used."""
    if not isinstance(document, dict):
        return (Fault(FaultKind.NOT_A_RULE),)
    if not document:
        return (Fault(FaultKind.NOTHING_ASKED),)
    found = [Fault(FaultKind.UNKNOWN_CRITERION, value=str(name)) for name in document if name not in CRITERIA]
    known = {"legal_forms": legal_forms, "countries": countries}
    for name in CRITERIA:
        if name not in document:
            continue
        given = document[name]
        if name in LISTS:
            found += _faults_of_list(name, given, known[name])
        elif not isinstance(given, dict):
            found.append(Fault(FaultKind.NOT_A_RULE, name))
        else:
            strange = sorted(str(part) for part in given if part not in _PARTS.get(name, _BAND_PARTS))
            found += [Fault(FaultKind.UNKNOWN_PART, name, value=part) for part in strange]
            found += _faults_of_period(given) if name == "year_end" else _faults_of_band(name, given)
    return tuple(found)


def matches(rule: Rule, facts: Facts) -> bool:
    """Whether an MFI fits a rule; a fact that is not known fits nothing that asks about it."""
    if rule.legal_forms and facts.get("legal_form") not in rule.legal_forms:
        return False
    if rule.countries and facts.get("country") not in rule.countries:
        return False
    if not all(band.holds(_amount(name, band, facts)) for name, band in rule.bands.items()):
        return False
    return rule.year_end is None or rule.year_end.holds(facts.get("year_end"))


def members_of(rule: Rule, facts: Mapping[str, Facts]) -> frozenset[str]:
    """The keys of those that fit a rule."""
    return frozenset(key for key, known in facts.items() if matches(rule, known))


def _amount(name: str, band: Band, facts: Facts) -> object:
    """The number that a band is about; an amount in another currency is not known."""
    if name != "assets":
        return facts.get(name)
    if band.currency == facts.get("currency"):
        return facts.get("assets")
    return facts.get("assets_usd") if band.currency == USD else None


def _faults_of_list(name: str, given: object, known: Collection[str] | None) -> list[Fault]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        return [Fault(FaultKind.NOT_A_RULE, name)]
    if not given:
        return [Fault(FaultKind.EMPTY, name)]
    found = [
        Fault(FaultKind.TWICE, name, value=one) for one in sorted({x for x in given if given.count(x) > 1})
    ]
    if known is not None:
        found += [
            Fault(FaultKind.UNKNOWN_VALUE, name, value=one) for one in sorted(set(given)) if one not in known
        ]
    return found


def _faults_of_band(name: str, given: Mapping[str, object]) -> list[Fault]:
    found = []
    limits: dict[str, int] = {}
    for part in ("from", "below"):
        value = given.get(part)
        if part not in given:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            found.append(Fault(FaultKind.NOT_A_NUMBER, name, part, str(value)))
        elif value > MOST:
            found.append(Fault(FaultKind.TOO_LARGE, name, part, str(value)))
        else:
            limits[part] = value
    if not given.keys() & _BAND_PARTS:
        found.append(Fault(FaultKind.EMPTY, name))
    if len(limits) == 2 and limits["below"] <= limits["from"]:
        found.append(Fault(FaultKind.OUT_OF_ORDER, name, "below", str(limits["below"])))
    currency = given.get("currency")
    if name == "assets" and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        found.append(Fault(FaultKind.NOT_A_CURRENCY, name, "currency", str(currency or "")))
    return found


def _faults_of_period(given: Mapping[str, object]) -> list[Fault]:
    found = [
        Fault(FaultKind.NOT_A_DATE, "year_end", part, str(given[part]))
        for part in ("from", "until")
        if part in given and _day(given[part]) is None
    ]
    if not given.keys() & {"from", "until"}:
        found.append(Fault(FaultKind.EMPTY, "year_end"))
    first, last = _day(given.get("from")), _day(given.get("until"))
    if first is not None and last is not None and last < first:
        found.append(Fault(FaultKind.OUT_OF_ORDER, "year_end", "until", last.isoformat()))
    return found


def _day(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
