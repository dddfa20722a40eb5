"""Install the system packages the portal needs, or name the exact command; knows only the standard library."""

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BREW_LIBRARIES = ("/opt/homebrew/lib", "/usr/local/lib")
# Debian's Chromium without a window: the same pages for half of the processor time.
HEADLESS_SHELL = "chromium-headless-shell"
OS_RELEASE = Path("/etc/os-release")
CHROMIUM_NAMES = (HEADLESS_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


@dataclass(frozen=True)
class Need:
    """Something outside Python: how to see whether it is there and which packages bring it."""

    what: str
    present: Callable[[], bool]
    apt: tuple[str, ...]
    brew: tuple[str, ...]


def has_library(linux: str, mac: str) -> bool:
    """Whether the dynamic linker finds a library, by its versioned name on Linux and its file on macOS."""
    if sys.platform == "darwin":
        return any(Path(folder, mac).exists() for folder in BREW_LIBRARIES)
    try:
        ctypes.CDLL(linux)
    except OSError:
        return False
    return True


def has_any_font() -> bool:
    """Whether fontconfig has a configuration; the fonts of the reports come with the portal."""
    return sys.platform == "darwin" or Path("/etc/fonts/fonts.conf").exists()


def chromium() -> str | None:
    """The path of a Chromium or Chrome, or None; the variable CHROMIUM overrides the search."""
    named = os.environ.get("CHROMIUM", "").strip()
    if named:
        return shutil.which(named)
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next(
        (path for path in found if path), next((path for path in CHROMIUM_MAC if Path(path).exists()), None)
    )


def chromium_package() -> str:
    """The package that brings a Chromium: Debian has one without a window, Ubuntu has not."""
    try:
        release = OS_RELEASE.read_text(encoding="utf-8")
    except OSError:
        return "chromium"
    return HEADLESS_SHELL if "ID=debian" in release.splitlines() else "chromium"


def has_chromium() -> bool:
    """Whether journeys have the Chromium that they are quickest in, or the one that CHROMIUM names."""
    if os.environ.get("CHROMIUM", "").strip() or chromium_package() != HEADLESS_SHELL:
        return chromium() is not None
    return shutil.which(HEADLESS_SHELL) is not None


def has_java() -> bool:
    """Whether a Java runs; macOS has a ``java`` that only asks to install one."""
    java = shutil.which("java")
    return (
        java is not None
        and subprocess.run([java, "-version"], check=False, capture_output=True).returncode == 0
    )


PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
NEEDS: dict[str, list[Need]] = {
    "venv": [
        Need(
            "Python's venv module",
            lambda: all(_importable(name) for name in ("venv", "ensurepip")),
            (f"python{sys.version_info[0]}.{sys.version_info[1]}-venv",),
            ("python@3.13",),
        )
    ],
    "pdf": [
        Need("Pango", lambda: has_library("libpango-1.0.so.0", "libpango-1.0.0.dylib"), PANGO, ("pango",)),
        Need(
            "PangoFT2",
            lambda: has_library("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"),
            PANGO,
            ("pango",),
        ),
        Need(
            "HarfBuzz subset",
            lambda: has_library("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
            PANGO,
            ("pango",),
        ),
        Need("fontconfig", has_any_font, ("fontconfig-config",), ("fontconfig",)),
    ],
    "tests": [
        Need("Redis", lambda: shutil.which("redis-server") is not None, ("redis-server",), ("redis",)),
        Need("Chromium", has_chromium, (chromium_package(),), ("--cask chromium",)),
        Need("pdftoppm", lambda: shutil.which("pdftoppm") is not None, ("poppler-utils",), ("poppler",)),
        Need("GNU gettext", lambda: shutil.which("xgettext") is not None, ("gettext",), ("gettext",)),
        Need("Java (for the W3C checker)", has_java, ("default-jre-headless",), ("openjdk",)),
    ],
}


def _importable(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def missing(groups: list[str]) -> list[Need]:
    """What the named groups need and this machine lacks."""
    return [need for group in groups for need in NEEDS[group] if not need.present()]


def install_command(needs: list[Need]) -> list[list[str]] | None:
    """The commands that install the needs on this machine, without privileges; None where no manager is known."""
    if sys.platform == "darwin":
        names = list(dict.fromkeys(name for need in needs for name in need.brew))
        return [["brew", "install", *name.split()] for name in names]
    if shutil.which("apt-get"):
        names = list(dict.fromkeys(name for need in needs for name in need.apt))
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
        return [["apt-get", "update", "-q"], install]
    return None


def _prefix() -> list[str] | None:
    """What to put before a command so that it may install packages; None where that takes a password."""
    if sys.platform == "darwin":
        return [] if shutil.which("brew") else None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def ensure(groups: list[str]) -> None:
    """Install what the groups lack; exits with the exact command where this user may not install."""
    needs = missing(groups)
    if not needs:
        return
    names = ", ".join(need.what for need in needs)
    commands = install_command(needs)
    if commands is None:
        sys.exit(
            f"Missing on this machine: {names}. Install them with its package manager, then run this again."
        )
    prefix = _prefix()
    if prefix is None:
        sudo = "" if sys.platform == "darwin" else "sudo "
        by_hand = " && ".join(sudo + " ".join(command) for command in commands)
        sys.exit(
            f"Missing on this machine: {names}. Install them with this command, then run this again:\n  {by_hand}"
        )
    print(f"Installing: {names}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        done = subprocess.run(
            [*prefix, *command],
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # A failed `apt-get update` may be one broken source of many: the installation decides.
        if done.returncode != 0 and "update" not in command:
            sys.exit(f"{done.stdout}\nThis command failed: {' '.join([*prefix, *command])}")
    left = missing(groups)
    if left:
        sys.exit(f"Still missing after the installation: {', '.join(need.what for need in left)}.")


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in NEEDS]
    if unknown or len(sys.argv) == 1:
        sys.exit(f"Usage: setup_system.py {' '.join(f'[{name}]' for name in NEEDS)}")
    ensure(sys.argv[1:])
