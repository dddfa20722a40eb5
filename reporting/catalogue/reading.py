"""Typed reading of one JSON object that collects every fault instead of stopping at the first."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from reporting.expressions import Expression, ExpressionError, parse

Member = TypeVar("Member", bound=StrEnum)

MAX_FAULTS = 500
_LARGEST = 1e18  # also refuses infinity and nan
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a catalogue document; `place` reads like `indicator depositors, min`."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Reader:
    """Reads the keys of one object. A missing or ill-typed key is reported and a stand-in value returned."""

    def __init__(self, place: str, document: object, faults: list[Fault]) -> None:
        self.place = place
        self._faults = faults
        self._document: dict[str, Any] = {}
        self._read: set[str] = set()
        self.is_object = isinstance(document, dict)
        if isinstance(document, dict):
            self._document = {str(key): value for key, value in document.items()}
        else:
            self.report(f"must be an object with named values, not {_name_of(document)}")

    def report(self, message: str, key: str = "") -> None:
        """Note a fault of this object, or of one of its keys."""
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(Fault(f"{self.place}, {key}" if key else self.place, message))

    def finish(self) -> None:
        """Report every key that nothing has read."""
        for key in self._document:
            if key not in self._read:
                known = ", ".join(sorted(self._read))
                self.report(f"unknown key {key!r}; known are {known}")

    def has(self, key: str) -> bool:
        """Whether the key is there (and mark it as known)."""
        self._read.add(key)
        return key in self._document

    def _take(self, key: str, *, optional: bool) -> Any:
        """The raw value; _ABSENT if there is none. With `optional` the key may be null or absent."""
        self._read.add(key)
        value = self._document.get(key, _ABSENT)
        if value is _ABSENT and not optional and self.is_object:
            self.report(f"the key {key!r} is missing")
        if value is None and optional:
            return _ABSENT
        return value

    def _wrong(self, key: str, wanted: str, value: object) -> None:
        self.report(f"must be {wanted}, not {_name_of(value)}", key)

    def text(self, key: str) -> str:
        """A text that is not blank."""
        value = self._take(key, optional=False)
        if isinstance(value, str) and value.strip():
            return value
        if value is not _ABSENT:
            self._wrong(key, "a text that is not blank", value)
        return ""

    def optional_text(self, key: str) -> str | None:
        """A text that is not blank, or null."""
        value = self._take(key, optional=True)
        if value is _ABSENT:
            return None
        if isinstance(value, str) and value.strip():
            return value
        self._wrong(key, "a text that is not blank, or null", value)
        return None

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false; a key with a default may be absent."""
        value = self._take(key, optional=default is not None)
        if isinstance(value, bool):
            return value
        if value is not _ABSENT:
            self._wrong(key, "true or false", value)
        return bool(default)

    def integer(self, key: str) -> int:
        """A whole number from 0."""
        value = self._take(key, optional=False)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10_000:
            return value
        if value is not _ABSENT:
            self._wrong(key, "a whole number from 0 to 9999", value)
        return 0

    def optional_integer(self, key: str, largest: int) -> int | None:
        """A whole number from 0 to `largest`, or null."""
        value = self._take(key, optional=True)
        if value is _ABSENT:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest:
            return value
        self._wrong(key, f"a whole number from 0 to {largest}, or null", value)
        return None

    def optional_number(self, key: str) -> int | float | None:
        """A finite number, or null."""
        value = self._take(key, optional=True)
        if value is _ABSENT:
            return None
        if is_number(value):
            return value  # type: ignore[no-any-return]
        self._wrong(key, "a number, or null", value)
        return None

    def optional_date(self, key: str) -> date | None:
        """A day written as 2026-01-31, or null."""
        value = self._take(key, optional=True)
        if value is _ABSENT:
            return None
        if isinstance(value, str):
            with suppress(ValueError):
                return date.fromisoformat(value)
        self._wrong(key, "a day such as 2026-01-31, or null", value)
        return None

    def positive_number(self, key: str) -> int | float:
        """A finite number from 0."""
        value = self._take(key, optional=False)
        if is_number(value) and value >= 0:
            return value  # type: ignore[no-any-return]
        if value is not _ABSENT:
            self._wrong(key, "a number from 0", value)
        return 0

    def one_of(self, key: str, kind: type[Member], default: Member) -> Member:
        """A member of a closed list; `default` only stands in for a reported fault."""
        value = self._take(key, optional=False)
        if isinstance(value, str) and value in kind._value2member_map_:
            return kind(value)
        if value is not _ABSENT:
            self.report(f"{value!r:.60} is not one of {', '.join(kind)}", key)
        return default

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        """A list of texts that are not blank, each once."""
        value = self._take(key, optional=optional)
        if value is _ABSENT:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self._wrong(key, "a list of texts", value)
            return ()
        for item in sorted({item for item in value if value.count(item) > 1}):
            self.report(f"{item!r} stands there twice", key)
        return tuple(dict.fromkeys(value))

    def objects(self, key: str, name: str, *, optional: bool = False) -> Iterator["Reader"]:
        """A reader for each object of a list; places are told by code, id or position."""
        value = self._take(key, optional=optional)
        if value is _ABSENT:
            return
        if not isinstance(value, list):
            self._wrong(key, "a list", value)
            return
        for position, item in enumerate(value, start=1):
            yield Reader(_place(self.place, name, item, position), item, self._faults)

    def mapping(self, key: str) -> "Reader":
        """A reader for the object under a key."""
        value = self._take(key, optional=False)
        return Reader(key, {} if value is _ABSENT else value, self._faults)

    def keys(self) -> tuple[str, ...]:
        """All keys of the object."""
        return tuple(self._document)

    def expression(self, key: str) -> Expression | None:
        """An expression; None after a reported fault."""
        value = self._take(key, optional=False)
        return None if value is _ABSENT else self._parsed(key, value)

    def optional_expression(self, key: str) -> Expression | None:
        """An expression, or None for null."""
        value = self._take(key, optional=True)
        return None if value is _ABSENT else self._parsed(key, value)

    def _parsed(self, key: str, value: object) -> Expression | None:
        if not isinstance(value, str):
            self._wrong(key, "an expression in a text", value)
            return None
        try:
            return parse(value)
        except ExpressionError as error:
            self.report(error.message, f"{key}, column {error.column}")
            return None

    def raw(self, key: str) -> Any:
        """Whatever stands there; None if nothing does (reported)."""
        value = self._take(key, optional=False)
        return None if value is _ABSENT else value


def is_number(value: object) -> bool:
    """Whether the value is a finite number of the document (true and false are none)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _place(parent: str, name: str, item: object, position: int) -> str:
    known = None
    if isinstance(item, dict):
        known = item.get("code") or item.get("id")
    own = f"{name} {known}" if isinstance(known, str) and len(known) <= 60 else f"{name} number {position}"
    nested = name in ("choice", "disaggregation")
    return f"{parent}, {own}" if nested else own


def _name_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return f"{value!r:.60}"
