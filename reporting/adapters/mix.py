"""Reads rows of the MIX Market open data (one per MFI and fiscal year) in the terms of the default catalogue.

Mapping: the meaning of a MIX column is kept only where the indicator means the same. MIX's yes/no on board
orientation and on an SPM champion therefore answers an indicator only when it says "No"; staff exits count as
voluntary because MIX does not part the two, and the involuntary ones stay empty.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

Value = int | Decimal | bool | str | tuple[str, ...]

NONE_TICKED = "(none ticked)"
NONE_OF_THE_ABOVE = "None of the above"
NOT_TRACKED = "not_tracked"

LEGAL_FORMS = MappingProxyType(
    {
        "NGO": "ngo",
        "NBFI": "nbfi",
        "Bank": "bank",
        "Credit Union / Cooperative": "cooperative",
        "Rural Bank": "rural_bank",
        "Other": "other",
    }
)
COUNTS = MappingProxyType(
    {
        "offices": "branches_total",
        "active_borrowers": "active_borrowers",
        "female_borrowers": "female_borrowers",
        "rural_borrowers": "rural_borrowers",
        "new_borrowers": "new_borrowers",
        "personnel": "staff_total",
        "female_personnel": "staff_female",
        "managers": "managers_total",
        "female_managers": "managers_female",
        "loan_officers": "loan_officers",
        "staff_exits": "staff_left_voluntary",
        "board_members": "board_members",
        "female_board_members": "board_members_female",
    }
)
AMOUNTS = MappingProxyType(
    {
        "glp_usd": "gross_loan_portfolio",
        "overdue_30d_usd": "par30_balance",
        "renegotiated_usd": "renegotiated_balance",
        "write_offs_usd": "write_offs",
        "assets_usd": "total_assets",
        "financial_revenue_usd": "operating_revenue",
        "financial_expense_usd": "financial_expense",
        "net_impairment_loss_usd": "impairment_expense",
        "operating_expense_usd": "operating_expense",
    }
)
# Last year's closing value is this year's opening balance.
OPENING = MappingProxyType(
    {
        "active_borrowers": "borrowers_start",
        "gross_loan_portfolio": "glp_start",
        "total_assets": "assets_start",
        "staff_total": "staff_start",
    }
)
SCALES = MappingProxyType(
    {
        "cp_full_disclosure": "cp_transparency",
        "cp_collection_practices": "cp_fair_treatment",
        "cp_complaint_mechanism": "cp_complaints",
        "cp_privacy_clause": "cp_privacy",
    }
)
SCALE = MappingProxyType({"Yes": Decimal(1), "Partially": Decimal("0.5"), "No": Decimal(0)})
TARGET_GROUPS = MappingProxyType(
    {
        "Women": "women",
        "Clients living in rural areas": "rural",
        "Adolescents and youth (below 18)": "youth",
        NONE_OF_THE_ABOVE: "none",
    }
)
GOALS = MappingProxyType(
    {
        "Poverty reduction": "poverty",
        "Increased access to financial services": "access",
        "Growth of existing businesses": "growth",
        "Employment generation": "jobs",
        "Gender equality and women's empowerment": "women",
        "Development of start-up enterprises": "startups",
        "Health improvement": "health",
        "Housing": "housing",
        "Children's schooling": "education",
        "Access to water and sanitation": "water",
    }
)
# The lowest group ticked is the one aimed at.
POVERTY_LEVELS = (
    ("Very poor clients", "very_poor"),
    ("Poor clients", "poor"),
    ("Low income clients", "low_income"),
    ("No specific poverty target", "none"),
)
HR_TOPICS = MappingProxyType(
    {
        "Social protection (medical insurance and/or pension contribution)": "social",
        "Non-discrimination policy": "equality",
        "Anti-harassment policy": "harassment",
        "Grievance resolution policy": "grievance",
        "Safety policy": "safety",
    }
)
INTEREST = MappingProxyType(
    {
        "Declining balance interest method": "declining",
        "Flat interest method": "flat",
        "Declining balance interest method|Flat interest method": "both",
    }
)
RISK_TOOLS = "The institution uses specific tools to evaluate the environmental risks"
GREEN_LOANS = "The institution offers specific loans linked to environmentally friendly"
YES_NO = MappingProxyType({"Yes": True, "No": False})

REQUIRED = ("mfi_id", "mfi_name", "country", "fiscal_year", "legal_status")
LONGEST = MappingProxyType({"mfi_id": 64, "mfi_name": 200})
# Heads and balances; what happened during the year may be below zero, because of what was booked back.
NEVER_NEGATIVE = frozenset({*COUNTS, "glp_usd", "overdue_30d_usd", "renegotiated_usd", "assets_usd"})
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of the file, at a row (1 is the header) and a column."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class MixReturn:
    """One MFI's fiscal year: values and reasons for missing ones by indicator code; money in US dollars."""

    row: int
    key: str
    name: str
    year: int
    period_end: date | None
    values: Mapping[str, Value]
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MixFile:
    """What a file holds for one country. `problems` make it unfit; `unmapped` options have no counterpart."""

    returns: tuple[MixReturn, ...]
    problems: tuple[Problem, ...]
    unmapped: tuple[Problem, ...]


@dataclass(slots=True)
class _Row:
    """One row while it is read: cells, and where its faults go."""

    number: int
    cells: Mapping[str, str]
    problems: list[Problem]
    unmapped: list[Problem]
    values: dict[str, Value] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        return (self.cells.get(column) or "").strip()

    def fault(self, column: str, message: str) -> None:
        self.problems.append(Problem(self.number, column, message))

    def options(self, column: str) -> list[str]:
        return [option.strip() for option in self.cell(column).split("|") if option.strip()]

    def no_counterpart(self, column: str, option: str) -> None:
        self.unmapped.append(Problem(self.number, column, f"option “{option}” has no counterpart"))


def read_mix(lines: Iterable[str], *, country: str) -> MixFile:
    """Read the rows of one country from the lines of a CSV file with a header; reports every fault."""
    reader = csv.DictReader(lines, strict=True)
    problems, unmapped = list[Problem](), list[Problem]()
    rows: list[MixReturn] = []
    try:
        header = reader.fieldnames or []
        absent = [name for name in (*REQUIRED, *COUNTS, *AMOUNTS) if name not in header]
        if absent:
            return MixFile((), tuple(Problem(1, name, "this column is missing") for name in absent), ())
        for number, cells in enumerate(reader, start=2):
            if None in cells or None in cells.values():
                problems.append(Problem(number, "(row)", "has more or fewer cells than the header"))
            elif (cells["country"] or "").strip().casefold() == country.strip().casefold():
                found = _read_row(_Row(number, cells, problems, unmapped))
                if found is not None:
                    rows.append(found)
    except csv.Error as error:
        problems.append(Problem(reader.line_num, "(row)", f"cannot be read as CSV: {error}"))
    if not rows and not problems:
        problems.append(Problem(1, "country", f"no row of this file is of {country}"))
    problems.extend(_repeated(rows))
    return MixFile(tuple(_with_opening_balances(rows)), tuple(problems), tuple(unmapped))


def _repeated(rows: Sequence[MixReturn]) -> list[Problem]:
    first: dict[tuple[str, int], int] = {}
    return [
        Problem(
            row.row, "mfi_id", f"the same MFI and fiscal year stand in row {first[row.key, row.year]} already"
        )
        for row in rows
        if first.setdefault((row.key, row.year), row.row) != row.row
    ]


def _with_opening_balances(rows: Sequence[MixReturn]) -> list[MixReturn]:
    """Add opening balances from the row of the year before, where there is one."""
    by_year = {(row.key, row.year): row for row in rows}
    result = []
    for row in sorted(rows, key=lambda each: (each.year, each.key)):
        before = by_year.get((row.key, row.year - 1))
        closing = before.values if before is not None else {}
        opening = {code: closing[source] for source, code in OPENING.items() if source in closing}
        result.append(replace(row, values={**row.values, **opening}))
    return result


def _read_row(row: _Row) -> MixReturn | None:
    before = len(row.problems)
    for column in (column for column in REQUIRED if not row.cell(column)):
        row.fault(column, "is empty; it is needed to place the row")
    for column, longest in LONGEST.items():
        if len(row.cell(column)) > longest or not row.cell(column).isprintable():
            row.fault(column, f"must be one line of at most {longest} characters")
    year = _year(row)
    for column, code in COUNTS.items():
        _number(row, column, code, whole=True)
    for column, code in AMOUNTS.items():
        _number(row, column, code, whole=False)
    _profile(row)
    _practices(row)
    _policies(row)
    if len(row.problems) > before or year is None:
        return None
    return MixReturn(
        row=row.number,
        key=row.cell("mfi_id"),
        name=row.cell("mfi_name"),
        year=year,
        period_end=_period_end(row),
        values=row.values,
        missing=row.missing,
    )


def _year(row: _Row) -> int | None:
    text = row.cell("fiscal_year")
    if len(text) == 4 and text.isascii() and text.isdigit() and 1990 <= int(text) <= 2100:
        return int(text)
    if text:
        row.fault("fiscal_year", f"“{text}” is not a year; write four digits, such as 2014")
    return None


def _period_end(row: _Row) -> date | None:
    text = row.cell("as_of_date")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        row.fault("as_of_date", f"“{text}” is not a date; write it as 2014-12-31")
        return None


def _number(row: _Row, column: str, code: str, *, whole: bool) -> None:
    text = row.cell(column)
    if not text:
        return
    if not NUMBER.fullmatch(text):
        row.fault(column, f"“{text}” is not a number; write digits with a decimal point")
    elif abs(number := Decimal(text)) >= 10**15:
        row.fault(column, f"“{text}” is out of range")
    elif number < 0 and column in NEVER_NEGATIVE:
        row.fault(column, f"“{text}” cannot be below zero")
    elif whole and number != number.to_integral_value():
        row.fault(column, f"“{text}” must be a whole number")
    else:
        row.values[code] = int(number) if whole else number


def _profile(row: _Row) -> None:
    legal = row.cell("legal_status")
    if legal in LEGAL_FORMS:
        row.values["legal_form"] = LEGAL_FORMS[legal]
    elif legal:
        row.fault("legal_status", f"“{legal}” is not known; use one of {', '.join(LEGAL_FORMS)}")
    _ticked(row, "sp_target_market", "target_groups", TARGET_GROUPS)
    _ticked(row, "sp_development_goals", "development_goals", GOALS)
    levels = row.options("sp_poverty_targets")
    known = [code for option, code in POVERTY_LEVELS if option in levels]
    if known:
        row.values["target_poverty_level"] = known[0]
    for option in levels:
        if option not in dict(POVERTY_LEVELS) and option != NONE_TICKED:
            row.no_counterpart("sp_poverty_targets", option)
    method = row.cell("cp_interest_method")
    if method in INTEREST:
        row.values["interest_method"] = INTEREST[method]
    elif method and method != NONE_TICKED:
        row.no_counterpart("cp_interest_method", method)


def _ticked(row: _Row, column: str, code: str, known: Mapping[str, str]) -> None:
    chosen: list[str] = []
    for option in row.options(column):
        if option in known:
            chosen.append(known[option])
        elif option != NONE_TICKED:
            row.no_counterpart(column, option)
            chosen.append("other")
    kept = tuple(dict.fromkeys(chosen))
    if kept:  # "none" beside a group would contradict itself
        row.values[code] = tuple(choice for choice in kept if choice != "none") or kept


def _scale(row: _Row, column: str) -> Decimal | str | None:
    """Yes, partly or no as 1, 0.5 or 0; `NOT_TRACKED` for unknown; None for blank."""
    text = row.cell(column)
    if not text:
        return None
    if text == "Unknown":
        return NOT_TRACKED
    if text in SCALE:
        return SCALE[text]
    row.fault(column, f"“{text}” is not known; use Yes, Partially, No or Unknown")
    return None


def _practices(row: _Row) -> None:
    for column, code in SCALES.items():
        _put(row, code, _scale(row, column))
    checks = [_scale(row, "cp_repayment_evaluation"), _scale(row, "cp_audit_overindebtedness")]
    known = [check for check in checks if isinstance(check, Decimal)]
    # the lower of the two, so that one strong practice does not hide a weak one
    _put(row, "cp_overindebtedness", min(known) if known else NOT_TRACKED if NOT_TRACKED in checks else None)
    complaints = row.cell("cp_complaint_mechanism")
    if complaints in YES_NO:
        row.values["complaints_mechanism"] = YES_NO[complaints]
    measured = row.cell("sp_measures_poverty")
    if measured in YES_NO:
        row.values["poverty_measured"] = YES_NO[measured]
    elif measured == "Unknown":
        row.missing["poverty_measured"] = NOT_TRACKED
    if row.cell("sp_board_orientation") == "No":
        row.values["board_trained_spm"] = 0
    if row.cell("sp_spm_champion") == "No":
        row.values["spm_officer"] = "none"


def _put(row: _Row, code: str, value: Decimal | str | None) -> None:
    if isinstance(value, Decimal):
        row.values[code] = value
    elif value is not None:
        row.missing[code] = value


def _policies(row: _Row) -> None:
    topics: list[str] = []
    for option in row.options("hr_policies"):
        if option in HR_TOPICS:
            topics.append(HR_TOPICS[option])
        elif option not in {NONE_TICKED, NONE_OF_THE_ABOVE}:
            row.no_counterpart("hr_policies", option)
    if topics:
        # policies exist, but MIX does not say whether one written policy covers all that the scale asks
        row.values["hr_policy"] = Decimal("0.5")
        row.values["hr_policy_topics"] = tuple(dict.fromkeys(topics))
    elif row.cell("hr_policies") == NONE_OF_THE_ABOVE:
        row.values["hr_policy"] = Decimal(0)
    environment = row.cell("env_policies")
    if environment == NONE_OF_THE_ABOVE:
        row.values["env_strategy"] = row.values["env_risk_screening"] = Decimal(0)
    elif environment:
        row.values["env_strategy"] = Decimal("0.5")
        row.values["env_risk_screening"] = Decimal(1 if RISK_TOOLS in environment else 0)
        if GREEN_LOANS in environment:
            row.values["green_products"] = True
