"""Prepare everything and start nothing: system libraries, .venv and the pinned packages; standard library only."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import setup_system

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / ".installed.json"
# Seconds after which it is known whether system packages are missing that nobody may install here.
KNOWN_AFTER = 2.0
# A third of what the packages hold; compiled where it is imported after all.
HARDLY_IMPORTED = r"/(tests|pip|setuptools|mypyc?|faker/providers|pygments/lexers)/"


def requirements_digest(names: list[str]) -> str:
    """A digest of the requirement files' text, so that a changed pin and nothing else installs again."""
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def read_stamp() -> dict[str, str]:
    """What was installed here before; empty where nothing was, or where it was interrupted."""
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def venv_works() -> bool:
    """Whether .venv holds a working Python new enough, made for this very directory."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    python = VENV / "bin" / "python"
    config = VENV / "pyvenv.cfg"
    if not python.exists() or not config.exists():
        return False
    if subprocess.run([python, "-c", probe], check=False, capture_output=True).returncode != 0:
        return False
    try:
        shebang = (VENV / "bin" / "pip").read_text().splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError):
        return False
    return str(VENV) in shebang or len(str(VENV)) > 100  # long paths get an indirect first line


def ensure_venv() -> None:
    """Make .venv, or make it again where it is broken or was moved."""
    if venv_works():
        return
    setup_system.ensure(["venv"])
    print("Making .venv", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def compiled_beside(command: list[str], environment: dict[str, str]) -> int:
    """Run pip, and compile what it has unpacked so far on another core: a third of its time. Its exit status.

    A file that pip was still writing is compiled once more, since its size has changed.
    """
    compiling = [
        str(VENV / "bin" / "python"),
        "-m",
        "compileall",
        "-q",
        "-x",
        HARDLY_IMPORTED,
        str(VENV / "lib"),
    ]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as pip:
        while pip.poll() is None:
            subprocess.run(compiling, check=False, capture_output=True)
            with suppress(subprocess.TimeoutExpired):
                pip.wait(timeout=1)
    # what does not compile is not imported either: examples of errors, and files for other versions
    subprocess.run([*compiling, "-j", "0"], check=False, capture_output=True)
    return pip.returncode


def ensure_packages(dev: bool) -> None:
    """Install the pinned packages unless exactly these are installed already."""
    stamp = read_stamp()
    name = "requirements-dev.txt" if dev else "requirements.txt"
    runtime = requirements_digest(["requirements.txt"])
    wanted = {"runtime": runtime}
    if dev:
        wanted["dev"] = requirements_digest(["requirements.txt", "requirements-dev.txt"])
    if wanted.items() <= stamp.items():
        return
    print(f"Installing the packages of {name}", flush=True)
    STAMP.unlink(missing_ok=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip"]
    command = [*pip, "install", "-q", "--no-compile", "--disable-pip-version-check", "--no-input"]
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    if compiled_beside([*command, "-r", str(ROOT / name)], environment) != 0:
        sys.exit(f"pip could not install {name}; its message is above. Check the network and run this again.")
    STAMP.write_text(json.dumps(wanted))


@contextmanager
def system_packages(groups: list[str]) -> Iterator[None]:
    """Install what the system lacks while something else is done; exits where it cannot be, at once if that is known.

    The system's packages are waited for, the others worked on: one after the other would take as long as both.
    """
    with subprocess.Popen([sys.executable, str(ROOT / "tools" / "setup_system.py"), *groups]) as installing:
        with suppress(subprocess.TimeoutExpired):
            installing.wait(timeout=KNOWN_AFTER)
        if installing.returncode:
            sys.exit(installing.returncode)
        yield
        if installing.wait():
            sys.exit(installing.returncode)


def main() -> None:
    """Prepare the runtime; with --dev also what checks and tests need."""
    dev = "--dev" in sys.argv[1:]
    ensure_venv()
    with system_packages(["pdf", "tests"] if "--tests" in sys.argv[1:] else ["pdf"]):
        ensure_packages(dev)


if __name__ == "__main__":
    main()
