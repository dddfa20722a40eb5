"""`make run` starts everything, says where it is, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from spm_portal.common import embedded
from tests.plugins.redis_server import free_port
from tests.plugins.worker_process import wait_until

ROOT = Path(__file__).resolve().parents[2]


class Run:
    """One `python -m tools.run` with a directory of its own for data."""

    def __init__(self, var: Path, port: int, **environment: str) -> None:
        self.port = port
        self.log = var.parent / f"run-{port}-{time.monotonic_ns()}.log"
        surroundings = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        surroundings |= {"VAR_DIR": str(var), "PORT": str(port), "DATABASE_NAME": "spm_run", **environment}
        surroundings.pop("PGOPTIONS", None)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.run"],
                cwd=ROOT,
                env=surroundings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until_up(self, seconds: float) -> float:
        """Seconds until the address was printed."""
        started = time.monotonic()
        wait_until(
            lambda: "The portal is at" in self.output or self.process.poll() is not None,
            seconds,
            "the address",
        )
        assert self.process.poll() is None, self.output
        return time.monotonic() - started

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def var() -> Iterator[Path]:
    # not under pytest's own directory: another run of pytest would close that to the database's user
    with tempfile.TemporaryDirectory(prefix="spm-run-") as parent:
        place = Path(parent) / "var"
        yield place
        embedded.stop(place / "postgres")


@pytest.mark.slow
@pytest.mark.integration
def test_first_start_second_start_and_ctrl_c(var):
    first = Run(var, free_port())
    first.wait_until_up(600)
    with urllib.request.urlopen(f"http://127.0.0.1:{first.port}/accounts/login/", timeout=20) as answer:
        assert answer.status == 200
    assert "Sign in to the demo with the password" in first.output
    assert embedded.is_running(var / "postgres")
    assert first.stop() == 0
    assert not embedded.is_running(var / "postgres")
    assert "Traceback" not in first.output
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", first.port), 2):
        pass

    second = Run(var, free_port())
    # 10 s is promised for a machine that does nothing else; here another test process shares the two cores.
    assert second.wait_until_up(60) < 20
    assert "Sign in to the demo with the password" in second.output
    assert second.stop(signal.SIGHUP) == 0
    assert not embedded.is_running(var / "postgres")


def test_taken_port_is_said_before_anything_starts(var):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        taken = Run(var, port)
        assert taken.process.wait(timeout=30) == 1
    assert f"Port {port} of 127.0.0.1 cannot be used: Address already in use" in taken.output
    assert f"PORT={port + 1} make run" in taken.output
    assert not var.exists()


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_bad_port_is_said_with_an_example(var, port):
    bad = Run(var, 0, PORT=port)
    assert bad.process.wait(timeout=30) == 1
    assert f"PORT is '{port}'. Set it to a number from 1 to 65535" in bad.output


def test_bad_setting_is_said_without_a_traceback(var):
    bad = Run(var, free_port(), WORKER_CONCURRENCY="many")
    assert bad.process.wait(timeout=60) == 1
    assert "Environment variable WORKER_CONCURRENCY is 'many'. Set it to a whole number" in bad.output
    assert "Traceback" not in bad.output
