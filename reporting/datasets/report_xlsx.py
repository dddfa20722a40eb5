"""The association report as a workbook: the same blocks with numbers as numbers, and every figure in one table."""

import io
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.datasets.drawing import draw, picture_style
from reporting.datasets.imprint import Imprint
from reporting.datasets.parts import (
    Block,
    Case,
    Chapter,
    Figure,
    Glossary,
    KeyFigure,
    Prose,
    ReportData,
    Row,
    Shown,
    Table,
    Withheld,
    Words,
)
from reporting.datasets.release_table import COLUMNS, FigureRow
from spm_portal.common.markup import paragraphs
from spm_portal.common.rasters import png_of
from spm_portal.common.wording import labelled

# Text of people stays text: no cell becomes a formula or a link.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MAX_TEXT = 32_000
LINE = 20  # pixels of a row of the sheet
PICTURE = 640  # pixels that a chart is wide
LAST = 6  # the last column of a sheet's width
SIGNS = 150  # of running text that fit into a line over this width
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def report_xlsx(report: ReportData, figures: Iterable[FigureRow], imprint: Imprint | None = None) -> bytes:
    """The file: contents, a sheet for each chapter, all figures. Call it with the report's language active.

    `imprint` adds what the edition says of itself and what members say.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties(
        {
            "title": report.full_title,
            "author": report.association,
            "comments": report.round_name,
            "created": report.published_at.replace(tzinfo=None),
        }
    )
    writer = _Writer(book, report, imprint)
    writer.front()
    for chapter in report.chapters:
        writer.chapter(chapter)
    writer.replies()
    writer.all_figures(figures)
    book.close()
    return out.getvalue()


def sheet_names(report: ReportData) -> dict[str, str]:
    """The sheet of each chapter: its number and title, cut to what a workbook allows; numbers keep them apart."""
    return {
        chapter.code: _NOT_IN_NAMES.sub(" ", f"{chapter.number} {chapter.title}")[:31].strip()
        for chapter in report.chapters
    }


class _Writer:
    """Writes block under block into a sheet."""

    def __init__(self, book: Any, report: ReportData, imprint: Imprint | None) -> None:
        self.book, self.report, self.imprint = book, report, imprint
        self.names = sheet_names(report)
        self.style = picture_style(report)
        self.title = book.add_format({"bold": True, "font_size": 18})
        self.heading = book.add_format({"bold": True, "font_size": 12})
        self.bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.muted = book.add_format({"font_color": "#566067"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.number = book.add_format({"num_format": "#,##0.##"})
        self.whole = book.add_format({"num_format": "#,##0"})
        self.link = book.add_format({"font_color": "#0563C1", "underline": 1})
        self.sheet: Any = None
        self.row = 0

    def _open(self, name: str) -> None:
        self.sheet, self.row = self.book.add_worksheet(name), 0
        self.sheet.set_column(0, 0, 62)
        self.sheet.set_column(1, 6, 17)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        if self.report.rtl:
            self.sheet.right_to_left()

    def line(self, *texts: str, form: Any = None) -> None:
        """A row of texts."""
        for column, text in enumerate(texts):
            if text:
                self.sheet.write_string(self.row, column, text[:MAX_TEXT], form)
        self.row += 1

    def passage(self, text: str, form: Any = None) -> None:
        """A row of running text over the width of the sheet, as high as its words need."""
        self.sheet.merge_range(self.row, 0, self.row, LAST, "", form or self.wrapped)
        self.sheet.write_string(self.row, 0, text[:MAX_TEXT], form or self.wrapped)
        lines = sum(math.ceil(max(len(line), 1) / SIGNS) for line in text.splitlines() or [""])
        self.sheet.set_row_pixels(self.row, LINE * lines)
        self.row += 1

    def front(self) -> None:
        """What this is, the key messages, and the way to every sheet."""
        report = self.report
        self._open(_("Contents")[:31])
        self.line(f"{report.title} {report.year}", form=self.title)
        self.line(report.association, form=self.heading)
        self.line(f"{report.round_name} · {report.period}", form=self.muted)
        self.line(
            _("Edition %(number)s, published on %(day)s")
            % {"number": report.edition, "day": report.published_words},
            form=self.muted,
        )
        self.edition()
        self.row += 1
        self.keys(report.key_figures)
        self.erratum()
        if report.foreword:
            self.line(_("Foreword"), form=self.heading)
            self.words(report.foreword.text)
        self.line(_("Key messages"), form=self.heading)
        for message in report.messages:
            self.passage(message.text)
        self.row += 1
        self.line(_("Sheets"), form=self.heading)
        said = (self.replies_name,) if self.imprint and self.imprint.replies else ()
        for name in (*self.names.values(), *said, self.all_name):
            quoted = name.replace("'", "''")
            self.sheet.write_url(self.row, 0, f"internal:'{quoted}'!A1", self.link, name)
            self.row += 1

    def edition(self) -> None:
        """The hash of the edition and the address of the page that confirms it."""
        if not self.imprint or not self.imprint.digest:
            return
        self.line(labelled(_("SHA-256 of its content"), self.imprint.digest), form=self.muted)
        self.line(
            _("This page confirms which edition this is and whether there is a newer one:"), form=self.muted
        )
        self.sheet.write_url(self.row, 0, self.imprint.address, self.link, self.imprint.address)
        self.row += 1

    def erratum(self) -> None:
        """What changed since the edition before, in words and figure by figure."""
        imprint = self.imprint
        if not imprint or not imprint.erratum:
            return
        self.line(_("What changed since edition %(number)s") % {"number": imprint.before}, form=self.heading)
        self.passage(imprint.erratum)
        if imprint.changes:
            self.line(*imprint.headers(self.report.edition), form=self.bold)
            for one in imprint.changes:
                self.line(one.label, one.statistic, one.before, one.after)
        if imprint.more_words:
            self.passage(imprint.more_words, self.muted)
        if imprint.kept:
            self.passage(imprint.kept_words, self.muted)
        self.row += 1

    def replies(self) -> None:
        """A sheet of what named members say, with the answers."""
        if not self.imprint or not self.imprint.replies:
            return
        self._open(self.replies_name)
        self.line(_("What members say"), form=self.title)
        self.passage(self.imprint.replies_words)
        self.row += 1
        for one in self.imprint.replies:
            self.line(one["name"], form=self.heading)
            self.passage(one["text"])
            if one["answer"]:
                self.passage(labelled(_("Answer of the association"), one["answer"]))
            self.row += 1

    @property
    def replies_name(self) -> str:
        """The sheet of what members say."""
        return _NOT_IN_NAMES.sub(" ", _("What members say"))[:31]

    @property
    def all_name(self) -> str:
        """The sheet with every figure."""
        return _("All figures")[:31]

    def chapter(self, chapter: Chapter) -> None:
        """A sheet of one chapter."""
        self._open(self.names[chapter.code])
        self.line(chapter.title, form=self.title)
        self.line(chapter.lede, form=self.muted)
        self.row += 1
        self.keys(chapter.key_figures)
        for block in chapter.blocks:
            self.block(block)
            self.row += 1

    def keys(self, figures: Sequence[KeyFigure]) -> None:
        """Key figures, one a row."""
        for one in figures:
            self.line(one.label, one.figure, one.note, one.checked)
        self.row += bool(figures)

    def block(self, block: Block) -> None:
        """One block, whatever it is."""
        match block:
            case Figure():
                self.figure(block)
            case Table():
                self.line(
                    "  ".join([_("Table %(number)s") % {"number": block.number}, block.title]),
                    form=self.heading,
                )
                self.line(*(header or _("Measure") for header in block.headers), form=self.bold)
                for cells in block.rows:
                    self.line(*cells)
            case Prose():
                self.line(block.title, form=self.heading)
                for text in (*block.paragraphs, *block.items):
                    self.passage(text)
            case Glossary():
                self.line(block.title, form=self.heading)
                for term in block.terms:
                    self.line(term.label, term.meaning, form=None)
                    if term.formula:
                        self.line("", term.formula, form=self.muted)
            case Words():
                self.line(block.title, form=self.heading)
                self.words(block.text)
            case Case():
                self.line(block.title, form=self.heading)
                self.line(block.institution, form=self.muted)
                self.words(block.text)

    def words(self, markdown: str) -> None:
        """What editors wrote, a paragraph a row."""
        for part in paragraphs(markdown):
            mark = {"bullet": "• ", "number": "• ", "quote": "» "}.get(part.kind, "")
            self.passage(f"{mark}{part.text}", self.heading if part.kind == "heading" else None)
        self.row += 1

    def figure(self, figure: Figure) -> None:
        """The numbers of a chart, what stands under it, and the chart."""
        self.line(
            "  ".join([_("Figure %(number)s") % {"number": figure.number}, figure.title]), form=self.heading
        )
        series = figure.series if any(figure.series) else (_("Value"),)
        self.line(_("Measure"), *series, _("Unit"), pgettext("chart", "Members"), form=self.bold)
        for row in figure.rows:
            self.sheet.write_string(self.row, 0, row.label[:MAX_TEXT])
            for column, value in enumerate(row.values, start=1):
                self.value(column, value)
            after = len(series) + 1
            self.sheet.write_string(self.row, after, _unit(figure, row))
            self.sheet.write_string(self.row, after + 1, row.n.replace("-", "–"))
            self.row += 1
        parts = [figure.period, labelled(_("Source"), figure.source)]
        if figure.checked:
            parts.insert(0, labelled(pgettext("chart", "Checked"), figure.checked))
        if figure.formula:
            parts.append(labelled(_("Worked out as"), figure.formula))
        self.line(" · ".join(parts), form=self.muted)
        chart = draw(figure, self.style)
        content = png_of(chart.svg)
        width, height = _size(content)
        scale = PICTURE / width
        self.sheet.insert_image(
            self.row,
            0,
            f"{figure.id}.png",
            {
                "image_data": io.BytesIO(content),
                "x_scale": scale,
                "y_scale": scale,
                "description": chart.description,
                "object_position": 1,
            },
        )
        self.row += math.ceil(height * scale / LINE) + 1

    def value(self, column: int, value: Shown) -> None:
        """A number as a number; "not published" in words; nothing where nobody answered."""
        if isinstance(value, Withheld):
            self.sheet.write_string(self.row, column, _("not published"), self.muted)
        elif value is not None:
            form = self.whole if float(value).is_integer() else self.number
            self.sheet.write_number(self.row, column, value, form)

    def all_figures(self, figures: Iterable[FigureRow]) -> None:
        """Every figure of the edition in one table that can be filtered."""
        self._open(self.all_name)
        for column, heading in enumerate(COLUMNS):
            self.sheet.write_string(0, column, heading, self.bold)
        last = 0
        for last, figure in enumerate(figures, start=1):
            for column, cell in enumerate(figure):
                if isinstance(cell, int | float):
                    self.sheet.write_number(last, column, cell)
                elif cell:
                    self.sheet.write_string(last, column, str(cell)[:MAX_TEXT])
        self.sheet.set_column(0, len(COLUMNS) - 1, 18)
        self.sheet.freeze_panes(1, 0)
        self.sheet.autofilter(0, 0, max(last, 1), len(COLUMNS) - 1)


def _unit(figure: Figure, row: Row) -> str:
    return (row.write or figure.write).unit


def _size(png: bytes) -> tuple[int, int]:
    """Width and height as a PNG's head says them."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
