"""The association report as a Word file, made of the same blocks as the pages and the PDF."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

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
    Table,
    Words,
)
from spm_portal.common.colours import readable_on
from spm_portal.common.markup import Run, paragraphs
from spm_portal.common.qr import qr_svg
from spm_portal.common.rasters import png_of
from spm_portal.common.wording import labelled

WIDTH = Cm(17)
LONG = 11  # signs of a key figure that fit beside three others
MUTED = RGBColor(0x56, 0x60, 0x67)
# XML 1.0 has no way to write these characters, escaped or not.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def report_docx(report: ReportData, photos: Mapping[str, bytes], imprint: Imprint | None = None) -> bytes:
    """The file. Call it with the report's language active; `photos` are those of cases, by the id of the case.

    `imprint` adds what the edition says of itself and what members say.
    """
    writer = _Writer(report, photos)
    writer.cover()
    if imprint:
        writer.imprint(imprint)
    writer.front(imprint)
    for chapter in report.chapters:
        writer.chapter(chapter)
    if imprint and imprint.replies:
        writer.replies(imprint)
    out = io.BytesIO()
    writer.document.save(out)
    return out.getvalue()


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


class _Writer:
    """Writes block after block into one document."""

    def __init__(self, report: ReportData, photos: Mapping[str, bytes]) -> None:
        self.report, self.photos = report, photos
        self.style = picture_style(report)
        self.document: DocumentObject = Document()
        self.accent = RGBColor.from_string(readable_on("#ffffff", report.accent).lstrip("#").upper())
        self._page()
        self._styles()

    def _page(self) -> None:
        document, report = self.document, self.report
        section = document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2.2)
        section.different_first_page_header_footer = True
        section.header.paragraphs[0].text = _clean(
            f"{report.association_label} · {report.title} {report.year}"
        )
        footer = section.footer.paragraphs[0]
        _field(footer, "PAGE")
        about = document.core_properties
        about.title, about.author = _clean(report.full_title)[:255], _clean(report.association)[:255]
        about.comments, about.language = _clean(report.round_name)[:255], report.language
        about.created = about.modified = report.published_at.replace(tzinfo=None)
        about.last_modified_by = ""

    def _styles(self) -> None:
        styles = self.document.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(10.5)
        properties = normal.element.get_or_add_rPr()
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), self.report.language)
        language.set(qn("w:bidi"), self.report.language)
        if self.report.rtl:
            properties.append(OxmlElement("w:rtl"))
            normal.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
        properties.append(language)
        for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
            font = styles[name].font
            font.color.rgb = self.accent
            font.name = "Calibri"
            fonts = styles[name].element.get_or_add_rPr().find(qn("w:rFonts"))
            if fonts is not None:  # the template's theme would win over the name
                for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                    fonts.attrib.pop(qn(f"w:{theme}"), None)
        styles["Header"].font.color.rgb = styles["Footer"].font.color.rgb = MUTED

    # --- parts --------------------------------------------------------------------------------------------

    def cover(self) -> None:
        """Title, association, what edition this is, and the figures that matter first."""
        report, document = self.report, self.document
        self.text(report.association).runs[0].font.size = Pt(14)
        document.add_heading(_clean(f"{report.title} {report.year}"), level=0)
        self.muted(f"{report.round_name} · {report.period}")
        self.muted(
            _("Edition %(number)s, published on %(day)s")
            % {"number": report.edition, "day": report.published_words}
        )
        self.keys(report.key_figures)

    def imprint(self, imprint: Imprint) -> None:
        """The hash of the edition, and the code and the address of the page that confirms it."""
        if not imprint.digest:
            return
        code = _("QR code that leads to the page on which this edition is checked")
        self.picture(png_of(qr_svg(imprint.address).decode()), code, width=Cm(2.6))
        self.muted(
            _(
                "The code leads to a page that confirms which edition this is and whether there is a newer one."
            ),
            8,
        )
        address = self.document.add_paragraph()
        written = self.run(address, Run(imprint.address, address=imprint.address))
        if self.report.rtl:
            # an address reads from left to right in every language
            written.font.rtl = False
            bidi = OxmlElement("w:bidi")
            bidi.set(qn("w:val"), "0")
            address._p.get_or_add_pPr().append(bidi)
        self.muted(labelled(_("SHA-256 of its content"), " ".join(imprint.digest_lines)), size=8)

    def erratum(self, imprint: Imprint) -> None:
        """What changed since the edition before, in words and figure by figure."""
        self.heading(_("What changed since edition %(number)s") % {"number": imprint.before}, new_page=True)
        for line in imprint.erratum.splitlines():
            self.text(line)
        if imprint.changes:
            self.table(
                imprint.headers(self.report.edition),
                [(one.label, one.statistic, one.before, one.after) for one in imprint.changes],
            )
        if imprint.more_words:
            self.muted(imprint.more_words)
        if imprint.kept:
            self.muted(imprint.kept_words)

    def replies(self, imprint: Imprint) -> None:
        """What named members say, under their names, with the answers."""
        self.heading(_("What members say"), new_page=True)
        self.text(imprint.replies_words)
        for one in imprint.replies:
            self.subheading(one["name"])
            for line in one["text"].splitlines():
                self.text(line)
            if one["answer"]:
                self.muted(labelled(_("Answer of the association"), one["answer"]))

    def front(self, imprint: Imprint | None) -> None:
        """Contents, what an erratum changed, foreword, key messages."""
        report = self.report
        self.heading(_("Contents"), new_page=imprint is not None)
        for chapter in report.chapters:
            self.text(f"{self.numbered(chapter)}  {chapter.title}").paragraph_format.space_after = Pt(2)
        if imprint and imprint.replies:
            self.text(_("What members say")).paragraph_format.space_after = Pt(2)
        if report.imported:
            self.muted(
                _(
                    "The figures of this round were imported from a public source; the association did not collect "
                    "them itself."
                )
            )
        if imprint and imprint.erratum:
            self.erratum(imprint)
        if report.foreword:
            self.heading(_("Foreword"), new_page=True)
            self.words(report.foreword.text, level=2)
        self.heading(_("Key messages"), new_page=True)
        for message in report.messages:
            self.text(message.text, style="List Number")

    def numbered(self, chapter: Chapter) -> str:
        """The number of a chapter, as letters for annexes."""
        return " ".join([_("Annex"), chapter.number]) if chapter.annex else chapter.number

    def chapter(self, chapter: Chapter) -> None:
        """A chapter with all its blocks."""
        self.heading(f"{self.numbered(chapter)}  {chapter.title}", new_page=not chapter.is_short)
        if chapter.lede:
            self.muted(chapter.lede)
        if chapter.key_figures:
            self.keys(chapter.key_figures)
        for block in chapter.blocks:
            self.block(block)

    def block(self, block: Block) -> None:
        """One block, whatever it is."""
        match block:
            case Figure():
                self.figure(block)
            case Table():
                self.caption(_("Table %(number)s") % {"number": block.number}, block.title)
                self.table(block.headers, block.rows)
            case Prose():
                self.subheading(block.title)
                for one in block.paragraphs:
                    self.text(one)
                for one in block.items:
                    self.text(one, style="List Bullet")
            case Glossary():
                self.subheading(block.title)
                for term in block.terms:
                    found = self.document.add_paragraph()
                    found.add_run(_clean(term.label)).bold = True
                    found.add_run(_clean(f" {term.meaning}"))
                    if term.formula:
                        found.add_run().add_break(WD_BREAK.LINE)
                        found.add_run(_clean(term.formula)).font.color.rgb = MUTED
            case Words():
                if block.title:
                    self.subheading(block.title)
                self.words(block.text, level=3 if block.title else 2)
            case Case():
                self.case(block)

    def figure(self, figure: Figure) -> None:
        """The chart as a picture that says in words what it shows, and what stands under it."""
        chart = draw(figure, self.style)
        self.caption(_("Figure %(number)s") % {"number": figure.number}, figure.title)
        self.picture(png_of(chart.svg), chart.description)
        parts = [figure.period, labelled(_("Source"), figure.source)]
        if figure.n:
            parts.insert(0, labelled(pgettext("chart", "Members"), figure.n))
        if figure.checked:
            parts.insert(1, labelled(pgettext("chart", "Checked"), figure.checked))
        if figure.formula:
            parts.append(labelled(_("Worked out as"), figure.formula))
        self.muted(" · ".join(parts), size=8)

    def case(self, case: Case) -> None:
        """A case with its photo."""
        self.subheading(case.title)
        if case.institution:
            self.muted(case.institution)
        if case.photo and case.id in self.photos:
            self.picture(self.photos[case.id], case.photo_words, width=Cm(13))
        elif case.photo:
            self.muted(_("Photo not available: %(words)s") % {"words": case.photo_words})
        self.words(case.text, level=3)

    # --- writing ------------------------------------------------------------------------------------------

    def heading(self, text: str, *, new_page: bool) -> None:
        """The heading of a chapter."""
        found = self.document.add_heading(_clean(text), level=1)
        found.paragraph_format.page_break_before = new_page

    def subheading(self, text: str, level: int = 2) -> None:
        """A heading inside a chapter."""
        self.document.add_heading(_clean(text), level=level)

    def caption(self, number: str, title: str) -> None:
        """The heading of a figure or table."""
        self.subheading(f"{number}  {title}")

    def text(self, text: str, style: str | None = None) -> WordParagraph:
        """A paragraph."""
        return self.document.add_paragraph(_clean(text), style=style)

    def muted(self, text: str, size: float = 10) -> None:
        """A paragraph that stands back."""
        font = self.text(text).runs[0].font
        font.color.rgb, font.size = MUTED, Pt(size)

    def words(self, markdown: str, *, level: int) -> None:
        """What editors wrote, through the sanitiser."""
        numbers: dict[int, int] = {}
        for part in paragraphs(markdown):
            numbers = {depth: count for depth, count in numbers.items() if depth <= part.depth}
            if part.kind == "heading":
                self.subheading(part.text, level)
                continue
            found = self.document.add_paragraph(style="List Bullet" if part.kind == "bullet" else None)
            if part.kind == "number":
                # Word's own numbers would go on from the list before
                numbers[part.depth] = numbers.get(part.depth, 0) + 1
                found.add_run(f"{numbers[part.depth]}. ")
            if part.kind == "quote":
                found.paragraph_format.left_indent = Cm(1)
            elif part.kind == "number" or part.depth > 1:
                found.paragraph_format.left_indent = Cm(0.63 * part.depth)
            for run in part.runs:
                self.run(found, run)

    def run(self, paragraph: WordParagraph, run: Run) -> WordRun:
        """A piece of text; a link can be followed."""
        if run.text == "\n":
            broken = paragraph.add_run()
            broken.add_break(WD_BREAK.LINE)
            return broken
        written = paragraph.add_run(_clean(run.text))
        written.bold, written.italic = run.bold or None, run.italic or None
        if run.address:
            written.font.underline, written.font.color.rgb = True, self.accent
            part = paragraph.part
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
            link = OxmlElement("w:hyperlink")
            link.set(qn("r:id"), part.relate_to(_clean(run.address), kind, is_external=True))
            link.append(written._r)
            paragraph._p.append(link)
        return written

    def picture(self, content: bytes, words: str, width: Cm = WIDTH) -> None:
        """A picture with its words for people who cannot see it."""
        shape = self.document.add_picture(io.BytesIO(content), width=width)
        shape._inline.docPr.set("descr", _clean(words))
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True

    def keys(self, figures: Iterable[KeyFigure]) -> None:
        """Key figures side by side."""
        kept = list(figures)
        if not kept:
            return
        table = self.document.add_table(rows=1, cols=len(kept))
        self._direction(table)
        for cell, one in zip(table.rows[0].cells, kept, strict=True):
            first = cell.paragraphs[0]
            first.add_run(_clean(one.label)).font.size = Pt(8.5)
            number = cell.add_paragraph().add_run(_clean(one.figure))
            small = one.withheld or len(one.figure) > LONG
            number.bold, number.font.size = not one.withheld, Pt(10 if small else 14)
            for words in filter(None, (one.note, one.checked)):
                below = cell.add_paragraph()
                below.paragraph_format.space_after = Pt(2)
                note = below.add_run(_clean(words)).font
                note.size, note.color.rgb = Pt(8), MUTED
        self.document.add_paragraph()

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose first row comes again on every page."""
        table = self.document.add_table(rows=len(rows) + 1, cols=len(headers), style="Table Grid")
        self._direction(table)
        # asking the table for each cell anew would take minutes for a long annex
        cells = iter(table._cells)
        for place, line in enumerate(([header or _("Measure") for header in headers], *rows)):
            for text in line:
                run = next(cells).paragraphs[0].add_run(_clean(text))
                run.font.size, run.bold = Pt(8), place == 0 or None
        first = table.rows[0]._tr.get_or_add_trPr()
        first.append(OxmlElement("w:tblHeader"))
        self.document.add_paragraph()

    def _direction(self, table: WordTable) -> None:
        if self.report.rtl:
            table._tbl.tblPr.append(OxmlElement("w:bidiVisual"))


def _field(paragraph: WordParagraph, code: str) -> None:
    """A field that Word fills in, such as the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)
