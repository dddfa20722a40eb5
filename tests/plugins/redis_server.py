"""A real Redis of one test run, on a free port, that a test may stop, kill and start again."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis


def free_port() -> int:
    """A TCP port of this machine that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """One redis-server process with an append-only file, as in production."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What REDIS_URL is set to."""
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        """A connection that gives up after two seconds."""
        return redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2)

    def start(self) -> None:
        """Start it on the same port and data as before and wait until it answers."""
        if self.process is not None and self.process.poll() is None:
            return
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.directory)]
        options += ["--appendonly", "yes", "--save", "", "--daemonize", "no", "--loglevel", "warning"]
        with (self.directory / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(["redis-server", *options], stdout=log, stderr=log)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                with self.client() as client:
                    client.ping()
                return
            except redis.exceptions.RedisError:
                time.sleep(0.05)
        raise RuntimeError(
            f"redis-server does not answer: {(self.directory / 'redis.log').read_text()[-2000:]}"
        )

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it (with SIGKILL: at once, without a farewell) and wait until it is gone."""
        if self.process is None:
            return
        self.process.send_signal(number)
        self.process.wait(timeout=15)
        self.process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def redis_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The one server of a test process; use ``redis_server``, which empties it."""
    if shutil.which("redis-server") is None:
        pytest.skip(
            "redis-server is not installed: run `make test`, which installs it, or apt-get install redis-server"
        )
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(redis_of_session: RedisServer) -> Iterator[RedisServer]:
    """A running, empty Redis; a test that stops it gets it started again for the next."""
    redis_of_session.start()
    with redis_of_session.client() as client:
        client.flushall()
    yield redis_of_session
    redis_of_session.start()
