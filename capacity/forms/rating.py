"""Reads what a rater's form sends: for each item a level or "does not apply", a reason, a note and the version seen."""

from collections.abc import Mapping

from capacity.services.scores import Word

NOT_APPLICABLE = "n"
MOST_DIGITS = 4


def has_word(code: str, data: Mapping[str, str]) -> bool:
    """Whether something was said of the item: one that was left alone is not looked at."""
    return any(data.get(f"{part}-{code}", "").strip() for part in ("l", "r", "t"))


def word_of(code: str, data: Mapping[str, str]) -> Word:
    """What was sent of one item; a level that is no number is one that no scale has."""
    chosen = data.get(f"l-{code}", "").strip()
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) <= MOST_DIGITS else None
    if chosen and number is None and chosen != NOT_APPLICABLE:
        number = -1
    seen = data.get(f"v-{code}", "")
    return Word(
        item=code,
        level=number,
        not_applicable=chosen == NOT_APPLICABLE,
        reason=data.get(f"r-{code}", ""),
        note=data.get(f"t-{code}", ""),
        version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
    )
