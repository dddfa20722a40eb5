"""Every page of the demonstration, for every role: accessible, valid, quiet, and no wider than the window.

Links are followed from home by every role: without a browser for the W3C checker (two pages of a kind and person), and
in Chromium (one of a kind, with all sections of one return and all chapters of one release). In Chromium each page is
checked by axe as on a light phone and, once for each kind, as on a dark desktop; neither window may scroll sideways.
"""

from collections.abc import Callable, Iterable, Mapping

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.journeys.crawl import kind_of
from tests.journeys.looking import look
from tests.journeys.visitors import ALL_OF, PERSON, client_of, reached_by
from tests.plugins.browser import DESKTOP, PHONE, Pages

pytestmark = pytest.mark.e2e


def carry_over(client: Client, page: Page, origin: str) -> None:
    """Give the browser the session of a client."""
    cookies = [{"name": name, "value": one.value, "url": origin} for name, one in client.cookies.items()]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]


def look_at(page: Page, addresses: Iterable[str], known: set[str]) -> list[str]:
    """Open pages one after the other and say what is wrong with them."""
    faults: list[str] = []
    for address in addresses:
        page.set_viewport_size({"width": PHONE, "height": 740})
        answer = page.goto(address)
        assert answer is not None
        if answer.status != 200:
            faults.append(f"{address}: status {answer.status}")
        faults += look(page, width=PHONE, dark=False)
        kind = kind_of(address)
        faults += look(page, width=DESKTOP, dark=True, with_axe=kind not in known)
        known.add(kind)
    return faults


@pytest.mark.parametrize("role", PERSON)
def test_pages_of_a_role(demo_pages: Pages, role: str) -> None:
    client = client_of(PERSON[role].email)
    found = reached_by(role, client)
    page = demo_pages.open()
    carry_over(client, page, demo_pages.origin)
    wanted = found.one_of_each()
    many = [address for address in found.pages if kind_of(address) in ALL_OF.get(role, {})]
    faults = look_at(page, dict.fromkeys([*wanted.values(), *many]), set())
    assert not faults, "\n".join(faults)
    assert len(wanted) > 10


def test_links_lead_somewhere_and_markup_is_valid(
    demo: str, w3c: Callable[[Mapping[str, str | bytes]], list[str]]
) -> None:
    """One Java process reads the pages of all roles; a page that others see alike is read once."""
    pages: dict[str, str | bytes] = {}
    dead: list[str] = []
    for role, person in PERSON.items():
        found = reached_by(role, client_of(person.email))
        dead += found.dead
        for address, markup in found.pages.items():
            pages.setdefault(f"{role}{address}", markup)
    assert not dead, "\n".join(dead)
    assert len(pages) > 100
    faults = w3c(pages)
    assert not faults, "\n".join(faults)
