"""HTML to a tagged PDF (PDF/UA-1 and PDF/A-3a); the only module that knows WeasyPrint, and it can reach nothing."""

import logging
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from django.conf import settings

SCHEME = "asset"
TYPES = MappingProxyType(
    {
        ".css": "text/css",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".svg": "image/svg+xml",
        ".ttf": "font/ttf",
    }
)
# Vendored, so that a report looks the same on every machine: name of the family, weight, file.
FONTS = (
    ("Noto Sans", 400, "NotoSans-Regular.ttf"),
    ("Noto Sans", 700, "NotoSans-Bold.ttf"),
    ("Noto Sans Arabic", 400, "NotoSansArabic-Regular.ttf"),
    ("Noto Sans Arabic", 700, "NotoSansArabic-Bold.ttf"),
)
# WeasyPrint writes one standard into the metadata. That a document also keeps PDF/UA-1 is said here, with the
# description that PDF/A asks of every schema it does not know.
_ALSO_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""
_END = b"</rdf:RDF>"
_ARABIC = range(0x0600, 0x0780)


class PdfError(Exception):
    """The document could not be made whole: something was refused, missing or not understood."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the document: the data that it was made from."""

    name: str
    content: bytes
    description: str
    at: datetime


def joined(text: str) -> str:
    """Arabic text as it must be handed to a chart in a PDF: letters joined, in visual order.

    WeasyPrint draws the text of an SVG letter by letter. A browser must never get this: it would reverse it again.
    """
    if not any(ord(letter) in _ARABIC for letter in text):
        return text
    import arabic_reshaper  # late: only where Arabic is drawn
    from bidi import get_display

    return str(get_display(arabic_reshaper.reshape(text)))


def render_pdf(
    html: str,
    *,
    title: str,
    language: str,
    assets: Mapping[str, bytes],
    attached: Sequence[Attached] = (),
) -> bytes:
    """The document as PDF/UA-1; with files attached it is PDF/A-3a too, the archive's form that may carry them.

    `html` names its style sheets and pictures as `asset:<name>` of `assets`; every other address is refused, files
    of this machine and other hosts alike. Raises PdfError for a refused or missing address and whatever else
    WeasyPrint reports as an error.
    """
    # late: it costs most of a second, which web processes never need
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _fetcher_class()(assets)
    variant = "pdf/a-3a" if attached else "pdf/ua-1"
    # a base that resolves no relative address to a file or a host
    base = f"{SCHEME}:/"
    with _errors() as errors:
        try:
            fonts = weasyprint.text.fonts.FontConfiguration()
            css = weasyprint.CSS(string=_font_faces(), url_fetcher=fetcher, base_url=base, font_config=fonts)
            document = weasyprint.HTML(string=html, base_url=base, url_fetcher=fetcher).render(
                stylesheets=[css], font_config=fonts, presentational_hints=False, pdf_variant=variant
            )
            document.metadata.title = title
            document.metadata.lang = language
            document.metadata.generator = "SPM portal"
            if attached:
                _say_ua(document.metadata)
                document.metadata.attachments = [
                    weasyprint.Attachment(
                        string=one.content,
                        name=one.name,
                        description=one.description,
                        created=one.at,
                        modified=one.at,
                        relationship="Data",
                    )
                    for one in attached
                ]
            with warnings.catch_warnings():
                # it leaves its own colour profile open, for the collector to close
                warnings.simplefilter("ignore", ResourceWarning)
                content = document.write_pdf(pdf_variant=variant)
        except FatalURLFetchingError as refused:
            raise PdfError(f"{refused}: {refused.__cause__}") from refused
    if errors:
        raise PdfError("; ".join(errors))
    return bytes(content)


def _say_ua(metadata: Any) -> None:
    """Have the metadata say that the document keeps PDF/UA-1 beside PDF/A; both must stand in one RDF element."""
    written = metadata.generate_rdf_metadata

    def with_ua(*arguments: Any) -> bytes:
        rdf: bytes = written(*arguments)
        if rdf.count(_END) != 1:
            raise PdfError("The metadata of the document are not as expected.")
        return rdf.replace(_END, _ALSO_UA + _END)

    include = metadata.include_in_pdf

    def readable(pdf: Any, variant: str, version: int, conformance: str, compress: bool) -> None:
        # an archive reads them without knowing how streams are packed
        include(pdf, variant, version, conformance, compress=False)

    metadata.generate_rdf_metadata, metadata.include_in_pdf = with_ua, readable


@lru_cache(maxsize=1)
def _fetcher_class() -> type:
    """The fetcher, made on first use because its base comes with WeasyPrint."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class AssetFetcher(URLFetcher):
        """Serves the handed assets and the vendored fonts; knows no files, hosts or data addresses."""

        def __init__(self, assets: Mapping[str, bytes]) -> None:
            # fail_on_errors: a refused address stops the rendering instead of leaving a hole
            super().__init__(
                allowed_protocols=frozenset({SCHEME}), allow_redirects=False, fail_on_errors=True
            )
            self._assets = assets

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            scheme, _colon, path = url.partition(":")
            name = path.lstrip("/")
            content = None
            if scheme.lower() == SCHEME:
                content = self._assets.get(name) if name not in _font_files() else _font_files()[name]
            kind = TYPES.get(PurePosixPath(name).suffix.lower())
            if content is None or kind is None:
                raise ValueError(f"This document may not load {url[:200]!r}.")
            return URLFetcherResponse(url, body=content, headers={"Content-Type": kind})

    return AssetFetcher


@lru_cache(maxsize=1)
def _font_files() -> Mapping[str, bytes]:
    folder = settings.BASE_DIR / "static" / "fonts"
    return MappingProxyType(
        {f"fonts/{name}": (folder / name).read_bytes() for _family, _weight, name in FONTS}
    )


def _font_faces() -> str:
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};src:url({SCHEME}:fonts/{name})}}'
        for family, weight, name in FONTS
    )


@contextmanager
def _errors() -> Iterator[list[str]]:
    """Collects what WeasyPrint reports as an error in this thread."""
    found: list[str] = []
    thread = threading.get_ident()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                found.append(record.getMessage())

    collector = Collector(level=logging.ERROR)
    logger = logging.getLogger("weasyprint")
    logger.addHandler(collector)
    try:
        yield found
    finally:
        logger.removeHandler(collector)
