"""Whether a typed name is the signatory's own, and what a receipt says about it. Pure."""

import re
import unicodedata


def name_words(name: str) -> frozenset[str]:
    """The words of a name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return frozenset(re.findall(r"\w+", kept))


def names_agree(typed: str, own: str) -> bool:
    """Whether `typed` names the person: case, accents, punctuation and order do not count.

    Middle names may be left out: at least two words must agree where the own name has two or more. A word that is not
    in the own name never agrees.
    """
    given, held = name_words(typed), name_words(own)
    return bool(given) and given <= held and len(given) >= min(2, len(held))
