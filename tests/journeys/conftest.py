"""Fixtures of the journeys: the demonstration, and mail whose links lead to the server of the test."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.demo_site import acquire, database, release, run_directory
from tests.plugins.browser import Pages
from tests.plugins.server import PortalServer

expect.set_options(timeout=15_000)  # a page may be slow on a busy machine; what is there is seen at once


@pytest.fixture(scope="session")
def demo_database(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of the database that holds the demonstration; nobody writes there."""
    place = run_directory(tmp_path_factory.getbasetemp())
    with django_db_blocker.unblock():
        name = acquire(place)
    yield name
    with django_db_blocker.unblock():
        release(place, name)


@pytest.fixture
def demo(transactional_db: None, demo_database: str) -> Iterator[str]:
    """The test works on the demonstration."""
    with database(demo_database):
        yield demo_database


@pytest.fixture(scope="session")
def demo_server(demo_database: str, surroundings: None) -> Iterator[PortalServer]:
    """A live server beside pytest-django's, whose tests empty their database afterwards."""
    server = PortalServer()
    yield server
    server.stop()


@pytest.fixture
def demo_pages(demo: str, demo_server: PortalServer, browser: Browser) -> Iterator[Pages]:
    """Pages of the demonstration; like `pages`, it fails the test on errors in the console."""
    opened = Pages(browser, demo_server.url)
    yield opened
    for context in opened.contexts:
        context.close()
    assert not opened.errors, "\n".join(opened.errors)


@pytest.fixture
def links_to_here(live_server: PortalServer, settings: Any) -> str:
    """Links in mails lead to the live server, and all mail goes into the ledger, as outside of tests."""
    settings.PUBLIC_ORIGIN = live_server.url
    settings.EMAIL_BACKEND = "spm_portal.common.mail.LedgerBackend"
    return str(live_server.url)
