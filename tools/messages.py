"""Collect the texts of the portal for translators, and compile what they wrote: `make messages`."""

import os
import sys
import tempfile
from pathlib import Path

import django
import polib
from django.conf import settings
from django.core.management import call_command
from django.test.utils import override_settings

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "locale"
SOURCE = "en"
NOT_OURS = (".venv/*", "var/*", "staticfiles/*", "tests/*", "bench/*", "tools/*")


def files() -> list[Path]:
    """The catalogues of texts, one a language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def collect(into: Path = LOCALE) -> None:
    """Write every text of code and templates into the catalogues below `into`; needs GNU gettext."""
    languages = [code for code, _name in settings.LANGUAGES if code != SOURCE]
    for language in languages:
        (into / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        with override_settings(LOCALE_PATHS=[into]):
            call_command(
                "makemessages",
                locale=languages,
                ignore_patterns=list(NOT_OURS),
                no_obsolete=True,
                no_wrap=True,
                add_location="file",
                verbosity=0,
            )
    finally:
        os.chdir(here)


def used() -> set[tuple[str, str, str]]:
    """Every text that code and templates use now: context, text, plural."""
    with tempfile.TemporaryDirectory() as folder:
        collect(Path(folder))
        found = polib.pofile(str(next(Path(folder).glob("*/LC_MESSAGES/django.po"))))
        return {key_of(entry) for entry in found}


def key_of(entry: polib.POEntry) -> tuple[str, str, str]:
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
