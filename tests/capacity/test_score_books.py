"""The workbook of a rater: what it says is shown first and written whole, and what is wrong is told by its cell."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from capacity.models import Proof, Score
from capacity.selectors.rating import raters, sheet_of
from capacity.services.score_books import confirm, rehearse
from capacity.services.scores import RatingForbidden, Word, hand_in, save_scores
from capacity.workbooks.writing import write
from members.workbooks import child, opening
from spm_portal.common.refusal import Refused
from tests.capacity.rating_world import AT, RatingWorld, make_rating_world, score_all
from tests.factories.capacity import AssessmentFactory, RaterFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def world(monkeypatch) -> RatingWorld:
    monkeypatch.setattr(child, "read", opening.read_workbook)  # the child process has tests of its own
    return make_rating_world()


class Book:
    """The workbook of a rater, with cells by item."""

    def __init__(self, rater) -> None:
        self.book = load_workbook(io.BytesIO(write(sheet_of(raters().get(pk=rater.pk)), at=AT)))
        self.sheet = self.book["Scores"]
        self.keys = {cell.value: cell.column for cell in self.sheet[1]}
        self.rows = {row[0].value: row[0].row for row in self.sheet.iter_rows(min_row=3) if row[0].value}

    def put(self, item: str, **values) -> "Book":
        for key, value in values.items():
            self.sheet.cell(self.rows[item], self.keys[key], value)
        return self

    def upload(self) -> SimpleUploadedFile:
        out = io.BytesIO()
        self.book.save(out)
        return SimpleUploadedFile("scores.xlsx", out.getvalue())


def read(world: RatingWorld, book: Book, rater=None):
    rater = rater or world.on_paper
    return rehearse(rater_id=rater.pk, upload=book.upload(), by=world.manager, at=AT)


def test_a_filled_workbook_is_shown_first_and_then_written_whole(world):
    save_scores(rater_id=world.on_paper.pk, words=[Word("A1-KS3", 1)], by=world.manager, at=AT)
    book = Book(world.on_paper)
    book.put("A1-KS1", level=3, note="Three people follow it.", link="https://example.org/minutes")
    book.put("A1-KS2", level="n", reason="We have no board yet.").put("A1-SY1", level="4")
    run = read(world, book)
    assert [(one.word.item, one.word.level, one.needs_evidence) for one in run.changes] == [
        ("A1-KS1", 3, False),
        ("A1-KS2", None, False),
        ("A1-SY1", 4, True),
    ]
    assert (run.same, run.faults, run.needing_evidence) == (1, (), 1)
    assert Score.objects.count() == 1, "nothing is written before it is confirmed"
    assert confirm(rater_id=world.on_paper.pk, proposal=run.proposal, by=world.manager, at=AT) == 3
    assert Proof.objects.get().url == "https://example.org/minutes"
    assert Score.objects.get(item="A1-KS2").reason == "We have no board yet."
    again = read(world, book)
    assert (len(again.changes), again.same, again.proposal) == (0, 4, "")
    # the second of two clicks
    assert confirm(rater_id=world.on_paper.pk, proposal=run.proposal, by=world.manager, at=AT) == 0


def test_every_wrong_cell_is_told_and_nothing_can_be_confirmed(world):
    book = Book(world.on_paper)
    book.put("A1-KS1", level=5).put("A1-KS2", level="n").put("A1-KS3", level="high")
    book.put("A1-SY1", note="a note alone").put("A1-SY2", level="=1+1").put("A1-SY3", level=3, link="my desk")
    book.put("A1-RE1", code="A1-XX9", level=2).put("A1-RE2", code="A1-KS1", level=2).put("A2-KS1", level=2)
    run = read(world, book)
    told = dict(run.faults)
    assert len(told) == 8
    level = load_workbook(book.upload())["Scores"].cell(3, book.keys["level"]).column_letter
    at = {item: f"Scores!{level}{row}" for item, row in book.rows.items()}
    assert "no level 5" in told[at["A1-KS1"]]
    assert "Say why" in told[at["A1-KS2"]]
    assert "“high” is no level" in told[at["A1-KS3"]]
    assert "no level" in told[at["A1-SY1"]]
    assert "formula" in told[at["A1-SY2"]]
    assert "address" in told[at["A1-SY3"]]
    assert "no item “A1-XX9”" in told[f"Scores!A{book.rows['A1-RE1']}"]
    assert "stands twice" in told[f"Scores!A{book.rows['A1-RE2']}"]
    assert run.proposal == ""
    assert [one.word.item for one in run.changes] == ["A2-KS1"]


def test_what_was_scored_on_the_portal_meanwhile_is_not_written_over(world):
    book = Book(world.on_paper).put("A1-KS1", level=0).put("A1-KS2", level=1)
    run = read(world, book)
    save_scores(rater_id=world.on_paper.pk, words=[Word("A1-KS1", 2)], by=world.manager, at=AT)
    with pytest.raises(Refused, match="changed since"):
        confirm(rater_id=world.on_paper.pk, proposal=run.proposal, by=world.manager, at=AT)
    assert list(Score.objects.values_list("item", "level")) == [("A1-KS1", 2)]
    assert "changed on the portal" in read(world, book).faults[0][1]


def test_files_of_others_are_refused(world):
    with pytest.raises(Refused, match="somebody else"):
        read(world, Book(world.by_account))
    other = AssessmentFactory(association=world.assessment.association, framework=second_framework())
    foreign = RaterFactory(assessment=other, on_paper=True)
    with pytest.raises(Refused, match="another framework, “"):
        read(world, Book(foreign))
    bare = Book(world.on_paper)
    del bare.book["_mark"]
    with pytest.raises(Refused, match="no workbook of the portal"):
        read(world, bare)
    signed = Book(world.on_paper)
    signed.book["_mark"]["A1"] = signed.book["_mark"]["A1"].value[:-2] + "xx"
    with pytest.raises(Refused, match="no workbook of the portal"):
        read(world, signed)
    run = read(world, Book(world.on_paper).put("A1-KS1", level=1))
    with pytest.raises(Refused, match="somebody else"):
        confirm(rater_id=world.by_account.pk, proposal=run.proposal, by=world.reviewer, at=AT)
    with pytest.raises(Refused, match="too old or not complete"):
        confirm(rater_id=world.on_paper.pk, proposal=run.proposal[:-3], by=world.manager, at=AT)
    assert not Score.objects.exists()


def second_framework():
    from tests.permissions.helpers_of_capacity import other_framework

    return other_framework()


def test_who_may_not_score_reads_no_workbook(world):
    book = Book(world.on_paper).put("A1-KS1", level=1)
    with pytest.raises(RatingForbidden):
        rehearse(rater_id=world.on_paper.pk, upload=book.upload(), by=world.reviewer, at=AT)
    score_all(world, world.on_paper, world.manager)
    hand_in(rater_id=world.on_paper.pk, by=world.manager, at=AT)
    with pytest.raises(RatingForbidden, match="handed in"):
        read(world, book)


def test_a_file_that_is_no_workbook_is_told(world, monkeypatch):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/nothing.xml", "<x/>")
    upload = SimpleUploadedFile("scores.xlsx", out.getvalue())
    monkeypatch.undo()  # the child process says no
    with pytest.raises(Refused, match="damaged"):
        rehearse(rater_id=world.on_paper.pk, upload=upload, by=world.manager, at=AT)
    assert not Score.objects.exists()
