"""Reads numbers as people type them in their language, and writes them so that they can be read back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from babel import Locale, UnknownLocaleError
from babel.numbers import format_percent as babel_percent
from babel.numbers import get_decimal_symbol, get_group_symbol
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_DIGITS = 20
MAX_TEXT = 80
_AMBIGUOUS_DECIMALS = 3
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)  # every float, written out in full, fits

# Bidirectional controls and byte order marks: invisible, and left behind by Arabic typing and copying.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACES = re.compile("[\t \u00a0\u2007\u2009\u202f]")
_SIGNS = {ord(minus): "-" for minus in "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"}
# Unambiguous marks, folded to one character each: an apostrophe never separates decimals, U+066B always.
_DECIMAL_ONLY = "\ue000"
_ARABIC_COMMA = "\u060c"
_MARKS = {0x2019: "'", 0x02BC: "'", 0x066C: "'", 0x066B: _DECIMAL_ONLY, 0x060C: ",", 0xE000: "\ufffd"}
_EXPONENT = re.compile(r"^[+-]?[0-9.,]+[eE][+-]?[0-9]+$")
_NOT_FINITE = re.compile(r"^[+-]?(nan|inf(inity)?|∞)$", re.IGNORECASE)
_NEGATIVE = re.compile(r"^\([^()]*\)$|^[^-]*[0-9] ?-$")
_WORD = rf"[^0-9.,' {_DECIMAL_ONLY}+()-]+(?: +[^0-9.,' {_DECIMAL_ONLY}+()-]+)*"
_EXTRA = re.compile(rf"^(?:[+-]? ?(?P<before>{_WORD}))|(?P<after>{_WORD})\.?$")


class NumberFault(StrEnum):
    """Why a typed text was refused; the stable name that tests and the import report use."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    EXPONENT = "exponent"
    NOT_FINITE = "not_finite"
    NEGATIVE = "negative"
    EXTRA_TEXT = "extra_text"
    AMBIGUOUS = "ambiguous"
    OTHER_MARKS = "other_marks"
    MALFORMED = "malformed"
    NOT_WHOLE = "not_whole"


_MESSAGES: dict[NumberFault, _StrPromise] = {
    NumberFault.EMPTY: _("Type a number, for example %(example)s."),
    NumberFault.TOO_LONG: _(
        "This number has more than %(limit)s digits. Check it for a slip of the keyboard."
    ),
    NumberFault.EXPONENT: _(
        "“%(text)s” is written with an exponent. Write out all digits, for example %(example)s."
    ),
    NumberFault.NOT_FINITE: _("“%(text)s” is not a number. Type a number, or choose why there is none."),
    NumberFault.NEGATIVE: _(
        "“%(text)s”: put a minus sign in front of a negative number, for example -%(example)s."
    ),
    NumberFault.EXTRA_TEXT: _(
        "Remove “%(extra)s”: type the number alone, in full; its unit or currency stands beside the box."
    ),
    NumberFault.AMBIGUOUS: _("“%(text)s” can be read in two ways. Type %(choices)s."),
    NumberFault.OTHER_MARKS: _(
        "“%(text)s” is not how numbers are written in your language. Type %(choices)s."
    ),
    NumberFault.MALFORMED: _(
        "“%(text)s” cannot be read as a number. Thousands stand in groups of three and the decimal mark "
        "stands once, for example %(example)s."
    ),
    NumberFault.NOT_WHOLE: _(
        "“%(text)s” has a decimal part, but only a whole number fits here. Type %(choices)s."
    ),
}
_OR = _("%(first)s or %(second)s")


class NumberError(ValueError):
    """A text that was not read as a number.

    `fault` says why, `readings` are the numbers the text may have meant (lowest first, none where there is no
    guess), and `str(error)` is the sentence for the person: what is wrong and what to type instead.
    """

    def __init__(
        self, message: str | Callable[[], str], *, fault: NumberFault, readings: tuple[Decimal, ...] = ()
    ) -> None:
        super().__init__(fault.value)
        self._message = message
        self.fault = fault
        self.readings = readings

    @property
    def message(self) -> str:
        """The sentence in the language active when it is shown."""
        return self._message() if callable(self._message) else self._message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class _Reading:
    """One way to understand a text."""

    value: Decimal
    grouped: bool
    decimal_digits: int


@dataclass(frozen=True)
class _Convention:
    """Which mark separates decimals and which ones (folded) may separate thousands."""

    point: str
    groups: str

    @property
    def pattern(self) -> re.Pattern[str]:
        group = f"[{re.escape(self.groups)}]"
        point = f"[{re.escape(self.point)}{_DECIMAL_ONLY}]"
        grouped = rf"[1-9][0-9]{{0,2}}(?P<g>{group})[0-9]{{3}}(?:(?P=g)[0-9]{{3}})*"
        return _compiled(rf"(?P<whole>[0-9]+|{grouped}|)(?:{point}(?P<fraction>[0-9]+))?")

    def read(self, body: str) -> _Reading | None:
        match = self.pattern.fullmatch(body)
        if match is None or not body:
            return None
        whole, fraction = match["whole"], match["fraction"]
        digits = re.sub(r"[^0-9]", "", whole)
        value = Decimal(f"{digits or '0'}.{fraction}" if fraction else digits)
        return _Reading(value, bool(match["g"]), len(fraction or ""))


_compiled = lru_cache(maxsize=None)(re.compile)
# The two families of the world. South Asia's lakh grouping (12,34,567) is only suggested, see _lakh.
_POINT = _Convention(".", ",' ")
_COMMA = _Convention(",", ".' ")
_LAKH = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")


def parse_number(text: str, *, language: str, whole: bool = False) -> Decimal:
    """The number that `text` means to a reader of `language` ("fr", "es-pe": codes as Django has them).

    The rule, in order:

    1. Digits may be of any script (Latin, Arabic-Indic, Persian) in every language; bidirectional marks and
       outer spaces are ignored; a minus sign may lead. A space of any kind, an apostrophe and the Arabic
       thousands mark always separate thousands, the Arabic decimal mark always decimals: no language reads
       them otherwise.
    2. Thousands are exact groups of three behind one to three digits that do not start with 0, all with the
       same mark. "3,20" or "1,2345" is never taken for grouping.
    3. The language's own thousands mark is trusted: "3,200" is 3200 in English, "3.200" is 3200 in Spanish,
       and the form reads it back ("3.200 prestatarios").
    4. The language's own decimal mark is trusted **unless** exactly three digits follow it and the other
       family of languages would read the same text as thousands. "3.200" in English and "3,200" in French may
       be 3.2 or 3200: refused, with both readings as they can be typed. So is "3،200" in Arabic, where people
       use that comma for both. "0.125", "1234.567" and "1,234.567" have one reading and are accepted.
    5. Marks of the other family are refused even where only one reading exists ("3.2" in Spanish, "3,2" in
       English): whoever saw 12.5 accepted would trust 12.500 next, and rule 3 reads that as 12500. The
       message says what to type. A country in the code helps: "es-pe" and "es-mx" write the point.
    6. Nothing but the number: signs for per cent and currency, letters, exponents, NaN and infinity are
       refused, and so are more than 20 digits.
    7. `whole=True` refuses any decimal part, ".0" too, because "3.00" may be a slip of 300. It does not
       loosen rule 4: "3.000" people may still be 3 or 3000.

    The value is exact. Raises NumberError.
    """
    locale = _locale(language)
    shown = " ".join(text.split())[:MAX_TEXT]
    body = _fold(text)

    def refuse(fault: NumberFault, *readings: Decimal, **parts: object) -> NoReturn:
        raise NumberError(
            lambda: _sentence(fault, language, readings, text=shown, **parts),
            fault=fault,
            readings=tuple(sorted(readings)),
        )

    if not body:
        refuse(NumberFault.EMPTY)
    if len(text) > MAX_TEXT or sum(c.isdigit() for c in body) > MAX_DIGITS:
        refuse(NumberFault.TOO_LONG)
    if _EXPONENT.match(body):
        refuse(NumberFault.EXPONENT)
    if _NOT_FINITE.match(body):
        refuse(NumberFault.NOT_FINITE)
    if _NEGATIVE.match(body):
        refuse(NumberFault.NEGATIVE)
    if extra := _EXTRA.search(body):
        refuse(NumberFault.EXTRA_TEXT, extra=extra["before"] or extra["after"])

    negative = body.startswith("-")
    unsigned = body[1:].lstrip() if body[0] in "+-" else body
    sign = -1 if negative else 1
    own = _own_convention(locale).read(unsigned)
    others = [r for r in (_POINT.read(unsigned), _COMMA.read(unsigned), _lakh(unsigned)) if r is not None]
    readings = {sign * r.value for r in others}
    if own is None:
        refuse(NumberFault.OTHER_MARKS if readings else NumberFault.MALFORMED, *readings)
    value = sign * own.value
    trusted = own.grouped and _ARABIC_COMMA not in text
    if not trusted and readings - {value}:
        refuse(NumberFault.AMBIGUOUS, *(readings | {value}))
    if whole and own.decimal_digits:
        down = value.to_integral_value()
        refuse(
            NumberFault.NOT_WHOLE, *({down} if down == value else {down, down + (1 if value > down else -1)})
        )
    return value + 0  # -0 becomes 0


def format_number(
    value: Decimal | float, *, language: str, decimals: int | None = None, grouping: bool = True
) -> str:
    """`value` as a reader of `language` writes it, in Latin digits.

    `decimals` fixes the number of decimals (half away from zero); None shows those that the value has. Text
    that parse_number would refuse as ambiguous (one to three digits, the decimal mark, exactly three
    decimals) gets a fourth decimal, 0: what the portal shows can always be typed back, and nobody takes
    3,125 for thousands.
    Raises ValueError for NaN and infinity.
    """
    exact = _rounded(_decimal(value), decimals)
    return _plain(exact, _locale(language), grouping=grouping)


def format_percent(value: Decimal | float, *, language: str, decimals: int | None = 1) -> str:
    """`value` in per cent (12.5 means 12.5 %, as answers are stored), the sign where the language puts it."""
    locale = _locale(language)
    before, after = _around_percent(locale)
    return before + _plain(_rounded(_decimal(value), decimals), locale, grouping=True) + after


def format_money(value: Decimal | float, currency: str, *, language: str, decimals: int | None = 0) -> str:
    """An amount in full units with its ISO code (PKR, never a sign that several countries share)."""
    locale = _locale(language)
    number = _plain(_rounded(_decimal(value), decimals), locale, grouping=True)
    return f"{currency}\u00a0{number}" if _currency_leads(locale) else f"{number}\u00a0{currency}"


def _fold(text: str) -> str:
    """The text with one character for each kind of mark, so that rules need not list the variants."""
    visible = _INVISIBLE.sub("", text).translate(_SIGNS).translate(_MARKS)
    latin = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in visible)
    return _SPACES.sub(" ", latin).strip()


def _lakh(unsigned: str) -> _Reading | None:
    if _LAKH.fullmatch(unsigned) is None:
        return None
    return _Reading(Decimal(unsigned.replace(",", "")), grouped=True, decimal_digits=0)


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    """The locale of a language code, or of its base language where the country is unknown."""
    for code in (language.replace("-", "_"), language.replace("_", "-").split("-")[0]):
        try:
            return Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            continue
    raise ValueError(f"“{language}” is not a language code known here; use codes such as en, fr or es-pe.")


@lru_cache(maxsize=64)
def _own_convention(locale: Locale) -> _Convention:
    point = get_decimal_symbol(locale, numbering_system="latn")
    group = _fold(get_group_symbol(locale, numbering_system="latn"))
    return _Convention(point, "".join(sorted({"'", " ", group} - {""})))


@lru_cache(maxsize=64)
def _written_with(locale: Locale) -> dict[int, str]:
    """What stands in the place of the comma and the point of plain Python."""
    return {
        ord(","): get_group_symbol(locale, numbering_system="latn"),
        ord("."): get_decimal_symbol(locale, numbering_system="latn"),
    }


@lru_cache(maxsize=64)
def _around_percent(locale: Locale) -> tuple[str, str]:
    """What the language writes before and after a number in per cent."""
    before, _zero, after = str(babel_percent(0, locale=locale, numbering_system="latn")).partition("0")
    return before, after


@lru_cache(maxsize=64)
def _currency_leads(locale: Locale) -> bool:
    """Whether the language writes the currency before the amount."""
    pattern: str = locale.currency_formats["standard"].pattern
    return pattern.lstrip("\u200f").startswith("¤")


def _decimal(value: Decimal | float) -> Decimal:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise ValueError("Only finite numbers can be shown.")
    return exact


def _rounded(value: Decimal, decimals: int | None) -> Decimal:
    if decimals is None:
        decimals = max(0, -_exponent(value.normalize(_EXACT)))
    return value.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _plain(value: Decimal, locale: Locale, *, grouping: bool) -> str:
    decimals = max(0, -_exponent(value))
    if decimals == _AMBIGUOUS_DECIMALS and 1 <= abs(value) < 1000:
        decimals += 1
    if value.is_zero():
        value = abs(value)
    written = format(value, f"{',' if grouping else ''}.{decimals}f")
    return written.translate(_written_with(locale))


def _sentence(fault: NumberFault, language: str, readings: tuple[Decimal, ...], **parts: object) -> str:
    choices = [format_number(reading, language=language) for reading in sorted(readings)]
    joined = choices[0] if choices else ""
    for choice in choices[1:]:
        joined = str(_OR) % {"first": joined, "second": choice}
    example = format_number(Decimal("3200.5"), language=language)
    return str(_MESSAGES[fault]) % {"choices": joined, "example": example, "limit": MAX_DIGITS, **parts}
