"""A live server that hands out static files as production does: hashed, by WhiteNoise, with their headers."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer


class PortalServer(LiveServer):
    """pytest-django's server without Django's handler for files of development, which knows no hashed names."""

    def __init__(self, address: str = "localhost") -> None:
        super().__init__(address, start=False)
        self.thread.static_handler = _nothing_in_between
        self.start()


def _nothing_in_between(application: Any) -> Any:
    return application


@pytest.fixture(scope="session")
def live_server(
    surroundings: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[PortalServer]:
    """Takes the place of pytest-django's fixture."""
    server = PortalServer()
    yield server
    server.stop()
    with django_db_blocker.unblock():
        _end_other_sessions()


def _end_other_sessions() -> None:
    """End what threads of the server still hold: the database cannot be dropped while a page is half answered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()
