"""Where documents of the Ambassador Toolkit were handed out: apps that write it down say so, the library reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from members.models import Association


@dataclass(frozen=True, slots=True)
class ToolkitUse:
    """One document at one occasion; `key` is that of the toolkit, `url` the page where it was written down."""

    key: str
    occasion: str
    kind: str
    used_on: date
    place: str = ""
    used_by: str = ""
    audience: int | None = None
    copies: int | None = None
    language: str = ""
    url: str = ""


Reader = Callable[[Association], list[ToolkitUse]]
_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Let an app say what it wrote down; called from `ready()`."""
    if reader not in _readers:
        _readers.append(reader)


def toolkit_uses(association: Association) -> list[ToolkitUse]:
    """All that apps of this installation wrote down for an association, newest first."""
    found = [use for reader in _readers for use in reader(association)]
    return sorted(found, key=lambda use: (use.used_on, use.occasion), reverse=True)
