"""Hostile and broken files: each ends in a clear sentence within the limit, and nothing of the return changes."""

import io
import random
import struct
import time
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members.enums import Role
from members.workbooks import child, guard, opening
from reporting.enums import UploadState
from reporting.models import Answer
from reporting.services import workbooks as service
from spm_portal.common.refusal import Refused
from tests.factories.members import person
from tests.factories.reporting import PDF, SubmissionFactory
from tests.reporting.workbook_books import AT, Book, made, plain_book, repacked, sent

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
RELATIONS = (
    b'<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet9.xml"/>'
    b"</Relationships>"
)
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def with_sheet(rows: bytes, head: bytes = HEAD) -> bytes:
    return repacked(plain_book(), {SHEET: head + rows + TAIL})


def far_cell() -> bytes:
    return with_sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def many_rows() -> bytes:
    return with_sheet(
        b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 400_001))
    )


def many_rows_without_names() -> bytes:
    return with_sheet(b"".join(b"<row><c><v>%d</v></c></row>" % n for n in range(400_000)))


def bomb() -> bytes:
    return repacked(plain_book(), {"xl/media/zeros.bin": b"\x00" * (guard.MAX_UNPACKED + 1)})


def tight() -> bytes:
    return repacked(plain_book(), {"xl/media/zeros.bin": b"\x00" * (20 * 2**20)})


def lying() -> bytes:
    """A part that says it unpacks to 100 bytes."""
    content = bytearray(tight())
    size = struct.pack("<I", 20 * 2**20)
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = 0
        while (place := content.find(signature, place)) >= 0:
            if content[place + offset : place + offset + 4] == size:
                content[place + offset : place + offset + 4] = struct.pack("<I", 100)
            place += 4
    return bytes(content)


def entities() -> bytes:
    return with_sheet(b"<row><c><v>&b;</v></c></row>", ENTITIES + HEAD)


def wide_entities() -> bytes:
    return repacked(plain_book(), {"xl/styles.xml": ENTITIES.decode().encode("utf-16")})


def macros() -> bytes:
    return repacked(plain_book(), {"xl/vbaProject2.bin": b"x"})


def linked() -> bytes:
    return repacked(plain_book(), {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


def many_parts() -> bytes:
    return repacked(plain_book(), {f"xl/media/{n}.png": b"x" for n in range(guard.MAX_PARTS + 1)})


def broken_xml() -> bytes:
    return repacked(plain_book(), {SHEET: HEAD + b"<row><c"})


def much_text() -> bytes:
    noise = random.Random(1)
    cells = (noise.randbytes(2600).hex().encode() for _ in range(1_000))
    return with_sheet(
        b"".join(b'<row><c t="inlineStr"><is><t>' + text + b"</t></is></c></row>" for text in cells)
    )


def million_texts() -> bytes:
    """As many shared texts as a workbook of a million rows has, none of them in use."""
    texts = b"<sst>" + b"".join(b"<si><t>t%d</t></si>" % n for n in range(1_000_000)) + b"</sst>"
    return repacked(plain_book(), {"xl/sharedStrings.xml": texts})


def nested() -> bytes:
    """A zip inside the zip."""
    return repacked(plain_book(), {"xl/embeddings/inner.zip": tight()})


def markup_in_names() -> bytes:
    names = b'<workbook xmlns:r="r"><sheets><sheet name="&lt;img src=x onerror=alert(1)&gt;" sheetId="1" r:id="rId1"/>'
    return repacked(plain_book(), {"xl/workbook.xml": names + b"</sheets></workbook>"})


def missing_sheet() -> bytes:
    """A workbook whose list of sheets points at nothing."""
    return repacked(plain_book(), {"xl/_rels/workbook.xml.rels": RELATIONS})


CORPUS = {
    far_cell: "cell XFD1048576",
    many_rows: "cell A2001",
    many_rows_without_names: "cell A2001",
    bomb: "unpacks to more than 50 MB",
    tight: "unpacks to more than 50 MB",
    lying: "no Excel workbook, or it is damaged",
    entities: "code that a workbook does not need",
    wide_entities: "code that a workbook does not need",
    macros: "macros",
    linked: "links to other files",
    many_parts: "too many parts",
    million_texts: "more text than a form",
    nested: "other files inside",
    markup_in_names: "not a workbook of this portal",
    missing_sheet: "no Excel workbook, or it is damaged",
    broken_xml: "no Excel workbook, or it is damaged",
    much_text: "more text than a form",
}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("make", "words"),
    [pair for pair in CORPUS.items() if pair[0] is not markup_in_names],  # opened, and refused for its mark
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_every_hostile_file_ends_in_a_sentence_in_time(make, words):
    content = make()
    begun = time.monotonic()
    with pytest.raises(child.BookRefused, match=words):
        child.read(content)
    assert time.monotonic() - begun < child.WALL_SECONDS


@pytest.mark.unit
def test_colours_down_to_the_last_row_are_no_harm():
    rows = b'<row r="1"><c r="A1"><v>7</v></c></row>' + b"".join(
        b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"></c></row>' % (n, n, n)
        for n in range(1_000_000, 1_048_577)
    )
    assert child.read(with_sheet(rows))["sheets"][0]["rows"] == [[1, [[1, "n", "7", False]]]]


@pytest.mark.unit
def test_a_child_that_hangs_or_dies_is_told_in_words(monkeypatch):
    monkeypatch.setattr(child, "WALL_SECONDS", 0.01)
    with pytest.raises(child.BookRefused, match="too heavy"):
        child.read(plain_book())
    monkeypatch.setattr(child, "WALL_SECONDS", 10)
    monkeypatch.setattr(child.sys, "executable", "/bin/false")
    with pytest.raises(child.BookRefused, match="too heavy"):
        child.read(plain_book())


@pytest.mark.unit
def test_the_child_is_bound_in_memory_and_gets_no_environment(monkeypatch):
    seen = {}

    def run(command, **options):
        seen.update(options)
        raise child.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setenv("SECRET_KEY", "do-not-pass")
    monkeypatch.setattr(child.subprocess, "run", run)
    with pytest.raises(child.BookRefused):
        child.read(b"")
    assert "SECRET_KEY" not in seen["env"]
    assert opening.MEMORY <= 300 * 2**20


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("return.xlsx", PDF, "its content is something else"),
        ("return.xlsx", plain_book()[:-200], "its content is something else"),
        (
            "return.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000,
            "its content is something else",
        ),
        ("return.pdf", PDF, "not a kind of file that fits"),
        ("return.xlsm", b"PK", "not a kind of file that fits"),
        ("return.xlsx", b"PK" + b"\x00" * guard.MAX_BYTES, "at most 5 MB"),
        ("return.xlsx", b"", "is empty"),
    ],
)
def test_what_is_no_workbook_is_refused_at_the_door(name, content, words):
    draft = SubmissionFactory()
    editor = person(Role.INSTITUTION_EDITOR, draft.institution)
    with pytest.raises(Refused, match=words):
        service.upload(submission_id=draft.pk, upload=SimpleUploadedFile(name, content), by=editor, at=AT)


@pytest.mark.integration
@pytest.mark.django_db
def test_a_hostile_upload_is_refused_and_changes_nothing():
    draft = SubmissionFactory(values={"branches_total": 24})
    editor = person(Role.INSTITUTION_EDITOR, draft.institution)
    upload = sent(draft, far_cell(), editor, in_child=True)
    assert upload.state == UploadState.REFUSED
    assert "XFD1048576" in upload.refusal
    assert not upload.annotated
    assert Answer.objects.get(submission=draft).version == 1
    # and the next one is read
    assert sent(draft, made(draft), editor).state == UploadState.READY


@pytest.mark.integration
@pytest.mark.django_db
def test_markup_in_names_and_cells_is_text_on_the_page_and_in_the_remarks(client):
    draft = SubmissionFactory()
    editor = person(Role.INSTITUTION_EDITOR, draft.institution)
    evil = "<img src=x onerror=alert(1)>"
    book = (
        Book(made(draft))
        .put("mission_statement", evil)
        .put("branches_total", evil)
        .put("board_members", evil, "note")
    )
    upload = sent(draft, book.content(), editor, f"{evil}.xlsx", in_child=True)
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/a/{draft.association.slug}/returns/{draft.pk}/excel/{upload.pk}/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    with zipfile.ZipFile(io.BytesIO(upload.annotated.read())) as archive:
        assert all(b"<img" not in archive.read(name) for name in archive.namelist())
    upload.annotated.close()
