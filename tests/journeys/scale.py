"""What travels over the line: a page's bytes on the wire, headers included, as Chromium receives them."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

FIRST, LATER = 100 * 1024, 25 * 1024


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

    def weigh(self, address: str) -> tuple[Response, int]:
        """Open a page; its answer, and how many bytes came for it."""
        self.size = 0
        answer = self.page.goto(address)
        assert answer is not None
        self.page.evaluate("1")  # whatever the browser said before it answers this has arrived
        return answer, int(self.size)
