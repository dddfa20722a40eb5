"""Between a stored answer and the rule engine: typed values in, typed fields out, and what fits which type."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from reporting.catalogue import Indicator, IndicatorType
from spm_portal.common.typed import paragraphs

Value = int | float | bool | str | tuple[str, ...] | None

LARGEST = Decimal(10) ** 17  # what the column holds with its six decimals
STEP = Decimal("0.000001")
MAX_TEXT = 20_000
FIELDS = ("number", "text", "choices", "flag", "file_id")


class Stored(Protocol):
    """The typed fields of an answer row (or of one of its history rows)."""

    @property
    def number(self) -> Decimal | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def choices(self) -> list[str] | None: ...
    @property
    def flag(self) -> bool | None: ...
    @property
    def file_id(self) -> UUID | None: ...


class Named(Protocol):
    """A file as far as the engine cares."""

    @property
    def name(self) -> str: ...


class StoredWithFile(Stored, Protocol):
    """The same with the file behind it at hand."""

    @property
    def file(self) -> Named | None: ...


class ValueRefused(ValueError):
    """A value that the indicator's type cannot hold; the text says what would."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The typed fields of an answer, at most one of them set."""

    number: Decimal | None = None
    text: str | None = None
    choices: list[str] | None = None
    flag: bool | None = None
    file_id: UUID | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fields by column name."""
        return {name: getattr(self, name) for name in FIELDS}

    @property
    def is_empty(self) -> bool:
        """Whether no field is set."""
        return all(getattr(self, name) is None for name in FIELDS)


def to_engine(indicator: Indicator, stored: StoredWithFile) -> Value:
    """The value that formulas and rules see: None where there is none (a missing reason is no value).

    Percentages 0-100; money in full units; whole numbers as int; the choices of yes, partly, no as numbers; a file
    as its given name. A stored value that no longer fits the type counts as none.
    """
    kind = indicator.type
    if kind.is_number:
        if stored.number is None:
            return None
        whole = kind is IndicatorType.INTEGER and stored.number == stored.number.to_integral_value()
        return int(stored.number) if whole else float(stored.number)
    if kind is IndicatorType.BOOLEAN:
        return stored.flag
    if kind is IndicatorType.SINGLE_CHOICE:
        choice = indicator.choice_spelled(stored.text) if stored.text else None
        return choice.value if choice else None
    if kind is IndicatorType.MULTIPLE_CHOICE:
        return tuple(stored.choices) if stored.choices else None
    if kind is IndicatorType.FILE:
        return stored.file.name if stored.file else None
    return stored.text or None


def from_engine(indicator: Indicator, value: Any) -> dict[str, Any]:
    """The typed fields of a value: every column, one of them set, or none where the value is empty.

    Accepts what `to_engine` gives and the JSON of an import (numbers also as Decimal, choices as a list), except for
    a file, which is named by the id of its attachment. Blank texts and empty lists are empty. Raises ValueRefused
    with a sentence for the person.
    """
    return fields_of(indicator, value).as_dict()


def fields_of(indicator: Indicator, value: Any) -> Fields:
    """The same as `from_engine`, typed."""
    if value is None or value == "" or value == [] or value == ():
        return Fields()
    kind = indicator.type
    if kind.is_number:
        return Fields(number=_number(indicator, value))
    if kind is IndicatorType.BOOLEAN:
        if not isinstance(value, bool):
            raise ValueRefused(_("Choose yes or no."))
        return Fields(flag=value)
    if kind is IndicatorType.SINGLE_CHOICE:
        return Fields(text=_choice(indicator, value))
    if kind is IndicatorType.MULTIPLE_CHOICE:
        return Fields(choices=_choices(indicator, value))
    if kind is IndicatorType.FILE:
        return Fields(file_id=_file(value))
    return _text(indicator, value)


def _number(indicator: Indicator, value: Any) -> Decimal:
    refused = ValueRefused(_("Type a number, or choose why there is none."))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise refused
    if isinstance(value, float) and not math.isfinite(value):
        raise refused
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite() or abs(number) >= LARGEST:
            raise ValueRefused(
                _("This number is larger than the portal keeps. Check it for a slip of the keyboard.")
            )
        if indicator.type is IndicatorType.INTEGER and number != number.to_integral_value():
            raise ValueRefused(_("Only a whole number fits here."))
        return number.quantize(STEP, rounding=ROUND_HALF_EVEN) + 0
    except InvalidOperation:
        raise refused from None


def _choice(indicator: Indicator, value: Any) -> str:
    choice = None if isinstance(value, bool) else indicator.choice(value)
    if choice is None and isinstance(value, str):
        choice = indicator.choice_spelled(value)
    if choice is None:
        raise ValueRefused(_("“%(value)s” is not in the list. Choose one entry of it.") % _shown(value))
    return str(choice.value)


def _choices(indicator: Indicator, value: Any) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueRefused(_("Tick one or more entries of the list."))
    ticked = [str(item) for item in value]
    known = [str(choice.value) for choice in indicator.choices]
    for item in ticked:
        if item not in known:
            raise ValueRefused(_("“%(value)s” is not in the list. Tick entries of it.") % _shown(item))
    # always in the order of the list, so that the same ticks are the same value
    return [item for item in known if item in ticked]


def _file(value: Any) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        raise ValueRefused(_("Choose a file to upload.")) from None


def _text(indicator: Indicator, value: Any) -> Fields:
    if not isinstance(value, str):
        raise ValueRefused(_("Type a text."))
    text = paragraphs(value)
    # a text beyond the indicator's own limit is kept and shown as a problem; this one only guards the disk
    if len(text) > MAX_TEXT:
        raise ValueRefused(
            _("This text has %(count)s characters; the portal keeps %(limit)s. Shorten it.")
            % {"count": len(text), "limit": MAX_TEXT}
        )
    return Fields(text=text) if text else Fields()


def _shown(value: Any) -> dict[str, str]:
    return {"value": str(value)[:60]}


def stored_text(indicator: Indicator, stored: Stored) -> str:
    """A canonical text of a stored value, the same for the same value in every language; "" for none.

    For hashes, comparison and logs; pages format values in the reader's language.
    """
    if stored.number is not None:
        return canonical_number(stored.number)
    if stored.flag is not None:
        return "true" if stored.flag else "false"
    if stored.choices is not None:
        return ",".join(sorted(stored.choices))
    if stored.file_id is not None:
        return str(stored.file_id)
    return stored.text or ""


def canonical_number(number: Decimal) -> str:
    """A number without exponent and without trailing zeros: 3200, 12.5, 0."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def same_fields(one: Stored, other: Stored) -> bool:
    """Whether two answers hold the same value."""
    return (
        one.number == other.number
        and one.flag == other.flag
        and (one.text or None) == (other.text or None)
        and _sorted(one.choices) == _sorted(other.choices)
        and one.file_id == other.file_id
    )


def _sorted(choices: Sequence[str] | None) -> list[str] | None:
    return sorted(choices) if choices else None
