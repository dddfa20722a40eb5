"""Run every static check, two at a time, and report each one that fails, not only the first."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = sys.executable

# What a production server sets: Django's deployment checks must find nothing to add.
PRODUCTION = {
    "PRODUCTION": "true",
    "SECRET_KEY": "not-a-secret-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "PUBLIC_ORIGIN": "https://portal.example.org",
    "ALLOWED_HOSTS": "portal.example.org",
}


@dataclass(frozen=True)
class Check:
    """One command that must end with status 0."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    fix: str = ""


def checks() -> list[Check]:
    """All checks, the slowest first."""
    manage = [PYTHON, "-W", "error", "manage.py"]
    return [
        Check("types (mypy)", [str(BIN / "mypy")]),
        Check("lint (ruff)", [str(BIN / "ruff"), "check", "."], fix="make format mends what it safely can"),
        Check("format (ruff)", [str(BIN / "ruff"), "format", "--check", "."], fix="make format"),
        Check("templates (djLint)", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]),
        Check("arrows between modules (import-linter)", [str(BIN / "lint-imports")]),
        Check("missing migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Check("deployment settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        Check("Dockerfile (hadolint)", [str(BIN / "hadolint"), "Dockerfile"]),
        Check(
            "compose.yaml (compose specification)",
            [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "compose.yaml"],
        ),
        Check("own gates (tools/gates.py)", [PYTHON, "-m", "tools.gates"]),
    ]


def run(check: Check) -> tuple[Check, int, str, float]:
    """One check with its exit status, output and seconds."""
    started = time.monotonic()
    try:
        done = subprocess.run(
            check.command,
            check=False,
            cwd=ROOT,
            env={**os.environ, "NO_COLOR": "1", **check.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    except OSError as error:
        return check, 127, f"{error}. Run `make setup` or `make check`, which install it.", 0.0
    return check, done.returncode, done.stdout, time.monotonic() - started


def main() -> int:
    """Run all checks; the exit status is 1 if any failed."""
    # The first of several checks that read the settings would start the database: start it once, before.
    subprocess.run([PYTHON, "-c", "import spm_portal.settings"], check=False, cwd=ROOT)
    failed: list[tuple[Check, str]] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for check, status, output, seconds in pool.map(run, checks()):
            print(f"{'ok    ' if status == 0 else 'FAILED'} {check.name} ({seconds:.1f} s)", flush=True)
            if status != 0:
                failed.append((check, output))
    for check, output in failed:
        command = " ".join(
            Path(check.command[0]).name if index == 0 else part for index, part in enumerate(check.command)
        )
        print(f"\n--- {check.name}: {command}\n{output.strip()}")
        if check.fix:
            print(f"Fix: {check.fix}")
    if failed:
        print(
            f"\n{len(failed)} of {len(checks())} checks failed: {', '.join(check.name for check, _ in failed)}"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
