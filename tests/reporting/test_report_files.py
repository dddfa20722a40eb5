"""The report as PDF/A with its figures inside, as Word and as Excel: the same blocks, and nothing that runs."""

import copy
import csv
import io
import re
import zlib
from dataclasses import replace
from typing import Any

import docx
import openpyxl
import page
import pytest

from members.enums import Role
from members.models import Association
from reporting.datasets.changes import ChangedFigure
from reporting.datasets.imprint import Imprint
from reporting.datasets.parts import Figure
from reporting.datasets.report import build_report
from reporting.datasets.report_breaks import breaks_between
from reporting.datasets.report_docx import report_docx
from reporting.datasets.report_xlsx import report_xlsx
from reporting.models import Answer, Release
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import with_round
from reporting.services import reports
from reporting.services.releases import publish
from reporting.services.reports import request_report
from spm_portal.common import jobs
from spm_portal.common.models import JobState
from spm_portal.common.origin import address_of
from spm_portal.common.rasters import png_of
from tests.factories.members import AssociationFactory, person
from tests.factories.releases import approved_round, institutions, released
from tests.factories.reporting import OPENED, CatalogueVersionFactory
from tests.reporting.test_report_texts import tell, write

pytestmark = pytest.mark.django_db

CANARY = 987_654_321
SHORT = ("PRO", "OUT")
FORMULA = '=HYPERLINK("https://example.org","x")'


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(name="Association of Testing", short_name="AOT", currency="KES")
    return found


def loaded(release: Release) -> Release:
    return with_round(Release.objects.all()).get(pk=release.pk)


@pytest.fixture
def release(association: Association) -> Release:
    """A small release with words that try to be something else."""
    members = institutions(association, 6)
    members[0].name = FORMULA
    members[0].save()
    of_round = approved_round(association, members, sections=SHORT)
    Answer.objects.filter(institution=members[1], code="active_borrowers").update(number=CANARY)
    editor = person(Role.ASSOCIATION_MANAGER, association)
    write(
        of_round,
        editor,
        f"{FORMULA}\n\n## Part\n\nA **bold** [link](https://example.org).\n\n1. one\n2. two\x0b",
    )
    write(of_round, editor, "Dear *reader*.", chapter="foreword")
    tell(of_round, editor, title="+SUM(1)", institution=members[0])
    return loaded(publish(round_id=of_round.pk, by=None, at=OPENED))


def attached(content: bytes) -> bytes:
    """The one file inside a PDF."""
    found = re.search(rb"/Type /EmbeddedFile(.*?)stream\r?\n", content, re.S)
    assert found
    length = re.search(rb"/Length (\d+)", found[1])
    assert length
    raw = content[found.end() : found.end() + int(length[1])]
    return zlib.decompress(raw) if b"FlateDecode" in found[1] else raw


def test_a_pdf_keeps_two_standards_and_carries_its_figures(release: Release) -> None:
    content, name = reports.render_report(release, "en")
    assert name.endswith("-en.pdf")
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
        found = page.validate_pdf_bytes(content, profile=profile)
        assert [failure.message for failure in found.failures] == []
    rows = list(csv.DictReader(io.StringIO(attached(content).decode("utf-8-sig"))))
    assert len(rows) == release.cells.count()
    assert str(CANARY) not in str(rows)
    cell = release.cells.filter(published=True).first()
    assert cell is not None
    line = next(
        row
        for row in rows
        if (row["code"], row["statistic"], row["category"]) == (cell.code, cell.statistic, cell.category)
    )
    assert float(line["value"]) == cell.value
    assert all(row["value"] == "" for row in rows if row["published"] == "no")


def test_word_holds_every_heading_chart_and_note(release: Release) -> None:
    data = build_report(release, "en")
    photos = reports.photos_of(data)
    content = report_docx(data, photos)
    found = docx.Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in found.paragraphs]
    figures = [figure for chapter in data.chapters for figure in chapter.figures]
    for chapter in data.chapters:
        assert any(chapter.title in text for text in texts)
    for figure in figures:
        place = next(i for i, text in enumerate(texts) if text == f"Figure {figure.number}  {figure.title}")
        note = texts[place + 2]
        assert figure.source in note
        assert figure.n in note
    assert len(found.inline_shapes) == len(figures) + len(photos)
    assert all(shape._inline.docPr.get("descr") for shape in found.inline_shapes)
    assert "Dear reader." in texts
    assert any(text == FORMULA for text in texts)
    assert "2. two" in texts
    assert "+SUM(1)" in texts
    assert found.core_properties.title == data.full_title
    assert str(CANARY).encode() not in content
    links = [rel.target_ref for rel in found.part.rels.values() if rel.is_external]
    assert links == ["https://example.org"]


def lines_of(content: bytes, form: str) -> list[str]:
    """Every text of a Word file or workbook."""
    if form == "docx":
        found = docx.Document(io.BytesIO(content))
        cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
        links = [rel.target_ref for rel in found.part.rels.values() if rel.is_external]
        return [*(paragraph.text for paragraph in found.paragraphs), *cells, *links]
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_every_form_says_how_its_edition_is_checked(release: Release, form: str) -> None:
    lines = lines_of(reports.render_report(release, "en", form)[0], form)
    assert address_of("verify_edition", release.edition_sha256) in lines
    assert any(release.edition_sha256 in line.replace(" ", "") for line in lines)
    assert "What members say" not in lines  # nobody said anything


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_every_form_prints_what_members_say_and_what_changed(release: Release, form: str) -> None:
    imprint = Imprint(
        digest="ab" * 32,
        address="https://portal.test/verify/x/",
        code_version="1",
        erratum="A total was wrong.",
        before=1,
        changes=[ChangedFigure("Active borrowers", "total", "120", "130")],
        more=2,
        unlisted=0,
        replies=[
            {"name": FORMULA, "text": "+SUM(1)\nWe grew.\x0b", "answer": "Well done."},
            {"name": "Second", "text": "Seen.", "answer": ""},
        ],
    )
    data = build_report(release, "en")
    content = report_docx(data, {}, imprint) if form == "docx" else report_xlsx(data, [], imprint)
    lines = lines_of(content, form)
    for words in (
        "What members say",
        FORMULA,
        "Second",
        "Answer of the association: Well done.",
        "What changed since edition 1",
        "A total was wrong.",
        "Active borrowers",
        "130",
        "2 more figures changed; the page of the edition in the portal lists all.",
    ):
        assert words in lines, words
    assert any("We grew." in line for line in lines)
    assert not any(line == "Answer of the association: " for line in lines)
    kept_inside = replace(imprint, changes=[], more=0, unlisted=3)
    content_of = {
        "docx": lambda: report_docx(data, {}, kept_inside),
        "xlsx": lambda: report_xlsx(data, [], kept_inside),
    }
    lines = lines_of(content_of[form](), form)
    assert "3 figures changed; the page of the edition in the portal lists them." in lines
    assert "130" not in lines
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
        assert "What members say" in book.sheetnames


def test_word_is_written_from_right_to_left(release: Release) -> None:
    data = build_report(release, "ar")
    found = docx.Document(io.BytesIO(report_docx(data, {})))
    assert "w:bidi" in found.styles["Normal"].element.xml
    assert all("bidiVisual" in table._tbl.xml for table in found.tables)


def test_excel_holds_numbers_as_numbers_and_texts_as_texts(release: Release) -> None:
    content, name = reports.render_report(release, "en", "xlsx")
    assert name.endswith("-en.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    data = build_report(release, "en")
    assert len(book.sheetnames) == len(data.chapters) + 2
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert [cell for cell in cells if cell.value == FORMULA]
    assert str(CANARY) not in str([cell.value for cell in cells])
    chapter = next(one for one in data.chapters if one.code == "outreach")
    figure = next(block for block in chapter.blocks if isinstance(block, Figure) and block.id == "clients")
    sheet = book[next(one for one in book.sheetnames if chapter.title in one)]
    lines = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True)}
    for row in figure.rows:
        shown = lines[row.label][0]
        assert shown == (row.values[0] if isinstance(row.values[0], int | float) else "not published")
        if not row.withheld:
            assert lines[row.label][1:3] == ("%", row.n.replace("-", "–"))
    assert book[book.sheetnames[-1]].max_row == release.cells.count() + 1
    assert len(sheet._images) == len(chapter.figures)


def test_arabic_labels_are_drawn_joined(release: Release) -> None:
    found = png_of(
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text y="30">سلام</text></svg>'
    )
    bare = png_of('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"></svg>')
    assert found.startswith(b"\x89PNG")
    assert len(found) > len(bare) + 200


@pytest.mark.parametrize(
    "inner", ['<image href="/etc/hostname"/>', '<use href="#a"/>', "<style>@import url(a)</style>"]
)
def test_a_picture_of_a_chart_names_no_other_files(inner: str) -> None:
    with pytest.raises(ValueError, match="other files"):
        png_of(f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inner}</svg>')


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_each_form_is_a_job_of_its_own(release: Release, association: Association, form: str) -> None:
    manager = person(Role.ASSOCIATION_MANAGER, association)
    job = request_report(release_id=release.pk, language="fr", form=form, by=manager, at=OPENED)
    again = request_report(release_id=release.pk, language="fr", form=form, by=manager, at=OPENED)
    assert job.pk == again.pk
    assert job.pk != request_report(release_id=release.pk, language="fr", by=manager, at=OPENED).pk
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.result_name.endswith(f"-fr.{form}")
    with pytest.raises(ValueError, match="no report as"):
        request_report(release_id=release.pk, language="fr", form="exe", by=manager, at=OPENED)


def test_rights_count_when_the_file_is_made(release: Release, association: Association) -> None:
    manager = person(Role.ASSOCIATION_MANAGER, association)
    job = request_report(release_id=release.pk, language="en", form="docx", by=manager, at=OPENED)
    manager.role_assignments.all().update(ended_at=OPENED)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_photo_that_is_not_the_published_one_is_left_out(release: Release) -> None:
    data = build_report(release, "en")
    (case,) = data.cases
    assert reports.photos_of(data).keys() == {case.id}
    assert reports.stored_photo(case.photo, "0" * 64) is None
    assert "Photo not available" in "\n".join(
        paragraph.text for paragraph in docx.Document(io.BytesIO(report_docx(data, {}))).paragraphs
    )


def changed(document: dict[str, Any], code: str, **changes: Any) -> dict[str, Any]:
    """The catalogue with one indicator or derived value asked in another way."""
    for section in document["sections"]:
        for one in section["indicators"]:
            if one["code"] == code:
                one.update(changes)
                return document
    raise AssertionError(code)


def test_a_changed_question_cuts_the_line_and_says_why(association: Association) -> None:
    members, version = institutions(association, 8), CatalogueVersionFactory()
    document = changed(copy.deepcopy(version.document), "active_borrowers", unit="villages")
    other = CatalogueVersionFactory(document=document, version="9.9", sha256="9" * 64)
    for year, catalogue in ((2023, version), (2024, other)):
        of_round = approved_round(association, members, year=year, version=catalogue)
        publish(round_id=of_round.pk, by=None, at=OPENED)
    newest = loaded(Release.objects.get(round__year=2024))
    found = breaks_between(["active_borrowers"], catalogue_of(other), catalogue_of(version))
    assert found == {"active_borrowers": "the unit changed"}
    data = build_report(newest, "en")
    chapter = data.chapter("progress")
    assert chapter is not None
    table = next(block for block in chapter.blocks if block.id == "panel")
    label = catalogue_of(other).find("active_borrowers").label  # type: ignore[union-attr]
    row = next(row for row in table.rows if row[0] == label)  # type: ignore[union-attr]
    assert row[-2] == "not compared: the unit changed"
    assert set(row[1:-2]) <= {"–"}
    note = next(block for block in chapter.blocks if block.id == "breaks")
    assert f"{label}: the unit changed" in note.items  # type: ignore[union-attr]
    assert not any("active borrowers rose" in message.text for message in data.messages)
    same = loaded(released(AssociationFactory(), 6))
    assert build_report(same, "en").chapter("progress") is None
