"""Each of the project's own gates is red on a planted breach and green without it."""

import subprocess
from pathlib import Path

import pytest

from tools import gates

SLASH = "/"  # machine paths are put together here, so that this file passes the gate it tests


def breaches(gate, root: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return list(gate(root, [Path(name) for name in files]))


@pytest.mark.parametrize(
    ("name", "lines", "red"),
    [
        ("members/forms.py", 400, False),
        ("members/forms.py", 401, True),
        ("tests/members/test_forms.py", 600, False),
        ("tests/members/test_forms.py", 601, True),
        ("templates/page.html", 401, True),
        ("static/css/portal.css", 900, False),
        ("members/migrations/0001_first.py", 900, False),
    ],
)
def test_file_length(tmp_path, name, lines, red):
    assert bool(breaches(gates.file_lengths, tmp_path, {name: "x\n" * lines})) is red


@pytest.mark.parametrize(
    ("text", "red"),
    [
        (f"see {SLASH}work{SLASH}main", True),
        (f"{SLASH}root{SLASH}x", True),
        (f"{SLASH}tmp{SLASH}team", True),
        (f"..{SLASH}shared", True),
        (f"{SLASH}home{SLASH}ann", True),
        ("https://example.org/work/list", False),
        ("/srv/spm/media", False),
    ],
)
def test_machine_paths(tmp_path, text, red):
    assert bool(breaches(gates.machine_paths, tmp_path, {"docs/a.md": text})) is red


@pytest.mark.parametrize(
    ("line", "red"),
    [
        ("Django==5.2.19   # the framework", False),
        ("django-allauth[mfa]==65.21.1  # sign-in", False),
        ("# a comment", False),
        ("Django>=5.2  # the framework", True),
        ("Django==5.2.19", True),
        ("Django", True),
    ],
)
def test_pinned_requirements(tmp_path, line, red):
    assert bool(breaches(gates.pinned_requirements, tmp_path, {"requirements.txt": line + "\n"})) is red


@pytest.mark.parametrize(
    ("markup", "red"),
    [
        ("{{ text|safe }}", True),
        ("{{ text | safeseq }}", True),
        ("{% autoescape off %}", True),
        ('<p style="color: red">', True),
        ('<button onclick="go()">', True),
        ("<style>p { }</style>", True),
        ("<script>go()</script>", True),
        ('<script src="/static/a.js" defer></script>', False),
        ('<script id="d" type="application/json">{}</script>', False),
        ("{# <p style=x> #}{% comment %}<style>{% endcomment %}", False),
        ('<p class="style" data-one="x">{{ text|safename }}</p>', False),
    ],
)
def test_strict_templates(tmp_path, markup, red):
    found = breaches(gates.strict_templates, tmp_path, {"templates/a.html": "\n" + markup})
    assert bool(found) is red
    assert all(message.startswith("templates/a.html:2: ") for message in found)


@pytest.mark.parametrize(
    ("rule", "red"),
    [
        ("margin-left: 1rem", True),
        ("padding-right:0", True),
        ("left: 0", True),
        ("text-align: right", True),
        ("float:left", True),
        ("border-left: 1px solid", True),
        ("margin-inline-start: 1rem", False),
        ("inset-inline-start: 0", False),
        ("text-align: start", False),
        ("/* left: as in a book */", False),
        ("border-top-left-radius: 2px", False),
    ],
)
def test_logical_css(tmp_path, rule, red):
    assert bool(breaches(gates.logical_css, tmp_path, {"static/css/a.css": f"p {{ {rule} }}"})) is red


@pytest.mark.parametrize(
    ("name", "code", "red"),
    [
        ("members/services/invite.py", "timezone.now()", True),
        ("members/services/invite.py", "datetime.datetime.now(UTC)", True),
        ("reporting/validation.py", "date.today()", True),
        ("reporting/catalogue/load.py", "time.time()", True),
        ("reporting/validation.py", "at.date()", False),
        ("members/views/invite.py", "timezone.now()", False),
    ],
)
def test_time_is_passed_in(tmp_path, name, code, red):
    assert bool(breaches(gates.time_is_passed_in, tmp_path, {name: f"x = {code}\n"})) is red


def test_documented_variables_both_ways(tmp_path):
    settings = 'A = env.text("SPM_A")\nD = env.database()\n'
    files = {"spm_portal/settings.py": settings, ".env.example": "SPM_A=1\n# DATABASE_URL=x\n"}
    assert breaches(gates.documented_variables, tmp_path, files) == []
    missing = breaches(gates.documented_variables, tmp_path, {**files, ".env.example": "# DATABASE_URL=x\n"})
    assert missing == [
        "spm_portal/settings.py:1: the variable SPM_A is not in .env.example. Add a line with a comment."
    ]
    stale = breaches(
        gates.documented_variables, tmp_path, {**files, ".env.example": "SPM_A=\nDATABASE_URL=\nSPM_B=\n"}
    )
    assert stale == [".env.example: nothing reads SPM_B. Remove the line."]


def test_project_files_are_those_git_would_commit(tmp_path):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("ignored.txt\n")
    (tmp_path / "static" / "vendor").mkdir(parents=True)
    for name in ["new.txt", "ignored.txt", "static/vendor/library.js"]:
        (tmp_path / name).write_text("x")
    assert [str(path) for path in gates.project_files(tmp_path)] == [".gitignore", "new.txt"]
