"""Run the static checks and then all tests; pytest's closing line is the last thing printed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def workers() -> int:
    """How many test processes: one for each core, at most four, each with its own database."""
    return max(1, min(4, os.cpu_count() or 1))


def main() -> int:
    """Both parts always run; the exit status is not 0 if either failed."""
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
    tests = subprocess.run(command, check=False, cwd=ROOT).returncode
    return tests or checks


if __name__ == "__main__":
    sys.exit(main())
