"""The return as a workbook: out and in again, moved and pasted, refused, confirmed once, and handed back."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from members.enums import Role
from reporting.enums import AnswerSource, UploadState
from reporting.models import Answer
from reporting.selectors.returns import load_sheet
from reporting.services import workbooks as service
from reporting.services.answers import AnswerChange, answers_sha256, save_answers
from reporting.workbooks import mark as marks
from reporting.workbooks import writer
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.factories.members import AssociationFactory, InstitutionFactory, person
from tests.factories.reporting import RoundFactory, SubmissionFactory, sample
from tests.reporting.workbook_books import AT, Book, fresh, made, plain_book, sent

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

TYPED = {code: value for code, value in sample()["values"].items() if not str(value).endswith(".pdf")}


@pytest.fixture
def draft():
    return SubmissionFactory()


@pytest.fixture
def editor(draft):
    return person(Role.INSTITUTION_EDITOR, draft.institution)


def answers(submission):
    return load_sheet(fresh(submission)).values


def confirm(upload, by, **choices):
    return service.confirm(upload_id=upload.pk, by=by, at=AT, choices=choices)


def typed_on_the_page(submission, by, **values):
    kept = {answer.code: answer.version for answer in Answer.objects.filter(submission=submission)}
    changes = [AnswerChange(code, value, expected_version=kept.get(code)) for code, value in values.items()]
    assert save_answers(submission_id=submission.pk, changes=changes, by=by, at=AT).is_clean


def test_a_return_filled_in_excel_equals_the_same_return_filled_on_the_page(draft, editor):
    book = Book(made(draft)).fill(TYPED).put("nominal_rate", "Quarterly rate", "note")
    book.put("green_products", None).put("green_products", "Not tracked", "missing")
    upload = sent(draft, book.content(), editor, in_child=True)
    assert upload.state == UploadState.READY
    assert not answers(draft)
    confirm(upload, editor)
    other = SubmissionFactory(round=draft.round)
    hand = person(Role.INSTITUTION_EDITOR, other.institution)
    changes = [
        AnswerChange(code, value, note="Quarterly rate" if code == "nominal_rate" else None)
        for code, value in TYPED.items()
        if code != "green_products"
    ]
    changes.append(AnswerChange("green_products", missing="not_tracked"))
    save_answers(submission_id=other.pk, changes=changes, by=hand, at=AT)
    assert len(answers(draft)) > 100
    assert answers_sha256(load_sheet(fresh(draft))) == answers_sha256(load_sheet(fresh(other)))
    assert set(Answer.objects.filter(submission=draft).values_list("source", flat=True)) == {
        AnswerSource.WORKBOOK
    }


def test_a_workbook_that_nobody_touched_changes_nothing(editor, draft):
    typed_on_the_page(
        draft,
        editor,
        mission_statement="=1+1\nserve_x0041_ \u200call",
        gross_loan_portfolio=Decimal("123456789012345.67"),
        target_groups=("women", "rural"),
    )
    upload = sent(draft, made(draft), editor, in_child=True)
    assert (upload.state, upload.changes) == (UploadState.READY, [])
    assert not [line for line in upload.problems if line["severity"] == "unreadable"]


def test_nothing_in_the_workbook_is_a_formula(draft, editor):
    typed_on_the_page(draft, editor, mission_statement='=HYPERLINK("http://evil.example")')
    book = Book(made(draft))
    assert not [c for ws in book.book.worksheets for row in ws.iter_rows() for c in row if c.data_type == "f"]
    assert book.cell("mission_statement").value == '=HYPERLINK("http://evil.example")'
    assert book.book["_spm"].sheet_state == "veryHidden"
    assert not book.cell("mission_statement").protection.locked
    assert book.cell("mission_statement", "last").protection.locked


def test_moved_blank_and_coloured_rows_are_read_all_the_same(draft, editor):
    book = Book(made(draft)).put("branches_total", 31)
    sheet = book.cell("branches_total").parent
    sheet.insert_rows(5, amount=3)
    sheet.insert_cols(2)
    sheet["A1048576"].number_format = "0.00"
    sheet["C900"].value = "\u200b \u00a0"
    upload = sent(draft, book.content(), editor, in_child=True)
    assert [(line["code"], line["new"]) for line in upload.changes] == [("branches_total", "31")]


def test_a_row_that_was_deleted_keeps_its_answer_and_one_that_stands_twice_is_a_problem(draft, editor):
    typed_on_the_page(draft, editor, branches_total=24, board_members=7)
    book = Book(made(draft))
    sheet, row = book.cell("branches_total").parent, book.cell("branches_total").row
    sheet.delete_rows(row)
    board = book.cell("board_members").parent
    for column in range(1, 9):
        board.cell(60, column).value = board.cell(book.cell("board_members").row, column).value
    upload = sent(draft, book.content(), editor)
    kinds = {line["code"]: line["severity"] for line in upload.problems if line["severity"] != "unanswered"}
    assert kinds == {"branches_total": "information", "board_members": "unreadable"}
    with pytest.raises(Refused, match="cannot be read"):
        confirm(upload, editor)
    assert answers(draft) == {"branches_total": 24, "board_members": 7}


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12 400 000", 12_400_000), ("12 400 000,5", 12_400_000.5), ("\u200b1\u202f200,25 ", 1200.25)],
)
def test_pasted_text_numbers_are_read_in_the_language_of_the_workbook(draft, editor, typed, value):
    content = Book(made(draft, "fr")).put("gross_loan_portfolio", typed).content()
    upload = sent(draft, content, editor)
    confirm(upload, editor)
    assert answers(draft) == {"gross_loan_portfolio": value}


def test_an_ambiguous_text_number_is_a_problem_at_its_cell(draft, editor):
    book = Book(made(draft, "fr")).put("gross_loan_portfolio", "3,200")
    upload = sent(draft, book.content(), editor)
    [line] = [line for line in upload.problems if line["severity"] == "unreadable"]
    assert (line["code"], line["cell"]) == (
        "gross_loan_portfolio",
        book.cell("gross_loan_portfolio").coordinate,
    )
    assert upload.changes == []


def test_a_percentage_typed_with_excels_own_sign_is_not_a_hundredth(draft, editor):
    book = Book(made(draft)).put("nominal_rate", 0.3025)
    book.cell("nominal_rate").number_format = "0.00%"
    confirm(sent(draft, book.content(), editor), editor)
    assert answers(draft) == {"nominal_rate": 30.25}


def test_a_formula_without_a_result_is_told_and_never_taken_for_empty(draft, editor):
    typed_on_the_page(draft, editor, branches_total=24)
    upload = sent(draft, Book(made(draft)).put("branches_total", "=20+5").content(), editor)
    assert [line["code"] for line in upload.problems if line["severity"] == "unreadable"] == [
        "branches_total"
    ]


WRONG = {
    "association": "another association",
    "institution": "another MFI",
    "round": "another round",
    "catalogue": "another version",
}


@pytest.mark.parametrize("part", WRONG)
def test_a_workbook_of_something_else_is_refused_in_words(draft, editor, part, monkeypatch):
    if part == "association":
        other = SubmissionFactory(round__association=AssociationFactory(), institution=draft.institution)
    elif part == "institution":
        other = SubmissionFactory(round=draft.round, institution=InstitutionFactory())
    else:
        of_round = RoundFactory(association=draft.association, year=2022, catalogue=draft.round.catalogue)
        other = SubmissionFactory(round=of_round, institution=draft.institution)
    if part == "catalogue":
        monkeypatch.setattr(
            writer, "mark_of", lambda *a, **k: replace(marks.mark_of(*a, **k), catalogue="0" * 64)
        )
    content = made(draft if part == "catalogue" else other)
    if part == "catalogue":
        monkeypatch.undo()
    upload = sent(draft, Book(content).put("branches_total", 3).content(), editor)
    assert upload.state == UploadState.REFUSED
    assert WRONG[part] in upload.refusal
    assert "Download the workbook of this return" in upload.refusal


def test_an_edited_mark_and_a_workbook_of_ones_own_are_refused(draft, editor):
    book = Book(made(draft))
    text = book.book[marks_sheet()]["A1"].value
    book.book[marks_sheet()]["A1"].value = text.replace('"format":1', '"format":2')
    for content in (book.content(), plain_book()):
        upload = sent(draft, content, editor)
        assert upload.state == UploadState.REFUSED
        assert "not a workbook of this portal" in upload.refusal


def marks_sheet() -> str:
    from reporting.workbooks.layout import MARK_SHEET

    assert marks.FORMAT == 1
    return MARK_SHEET


def test_confirming_twice_is_once(draft, editor):
    upload = sent(draft, Book(made(draft)).put("branches_total", 3).content(), editor)
    confirm(upload, editor)
    confirm(upload, editor)
    assert Answer.objects.get(submission=draft).version == 1
    assert AuditEvent.objects.filter(verb="workbook.applied").count() == 1
    assert service.discard(upload_id=upload.pk, by=editor, at=AT).state == UploadState.APPLIED


def test_a_process_that_dies_while_confirming_leaves_nothing_and_the_next_try_is_whole(
    draft, editor, monkeypatch
):
    upload = sent(draft, Book(made(draft)).put("branches_total", 3).put("board_members", 7).content(), editor)

    def die(*args, **kwargs):
        raise SystemExit  # what a process sees that is told to end

    # the audit row is the last thing that confirming writes
    monkeypatch.setattr(service, "record", die)
    with pytest.raises(SystemExit):
        confirm(upload, editor)
    monkeypatch.undo()
    assert not Answer.objects.filter(submission=draft).exists()
    upload.refresh_from_db()
    assert upload.state == UploadState.READY
    confirm(upload, editor)
    assert answers(draft) == {"branches_total": 3, "board_members": 7}


def test_an_answer_changed_meanwhile_is_a_conflict_that_somebody_settles(draft, editor):
    typed_on_the_page(draft, editor, branches_total=10, board_members=5)
    content = Book(made(draft)).put("branches_total", 11).content()
    typed_on_the_page(draft, editor, branches_total=12, board_members=6)
    upload = sent(draft, content, editor)
    # the other cell was left alone: what is newer on the portal stays
    assert [(line["code"], line["old"], line["new"]) for line in upload.changes] == [
        ("branches_total", "12", "11")
    ]
    with pytest.raises(Refused, match="which value is right"):
        confirm(upload, editor)
    assert answers(draft) == {"branches_total": 12, "board_members": 6}
    confirm(upload, editor, branches_total="file")
    assert answers(draft) == {"branches_total": 11, "board_members": 6}


def test_a_change_after_the_dry_run_stops_the_whole_import_and_reads_again(draft, editor):
    content = Book(made(draft)).put("branches_total", 11).put("board_members", 5).content()
    upload = sent(draft, content, editor)
    typed_on_the_page(draft, editor, branches_total=12)
    # all or nothing: the other answer is not saved either
    with pytest.raises(Refused, match="changed meanwhile"):
        confirm(upload, editor)
    assert answers(draft) == {"branches_total": 12}
    upload.refresh_from_db()
    assert upload.state == UploadState.READING


def test_the_annotated_workbook_shows_each_problem_and_loses_the_lines_that_were_fixed(draft, editor):
    book = (
        Book(made(draft)).put("board_members", 5).put("board_members_female", 9).put("branches_total", "many")
    )
    upload = sent(draft, book.content(), editor, in_child=True)
    back = load_workbook(io.BytesIO(upload.annotated.read()))
    upload.annotated.close()
    rows = {(r[0], r[1]): r for r in back["Problems"].iter_rows(min_row=4, values_only=True) if r[1]}
    place = book.cell("branches_total")
    sheet = place.parent.title
    assert rows[sheet, place.coordinate][5] == "Open"
    links = {cell.hyperlink.target for cell in back["Problems"]["F"] if cell.hyperlink}
    assert any(link.endswith("/sections/PRO/#f-branches_total") for link in links)
    cell = back[sheet][place.coordinate]
    assert cell.fill.fgColor.rgb == "FFF8C9C4"
    assert "Cannot be read" in cell.comment.text
    women = book.cell("board_members_female")
    assert (women.parent.title, women.coordinate) in rows
    # one of the two is put right in the very same file
    back[sheet][place.coordinate].value = 4
    out = io.BytesIO()
    back.save(out)
    again = sent(draft, out.getvalue(), editor, in_child=True)
    third = load_workbook(io.BytesIO(again.annotated.read()))
    again.annotated.close()
    left = {(r[0], r[1]) for r in third["Problems"].iter_rows(min_row=4, values_only=True) if r[1]}
    assert left == set(rows) - {(sheet, place.coordinate)}
    assert third[sheet][place.coordinate].comment is None
    assert third[sheet][place.coordinate].fill.fgColor.rgb != "FFF8C9C4"
    assert third[women.parent.title][women.coordinate].comment is not None


def test_only_the_mfi_uploads_and_only_while_it_holds_the_return(draft, editor):
    from reporting.services.answers import EditRefused

    staff = person(Role.ASSOCIATION_MANAGER, draft.association)
    upload = sent(draft, Book(made(draft)).put("branches_total", 3).content(), editor)
    for refused in (service.confirm, service.discard):
        with pytest.raises(EditRefused):
            refused(upload_id=upload.pk, by=staff, at=AT)
    with pytest.raises(EditRefused):
        sent(draft, made(draft), staff)
    assert not answers(draft)


def test_a_newer_upload_sets_the_older_aside(draft, editor):
    first = sent(draft, Book(made(draft)).put("branches_total", 3).content(), editor)
    sent(draft, Book(made(draft)).put("branches_total", 4).content(), editor)
    with pytest.raises(Refused, match="no longer"):
        confirm(first, editor)
