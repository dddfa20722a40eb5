"""What travels over a bad line: at most 100 KB for a first visit, 25 KB for each later page, from one host.

Measured in Chromium as bytes on the wire (headers included), from gunicorn with its compression, as in production.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.demo_site import database
from tests.journeys.visitors import PERSON, client_of, reached_by
from tests.journeys.web_process import gunicorn
from tests.plugins.browser import Pages

pytestmark = pytest.mark.e2e

FIRST, LATER = 100 * 1024, 25 * 1024
# Where people arrive: by a bookmark, or by the link of a mail.
MAIN = {
    "association_manager": {
        "association_home",
        "round_board",
        "register",
        "return_review",
        "publish",
        "release",
    },
    "institution_editor": {"association_home", "return", "return_section", "return_problems"},
    "donor_reader": {"donor_home", "release", "release_chapter"},
    "platform_operator": {"operator_home", "mail_ledger"},
}


@pytest.fixture(scope="module")
def origin(
    demo_database: str, django_db_blocker: Any, media_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """gunicorn on the demonstration."""
    with django_db_blocker.unblock(), database(demo_database):
        serving = gunicorn(media_root, tmp_path_factory.mktemp("web") / "gunicorn.log")
        address = serving.__enter__()
    yield address
    serving.__exit__(None, None, None)


@pytest.fixture
def web(demo: str, origin: str, browser: Browser) -> Iterator[Pages]:
    """Pages of the demonstration, served by gunicorn."""
    opened = Pages(browser, origin)
    yield opened
    for context in opened.contexts:
        context.close()
    assert not opened.errors, "\n".join(opened.errors)


# Kinds of pages that were light for another role; those where a role arrives are weighed for each.
WEIGHED: set[str] = set()


class Scale:
    """Counts what a page receives: bytes on the wire, and from which hosts."""

    def __init__(self, page: Page) -> None:
        self.page, self.size = page, 0
        self.hosts: set[str] = set()
        self.session: Any = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.loadingFinished", self._finished)
        self.session.on("Network.requestWillBeSent", self._asked)

    def _finished(self, event: dict[str, Any]) -> None:
        self.size += event["encodedDataLength"]

    def _asked(self, event: dict[str, Any]) -> None:
        address = urlsplit(event["request"]["url"])
        if address.scheme != "data":
            self.hosts.add(address.netloc)

    def weigh(self, address: str) -> int:
        """Open a page and say how many bytes came for it."""
        self.size = 0
        self.page.goto(address)
        self.page.evaluate("1")  # whatever the browser said before it answers this has arrived
        return int(self.size)


@pytest.mark.parametrize("role", MAIN)
def test_pages_are_light(web: Pages, role: str) -> None:
    client = client_of(PERSON[role].email)
    found = reached_by(role, client)
    cookies: Any = [
        {"name": name, "value": one.value, "url": web.origin} for name, one in client.cookies.items()
    ]
    wanted = found.one_of_each()
    assert wanted.keys() >= MAIN[role]
    heavy: list[str] = []
    hosts: set[str] = set()

    def visitor() -> Scale:
        page = web.open()
        page.context.add_cookies(cookies)
        return Scale(page)

    def visit(scale: Scale, address: str, least: int, most: int) -> None:
        size = scale.weigh(address)
        hosts.update(scale.hosts)
        if not least < size <= most:
            heavy.append(f"{address}: {size:,} bytes, between {least:,} and {most:,} expected")

    for kind in MAIN[role]:
        visit(visitor(), wanted[kind], 10_000, FIRST)
    again = visitor()
    again.weigh("/")
    for kind, address in wanted.items():
        if "?" in kind and kind.partition("?")[0] in wanted:
            continue  # a list with a filter is as light as the whole list
        if kind not in WEIGHED - MAIN[role] and not kind.startswith("gallery"):  # for who build the portal
            visit(again, address, 500, LATER)
    WEIGHED.update(wanted)
    assert not heavy, "\n".join(heavy)
    assert hosts == {urlsplit(web.origin).netloc}


def test_the_way_in_is_light(web: Pages) -> None:
    scale = Scale(web.open())
    assert 10_000 < scale.weigh("/accounts/login/") <= FIRST
    assert scale.hosts == {urlsplit(web.origin).netloc}
