"""What a workbook shows while somebody types: colours on answers and, beside them, words that say what is wrong.

A conditional format shows the words as its number format, so that no cell holds a formula. The first format that
applies wins: what cannot be at all, then what the rules of the catalogue say, then what is still to do.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reporting.catalogue import Indicator, IndicatorType, Mode, Rule, Severity
from reporting.selectors.returns import ReturnSheet
from reporting.validation import Policy
from reporting.workbooks.formulas import Formulas, NotInExcel
from reporting.workbooks.layout import CHECK, MISSING, VALUE, Line, SheetPlan, cell_name
from reporting.workbooks.styles import Styles
from reporting.workbooks.words import choice_words, limits_of

MOST_WORDS = 150  # different texts; Excel takes about 200 number formats in a workbook
LONGEST_WORDS = 200
MARK = "·"  # stands in the cells of the column, which show it only as words


class Check(NamedTuple):
    """One live check: where it applies, how bad it is and what is said."""

    formula: str
    tone: str
    words: str


class Checks:
    """The live checks of one workbook; makes the names of its answer cells on the way."""

    def __init__(
        self, sheet: ReturnSheet, book: Workbook, plans: Sequence[SheetPlan], styles: Styles
    ) -> None:
        self._book, self._styles = book, styles
        self._names: dict[str, str] = {}
        self._questions = [line for plan in plans for line in plan.lines if line.choice is None]
        for plan in plans:
            for line in plan.lines:
                if line.choice is None:
                    self._name(plan, line)
        self._formulas = Formulas(sheet.catalogue, self._names, sheet.context, choice_words)
        self._rules = self._homes(sheet)
        self._said: set[str] = set()

    def write(self, ws: Worksheet, line: Line) -> None:
        """Put the checks of one question on its row."""
        for check in self._checks(line):
            self._add(ws, line.row, check)

    def open_questions(self, plan: SheetPlan) -> str:
        """How many required questions of a section are without an answer, as a formula."""
        parts = [
            f"N({self._is_open(line)})"
            for line in plan.lines
            if line.choice is None and line.indicator.required
        ]
        return "+".join(parts) or "0"

    def _name(self, plan: SheetPlan, line: Line) -> None:
        """Names travel with their cells, also into other sheets, which a bare address in a format may not."""
        code = line.indicator.code
        self._names[code] = f"v_{code}"
        last = line.row + (len(line.indicator.choices) if not line.takes_value else 0)
        first = line.row + (0 if line.takes_value else 1)
        place = f"${cell_name(first, VALUE)[0]}${first + 1}"
        if last > first:
            place += f":${cell_name(last, VALUE)[0]}${last + 1}"
        self._book.define_name(f"v_{code}", f"='{plan.name}'!{place}")
        why = cell_name(line.row, MISSING)
        self._book.define_name(f"w_{code}", f"='{plan.name}'!${why[0]}${why[1:]}")

    def _homes(self, sheet: ReturnSheet) -> Mapping[str, list[Rule]]:
        """Each rule beside one question: the one of its questions that has the fewest so far."""
        homes: dict[str, list[Rule]] = defaultdict(list)
        policy = Policy(sheet.rule_settings, sheet.submission.round.period_end)
        modes = {rule.id: policy.mode(rule.id, rule.terms) for rule in sheet.catalogue.rules}
        self._blocking = {
            rule.id
            for rule in sheet.catalogue.rules
            if rule.severity is Severity.ERROR and modes[rule.id] is Mode.IN_FORCE
        }
        for rule in sorted(sheet.catalogue.rules, key=lambda rule: rule.id not in self._blocking):
            if modes[rule.id] is Mode.OFF or rule.severity is Severity.INFORMATION:
                continue
            direct = [code for code in rule.check.codes if code in self._names]
            places = direct or [
                code for code in sheet.catalogue.inputs(rule.check.codes) if code in self._names
            ]
            if places:
                homes[min(places, key=lambda code: len(homes[code]))].append(rule)
        return homes

    def _checks(self, line: Line) -> list[Check]:
        return [*self._impossible(line), *self._ruled(line.indicator), *self._state(line)]

    def _impossible(self, line: Line) -> Iterator[Check]:
        """What cannot be, whatever the catalogue says: two answers in one, a text or a figure outside its limits."""
        indicator = line.indicator
        name, why = f"v_{indicator.code}", f"w_{indicator.code}"
        if line.takes_value:
            both = f'AND({name}<>"",{why}<>"")'
            yield Check(both, "bad", _("A value and a reason for having none: empty one of the two"))
        if not indicator.type.is_number:
            return
        wrong = [f'AND({name}<>"",NOT(ISNUMBER({name})))']
        if indicator.min is not None:
            wrong.append(f"AND(ISNUMBER({name}),{name}<{indicator.min})")
        if indicator.max is not None:
            wrong.append(f"AND(ISNUMBER({name}),{name}>{indicator.max})")
        if indicator.type is IndicatorType.INTEGER:
            wrong.append(f"IF(ISNUMBER({name}),{name}<>INT({name}),FALSE)")
        yield Check(f"OR({','.join(wrong)})", "bad", limits_of(indicator))

    def _ruled(self, indicator: Indicator) -> Iterator[Check]:
        """The rules of the catalogue that have their place here, errors first."""
        for rule in self._rules.get(indicator.code, ()):
            tone = "bad" if rule.id in self._blocking else "odd"
            with suppress(NotInExcel):
                yield Check(self._formulas.fires(rule), tone, rule.message)

    def _state(self, line: Line) -> Iterator[Check]:
        """Not needed, to do, or done; nothing for a file, which comes by the page."""
        indicator = line.indicator
        name, why = f"v_{indicator.code}", f"w_{indicator.code}"
        relevant = self._relevant(indicator)
        if relevant != "TRUE":
            yield Check(f"NOT({relevant})", "off", _("Not needed"))
        if indicator.type is IndicatorType.FILE:
            return
        if indicator.required:
            yield Check(self._is_open(line), "needed", _("To do"))
        given = f'{name}<>""' if line.takes_value else f"COUNTA({name})>0"
        yield Check(f'OR({given},{why}<>"")', "good", "✓")

    def _relevant(self, indicator: Indicator) -> str:
        try:
            return self._formulas.is_relevant(indicator)
        except NotInExcel:
            return "TRUE"

    def _is_open(self, line: Line) -> str:
        indicator = line.indicator
        name, why = f"v_{indicator.code}", f"w_{indicator.code}"
        if indicator.type is IndicatorType.FILE:
            return "FALSE"
        empty = f'{name}=""' if line.takes_value else f"COUNTA({name})=0"
        return f'AND({empty},{why}="",{self._relevant(indicator)})'

    def _add(self, ws: Worksheet, row: int, check: Check) -> None:
        formula = f"={check.formula}"
        if check.tone != "good":
            look = self._styles.tones[check.tone]
            ws.conditional_format(
                row, VALUE, row, VALUE,
                {"type": "formula", "criteria": formula, "format": look, "stop_if_true": True},
            )  # fmt: skip
        words = self._worded(check)
        ws.conditional_format(
            row, CHECK, row, CHECK,
            {"type": "formula", "criteria": formula, "format": words, "stop_if_true": True},
        )  # fmt: skip

    def _worded(self, check: Check) -> Any:
        words = check.words
        if len(self._said) >= MOST_WORDS and words not in self._said:
            words = _("Look at this answer once more")
        self._said.add(words)
        return self._styles.saying(check.tone, as_format(words))


def as_format(words: str) -> str:
    """A number format that shows these words in place of any text or number."""
    plain = " ".join(words.replace('"', "”").split())
    if len(plain) > LONGEST_WORDS:
        plain = plain[: LONGEST_WORDS - 1].rstrip() + "…"
    return f';;;"{plain}"'
