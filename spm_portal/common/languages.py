"""Names of languages in the reader's language, and those to choose from."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language


def _locale() -> Locale:
    try:
        return Locale.parse(get_language() or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def language_name(code: str) -> str:
    """The name of a language (ISO 639) in the reader's language; an unknown code as it is."""
    return str(_locale().languages.get(code, code))


def country_name(code: str) -> str:
    """The name of a country (two letters of ISO 3166) in the reader's language; an unknown code as it is."""
    return str(_locale().territories.get(code.upper(), code))


def language_choices() -> list[tuple[str, str]]:
    """Languages of two letters by name: those that the portal speaks first."""
    return list(_choices(get_language() or "en"))


@lru_cache(maxsize=16)
def _choices(spoken: str) -> tuple[tuple[str, str], ...]:
    ours = [code for code, _name in settings.LANGUAGES]
    others = {code: str(name) for code, name in _locale().languages.items() if len(code) == 2}
    ordered = sorted((name, code) for code, name in others.items() if code not in ours)
    return (
        *((code, others.get(code, code)) for code in ours),
        *((code, name) for name, code in ordered),
    )


@lru_cache(maxsize=256)
def own_name(code: str) -> str:
    """What its speakers call the language; an unknown code as it is."""
    try:
        return str(Locale.parse(code, sep="-").get_display_name() or code)
    except (UnknownLocaleError, ValueError):
        return code


def is_language(code: str) -> bool:
    """Whether there is a language of this code of two letters."""
    return len(code) == 2 and code in Locale("en").languages
