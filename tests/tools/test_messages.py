"""The portal speaks all its languages: nothing untranslated in numbers, no placeholder lost, nothing stale."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tools import messages

pytestmark = pytest.mark.integration

NAMES = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)\}")
ENOUGH = 0.97  # a text that was added yesterday may wait for its translator; a page in two languages may not
BY_LANGUAGE = pytest.mark.parametrize("path", messages.files(), ids=lambda path: path.parts[-3])


def names(text: str) -> set[str]:
    """The placeholders of a text."""
    return {first or second for first, second in NAMES.findall(text)}


def test_every_language_of_the_settings_has_a_catalogue() -> None:
    offered = {code for code, _name in settings.LANGUAGES} - {messages.SOURCE}
    assert {path.parts[-3] for path in messages.files()} == offered


def test_nearly_every_text_that_is_used_is_translated() -> None:
    used = messages.used()
    assert len(used) > 1_500
    for path in messages.files():
        there = {messages.key_of(entry) for entry in polib.pofile(str(path)) if entry.translated()}
        missing = sorted(used - there)
        assert len(missing) <= (1 - ENOUGH) * len(used), (
            f"{path.parts[-3]}: make messages, then translate:\n"
            + ("\n".join(text for _context, text, _plural in missing[:40]))
        )


@BY_LANGUAGE
def test_placeholders_are_those_of_the_text(path: Path) -> None:
    wrong = []
    for entry in polib.pofile(str(path)):
        if not entry.translated():
            continue
        if entry.msgid_plural:
            allowed = names(entry.msgid) | names(entry.msgid_plural)
            if any(not names(form) <= allowed for form in entry.msgstr_plural.values()):
                wrong.append(entry.msgid)
        elif names(entry.msgstr) != names(entry.msgid):
            wrong.append(entry.msgid)
    assert not wrong, "\n".join(wrong)


@BY_LANGUAGE
def test_what_is_compiled_says_what_the_translators_wrote(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(path), "Run make messages and commit."
