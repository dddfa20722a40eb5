"""Collect the texts of the portal for translators, and compile what they wrote: `make messages`."""

import os
import sys
from pathlib import Path
from typing import Any

import django
import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.makemessages import Command

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "locale"
SOURCE = "en"
NOT_OURS = (".venv/*", "var/*", "staticfiles/*", "tests/*", "bench/*", "tools/*")

Key = tuple[str, str, str]


class Look(Command):
    """Django's collector that only notes what it collected, and leaves the catalogues alone."""

    found: set[Key] = set()

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Called once a language with all texts."""
        self.found = {key_of(entry) for entry in polib.pofile(potfile)}


def files() -> list[Path]:
    """The catalogues of texts, one a language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def collect(command: str | Command = "makemessages") -> None:
    """Write every text of code and templates into the catalogues; needs GNU gettext."""
    options: dict[str, Any] = {"no_obsolete": True, "no_wrap": True, "add_location": "file", "verbosity": 0}
    languages = [code for code, _name in settings.LANGUAGES if code != SOURCE]
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        call_command(command, locale=languages, ignore_patterns=list(NOT_OURS), **options)
    finally:
        os.chdir(here)


def used() -> set[Key]:
    """Every text that code and templates use now: context, text, plural."""
    look = Look()
    collect(look)
    return look.found


def key_of(entry: polib.POEntry) -> Key:
    """What makes a text the same text."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def compiled(path: Path) -> bytes:
    """The binary form of a catalogue, which is kept beside it: an installation needs no GNU gettext."""
    content: bytes = polib.pofile(str(path)).to_binary()
    return content


def main() -> None:
    """Collect and compile."""
    django.setup()
    collect()
    for path in files():
        path.with_suffix(".mo").write_bytes(compiled(path))
        texts = polib.pofile(str(path))
        sys.stdout.write(f"{path.parts[-3]}: {texts.percent_translated()} % of {len(texts)} texts\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm_portal.settings")
    main()
