"""Writes the workbook of a return: cover, one sheet per section, lists, and the signed mark. No macros, no formulas."""

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from reporting.catalogue import Indicator, IndicatorType
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.verification import words_of_levels
from reporting.values import Value
from reporting.workbooks import layout
from reporting.workbooks.catalogue_sheet import write_catalogue
from reporting.workbooks.checks import MARK, Checks
from reporting.workbooks.cover import write_cover
from reporting.workbooks.layout import (
    CHECK,
    KEYS,
    LAST,
    MISSING,
    NOTE,
    NUMBER,
    QUESTION,
    UNIT,
    VALUE,
    Line,
    SheetPlan,
)
from reporting.workbooks.mark import mark_of, signed
from reporting.workbooks.styles import Styles, number_format
from reporting.workbooks.words import choice_words, limits_of, no_word, reason_words, shown, yes_word

WIDTHS = {
    "code": 4,
    "number": 6,
    "question": 52,
    "unit": 11,
    "value": 22,
    "missing": 19,
    "last": 17,
    "check": 34,
    "note": 30,
}
_LARGEST = 1e15  # Excel keeps 15 digits
A4 = 9
TITLE_LIMIT, TEXT_LIMIT = 32, 255  # of messages beside a cell


def write(sheet: ReturnSheet, *, language: str, at: datetime) -> bytes:
    """The workbook of a return in a language, with the answers as they are at `at`."""
    with translation.override(language):
        return _Writer(sheet, language, at).write()


class _Sheet(Worksheet):
    """A worksheet whose empty texts are empty cells, and whose formulas use old functions only.

    So no formula is searched for the names of newer functions, which would take longer than all the rest.
    """

    def write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        if not string:
            return int(self.write_blank(row, col, None, cell_format))
        return int(super().write_string(row, col, string, cell_format))

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.lstrip("=")


class _Writer:
    def __init__(self, sheet: ReturnSheet, language: str, at: datetime) -> None:
        self.sheet, self.language, self.at = sheet, language, at
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.right_to_left = translation.get_language_bidi()
        self.styles = Styles(
            self.book,
            sheet.submission.association.accent_colour,
            todo=_("To do"),
            done=_("All answered"),
            right_to_left=self.right_to_left,
        )
        self.plans = layout.plan_of(sheet)
        self.levels = words_of_levels()
        self.checks = Checks(sheet, self.book, self.plans, self.styles)
        self._lists: dict[tuple[str, ...], str] = {}
        self._list_sheet: Worksheet | None = None

    def write(self) -> bytes:
        """The finished file."""
        submission = self.sheet.submission
        self.footer = (
            f"&L&8{_footer(submission.institution.name)} · {_footer(submission.round.name)}&C&8&A&R&8&P / &N"
        )
        self.start = _("Start here")[:31]
        self.book.set_properties(
            {
                "title": f"{submission.round.name} – {submission.institution.name}",
                "author": submission.association.name,
                "created": self.at.replace(tzinfo=None),
            }
        )
        write_cover(
            self._sheet(self.start),
            self.sheet,
            self.plans,
            self.styles,
            self.checks,
            at=self.at,
            footer=self.footer,
            right_to_left=self.right_to_left,
        )
        sections = [self._sheet(plan.name) for plan in self.plans]
        self._list_sheet = self._sheet(layout.LISTS_SHEET)
        for place, (worksheet, plan) in enumerate(zip(sections, self.plans, strict=True)):
            after = self.plans[place + 1] if place + 1 < len(self.plans) else None
            self._section(worksheet, plan, after)
        self._list_sheet.very_hidden()
        self._list_sheet.protect()
        write_catalogue(self._sheet(layout.CATALOGUE_SHEET), self.plans)
        self._mark(self._sheet(layout.MARK_SHEET))
        self.book.close()
        return self.out.getvalue()

    def _sheet(self, name: str) -> Worksheet:
        made: Worksheet = self.book.add_worksheet(name, worksheet_class=_Sheet)
        return made

    # --- Sections ---------------------------------------------------------------------------------------

    def _section(self, ws: Worksheet, plan: SheetPlan, after: SheetPlan | None) -> None:
        styles = self.styles
        ws.hide_gridlines(2)
        if self.right_to_left:
            ws.right_to_left()
        for column, key in enumerate(KEYS):
            ws.write_string(layout.KEY_ROW, column, key, styles.muted)
            ws.set_column(column, column, WIDTHS[key], None, {"hidden": key == "code"})
        ws.set_row(layout.KEY_ROW, None, None, {"hidden": True})
        ws.set_row(layout.TITLE_ROW, 34)
        ws.write_string(layout.TITLE_ROW, NUMBER, str(plan.section.number), styles.title)
        ws.write_string(layout.TITLE_ROW, QUESTION, plan.section.title, styles.title)
        _link(ws, layout.TITLE_ROW, MISSING, self.start, _("All sections"), styles.jump)
        if after is not None:
            _link(ws, layout.TITLE_ROW, CHECK, after.name, _("Next: %(title)s") % {"title": after.section.title}, styles.jump)  # fmt: skip  # noqa: E501
        ws.set_row(layout.HELP_ROW, 34)
        ws.merge_range(layout.HELP_ROW, QUESTION, layout.HELP_ROW, CHECK, plan.section.help, styles.lede)
        heads = (
            _("No."),
            _("Question"),
            _("Unit"),
            _("Your answer"),
            _("If none, why"),
            self._last_head(),
            _("Check"),
            _("Note"),
        )
        ws.set_row(layout.HEAD_ROW, 26)
        for column, text in enumerate(heads, start=NUMBER):
            ws.write_string(layout.HEAD_ROW, column, text, styles.head_end if column == LAST else styles.head)
        for line in plan.lines:
            self._line(ws, line)
        ws.freeze_panes(layout.FIRST_ROW, VALUE)
        ws.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        ws.set_landscape()
        ws.set_paper(A4)
        ws.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        ws.fit_to_pages(1, 0)
        ws.repeat_rows(layout.HEAD_ROW)
        ws.print_area(layout.TITLE_ROW, NUMBER, plan.lines[-1].row if plan.lines else layout.HEAD_ROW, NOTE)
        ws.set_footer(self.footer)
        ws.set_tab_color(styles.accent)
        ws.set_selection(layout.FIRST_ROW, VALUE, layout.FIRST_ROW, VALUE)

    def _last_head(self) -> str:
        before = self.sheet.previous_submission
        return str(before.round.year) if before else _("Last year")

    def _line(self, ws: Worksheet, line: Line) -> None:
        styles, indicator, row = self.styles, line.indicator, line.row
        ws.write_string(row, layout.CODE, line.key, styles.muted)
        if line.choice is not None:
            self._tick(ws, line)
            return
        section = self.sheet.catalogue.section(indicator.section)
        ws.write_string(row, NUMBER, f"{section.number}.{indicator.order}", styles.number)
        condition = self._question(ws, line)
        ws.write_string(row, UNIT, self._unit(indicator), styles.unit)
        answer = self.sheet.answers.get(indicator.code)
        value = self.sheet.values.get(indicator.code)
        ws.set_row(row, _height(indicator, condition, shown(indicator, value, self.language)))
        if line.takes_value:
            self._put(ws, row, VALUE, indicator, value, styles.input(number_format(indicator)))
            self._control(ws, line)
        elif indicator.type is IndicatorType.FILE:
            there = answer is not None and answer.file_id is not None
            ws.write_string(
                row, VALUE, _("Uploaded") if there else _("Upload it on the portal"), styles.locked_value
            )
        else:
            ws.write_string(row, VALUE, _("Choose “Yes” below where it applies"), styles.locked_value)
        reason = reason_words()[answer.missing] if answer and answer.missing else ""
        ws.write_string(row, MISSING, reason, styles.input(""))
        ws.data_validation(
            row,
            MISSING,
            row,
            MISSING,
            self._list_rule(tuple(reason_words().values()), _("Choose a reason of the list.")),
        )
        self._last(ws, row, indicator)
        ws.write_string(row, CHECK, MARK, styles.check)
        self.checks.write(ws, line)
        ws.write_string(row, NOTE, answer.note if answer else "", styles.input(""))

    def _question(self, ws: Worksheet, line: Line) -> str:
        """The label with its help below it in small print, and when it is asked; gives the last."""
        styles, indicator = self.styles, line.indicator
        child = indicator.child_of is not None
        answer = self.sheet.answers.get(indicator.code)
        level = self.levels.get(answer.verification, "") if answer is not None else ""
        pieces: list[Any] = [styles.child_label if child else styles.label, indicator.label]
        if indicator.help:
            pieces += [styles.help, "\n" + indicator.help]
        condition = ""
        if indicator.relevance is not None:
            condition = _("Only if: %(condition)s") % {
                "condition": self.sheet.catalogue.readable(indicator.relevance)
            }
            pieces += [styles.condition, "\n" + condition]
        if level:
            pieces += [styles.condition, "\n" + level]
        look = styles.child if child else styles.question
        if len(pieces) == 2:
            ws.write_string(line.row, QUESTION, indicator.label, look)
        else:
            ws.write_rich_string(line.row, QUESTION, *pieces, look)
        return condition

    def _tick(self, ws: Worksheet, line: Line) -> None:
        assert line.choice is not None
        styles, row = self.styles, line.row
        ticked = self.sheet.values.get(line.indicator.code)
        chosen = isinstance(ticked, tuple) and str(line.choice.value) in ticked
        ws.write_string(row, NUMBER, "", styles.number)
        ws.write_string(row, QUESTION, line.choice.label, styles.entry)
        ws.write_string(row, UNIT, "", styles.unit)
        ws.write_string(row, VALUE, yes_word() if chosen else "", styles.input("", centred=True))
        ws.data_validation(
            row,
            VALUE,
            row,
            VALUE,
            self._list_rule((yes_word(), no_word()), _("Choose yes, or leave the cell empty.")),
        )
        for column in (MISSING, LAST, CHECK, NOTE):
            ws.write_string(row, column, "", styles.quiet)
        before = (self.sheet.previous or {}).get(line.indicator.code)
        if isinstance(before, tuple) and str(line.choice.value) in before:
            ws.write_string(row, LAST, yes_word(), styles.last(""))

    def _unit(self, indicator: Indicator) -> str:
        return self.sheet.submission.currency if indicator.unit == "currency" else (indicator.unit or "")

    def _last(self, ws: Worksheet, row: int, indicator: Indicator) -> None:
        value = (self.sheet.previous or {}).get(indicator.code)
        style = self.styles.last(number_format(indicator))
        if value is None and (why := self.sheet.previous_missing.get(indicator.code)):
            ws.write_string(row, LAST, reason_words()[why], style)
        elif indicator.type is IndicatorType.MULTIPLE_CHOICE:
            ws.write_string(row, LAST, "", style)
        else:
            self._put(ws, row, LAST, indicator, value, style)

    def _put(
        self, ws: Worksheet, row: int, column: int, indicator: Indicator, value: Value, style: Any
    ) -> None:
        """A number as a number; everything else as a text, also where it begins like a formula."""
        if indicator.type.is_number and isinstance(value, int | float):
            ws.write_number(row, column, value, style)
        else:
            ws.write_string(row, column, shown(indicator, value, self.language), style)

    # --- Controls and live checks -----------------------------------------------------------------------

    def _control(self, ws: Worksheet, line: Line) -> None:
        indicator, row = line.indicator, line.row
        rule: dict[str, Any]
        if indicator.type.is_number:
            low = indicator.min if indicator.min is not None else -_LARGEST
            high = indicator.max if indicator.max is not None else _LARGEST
            whole = indicator.type is IndicatorType.INTEGER
            rule = {
                "validate": "integer" if whole else "decimal",
                "criteria": "between",
                "minimum": low,
                "maximum": high,
                "error_title": _cut(_("This does not fit"), TITLE_LIMIT),
                "error_message": _cut(limits_of(indicator), TEXT_LIMIT),
            }
        elif words := choice_words(indicator):
            rule = self._list_rule(tuple(words.values()), _("Choose one entry of the list."))
        else:
            limit = indicator.max_length or 20_000
            rule = {
                "validate": "length",
                "criteria": "<=",
                "value": limit,
                "error_message": _cut(_("At most %(limit)s characters fit.") % {"limit": limit}, TEXT_LIMIT),
            }
        rule["ignore_blank"] = True
        if indicator.help:
            rule["input_title"] = _cut(self._unit(indicator) or _("Help"), TITLE_LIMIT)
            rule["input_message"] = _cut(indicator.help, TEXT_LIMIT)
        ws.data_validation(row, VALUE, row, VALUE, rule)

    def _list_rule(self, entries: tuple[str, ...], wrong: str) -> dict[str, Any]:
        """A drop-down of these entries, which stand once on the hidden sheet of lists."""
        if entries not in self._lists:
            assert self._list_sheet is not None
            column = len(self._lists)
            for row, entry in enumerate(entries):
                self._list_sheet.write_string(row, column, entry)
            letter = xlsxwriter.utility.xl_col_to_name(column)
            self._lists[entries] = f"={layout.LISTS_SHEET}!${letter}$1:${letter}${len(entries)}"
        return {"validate": "list", "source": self._lists[entries], "error_message": _cut(wrong, TEXT_LIMIT)}

    def _mark(self, ws: Worksheet) -> None:
        mark = mark_of(self.sheet, language=self.language, made_at=self.at.isoformat())
        payload, signature = signed(mark)
        ws.write_string(0, 0, payload)
        ws.write_string(1, 0, signature)
        ws.protect()
        ws.very_hidden()


def _height(indicator: Indicator, condition: str, value: str) -> float:
    """Points for a row: Excel does not grow a locked row by itself."""
    question = 15.0 * -(-len(indicator.label) // 46)
    question += 12.5 * (-(-len(indicator.help or "") // 62) + -(-len(condition) // 60))
    if indicator.type is IndicatorType.TEXT:
        return float(max(question, 15 * min(12, 2 + len(value) // 18))) + 7
    longest = max((len(words) for words in choice_words(indicator).values()), default=0)
    return float(max(question, 15 * -(-longest // 20))) + 7


def _link(ws: Worksheet, row: int, column: int, sheet: str, text: str, look: Any) -> None:
    ws.write_url(row, column, f"internal:'{sheet}'!A1", look, string=text)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _footer(text: str) -> str:
    return text.replace("&", "&&")[:80]
