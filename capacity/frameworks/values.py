"""Reads single values of a framework's document; what is wrong is reported and replaced by a stand-in."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from capacity.frameworks.faults import Report

MAX_TITLE = 200  # the title of a framework has a column of this width
MAX_TEXT = 2000
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_CODE_FIX = "Use letters, digits and hyphens, beginning with a letter, at most 40 characters."


class Values:
    """Reads values of one document into one report."""

    def __init__(self, report: Report) -> None:
        self.report = report

    # --- single values ------------------------------------------------------------------------------------

    def fields(
        self, value: object, where: str, keys: Iterable[str], optional: Iterable[str] = ()
    ) -> Mapping[str, Any]:
        """The value as an object; its missing and its unknown keys are reported."""
        if not isinstance(value, Mapping):
            self.wrong(where, "an object with named values", value)
            return {}
        keys, known = tuple(keys), (*keys, *optional)
        for key in keys:
            if key not in value:
                self.report.add(where, f"the key {key!r} is missing", "Add it.")
        for key in value:
            if key not in known:
                fix = f"Leave it out; known are {', '.join(known)}."
                self.report.add(where, f"the key {key!r} is not known", fix)
        return value

    def rows(self, found: Mapping[str, Any], where: str, key: str) -> list[Any] | None:
        """The list under a key; None where it is missing, which `fields` has reported, or no list."""
        value = found.get(key, [])
        if not isinstance(value, list):
            self.wrong(f"{where}, {key}" if where != "the framework" else key, "a list", value)
            return None
        return value if key in found else None

    def text(self, found: Mapping[str, Any], where: str, key: str, most: int) -> str:
        """The text under a key; empty where it is missing or wrong, which is then reported."""
        return self.clean(found[key], f"{where}, {key}", most) if key in found else ""

    def optional_text(self, found: Mapping[str, Any], where: str, key: str) -> str:
        """The text under a key that may be missing."""
        return self.text(found, where, key, MAX_TEXT)

    def clean(self, value: object, where: str, most: int) -> str:
        """The value as one line of text without spaces around it; empty where it is not, which is reported."""
        if not isinstance(value, str):
            self.wrong(where, "a text in quotes", value)
            return ""
        if not value.strip():
            self.report.add(where, "the text is empty", "Write the text.")
        elif len(value) > most:
            self.report.add(where, f"the text has {len(value)} characters", f"Write at most {most}.")
        elif value != value.strip():
            self.report.add(where, "the text begins or ends with a space", "Leave the space out.")
        elif any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
            self.report.add(where, "the text has a control character", "Write it in one line without tabs.")
        else:
            return value
        return ""

    def code(self, found: Mapping[str, Any], where: str) -> str:
        """The code of a part."""
        return self.matching(found, where, "code", _CODE, _CODE_FIX)

    def matching(
        self, found: Mapping[str, Any], where: str, key: str, form: re.Pattern[str], fix: str
    ) -> str:
        """The text under a key, which must have a form."""
        text = self.text(found, where, key, MAX_TITLE)
        if text and not form.fullmatch(text):
            self.report.add(f"{where}, {key}", f"{text!r} cannot be used", fix)
        return text

    def integer(self, found: Mapping[str, Any], where: str, key: str) -> int | None:
        """The whole number under a key; None where it is missing or wrong."""
        if key not in found:
            return None
        value = found[key]
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(f"{where}, {key}", "a whole number", value)
            return None
        return value

    def number(self, found: Mapping[str, Any], where: str, wanted: int) -> None:
        """Read the number of a part, which counts from 1 without gaps."""
        number = self.integer(found, where, "number")
        if number is not None and number != wanted:
            self.report.add(
                where, f"the number is {number}", f"Count from 1 without gaps: {wanted} is due here."
            )

    # --- relations ----------------------------------------------------------------------------------------

    def known(self, code: str, known: frozenset[str] | None, where: str, what: str) -> bool:
        """Whether the code is one of those known; what is not is reported. `known` None: that list is wrong itself."""
        if known is None or code in known:
            return True
        fix = f"Use one of {', '.join(sorted(known))}." if known else f"The framework has no {what}: add it."
        self.report.add(where, f"there is no {what} {code!r}", fix)
        return False

    def no_twins(self, named: Iterable[tuple[str, str]], what: str) -> None:
        """Report every value that stands twice; each comes with its place."""
        seen: dict[str, str] = {}
        for value, where in named:
            if value and value in seen:
                self.report.add(
                    where, f"the {what} {value[:60]!r} stands twice", f"Give each a {what} of its own."
                )
            seen[value] = where

    def wrong(self, where: str, wanted: str, value: object) -> None:
        """Report a value of the wrong kind."""
        self.report.add(where, f"there is {_name_of(value)}", f"Give {wanted}.")


def _name_of(value: object) -> str:
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "a yes or no"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"
