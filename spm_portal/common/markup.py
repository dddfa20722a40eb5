"""Markdown of people as safe markup and as plain parts: the only way from their words into a page's markup."""

from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "h2", "h3", "h4"})
SCHEMES = frozenset({"https", "http", "mailto"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ITEMS = {"ul": "bullet", "ol": "number"}
# Whatever is no part of prose stays the plain text that it is; HTML is taken out by the sanitiser.
_OFF = ("code", "fence", "backticks", "hr", "reference")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style; `address` where it is a link."""

    text: str
    bold: bool = False
    italic: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: `kind` is text, heading, quote, bullet or number; `depth` counts the lists around it."""

    kind: str
    runs: tuple[Run, ...]
    depth: int = 0

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(run.text for run in self.runs)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).disable(list(_OFF))


def rendered(markdown: str, *, heading: int = 3) -> SafeString:
    """The words as markup of a few plain tags, every heading of the one level given (2 to 4).

    HTML, pictures, scripts and every address that is not http, https or mail are taken out; text in between stays.
    """
    if heading not in {2, 3, 4}:
        raise ValueError(f"No heading of level {heading}.")
    tokens = _parser().parse(markdown.replace("\x00", ""))
    for token in tokens:
        if token.tag in _HEADINGS:
            # one level for all: a document with a gap between levels is hard to walk through by ear
            token.tag = f"h{heading}"
    html = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}, "*": set()},
        attribute_filter=_whole_address,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer nofollow",
        generic_attribute_prefixes=set(),
    )
    return mark_safe(clean)  # noqa: S308 -- the sanitiser's output, and the only place that marks it


def _whole_address(tag: str, attribute: str, value: str) -> str | None:
    """Only whole addresses: one that is relative would lead into the portal from a page and nowhere from a file."""
    known = attribute == "href" and value.partition(":")[0].lower() in SCHEMES
    return value if known or attribute == "rel" else None


def paragraphs(markdown: str) -> tuple[Paragraph, ...]:
    """The same words as parts, for files that are not HTML; made of the sanitised markup."""
    reader = _Reader()
    reader.feed(rendered(markdown))
    reader.close()
    return tuple(reader.found)


@dataclass
class _Style:
    bold: int = 0
    italic: int = 0
    quote: int = 0
    heading: bool = False
    address: str = ""
    lists: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads the sanitiser's few tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Paragraph] = []
        self._runs: list[Run] = []
        self._style = _Style()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = self._style
        match tag:
            case "strong":
                style.bold += 1
            case "em":
                style.italic += 1
            case "a":
                style.address = dict(attrs).get("href") or ""
            case "br":
                self._runs.append(Run("\n"))
            case _:
                self._end()
                if tag in _ITEMS:
                    style.lists.append(_ITEMS[tag])
                elif tag == "blockquote":
                    style.quote += 1
                elif tag in _HEADINGS:
                    style.heading = True

    def handle_endtag(self, tag: str) -> None:
        style = self._style
        match tag:
            case "strong":
                style.bold -= 1
            case "em":
                style.italic -= 1
            case "a":
                style.address = ""
            case _:
                self._end()
                if tag in _ITEMS:
                    style.lists.pop()
                elif tag == "blockquote":
                    style.quote -= 1
                elif tag in _HEADINGS:
                    style.heading = False

    def handle_data(self, data: str) -> None:
        style = self._style
        text = data.replace("\n", " ")
        if text.strip() or self._runs:
            self._runs.append(Run(text, style.bold > 0, style.italic > 0, style.address))

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        runs, self._runs = tuple(self._runs), []
        if not any(run.text.strip() for run in runs):
            return
        style = self._style
        kind = "text"
        if style.heading:
            kind = "heading"
        elif style.lists:
            kind = style.lists[-1]
        elif style.quote:
            kind = "quote"
        self.found.append(Paragraph(kind, runs, len(style.lists)))
