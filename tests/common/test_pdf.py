"""The PDF renderer: tagged and valid, and unable to reach anything it was not handed."""

import subprocess
from pathlib import Path

import page
import pytest

from spm_portal.common.pdf import PdfError, joined, render_pdf

# A valid picture of one pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)

DOCUMENT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title>
<link rel="stylesheet" href="asset:report.css"></head><body>{body}</body></html>"""
CSS = b"body { font-family: 'Noto Sans', 'Noto Sans Arabic'; } @page { size: A4 }"

REFUSED = {
    "file": '<img alt="x" src="file:///etc/passwd">',
    "file without slashes": '<img alt="x" src="file:/etc/hostname">',
    "upper case": '<img alt="x" src="FILE:///etc/passwd">',
    "absolute path": '<img alt="x" src="/etc/passwd">',
    "relative path": '<img alt="x" src="../../etc/passwd.png">',
    "path inside the scheme": '<img alt="x" src="asset:../../../etc/passwd">',
    "unknown asset": '<img alt="x" src="asset:missing.png">',
    "loopback": '<img alt="x" src="http://127.0.0.1:9/x.png">',
    "cloud metadata": '<img alt="x" src="http://169.254.169.254/latest/meta-data/">',
    "no scheme": '<img alt="x" src="//example.org/x.png">',
    "ftp": '<img alt="x" src="ftp://example.org/x.png">',
    "data": '<img alt="x" src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E">',
    "style sheet": '<link rel="stylesheet" href="file:///etc/passwd">',
    "imported style": "<style>@import 'http://127.0.0.1:9/x.css';</style>",
    "background": "<p style=\"background-image: url('file:///etc/passwd')\">x</p>",
    "font": "<style>@font-face { font-family: A; src: url(file:///etc/passwd) } p { font-family: A }</style><p>x</p>",
    "attachment": '<a rel="attachment" href="file:///etc/passwd">x</a>',
    "linked attachment": '<link rel="attachment" href="file:///etc/passwd">',
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image width="9" height="9" '
    'href="file:///etc/passwd"/></svg>',
    "object": '<object data="file:///etc/passwd">x</object>',
    "embed": '<embed src="http://127.0.0.1:9/">',
}


def made(body: str, **assets: bytes) -> bytes:
    named = {name.replace("__", "."): content for name, content in assets.items()}
    return render_pdf(
        DOCUMENT.format(body=body), title="A report", language="en", assets={"report.css": CSS, **named}
    )


def text_of(content: bytes) -> str:
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return run.stdout.decode()


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_nothing_but_the_handed_assets_can_be_loaded(body: str) -> None:
    with pytest.raises(PdfError):
        made(f"<h1>x</h1>{body}")


def test_svg_reference_to_another_file_opens_nothing(tmp_path: Path) -> None:
    """WeasyPrint passes over these silently, so the file must be shown to stay out of the document."""
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><text id="a" x="1" y="8" font-size="8">canary</text></svg>'
    )
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="20"><use href="{}#a"/></svg>'
    assert "canary" not in text_of(made(f"<h1>x</h1>{svg.format(secret.as_uri())}"))


def test_handed_assets_are_loaded() -> None:
    content = made('<h1>Title</h1><p>Café Łódź</p><img alt="Logo" src="asset:logo.png">', logo__png=PNG)
    assert content.startswith(b"%PDF-")
    assert "Café Łódź" in text_of(content)


def test_a_picture_that_is_none_is_an_error() -> None:
    with pytest.raises(PdfError, match="logo"):
        made('<h1>x</h1><img alt="Logo" src="asset:logo.png">', logo__png=b"not a picture")


def test_document_conforms_to_pdf_ua_1_and_says_what_it_is() -> None:
    content = made(
        "<h1>Title</h1><h2>Part</h2><p>Text <a href='https://example.org/'>link</a></p>"
        "<table><thead><tr><th scope='col'>A</th><th scope='col'>B</th></tr></thead>"
        "<tbody><tr><th scope='row'>1</th><td>2</td></tr></tbody></table>"
        '<img alt="Logo" src="asset:logo.png">',
        logo__png=PNG,
    )
    faults = ua1_faults(content)
    assert faults == []
    said = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert "A report" in said
    assert "SPM portal" in said
    assert "Tagged:          yes" in said


def test_untagged_content_is_caught_by_the_check_itself() -> None:
    """The check of the test above can fail: the same document without tags does not pass."""
    import weasyprint

    content = weasyprint.HTML(string=DOCUMENT.format(body="<p>x</p>").replace("<link", "<meta")).write_pdf()
    assert ua1_faults(content)


def test_arabic_is_joined_and_in_reading_order() -> None:
    content = made("<h1 lang='ar' dir='rtl'>تقرير</h1>")
    assert "تقرير" in text_of(content) or "ريرقت" in text_of(content)


def test_chart_labels_are_joined_for_the_pdf_only_where_they_are_arabic() -> None:
    assert joined("Women among borrowers") == "Women among borrowers"
    # presentation forms, in visual order: the last letter first
    assert joined("سلام") == "ﻡﻼﺳ"


def ua1_faults(content: bytes) -> list[str]:
    """The rules of PDF/UA-1 that a document breaks."""
    report = page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


def test_concurrent_errors_do_not_mix() -> None:
    """A good document is made while another one fails in a second thread."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        bad = pool.submit(made, '<h1>x</h1><img alt="L" src="asset:logo.png">', logo__png=b"no")
        good = pool.submit(made, "<h1>x</h1>")
        assert good.result().startswith(b"%PDF-")
        with pytest.raises(PdfError):
            bad.result()
