"""Fitting words into a picture without a browser: estimated widths, wrapping, shortening, keeping labels apart."""

from __future__ import annotations

import re
from unicodedata import bidirectional

_PIECES = re.compile(r"[^-/]*[-/]+(?=\w)|.+")
_THIN = frozenset("iljtfrI.,:;'|!()[] ·’")
_FAT = frozenset("QOGDHNUACBKRVXYZ&")
_FATTEST = frozenset("mwMW%@—…")


def text_width(text: str, size: float = 13, *, bold: bool = False) -> float:
    """Upper-middle estimate of a line's width in the unit of ``size``; right within a tenth for common sans fonts."""
    total = 0.0
    for character in text:
        if character in _THIN:
            total += 0.34
        elif character in _FAT:
            total += 0.72
        elif character in _FATTEST:
            total += 0.92
        elif ord(character) > 0x2E80:
            total += 1.0
        else:
            total += 0.585
    return total * size * (1.06 if bold else 1)


def is_right_to_left(text: str) -> bool:
    """Whether any letter of the text is written from right to left."""
    return any(bidirectional(character) in {"R", "AL"} for character in text)


def ellipsize(text: str, room: float, size: float = 13, *, bold: bool = False) -> str:
    """The text itself, or as much of it as fits into ``room`` with an ellipsis."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip(" ,;:-") + "…" if text else ""


def wrap(text: str, room: float, size: float = 13, most: int = 2) -> list[str]:
    """At most ``most`` lines that fit into ``room``; the last one is shortened where the words do not end."""
    lines: list[str] = []
    current = ""
    for word in _breakable(text):
        glue = "" if current.endswith(("-", "/")) else " "
        candidate = f"{current}{glue}{word}".strip()
        if current and text_width(candidate, size) > room:
            lines.append(current)
            current = word
        else:
            current = candidate
    lines.append(current)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :]).replace("- ", "-").replace("/ ", "/")]
    return [ellipsize(line, room, size) for line in lines]


def _breakable(text: str) -> list[str]:
    """The pieces a line may be broken between: words, and the parts of a word joined by hyphens or slashes."""
    return [piece for word in text.split() for piece in _PIECES.findall(word)]


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move places (in any order) as little as needed so that neighbours are ``gap`` apart within ``low`` and ``high``.

    When there are too many for the space they share it evenly.
    """
    if not places:
        return []
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = [min(max(place, low), high) for place in places]
    floor = low
    for index in order:
        moved[index] = max(moved[index], floor)
        floor = moved[index] + gap
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved
