"""The demonstration in a database of its own, built once for a whole test run and only looked at."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction

from reporting.demo.build import build_demo


@contextmanager
def database(name: str) -> Iterator[None]:
    """Let this process, with the threads of its live servers, work on another database."""
    settings: dict[str, Any] = connections.settings["default"]  # the one dictionary all threads share
    before = settings["NAME"]
    connection.close()
    settings["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = before


def name_of_demo() -> str:
    """The same for every process of a test run."""
    return re.sub(r"_gw\d+$", "", str(connection.settings_dict["NAME"])) + "_demo"


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One test process at a time."""
    with (place / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_directory(own: Path) -> Path:
    """What the processes of a test run share: beside the directories of its workers."""
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def acquire(place: Path) -> str:
    """The name of the demo's database, built by whichever test process comes first."""
    name, users = name_of_demo(), place / "demo.users"
    with _alone(place):
        count = int(users.read_text()) if users.exists() else 0
        if not count:
            _build(name)
        users.write_text(str(count + 1))
    return name


def release(place: Path, name: str) -> None:
    """Say that this process is done; the last one removes the database."""
    users = place / "demo.users"
    with _alone(place):
        left = int(users.read_text()) - 1
        users.write_text(str(left))
        if not left:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _build(name: str) -> None:
    empty = str(connection.settings_dict["NAME"])
    assert empty.startswith("test_"), f"{empty} is not the database of a test run"
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [empty])
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{empty}"')
    with database(name):
        with transaction.atomic():
            build_demo(at=datetime.now(UTC))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # nobody else counts the tables of tests
