"""What travels over a bad line: at most 100 KB for a first visit, from one host.

Measured in Chromium as bytes on the wire, from gunicorn as in production. Each later page, at most 25 KB, is weighed by
`test_every_page.py`, which opens all of them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.journeys.demo_site import database
from tests.journeys.scale import FIRST, Scale
from tests.journeys.visitors import PERSON, client_of, reached_by
from tests.journeys.web_process import gunicorn
from tests.plugins.browser import Pages

pytestmark = pytest.mark.e2e

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


@pytest.mark.parametrize("role", MAIN)
def test_a_first_visit_is_light(web: Pages, role: str) -> None:
    client = client_of(PERSON[role].email)
    cookies: Any = [
        {"name": name, "value": one.value, "url": web.origin} for name, one in client.cookies.items()
    ]
    wanted = reached_by(role, client).one_of_each()
    assert wanted.keys() >= MAIN[role]
    heavy: list[str] = []
    hosts: set[str] = set()
    for kind in MAIN[role]:
        page = web.open()  # each with nothing in its cache
        page.context.add_cookies(cookies)
        scale = Scale(page)
        _answer, size = scale.weigh(wanted[kind])
        hosts.update(scale.hosts)
        if not 10_000 < size <= FIRST:
            heavy.append(f"{wanted[kind]}: {size:,} bytes, at most {FIRST:,} expected")
    assert not heavy, "\n".join(heavy)
    assert hosts == {urlsplit(web.origin).netloc}


def test_the_way_in_is_light(web: Pages) -> None:
    scale = Scale(web.open())
    assert 10_000 < scale.weigh("/accounts/login/")[1] <= FIRST
    assert scale.hosts == {urlsplit(web.origin).netloc}
