"""A mail server that takes, refuses or ignores messages as a test tells it to, and remembers what it took."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """How the server behaves, and what has come."""

    accepts: bool = True
    port: int = 0
    attempts: int = 0
    messages: list[str] = field(default_factory=list)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Speak as much SMTP as a client needs."""
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self._say("220 stub")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb in {"EHLO", "HELO"}:
                self._say("250 stub")
            elif verb == "RCPT":
                box.attempts += 1
                self._say("250 OK" if box.accepts else "451 Try again later")
            elif verb == "DATA":
                self._say("354 go on")
                lines = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                box.messages.append("\n".join(lines))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 OK")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A running server on a free port."""
    box = Mailbox()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join(timeout=5)
