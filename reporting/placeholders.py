"""Words in braces that a text for many members may hold, filled for each of them."""

import re
from collections.abc import Mapping

KNOWN = ("mfi", "label", "value", "last_year")
"""What may be filled: the MFI, the question of the form, its value, and last year's."""

_BRACES = re.compile(r"\{([^{}\n]{1,40})\}")


def unknown(text: str) -> list[str]:
    """The words in braces that nothing fills, in their order, each once."""
    return [name for name in dict.fromkeys(_BRACES.findall(text)) if name not in KNOWN]


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with every known word filled; those without a filling stay. What is filled in is not read again."""
    return _BRACES.sub(lambda found: words.get(found[1], found[0]) if found[1] in KNOWN else found[0], text)
