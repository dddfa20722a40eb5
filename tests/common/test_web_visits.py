"""Looking at links from the server: which addresses it refuses, and what it says of those it visits."""

import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from spm_portal.common import web_visits
from spm_portal.common.web_visits import is_public, leads_inside, visit

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::a00:1", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_visited(address: str, expected: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is expected


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://example.org/guide.pdf", False),
        ("https://93.184.216.34/", False),
        ("http://192.168.1.1/x", True),
        ("http://[::1]:8000/", True),
        ("http://localhost/", True),
        ("http://files.local/", True),
    ],
)
def test_an_address_inside_a_network_is_known_without_looking_it_up(url: str, inside: bool) -> None:
    assert leads_inside(url) is inside


class _Site(BaseHTTPRequestHandler):
    asked: list[str] = []

    def _answer(self) -> None:
        type(self).asked.append(f"{self.command} {self.path}")
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/here")
        elif self.path == "/round":
            self.send_response(301)
            self.send_header("Location", "/round")
        elif self.path == "/inside":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/")
        elif self.path == "/file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
        elif self.path == "/no-head" and self.command == "HEAD":
            self.send_response(405)
        elif self.path in {"/here", "/no-head", "/caf%C3%A9"}:
            self.send_response(200)
        elif self.path == "/closed":
            self.send_response(403)
        else:
            self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = _answer

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _is_ours(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return str(address) == "127.0.0.1"


@pytest.mark.parametrize(
    ("path", "works", "words"),
    [
        ("/here", True, ""),
        ("/moved", True, ""),
        ("/no-head", True, ""),
        ("/café", True, ""),
        ("/gone", False, "404"),
        ("/closed", None, "403"),
        ("/round", False, "again"),
        ("/inside", False, "private network"),
        ("/file", False, "none of the web"),
    ],
)
def test_what_is_said_of_a_link(site: str, path: str, works: bool | None, words: str) -> None:
    found = visit(site + path, allowed=_is_ours, ports=False)
    assert found.works is works
    assert words in found.problem


def test_nothing_is_asked_of_a_machine_of_the_own_network(site: str) -> None:
    _Site.asked.clear()
    assert "private network" in visit(site + "/here", ports=False).problem
    assert "private network" in visit(site.replace("127.0.0.1", "localhost") + "/here", ports=False).problem
    assert visit(site + "/here", allowed=_is_ours).works is False  # a port that is none of the web
    assert visit("http://user:secret@example.org/").works is False
    assert not _Site.asked


def test_a_name_with_one_private_address_is_not_visited(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(web_visits.socket, "getaddrinfo", lambda *args, **kwargs: answers)
    monkeypatch.setattr(web_visits, "_ask", lambda *args: pytest.fail("it was asked"))
    assert "private network" in visit("http://example.org/").problem


def test_a_server_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    class Dripping(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            while not released.wait(0.02):
                try:
                    self.wfile.write(b"X")
                except OSError:
                    return

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    monkeypatch.setattr(web_visits, "SECONDS", 0.3)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        assert visit(f"http://127.0.0.1:{server.server_port}/", allowed=_is_ours, ports=False).works is False
    finally:
        released.set()
        server.shutdown()
        thread.join()
        server.server_close()
