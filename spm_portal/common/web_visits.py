"""Looking whether an address of the web answers, from a server that must not be led to machines of its own network.

The name is resolved here, every address of it must be one of the public internet, and the connection goes to the
address that was checked: a name that answers otherwise a moment later leads nowhere. Redirects are followed by hand,
each under the same checks. Nothing of a page is read but its status.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.utils.translation import gettext as _

SECONDS = 8.0
MOST_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What servers answer to programs and not to people: nothing is known then.
NOT_FOR_PROGRAMS = frozenset({401, 403, 405, 406, 429, 451, 999})
HEADERS = {"User-Agent": "SPM-portal-link-check/1.0", "Accept": "*/*", "Connection": "close"}
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # stands for any IPv4 address, private ones too
_INSIDE = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of it: `works` is None where nobody can say; `problem` says why it does not work or is not known."""

    works: bool | None
    problem: str = ""


def is_public(address: Address) -> bool:
    """Whether it is an address of the public internet: not private, loopback, link-local, shared or reserved."""
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if mapped is not None:
        return is_public(mapped)
    if isinstance(address, ipaddress.IPv6Address) and address in NAT64:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def leads_inside(url: str) -> bool:
    """Whether an address names a machine of a private network outright; no name is looked up."""
    host = urlsplit(url).hostname or ""
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)


def visit(url: str, *, allowed: Callable[[Address], bool] = is_public, ports: bool = True) -> Visit:
    """Ask for the address, by HEAD and then by GET, following redirects. Never raises.

    `allowed` and `ports` (only those of the web) are for tests, which visit a server of their own.
    """
    at = url
    try:
        for _step in range(MOST_REDIRECTS + 1):
            parts = _checked(at, ports)
            found = _addresses(parts, allowed)
            status, place = _ask("HEAD", parts, found)
            if status >= 400 or status in {204, 205}:
                status, place = _ask("GET", parts, found)
            if status not in REDIRECTS or not place:
                return _told(status)
            at = urljoin(at, place)
    except _Refused as refused:
        return Visit(False, str(refused))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Visit(False, _problem(error))
    return Visit(False, _("It redirects again and again."))


class _Refused(Exception):
    """An address that is not visited; the text says why."""


def _checked(url: str, ports: bool) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise _Refused(_("It leads to an address that is none of the web."))
    if parts.username or parts.password or (ports and parts.port not in {None, *PORTS.values()}):
        raise _Refused(_("It leads to a port or an account that is not looked at."))
    return parts


def _addresses(parts: SplitResult, allowed: Callable[[Address], bool]) -> str:
    """The address to connect to; every one that the name has must be allowed."""
    port = parts.port or PORTS[parts.scheme]
    try:
        answers = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise _Refused(_("There is no server of this name.")) from None
    found = [str(answer[4][0]) for answer in answers]
    if not found or not all(allowed(ipaddress.ip_address(one.partition("%")[0])) for one in found):
        raise _Refused(_("It leads into a private network and is not looked at."))
    return found[0]


def _ask(method: str, parts: SplitResult, address: str) -> tuple[int, str]:
    """Status and place of a redirect; the body stays unread, and after `SECONDS` the connection is cut."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    sock = socket.create_connection((address, port), timeout=SECONDS)
    try:
        if parts.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(
                sock, server_hostname=host, do_handshake_on_connect=False
            )
        # the timeout of a socket begins anew with every byte: a server that drips would hold a worker for hours
        cut = Timer(SECONDS, _cut, (sock,))
        cut.daemon = True
        cut.start()
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
            connection.sock = sock
            connection.request(method, _target(parts), headers=HEADERS)
            response = connection.getresponse()
            return response.status, response.headers.get("Location") or ""
        finally:
            cut.cancel()
    finally:
        sock.close()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _target(parts: SplitResult) -> str:
    whole = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(whole, safe="/?&=%#+,;:@!$'()*~-._")


def _told(status: int) -> Visit:
    if status < 400:
        return Visit(True)
    if status in NOT_FOR_PROGRAMS:
        return Visit(
            None,
            _("The server does not answer programs (%(status)s): open it yourself.") % {"status": status},
        )
    return Visit(False, _("The server answers %(status)s.") % {"status": status})


def _problem(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return str(_("No answer within %(seconds)s seconds.") % {"seconds": int(SECONDS)})
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("The certificate of the server is not valid.")
    if isinstance(error, ssl.SSLError):
        return _("The server does not speak securely.")
    return _("The server does not answer.")
