"""HTML to a tagged PDF (PDF/UA-1); the only module that knows WeasyPrint, and it can reach nothing by itself."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType

import arabic_reshaper
from bidi import get_display
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
_ARABIC = range(0x0600, 0x0780)


class PdfError(Exception):
    """The document could not be made whole: something was refused, missing or not understood."""


def joined(text: str) -> str:
    """Arabic text as it must be handed to a chart in a PDF: letters joined, in visual order.

    WeasyPrint draws the text of an SVG letter by letter. A browser must never get this: it would reverse it again.
    """
    if not any(ord(letter) in _ARABIC for letter in text):
        return text
    return str(get_display(arabic_reshaper.reshape(text)))


def render_pdf(html: str, *, title: str, language: str, assets: Mapping[str, bytes]) -> bytes:
    """The document as PDF/UA-1.

    `html` names its style sheets and pictures as `asset:<name>` of `assets`; every other address is refused, files
    of this machine and other hosts alike. Raises PdfError for a refused or missing address and whatever else
    WeasyPrint reports as an error.
    """
    # late: it costs most of a second, which web processes never need
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _fetcher_class()(assets)
    # a base that resolves no relative address to a file or a host
    base = f"{SCHEME}:/"
    with _errors() as errors:
        try:
            fonts = weasyprint.text.fonts.FontConfiguration()
            css = weasyprint.CSS(string=_font_faces(), url_fetcher=fetcher, base_url=base, font_config=fonts)
            document = weasyprint.HTML(string=html, base_url=base, url_fetcher=fetcher).render(
                stylesheets=[css], font_config=fonts, presentational_hints=False, pdf_variant="pdf/ua-1"
            )
            document.metadata.title = title
            document.metadata.lang = language
            document.metadata.generator = "SPM portal"
            content = document.write_pdf(pdf_variant="pdf/ua-1")
        except FatalURLFetchingError as refused:
            raise PdfError(f"{refused}: {refused.__cause__}") from refused
    if errors:
        raise PdfError("; ".join(errors))
    return bytes(content)


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
