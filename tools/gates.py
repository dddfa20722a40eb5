"""The project's own gates: each returns the places that break one of its promises."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ("spm_portal", "members", "capacity", "training", "reporting")
CODE = {".py", ".html", ".js", ".sh", ".txt"}
PRODUCT_LINES, TEST_LINES = 400, 600
LOCKFILES = {"requirements.txt", "requirements-dev.txt"}

# Written in pieces so that this file passes its own gate.
MACHINE_PATHS = re.compile(
    r"(?<![\w.}-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "fa" + "rm", "Us" + "ers"]) + r")/"
    r"|/tmp/" + r"team|\.\./" + r"shared\b|/ho" + r"me/\w|pypi-" + r"more"
)
NOT_TEXT = {".png", ".jpg", ".ico", ".ttf", ".woff2", ".pdf", ".mo", ".gz", ".webp", ".xlsx", ".zip"}

Files = list[Path]


def project_files(root: Path = ROOT) -> Files:
    """Every file that is or would be committed, vendored ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        cwd=root,
        capture_output=True,
        text=True,
    )
    paths = (Path(name) for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if "vendor" not in path.parts and (root / path).is_file())


def _text(root: Path, path: Path) -> str:
    return (root / path).read_text(encoding="utf-8")


def file_lengths(root: Path, files: Files) -> Iterator[str]:
    """Files too long to hold one purpose; style sheets, data and translations have no limit."""
    for path in files:
        if path.suffix not in CODE or "migrations" in path.parts:
            continue
        limit = TEST_LINES if path.parts[0] == "tests" else PRODUCT_LINES
        count = len(_text(root, path).splitlines())
        if count > limit:
            yield f"{path}: {count} lines, at most {limit}. Split it by purpose."


def machine_paths(root: Path, files: Files) -> Iterator[str]:
    """Paths of one machine, which mean nothing on another."""
    for path in files:
        if path.suffix in NOT_TEXT:
            continue
        for number, line in enumerate(_text(root, path).splitlines(), start=1):
            found = MACHINE_PATHS.search(line)
            if found:
                yield f"{path}:{number}: names {found[0]!r}, a path of one machine. Name it relative to the project."


def pinned_requirements(root: Path, files: Files) -> Iterator[str]:
    """Requirement lines without an exact version or without the reason they are there."""
    for path in (path for path in files if path.name in LOCKFILES):
        for number, line in enumerate(_text(root, path).splitlines(), start=1):
            if not line or line.startswith(("#", "-r ")):
                continue
            if not re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==[0-9][^ ]* +# \S.*", line):
                yield f"{path}:{number}: write it as name==version  # why"


_TEMPLATE_BANS: dict[str, str] = {
    r"\|\s*safe(seq)?\b": "the filter safe: format_html in a tag, or escape",
    r"\{%\s*autoescape\s+off": "autoescape off: leave escaping on",
    r"\sstyle\s*=": "a style attribute: the content security policy drops it; use a class",
    r"\son[a-z]+\s*=\s*[\"']": "an event attribute: the content security policy drops it; use a script file",
    r"<style\b": "an inline style sheet: the content security policy drops it",
    r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*application/json)": "an inline script: the content security policy drops it",
}


def strict_templates(root: Path, files: Files) -> Iterator[str]:
    """What the content security policy would drop or what would let markup of people through."""
    # Printed documents and mails are not pages: no browser applies the policy to them.
    pages = [
        path for path in files if path.suffix == ".html" and not {"pdf", "email", "mail"} & set(path.parts)
    ]
    for path in pages:
        text = re.sub(
            r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", _blank, _text(root, path), flags=re.DOTALL
        )
        for pattern, message in _TEMPLATE_BANS.items():
            for found in re.finditer(pattern, text):
                yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {message}"


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


_PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin)-(?:left|right)|left|right)\s*:"
    r"|(?<![\w-])(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)


def logical_css(root: Path, files: Files) -> Iterator[str]:
    """Left and right in the portal's own style sheets, which would be wrong in Arabic."""
    for path in (path for path in files if path.suffix == ".css"):
        text = re.sub(r"/\*.*?\*/", _blank, _text(root, path), flags=re.DOTALL)
        for number, line in enumerate(text.splitlines(), start=1):
            found = _PHYSICAL.search(line)
            if found:
                yield f"{path}:{number}: {found[0]!r} is physical. Use inset-inline-start, text-align: start and so on."


def _is_pure_or_service(path: Path) -> bool:
    inside = path.parts[1:]
    pure = {"expressions", "catalogue", "validation", "statistics", "disclosure", "scoring", "due"}
    return path.parts[0] in APPS and (
        "services" in inside or bool(pure & {Path(part).stem for part in inside})
    )


def time_is_passed_in(root: Path, files: Files) -> Iterator[str]:
    """Services and pure modules that read the clock instead of taking ``at=``."""
    for path in (path for path in files if path.suffix == ".py" and _is_pure_or_service(path)):
        for node in ast.walk(ast.parse(_text(root, path))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = ast.unparse(node.func.value)
            if (owner.split(".")[-1], node.func.attr) in {
                ("timezone", "now"),
                ("timezone", "localdate"),
                ("datetime", "now"),
                ("date", "today"),
                ("time", "time"),
            }:
                yield f"{path}:{node.lineno}: reads the clock. Take the moment as a parameter (at=)."


def documented_variables(root: Path, files: Files) -> Iterator[str]:
    """Variables that settings read and .env.example does not explain, and the other way round."""
    read: dict[str, str] = {}
    for path in (path for path in files if path.suffix == ".py" and path.parts[0] in APPS):
        for node in ast.walk(ast.parse(_text(root, path))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    read[first.value] = f"{path}:{node.lineno}"
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "env.database":
                read["DATABASE_URL"] = f"{path}:{node.lineno}"
    example = root / ".env.example"
    text = example.read_text(encoding="utf-8") if example.exists() else ""
    explained = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", text, flags=re.MULTILINE))
    used_elsewhere = {
        name
        for path in files
        if path.name in {"compose.yaml", "Procfile", "gunicorn.conf.py"}
        or path.parts[0] in {"tools", "tests"}
        for name in explained
        if re.search(rf"\b{name}\b", _text(root, path))
    }
    for name in sorted(read.keys() - explained):
        yield f"{read[name]}: the variable {name} is not in .env.example. Add a line with a comment."
    for name in sorted(explained - read.keys() - used_elsewhere):
        yield f".env.example: nothing reads {name}. Remove the line."


GATES: dict[str, Callable[[Path, Files], Iterable[str]]] = {
    "file length": file_lengths,
    "paths of one machine": machine_paths,
    "pinned requirements": pinned_requirements,
    "strict templates": strict_templates,
    "logical CSS": logical_css,
    "time is passed in": time_is_passed_in,
    "documented variables": documented_variables,
}


def main() -> int:
    """Print every breach of every gate; the exit status is 1 if there is one."""
    files = project_files()
    breaches = [(name, message) for name, gate in GATES.items() for message in gate(ROOT, files)]
    for name, message in breaches:
        print(f"[{name}] {message}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
