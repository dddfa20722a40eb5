"""Plain cells out of a workbook's parts: as openpyxl reads them, and what people paste read as they mean it."""

import io
import math
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from members.enums import Role
from members.workbooks.cells import read_cells
from reporting.catalogue import default_document as shipped_document
from reporting.enums import UploadState
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import load_sheet
from reporting.services import workbooks as service
from reporting.workbooks.words import yes_word
from tests.factories.members import person
from tests.factories.reporting import CatalogueVersionFactory, SubmissionFactory
from tests.reporting.test_workbooks_hostile import HEAD, TAIL, with_sheet
from tests.reporting.workbook_books import AT, Book, fresh, made, repacked, sent

STRINGS = "xl/sharedStrings.xml"


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(content: bytes) -> list[Any]:
    return list(read_cells(content)["sheets"][0]["rows"])


def as_openpyxl(content: bytes) -> dict[str, list[tuple[int, int, Any]]]:
    """Every cell that holds something, by sheet: row, column, and the value as text or number."""
    book = load_workbook(io.BytesIO(content), data_only=True)
    return {
        sheet.title: [
            (cell.row, cell.column, cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
        for sheet in book.worksheets
    }


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_workbook_is_read_as_openpyxl_reads_it(by_hand):
    content = made(SubmissionFactory(filled=True))
    if by_hand:  # written by another program: texts inline, other names of parts
        content = Book(content).put("mission_statement", "a & b <c>\n\u00a0é 🌱 ").content()
    ours = {
        sheet["name"]: [
            (row, column, float(text) if kind == "n" else text)
            for row, cells in sheet["rows"]
            for column, kind, text, _percent in cells
        ]
        for sheet in read_cells(content)["sheets"]
    }
    theirs = as_openpyxl(content)
    assert ours.keys() == theirs.keys()
    for sheet, cells in ours.items():
        assert cells == theirs[sheet]
    assert sum(map(len, ours.values())) > 1_000


@pytest.mark.unit
def test_each_kind_of_cell_is_told_apart():
    book = Workbook()
    sheet = book.active
    sheet.append(
        [1, 2.5, True, False, "text", datetime(2024, 3, 1, 12), date(1900, 1, 5), 0.25, 1e21, "#N/A"]
    )
    sheet["H1"].number_format = "0.0%"
    sheet["A1"].number_format = '[Red]#,##0 "days";[h]'
    sheet["A3"] = CellRichText("Rich ", TextBlock(InlineFont(b=True), "text"))
    sheet["A4"], sheet["B4"] = "=1+1", '="x"'
    [first, third, fourth] = rows_of(saved(book))
    assert first == (
        1,
        [
            (1, "n", "1", False),
            (2, "n", "2.5", False),
            (3, "b", "1", False),
            (4, "b", "", False),
            (5, "s", "text", False),
            (6, "d", "2024-03-01T12:00:00", False),
            (7, "d", "1900-01-05T00:00:00", False),
            (8, "n", "0.25", True),
            (9, "n", "1e+21", False),
            (10, "e", "#N/A", False),
        ],
    )
    assert third == (3, [(1, "s", "Rich text", False)])
    assert [cell[1] for cell in fourth[1]] == ["f", "f"]


PARTS = {
    b'<row r="2"><c r="B2" t="str"><f>A1</f><v></v></c></row>': [],  # the result of a formula is an empty text
    b'<row r="2"><c r="B2"><f>A1</f><v>7</v></c></row>': [(2, [(2, "n", "7", False)])],
    b'<row r="2"><c r="B2" t="str"><f>A1</f><v>seven</v></c></row>': [(2, [(2, "s", "seven", False)])],
    b'<row r="2"><c r="B2"><f>A1</f></c></row>': [(2, [(2, "f", "", False)])],
    b'<row r="2"><c r="B2" t="d"><v>2024-01-31</v></c></row>': [(2, [(2, "d", "2024-01-31", False)])],
    b"<row><c><v>1</v></c><c/><c><v>3</v></c></row>": [(1, [(1, "n", "1", False), (3, "n", "3", False)])],
    b'<row r="9"><c r="C9" t="inlineStr"><is><r><t>in</t></r><r><t>line_x0041_</t></r></is></c></row>': [
        (9, [(3, "s", "inlineA", False)])
    ],
    b'<row r="1"><c r="A1" t="n"><v>1E400</v></c></row>': [(1, [(1, "e", "#NUM!", False)])],
}


@pytest.mark.unit
@pytest.mark.parametrize(("xml", "rows"), PARTS.items())
def test_what_other_programs_write_is_understood(xml, rows):
    assert rows_of(with_sheet(xml)) == rows


@pytest.mark.unit
def test_names_with_a_prefix_are_the_same_names():
    head = b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
    xml = head + b'<x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    assert rows_of(repacked(with_sheet(b""), {"xl/worksheets/sheet1.xml": xml})) == [
        (1, [(1, "n", "7", False)])
    ]


@pytest.mark.unit
def test_shared_texts_are_joined_without_the_reading_of_asian_signs():
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>one </t></r>'
        b"<r><t>text</t></r><rPh><t>reading</t></rPh></si><si><t>_x005F_x0041__x000D_</t></si></sst>"
    )
    sheet = HEAD + b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>' + TAIL
    content = repacked(with_sheet(b""), {STRINGS: strings, "xl/worksheets/sheet1.xml": sheet})
    assert [cell[2] for cell in rows_of(content)[0][1]] == ["one text", "_x0041_\r"]


TYPED = [
    ("en", "1 234", 1234),
    ("en", "1,234.5", 1234.5),
    ("en", "(500)", -500),
    ("en", "\ufeff12,400,000\u00a0", 12_400_000),
    ("en", "'77", 77),
    ("fr", "1\u202f234,5", 1234.5),
    ("ar", "١٢٬٤٠٠٫٥", 12_400.5),
    ("ar", "١٢٣٤", 1234),
]


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize(("language", "typed", "value"), TYPED)
def test_pasted_text_numbers_are_what_the_person_meant(language, typed, value):
    draft = SubmissionFactory()
    editor = person(Role.INSTITUTION_EDITOR, draft.institution)
    book = Book(made(draft, language)).put("net_income", typed)
    upload = sent(draft, book.content(), editor)
    unreadable = [line["text"] for line in upload.problems if line["severity"] == "unreadable"]
    if typed.startswith("'"):
        assert unreadable
        return
    assert not unreadable
    assert [math.isclose(float(line["value"]), value) for line in upload.changes] == [True]
    assert load_sheet(fresh(draft)).values == {}


@pytest.mark.integration
@pytest.mark.django_db
def test_a_date_in_place_of_a_figure_is_told_with_what_to_do():
    draft = SubmissionFactory()
    editor = person(Role.INSTITUTION_EDITOR, draft.institution)
    upload = sent(draft, Book(made(draft)).put("branches_total", date(2024, 3, 1)).content(), editor)
    assert upload.state == UploadState.READY
    [line] = [line for line in upload.problems if line["severity"] == "unreadable"]
    assert "Excel took this for a date. Format the cell as a number" in line["text"]


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_a_workbook_in_one_language_is_read_for_a_person_of_another(language):
    version = CatalogueVersionFactory(document=shipped_document(), sha256="f" * 64, version="spoken")
    draft = SubmissionFactory(round__catalogue=version)
    editor = person(Role.INSTITUTION_EDITOR, draft.institution)
    spoken = catalogue_of(version, language).indicator("legal_form")
    bank = spoken.choice("bank").label
    assert bank != catalogue_of(version, "en").indicator("legal_form").choice("bank").label
    with translation.override(language):
        book = Book(made(draft, language))
        yes = yes_word()
    assert any(spoken.label in str(cell.value) for cell in book.rows["legal_form"])
    book.put("legal_form", bank).put("regulated", yes)
    upload = sent(draft, book.content(), editor)
    assert not [line for line in upload.problems if line["severity"] == "unreadable"]
    service.confirm(upload_id=upload.pk, by=editor, at=AT)
    assert load_sheet(fresh(draft)).values == {"legal_form": "bank", "regulated": True}
