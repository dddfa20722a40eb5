"""Decisions are numbered once, and every template is used by something."""

import re
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps

from tests.architecture.source import ROOT, python_files, templates

# Loaded by Django and allauth by their name.
BY_NAME = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}


def test_decisions_are_numbered_once_and_without_a_gap() -> None:
    folder = ROOT / "docs" / "adr"
    names = sorted(path.name for path in folder.glob("[0-9]*.md"))
    numbers = [int(name[:4]) for name in names]
    assert numbers == list(range(1, len(numbers) + 1)), names
    for name in names:
        title = (folder / name).read_text(encoding="utf-8").splitlines()[0]
        assert re.match(r"# \D", title), (
            f"{name}: the file name is the only number, the first line the title."
        )


def test_documents_point_to_what_exists() -> None:
    broken = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if target.startswith("docs/images/") and not (ROOT / "docs" / "images").exists():
                continue
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)


def overrides_a_library(template: Path) -> bool:
    """Whether the template stands in for one of the same name in an installed library."""
    folders = [Path(config.path) / "templates" for config in apps.get_app_configs()]
    folders += [Path(find_spec("allauth").submodule_search_locations[0]) / "templates"]  # type: ignore[union-attr,index]
    folders += [Path(find_spec("django.forms").submodule_search_locations[0]) / "templates"]  # type: ignore[union-attr,index]
    return any((folder / template).exists() for folder in folders)


def test_every_template_is_used() -> None:
    texts = [(ROOT / path).read_text(encoding="utf-8") for path in python_files()]
    texts += [(ROOT / "templates" / path).read_text(encoding="utf-8") for path in templates()]
    everything = "\n".join(texts)
    unused = [
        str(template)
        for template in templates()
        if str(template) not in BY_NAME
        and f'"{template}' not in everything
        and f"'{template}" not in everything
        and not overrides_a_library(template)
    ]
    assert not unused, "Delete these templates, or use them:\n" + "\n".join(unused)


def test_migrations_are_named_by_hand() -> None:
    automatic = [
        str(path.relative_to(ROOT))
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
        for path in (Path(config.path) / "migrations").glob("*_auto_*.py")
    ]
    assert not automatic
