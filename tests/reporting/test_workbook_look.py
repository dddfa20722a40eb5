"""What a person finds in the workbook: a cover, a sheet per section, lists, help, locks, and words that appear."""

from functools import cache
from typing import Any

import pytest

from reporting.catalogue import IndicatorType
from reporting.workbooks.layout import CATALOGUE_SHEET, LISTS_SHEET, LONGEST_NAME, MARK_SHEET
from tests.factories.reporting import RoundFactory, SubmissionFactory, default_catalogue, sample
from tests.reporting.excel import evaluate
from tests.reporting.workbook_books import Book, made

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SECTIONS = default_catalogue().sections
HIDDEN = (LISTS_SHEET, CATALOGUE_SHEET, MARK_SHEET)


@pytest.fixture
def book(db: None) -> Book:
    """The workbook of a member whose return of the year before was approved, made once: tests only look at it."""
    return of_a_second_year()


@cache
def of_a_second_year() -> Book:
    last = SubmissionFactory(filled=True, approved=True, round__year=2023)
    now = RoundFactory(association=last.association, year=2024, catalogue=last.round.catalogue)
    return Book(made(SubmissionFactory(round=now, institution=last.institution, values={"board_members": 9})))


def validation(book: Book, code: str, column: str = "value") -> Any:
    cell = book.cell(code, column)
    [found] = [one for one in cell.parent.data_validations.dataValidation if cell.coordinate in one.sqref]
    return found


def said(book: Book, code: str, **typed: Any) -> str:
    """What the column “Check” shows beside a question when these answers are typed; reasons as `why_<code>`."""
    cell = book.cell(code, "check")
    cells: dict[str, Any] = {}
    for one in default_catalogue().indicators:
        cells[f"v_{one.code}"] = typed.get(one.code)
        cells[f"w_{one.code}"] = typed.get(f"why_{one.code}")
    rules = [
        rule
        for found in cell.parent.conditional_formatting
        if cell.coordinate in found.sqref
        for rule in found.rules
    ]
    for rule in sorted(rules, key=lambda rule: rule.priority):
        if evaluate(rule.formula[0], cells):
            return str(rule.dxf.numFmt.formatCode).removeprefix(';;;"').removesuffix('"')
    return ""


def test_there_is_a_cover_and_a_sheet_for_each_section_ready_to_print(book):
    sheets = book.book.worksheets
    assert [sheet.title for sheet in sheets[1:-3]] == [
        f"{one.number} {one.title}"
        if len(f"{one.number} {one.title}") <= LONGEST_NAME
        else f"{one.number} Portfolio and financial…"
        for one in SECTIONS
    ]
    assert tuple(sheet.title for sheet in sheets[-3:]) == HIDDEN
    assert {sheet.sheet_state for sheet in sheets[-3:]} == {"veryHidden"}
    for sheet in sheets[:-3]:
        assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (9, "landscape")
        assert "&P" in sheet.oddFooter.right.text
        assert sheet.protection.sheet
    for sheet in sheets[1:-3]:
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.freeze_panes == "E5"
        assert (sheet.row_dimensions[1].hidden, sheet.column_dimensions["A"].hidden) == (True, True)
    words = [cell.value for row in sheets[0].iter_rows() for cell in row if cell.value]
    assert "1 of 8" in words  # answered so far in the section of governance
    assert "Kenya" in words


def test_answers_lists_units_help_and_last_values_are_there(book):
    assert book.cell("board_members").value == 9
    assert book.cell("active_clients", "last").value == sample()["values"]["active_clients"]
    question = book.cell("active_clients")
    row = question.parent[question.row]
    assert "People who have a loan" in row[2].value
    assert (row[3].value, row[1].value) == ("people", "5.1")
    assert book.cell("gross_loan_portfolio").parent[book.cell("gross_loan_portfolio").row][3].value == "KES"
    for one in default_catalogue().indicators:
        rule = (
            None
            if one.type in {IndicatorType.FILE, IndicatorType.MULTIPLE_CHOICE}
            else validation(book, one.code)
        )
        if one.type in {IndicatorType.SINGLE_CHOICE, IndicatorType.BOOLEAN}:
            assert (rule.type, LISTS_SHEET in rule.formula1) == ("list", True)
        elif one.type.is_number:
            assert rule.type == ("whole" if one.type is IndicatorType.INTEGER else "decimal")
        if rule is not None and one.help:
            assert rule.prompt.rstrip("…") in one.help
        assert validation(book, one.code, "missing").type == "list"
    lists = book.book[LISTS_SHEET]
    texts = {cell.value for column in lists.iter_cols() for cell in column if cell.value}
    assert {"Yes", "No", "Partly", "NGO or foundation"} <= texts


def test_only_cells_to_fill_in_are_open_and_empty_ones_hold_nothing(book):
    opened = 0
    for sheet in book.book.worksheets[1:-3]:
        for row in sheet.iter_rows(min_row=5):
            for cell in row:
                wanted = cell.column_letter in "EFI" and cell.fill.fgColor.rgb == "FFFFFBE8"
                assert cell.protection.locked is not wanted, cell.coordinate
                assert cell.value != ""
                opened += wanted
    assert opened > 300


def test_the_hidden_catalogue_names_every_question_of_the_round(book):
    rows = list(book.book[CATALOGUE_SHEET].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [one.code for one in default_catalogue().indicators]
    kept = dict(zip(rows[0], next(row for row in rows if row[0] == "sp_assessment_type"), strict=True))
    assert kept["relevance"] == "sp_assessment_done == true"
    assert kept["choices"].startswith("spi_self=")


SAID = [
    ("board_members", {}, "To do"),
    ("board_members", {"board_members": 9}, "✓"),
    ("board_members", {"why_board_members": "Not tracked"}, "✓"),
    ("board_members", {"board_members": 9, "why_board_members": "Not tracked"}, "A value and a reason"),
    ("board_members", {"board_members": "nine"}, "Type a whole number"),
    ("board_members", {"board_members": 9.5}, "Type a whole number"),
    ("board_members", {"board_members": -1}, "Type a whole number"),
    (
        "board_members_female",
        {"board_members": 5, "board_members_female": 6},
        "Women on the board cannot exceed",
    ),
    ("depositors", {}, "Not needed"),
    ("depositors", {"takes_deposits": "No"}, "Not needed"),
    ("depositors", {"takes_deposits": "Yes"}, "To do"),
    ("target_groups", {"target_groups": "Yes"}, "✓"),
    ("mission_statement", {"mission_statement": "To serve"}, "✓"),
]


@pytest.mark.parametrize(("code", "typed", "words"), SAID)
def test_the_check_beside_an_answer_says_what_is_wrong_or_still_to_do(book, code, typed, words):
    assert said(book, code, **typed).startswith(words)


def test_parts_that_do_not_add_up_are_told_beside_one_of_them(book):
    parts = {"borrowers_individual": 10, "borrowers_solidarity": 20, "borrowers_village": 5}
    typed = {**parts, "borrowers_other_method": 1, "active_borrowers": 100, "active_clients": 100}
    told = [said(book, code, **typed) for code in (*parts, "borrowers_other_method", "active_borrowers")]
    assert sum("differ from active borrowers" in words for words in told) == 1
    typed["borrowers_other_method"] = 65
    told = [said(book, code, **typed) for code in (*parts, "borrowers_other_method", "active_borrowers")]
    assert not any("differ from active borrowers" in words for words in told)


def test_a_workbook_in_arabic_runs_from_right_to_left_in_the_members_words():
    draft = SubmissionFactory(values={"takes_deposits": True})
    book = Book(made(draft, "ar"))
    assert all(sheet.sheet_view.rightToLeft for sheet in book.book.worksheets[:-3])
    assert book.cell("takes_deposits").value == "نعم"
