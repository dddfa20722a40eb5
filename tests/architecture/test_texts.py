"""Every text of the interface can be found for translation."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import calls, python_files, tree

WORDS = {
    "_",
    "__",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}


def hidden(module: ast.Module) -> Iterator[str]:
    """Texts inside of f-strings, where the tool that collects texts does not look."""
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            for call in calls(node):
                if getattr(call.func, "id", getattr(call.func, "attr", "")) in WORDS:
                    yield f"line {node.lineno}: {ast.unparse(call)}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("f\"{_('Source')}: {value}\"", ["line 1: _('Source')"]),
        ("f\"{pgettext('chart', 'Members')}\"", ["line 1: pgettext('chart', 'Members')"]),
        ("_('Source') + f'{value}'", []),
    ],
)
def test_texts_inside_of_f_strings_are_seen(source: str, found: list[str]) -> None:
    assert list(hidden(ast.parse(source))) == found


def test_no_text_hides_inside_of_an_f_string() -> None:
    found = [f"{path}, {text}" for path in python_files() for text in hidden(tree(path))]
    assert not found, "Write the text outside of the f-string: it is not collected there.\n" + "\n".join(
        found
    )
