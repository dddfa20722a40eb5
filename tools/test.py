"""Run the static checks and then all tests; pytest's closing line is the last thing printed."""

import os
import subprocess
import sys
from pathlib import Path

from tools import database_of_tests

ROOT = Path(__file__).resolve().parents[1]


def workers() -> int:
    """How many test processes: one for each core and one more, at most four, each with its own database.

    One more, because journeys wait for Chromium and faults for workers: with one for each core a quarter of two
    cores did nothing.
    """
    return max(1, min(4, (os.cpu_count() or 1) + 1))


def beside(*command: str) -> subprocess.Popen[bytes]:
    """Begin with what all test processes need, in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.DEVNULL)


def database(step: str) -> subprocess.Popen[bytes]:
    """Make or drop the database that the test processes copy."""
    return beside("tools.database_of_tests", step)


def main() -> int:
    """Both parts always run; the exit status is not 0 if either failed."""
    # Dozens of processes are started: each would compile the portal again where none may keep what it compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    making, compiling = database("make"), beside("tools.rewritten_tests")
    checks = subprocess.run([sys.executable, "-m", "tools.check"], check=False, cwd=ROOT).returncode
    if checks:
        print("\nThe static checks failed (above). The tests run all the same.\n", flush=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(workers()),
        "--dist",
        "worksteal",
        *sys.argv[1:],
    ]
    compiling.wait()
    # without it each test process makes its own, as a single file run by hand does, and says what is wrong
    copied = {} if making.wait() else {"TEST_DB_TEMPLATE": database_of_tests.NAME}
    tests = subprocess.run(command, check=False, cwd=ROOT, env={**os.environ, **copied}).returncode
    database("drop").wait()
    return tests or checks


if __name__ == "__main__":
    sys.exit(main())
