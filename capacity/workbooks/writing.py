"""Writes the workbook of one rater: a page to begin with and every item with what must be seen at each level."""

import io
import textwrap
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from capacity.frameworks import Area
from capacity.selectors.rating import RatingSheet
from capacity.workbooks.layout import MARK_SHEET, NOT_APPLICABLE, Mark, keys_of

A4 = 9
_LINE = 13.5  # points, of text of 10 points
_WIDTHS = {"code": 8, "item": 20, "level": 7, "reason": 16, "note": 20, "link": 30}
_OF_PROOF = 18
_INPUT, _HEAD, _SOFT = "#FFF8E1", "#33403F", "#EFEDE7"


def write(sheet: RatingSheet, *, at: datetime) -> bytes:
    """The workbook of a rater in the active language, with the scores as they are."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {"title": sheet.assessment.title, "author": "SPM portal", "created": at.replace(tzinfo=None)}
    )
    _Writer(sheet, book).write()
    book.close()
    return out.getvalue()


class _Writer:
    def __init__(self, sheet: RatingSheet, book: Any) -> None:
        self.sheet, self.book = sheet, book
        self.framework = sheet.framework
        self.keys = keys_of(sheet.framework)
        wrapped = {"text_wrap": True, "valign": "top", "font_size": 10}
        boxed = {**wrapped, "border": 1, "border_color": "#C9C6BD"}
        self.title = book.add_format({"bold": True, "font_size": 18})
        self.text = book.add_format({**wrapped, "font_size": 11})
        self.head = book.add_format({**boxed, "bold": True, "font_color": "#FFFFFF", "bg_color": _HEAD})
        self.area = book.add_format({"bold": True, "font_size": 13, "bg_color": _SOFT, "valign": "vcenter"})
        self.cell = book.add_format(boxed)
        self.strong = book.add_format({**boxed, "bold": True})
        self.choice = book.add_format(
            {**boxed, "bg_color": _INPUT, "align": "center", "font_size": 14, "locked": False}
        )
        self.free = book.add_format({**boxed, "bg_color": _INPUT, "locked": False, "num_format": "@"})

    def write(self) -> None:
        """Fill the book."""
        self._cover()
        self._scores()
        mark = self.book.add_worksheet(MARK_SHEET)
        version = self.sheet.assessment.framework
        name = f"{self.framework.title} {self.framework.version}"
        versions = {code: score.version for code, score in self.sheet.scores.items()}
        mark.write_string(0, 0, Mark(str(self.sheet.rater.pk), version.sha256, name, versions).signed())
        mark.very_hidden()

    def _cover(self) -> None:
        page = self._page(_("Start here"))
        page.set_column(0, 0, 90)
        sheet = self.sheet
        page.write_string(0, 0, sheet.assessment.title, self.title)
        facts = {
            "rater": sheet.rater.name,
            "as_of": date_format(sheet.assessment.as_of, "DATE_FORMAT"),
            "due": date_format(sheet.assessment.due_on, "DATE_FORMAT"),
            "highest": self.framework.highest,
            "from": self.framework.evidence_from,
            "na": NOT_APPLICABLE,
        }
        lines = [
            _("Scores of %(rater)s, as of %(as_of)s, due on %(due)s.") % facts,
            _("Score alone, before you talk about it with the others."),
            _("For each item write one level, 0 to %(highest)s, into the yellow column.") % facts,
            _("A level is reached when everything that is written under it can be seen.") % facts,
            _("Write %(na)s where the item does not apply to your association, and say why beside it.")
            % facts,
            _(
                "From level %(from)s on evidence is needed: give a link here, or files to whoever keys this in."
            )
            % facts,
            _("Do not change the other columns. The workbook is for this rater and this framework alone."),
        ]
        for row, line in enumerate(lines, start=2):
            page.write_string(row, 0, line, self.text)

    def _scores(self) -> None:
        page = self._page(_("Scores"))
        heads = {
            "code": _("Item"),
            "item": _("Capacity"),
            "level": _("Level"),
            "reason": _("Why it does not apply"),
            "note": _("Note"),
            "link": _("Link to evidence"),
        }
        for step in self.framework.scale:
            heads[f"proof-{step.level}"] = f"{step.level} {step.label}"
        for column, key in enumerate(self.keys):
            page.set_column(column, column, _width(key))
            page.write_string(0, column, key)
            page.write_string(1, column, heads[key], self.head)
        page.set_row(0, None, None, {"hidden": True})
        page.set_row(1, 2 * _LINE + 3)
        page.freeze_panes(2, 2)
        # what is written by hand goes onto paper: a link does not
        page.print_area(0, 0, 1 + len(self.framework.areas) + len(self.framework.items), len(self.keys) - 2)
        page.repeat_rows(1)
        page.protect(options={"format_columns": True, "format_rows": True})
        row = 2
        for area in self.framework.areas:
            row = self._area(page, area, row)

    def _area(self, page: Any, area: Area, row: int) -> int:
        page.set_row(row, 24)
        for column in range(len(self.keys)):
            page.write_blank(row, column, None, self.area)
        page.write_string(row, 1, f"{area.number} {area.title}", self.area)
        level = self.keys.index("level")
        choices = [str(step) for step in self.framework.levels] + [NOT_APPLICABLE]
        for item in area.items:
            row += 1
            score = self.sheet.scores.get(item.code)
            texts_by_width = [(item.text, _width("item")), *((proof, _OF_PROOF) for proof in item.proof)]
            page.set_row(row, _LINE * max(_lines(text, width) for text, width in texts_by_width) + 4)
            page.write_string(row, 0, item.code, self.cell)
            page.write_string(row, 1, item.text, self.strong)
            for column, proof in enumerate(item.proof, start=2):
                page.write_string(row, column, proof, self.cell)
            if score is not None and score.level is not None:
                page.write_number(row, level, score.level, self.choice)
            else:
                page.write_string(row, level, NOT_APPLICABLE if score else "", self.choice)
            texts = (score.reason, score.note, "") if score else ("", "", "")
            for column, text in enumerate(texts, start=level + 1):
                page.write_string(row, column, text, self.free)
            page.data_validation(
                row,
                level,
                row,
                level,
                {
                    "validate": "list",
                    "source": choices,
                    "error_title": _("Level"),
                    "error_message": _("Write one of: %(levels)s.") % {"levels": ", ".join(choices)},
                },
            )
        return row + 1

    def _page(self, name: str) -> Any:
        page = self.book.add_worksheet(name[:31])
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&C&8&A&R&8&P / &N")
        if get_language_bidi():
            page.right_to_left()
        return page


def _width(key: str) -> int:
    return _WIDTHS.get(key, _OF_PROOF)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column: small letters need less room than the digits it is measured in."""
    return len(textwrap.wrap(text, width * 6 // 5)) or 1
