"""The embedded PostgreSQL starts once for many processes and after being killed, and says what to do when it cannot."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from spm_portal.common import embedded

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
START = [sys.executable, "-m", "spm_portal.common.embedded", "start"]


@pytest.fixture(autouse=True)
def _as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tests relax commits by this variable; here a commit must survive a kill."""
    monkeypatch.delenv("PGOPTIONS", raising=False)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # not under pytest's own directory: another run of pytest would close that to the database's user
    with tempfile.TemporaryDirectory(prefix="spm-db-") as parent:
        place = Path(parent) / "postgres"
        yield place
        embedded.stop(place)


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "VAR_DIR": str(data_dir.parent), **more}


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "data" / "postmaster.pid").read_text().splitlines()[0])


def rows(settings: dict[str, str], query: str) -> list[tuple]:
    connection = psycopg2.connect(
        dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], port=settings["PORT"]
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_starts_keeps_its_data_and_stops(data_dir):
    assert not embedded.is_running(data_dir)
    assert embedded.stop(data_dir) is False
    settings = embedded.ensure_running(data_dir, "first_base")
    assert rows(settings, "SELECT current_database(), current_setting('TimeZone')") == [("first_base", "UTC")]
    rows(settings, "CREATE TABLE kept AS SELECT 1 AS one")
    assert embedded.stop(data_dir) is True
    assert not embedded.is_running(data_dir)
    assert rows(embedded.ensure_running(data_dir, "first_base"), "SELECT one FROM kept") == [(1,)]


def test_four_processes_at_once_share_one_server(data_dir):
    names = ["one", "one", "two", "two"]
    running = [
        subprocess.Popen(
            START,
            cwd=ROOT,
            env=environment(data_dir, DATABASE_NAME=name),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name in names
    ]
    results = [(process.communicate(timeout=100)[0], process.returncode) for process in running]
    assert [code for _, code in results] == [0, 0, 0, 0], results
    settings = embedded.ensure_running(data_dir, "one")
    found = rows(settings, "SELECT datname FROM pg_database WHERE datname IN ('one', 'two') ORDER BY 1")
    assert found == [("one",), ("two",)]


def test_recovers_after_kill_minus_9(data_dir):
    settings = embedded.ensure_running(data_dir, "base")
    rows(settings, "CREATE TABLE kept AS SELECT 1 AS one")
    killed = server_pid(data_dir)
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while embedded.is_running(data_dir) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (data_dir / "data" / "postmaster.pid").exists()
    settings = embedded.ensure_running(data_dir, "base")
    assert server_pid(data_dir) != killed
    assert rows(settings, "SELECT one FROM kept") == [(1,)]


def test_recovers_where_a_cleaner_removed_the_socket(data_dir):
    settings = embedded.ensure_running(data_dir, "base")
    rows(settings, "CREATE TABLE kept AS SELECT 1 AS one")
    lost = server_pid(data_dir)
    next(Path(settings["HOST"]).glob(".s.PGSQL.*")).unlink()
    assert not embedded.is_running(data_dir)
    settings = embedded.ensure_running(data_dir, "base")
    assert server_pid(data_dir) != lost
    assert rows(settings, "SELECT one FROM kept") == [(1,)]


def test_pid_reused_by_another_process_is_seen_as_stale(data_dir):
    embedded.ensure_running(data_dir, "base")
    pid_file = data_dir / "data" / "postmaster.pid"
    left = pid_file.read_text().splitlines()
    embedded.stop(data_dir)
    pid_file.write_text("\n".join([str(os.getpid()), *left[1:]]) + "\n")
    assert not embedded.is_running(data_dir)
    settings = embedded.ensure_running(data_dir, "base")
    assert server_pid(data_dir) != os.getpid()
    assert rows(settings, "SELECT 1") == [(1,)]


def test_half_made_cluster_of_a_killed_process_is_made_again(data_dir):
    (data_dir / "data.new").mkdir(parents=True)
    (data_dir / "data.new" / "rubbish").write_text("x")
    assert rows(embedded.ensure_running(data_dir, "base"), "SELECT 1") == [(1,)]


def test_long_paths_get_their_socket_elsewhere(tmp_path):
    data_dir = tmp_path / ("long" * 30) / "postgres"
    try:
        settings = embedded.ensure_running(data_dir, "base")
        assert not settings["HOST"].startswith(str(tmp_path))
        assert rows(settings, "SELECT 1") == [(1,)]
    finally:
        embedded.stop(data_dir)


def test_only_this_user_reaches_the_socket(data_dir):
    settings = embedded.ensure_running(data_dir, "base")
    assert Path(settings["HOST"]).stat().st_mode & 0o077 == 0


def test_bad_database_name_is_refused_before_anything_starts(data_dir):
    with pytest.raises(embedded.EmbeddedPostgresError, match=r"DATABASE_NAME is 'No Such; DROP'"):
        embedded.ensure_running(data_dir, "No Such; DROP")
    assert not data_dir.exists()


def test_cluster_of_another_version_names_both(data_dir):
    (data_dir / "data").mkdir(parents=True)
    (data_dir / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(embedded.EmbeddedPostgresError, match=r"made by PostgreSQL 9, installed is \d+"):
        embedded.ensure_running(data_dir, "base")


def test_command_reports_its_state(data_dir):
    def run(action: str) -> tuple[int, str]:
        command = [*START[:-1], action]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(data_dir), check=False, capture_output=True, text=True
        )
        return done.returncode, done.stdout

    assert run("status") == (3, "not running\n")
    assert run("start")[0] == 0
    assert run("status") == (0, "running\n")
    assert run("stop") == (0, "stopped\n")
    assert run("stop") == (0, "was not running\n")
    assert run("dance")[0] == 2
