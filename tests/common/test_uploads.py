"""Files that people hand in: what is taken, what is refused in words, and what they may be called."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from spm_portal.common.refusal import Refused
from spm_portal.common.uploads import UploadRefused, check_upload, clean_name, read_upload

pytestmark = pytest.mark.unit

LIMIT = 1000


def office(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7 ...", "pdf"),
        ("a.PNG", b"\x89PNG\r\n\x1a\n...", "png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0", "jpg"),
        ("a.docx", office("word/document.xml"), "docx"),
        ("a.xlsx", office("xl/workbook.xml"), "xlsx"),
        ("a.csv", "année;prêts\r\n2024;5".encode(), "csv"),
        ("a.csv", "année;prêts".encode("cp1252"), "csv"),
    ],
)
def test_files_that_are_what_they_say_are_taken(name, content, kind):
    file = check_upload(name, content, max_bytes=LIMIT)
    assert (file.kind, file.content) == (kind, content)
    assert len(file.sha256) == 64


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"MZ\x90", "something else"),
        ("a.png", b"%PDF-1.7", "something else"),
        ("a.docx", office("xl/workbook.xml"), "something else"),
        ("a.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin"), "something else"),
        ("a.xlsx", b"PK\x03\x04broken", "something else"),
        ("a.csv", b"a;b\x00", "something else"),
        ("a.csv", b" <html><script>", "something else"),
        ("a.csv", b"a\x1bb", "something else"),
        ("a.svg", b"<svg>", "not a kind of file"),
        ("a.pdf.exe", b"%PDF-1.7", "not a kind of file"),
        ("pdf", b"%PDF-1.7", "not a kind of file"),
        ("a.pdf", b"%PDF-" + b"x" * LIMIT, "at most"),
    ],
)
def test_other_files_are_refused_in_words(name, content, words):
    with pytest.raises(UploadRefused, match=words):
        check_upload(name, content, max_bytes=LIMIT)


def test_only_wanted_kinds_are_taken():
    with pytest.raises(UploadRefused, match=r"Choose one of: pdf, jpg\."):
        check_upload("a.png", b"\x89PNG\r\n\x1a\n", max_bytes=LIMIT, accept=("jpg", "pdf"))


def test_an_upload_is_never_read_much_further_than_it_may_be(settings):
    settings.UPLOAD_MAX_BYTES = LIMIT
    fits = SimpleUploadedFile("a.pdf", b"%PDF-".ljust(LIMIT, b"x"))
    assert len(read_upload(fits).content) == LIMIT
    large = SimpleUploadedFile("a.pdf", b"%PDF-".ljust(LIMIT * 5, b"x"))
    with pytest.raises(Refused, match="at most"):
        read_upload(large)
    assert large.tell() == LIMIT + 1
    large.seek(0)
    assert len(read_upload(large, max_bytes=LIMIT * 5).content) == LIMIT * 5
    large.seek(0)
    with pytest.raises(Refused, match="Choose one of: png"):
        read_upload(large, accept=("png",))


@pytest.mark.parametrize(("size", "told"), [(26 * 2**20, "26.0"), (5 * 2**20 + 1, "5.1")])
def test_a_large_file_is_told_its_whole_size_though_it_is_not_read(size, told):
    with pytest.raises(UploadRefused, match=f"has {told} MB; at most 5 MB"):
        check_upload("a.pdf", b"%PDF-1.7", max_bytes=5 * 2**20, size=size)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\files\\My report.pdf", "My report.pdf"),
        ('a"b\r\nX-Evil: 1.pdf', "a bX-Evil 1.pdf"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        ("...pdf", "pdf"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 110 + ".pdf"),
        ("Rapport année.pdf", "Rapport année.pdf"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_name(given) == kept
