"""Following links from home as one person, so that no page is forgotten."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

# Django's own support tool and the API have pages and tests of their own.
NOT_OURS = ("/admin/", "/api/", "/static/")
# The same page for other members, rounds or questions: so many of a kind are looked at.
OF_A_KIND = 2


class _Links(HTMLParser):
    """The addresses a page leads to by links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href")
        if tag == "a" and address:
            self.found.append(address)


def links_of(markup: str, base: str) -> Iterator[str]:
    """The portal's own pages that a page links to, without their fragments."""
    links = _Links()
    links.feed(markup)
    for link in links.found:
        address = urldefrag(urljoin(base, link)).url
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or address.startswith(NOT_OURS):
            continue
        yield address


def kind_of(address: str) -> str:
    """What sort of page an address is: the name of its URL pattern and what is asked of it, or that more is asked.

    A list with five filters has dozens of combinations, which all look like a list with a filter.
    """
    parts = urlsplit(address)
    name = resolve(parts.path).url_name or parts.path
    asked = sorted(key for key, _value in parse_qsl(parts.query))
    return "?".join([name, asked[0] if len(asked) == 1 else "…"]) if asked else name


@dataclass
class Crawl:
    """What one person reached: the markup of every page by address, and links that lead nowhere."""

    pages: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    dead: list[str] = field(default_factory=list)

    def one_of_each(self) -> dict[str, str]:
        """An address for each kind of page, and one with something asked of it: another filter looks like the first."""
        first: dict[str, str] = {}
        asked: set[str] = set()
        for address in self.pages:
            kind = kind_of(address)
            name, _, question = kind.partition("?")
            if question and name in asked:
                continue
            if question:
                asked.add(name)
            first.setdefault(kind, address)
        return first


def crawl(
    client: Client,
    starts: tuple[str, ...] = ("/",),
    limits: Mapping[str, int] | None = None,
    of_a_kind: int = OF_A_KIND,
) -> Crawl:
    """Follow every link, a few pages of a kind (`limits` by kind), and remember what was found."""
    found, queue, seen = Crawl(), deque((start, "") for start in starts), set(starts)
    allowed = limits or {}
    while queue:
        address, source = queue.popleft()
        try:
            kind = kind_of(address)
        except Resolver404:
            found.dead.append(f"{source} links to {address}: no such page")
            continue
        if found.kinds[kind] >= allowed.get(kind, of_a_kind):
            continue
        found.kinds[kind] += 1
        answer: Any = client.get(address, follow=True)
        if answer.status_code != 200:
            found.dead.append(f"{source} links to {address}: status {answer.status_code}")
            continue
        if not is_page(answer):
            continue
        shown = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        if shown in found.pages:
            continue
        found.pages[shown] = answer.content.decode()
        for link in links_of(found.pages[shown], shown):
            if link not in seen:
                seen.add(link)
                queue.append((link, shown))
    return found


def is_page(answer: HttpResponse) -> bool:
    """Whether it is HTML, and not a file."""
    return str(answer["Content-Type"]).startswith("text/html")
