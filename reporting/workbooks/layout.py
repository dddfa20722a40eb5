"""Where everything stands in the workbook of a return: sheets, columns, and one row per question or tick."""

import re
from dataclasses import dataclass

from reporting.catalogue import Choice, Indicator, IndicatorType, Section
from reporting.selectors.returns import ReturnSheet

FORMAT = 1  # of the workbook itself; a file of another format is refused in words
MARK_SHEET = "_spm"
LISTS_SHEET = "_lists"
CATALOGUE_SHEET = "_catalogue"
# The names of the columns, written into a hidden row, so that a moved column is still found.
KEYS = ("code", "number", "question", "unit", "value", "missing", "last", "check", "note")
CODE, NUMBER, QUESTION, UNIT, VALUE, MISSING, LAST, CHECK, NOTE = range(len(KEYS))
KEY_ROW, TITLE_ROW, HELP_ROW, HEAD_ROW, FIRST_ROW = 0, 1, 2, 3, 4
LONGEST_NAME = 31
TICK = "="  # between the code of a question and the entry of its list, in the rows of ticks
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']+")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a question, or one entry of a question that has several answers. `row` counts from 0."""

    indicator: Indicator
    choice: Choice | None
    row: int

    @property
    def key(self) -> str:
        """What stands in the hidden column: the code, for an entry with its value behind it."""
        return self.indicator.code if self.choice is None else tick_key(self.indicator, self.choice)

    @property
    def takes_value(self) -> bool:
        """Whether the answer is given in this row (ticks have rows of their own, files come by the page)."""
        kind = self.indicator.type
        return self.choice is not None or kind not in {IndicatorType.MULTIPLE_CHOICE, IndicatorType.FILE}


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One section with its sheet's name and its rows."""

    name: str
    section: Section
    lines: tuple[Line, ...]


def tick_key(indicator: Indicator, choice: Choice) -> str:
    """The key of a row for one entry of a list."""
    return f"{indicator.code}{TICK}{choice.value}"


def sheet_name(section: Section) -> str:
    """The number and the title, within what Excel takes as a name; a long title ends at a word."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", f"{section.number} {section.title}").split())
    if len(name) <= LONGEST_NAME:
        return name
    cut = name[:LONGEST_NAME]
    return (cut.rpartition(" ")[0] if cut.count(" ") > 1 else cut[:-1]) + "…"


def plan_of(sheet: ReturnSheet) -> tuple[SheetPlan, ...]:
    """The sheets of a return: the sections and questions that its round asks."""
    asked = sheet.computed.asked
    plans = []
    for section in sheet.sections:
        lines: list[Line] = []
        for indicator in section.indicators:
            if indicator.code not in asked:
                continue
            lines.append(Line(indicator, None, FIRST_ROW + len(lines)))
            if indicator.type is IndicatorType.MULTIPLE_CHOICE:
                for choice in indicator.choices:
                    lines.append(Line(indicator, choice, FIRST_ROW + len(lines)))
        plans.append(SheetPlan(sheet_name(section), section, tuple(lines)))
    return tuple(plans)


def cell_name(row: int, column: int) -> str:
    """The name of a cell by row and column, both from 0; columns up to Z."""
    return f"{chr(65 + column)}{row + 1}"
