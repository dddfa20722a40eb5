"""A live server that hands out static files as production does: hashed, by WhiteNoise, with their headers."""

from collections.abc import Iterator
from typing import Any

import pytest
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
def live_server(surroundings: None) -> Iterator[PortalServer]:
    """Takes the place of pytest-django's fixture."""
    server = PortalServer()
    yield server
    server.stop()
