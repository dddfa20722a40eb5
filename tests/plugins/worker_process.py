"""Real Celery worker and scheduler processes on the test database, which a test may kill with signal 9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from kombu import pools
from pytest_django import Settings

from spm_portal.common import doorbell
from tests.plugins.redis_server import RedisServer

READY = {"worker": " ready.", "beat": "beat: Starting..."}


def database_url() -> str:
    """The database of the running test as a URL, for processes it starts."""
    found = connection.settings_dict
    query = {"host": found["HOST"]} if found["HOST"] else {}
    if found["PORT"]:
        query["port"] = str(found["PORT"])
    login = quote(found["USER"], safe="")
    if found["PASSWORD"]:
        login += f":{quote(found['PASSWORD'], safe='')}"
    return f"postgresql://{login}@/{quote(found['NAME'], safe='')}?{urlencode(query)}"


def environment_for(media_root: Path, redis_url: str | None, **more: str) -> dict[str, str]:
    """The environment in which a started process sees the same database, files and queue as the test."""
    surroundings = {**os.environ, "DATABASE_URL": database_url(), "MEDIA_ROOT": str(media_root)}
    surroundings.pop("REDIS_URL", None)
    if redis_url:
        surroundings["REDIS_URL"] = redis_url
    # The checks of the settings take a second of each start and load every page; `make check` runs them once.
    surroundings["CELERY_SKIP_CHECKS"] = "1"
    return {**surroundings, "PYTHONUNBUFFERED": "1", "LOG_LEVEL": "INFO", **more}


T = TypeVar("T")


def wait_until(
    ask: Callable[[], T], seconds: float = 30, what: str | Callable[[], str] = "the awaited state"
) -> T:
    """Ask every 0.1 s until the answer is true, and return it; fails the test after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            awaited = what if isinstance(what, str) else what()
            pytest.fail(f"Waited {seconds} s for {awaited}; last answer: {answer!r}")
        time.sleep(0.1)


class CeleryProcess:
    """One ``celery worker`` or ``celery beat`` with its own process group and log file."""

    def __init__(self, kind: str, log: Path, environment: dict[str, str], arguments: list[str]) -> None:
        self.kind = kind
        self.log = log
        command = [
            sys.executable,
            "-m",
            "celery",
            "--app",
            "spm_portal",
            kind,
            "--loglevel",
            "INFO",
            *arguments,
        ]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """Everything it has written so far."""
        return self.log.read_text(errors="replace")

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Wait for the line that says it takes work."""
        deadline = time.monotonic() + seconds
        while READY[self.kind] not in self.output:
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(
                    f"celery {self.kind} did not get ready (status {self.process.poll()}):\n{self.output[-4000:]}"
                )
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it with all its children by signal 9, as the kernel does when memory runs out."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=15)

    def kill_child(self) -> None:
        """Kill only the process that executes tasks; the worker itself stays."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], check=True, capture_output=True, text=True
        )
        for pid in found.stdout.split():
            os.kill(int(pid), signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end after its current task; kills it after 20 s."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=20)
        self.kill()


class ProcessFactory:
    """Starts processes for one test and ends them with it."""

    def __init__(self, directory: Path, media_root: Path, redis_server: RedisServer) -> None:
        self.directory = directory
        self.media_root = media_root
        self.redis_server = redis_server
        self.started: list[CeleryProcess] = []

    def start(
        self, kind: str = "worker", *arguments: str, ready: bool = True, **environment: str
    ) -> CeleryProcess:
        """A running ``worker`` or ``beat``; keyword arguments are variables, such as JOB_LEASE_SECONDS="2"."""
        number = len(self.started)
        if kind == "worker":
            arguments = ("--concurrency", "1", "--hostname", f"test{number}-{os.getpid()}@%h", *arguments)
        else:
            arguments = ("--pidfile=", "--schedule", str(self.directory / f"schedule-{number}"), *arguments)
        surroundings = environment_for(self.media_root, self.redis_server.url, **environment)
        process = CeleryProcess(kind, self.directory / f"{kind}-{number}.log", surroundings, list(arguments))
        self.started.append(process)
        if ready:
            process.wait_until_ready()
        return process


def point_to(app: Celery, broker_url: str, options: dict[str, Any]) -> None:
    """Let this process ring another broker: drops the connections that Celery keeps open."""
    app.conf.broker_url = broker_url
    app.conf.broker_transport_options = options
    pools.reset()
    app._pool = None
    app.__dict__.pop("amqp", None)
    doorbell.forget()


@pytest.fixture
def processes(
    transactional_db: None,
    redis_server: RedisServer,
    media_root: Path,
    tmp_path: Path,
    settings: Settings,
) -> Iterator[ProcessFactory]:
    """Starts real Celery processes; this process rings the same Redis. Rows must be committed to be seen there."""
    from spm_portal.celery import app

    before = app.conf.broker_url, app.conf.broker_transport_options
    settings.REDIS_URL = redis_server.url
    point_to(app, redis_server.url, {"socket_timeout": 2, "socket_connect_timeout": 1, "max_retries": 0})
    factory = ProcessFactory(tmp_path, media_root, redis_server)
    yield factory
    for process in factory.started:
        process.kill()  # the test is over: a farewell takes four seconds
        print(f"{process.log.name} ends with:\n{process.output[-4000:]}")  # shown where the test failed
    point_to(app, *before)


@pytest.fixture
def worker_process(processes: ProcessFactory) -> CeleryProcess:
    """One ready worker, for tests that need no more than that."""
    return processes.start()
