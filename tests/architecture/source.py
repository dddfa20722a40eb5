"""The portal's source as syntax trees and texts, for tests about its shape."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("spm_portal", "members", "capacity", "training", "reporting")


@cache
def python_files(*, layer: str = "") -> tuple[Path, ...]:
    """The product's modules, migrations left out; of one layer (a folder or a file of that name) where given."""
    found = [
        path.relative_to(ROOT)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    ]
    if layer:
        found = [path for path in found if layer in {Path(part).stem for part in path.parts[1:]}]
    return tuple(sorted(found))


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """The functions of a module that others may call."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Every call inside."""
    return (found for found in ast.walk(node) if isinstance(found, ast.Call))


def parameters(function: ast.FunctionDef) -> set[str]:
    """Names of all parameters."""
    spec = function.args
    return {one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}


def templates() -> tuple[Path, ...]:
    """The portal's templates, by the name under which they are loaded."""
    folder = ROOT / "templates"
    return tuple(sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file()))
