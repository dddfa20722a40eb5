"""The fixed questions of evaluations, which marks count, and when so few answered that a mean would tell of persons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from training.scoring import mean

LOWEST, HIGHEST = 1, 5
# the codes of the questions of each stage, in the order in which they are asked; enums.Aspect has the words
QUESTIONS = {
    "after": ("relevance", "content", "materials", "organisation", "confidence"),
    "six_months": ("used", "effect"),
}
# below so many evaluations nobody who teaches sees a mean or a word
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of marks from 1 to 5, and of how many."""

    value: Decimal | None
    count: int

    @property
    def is_told_to_trainers(self) -> bool:
        """Whether so many answered that nobody can be recognised."""
        return self.count >= FEWEST


def mark_of(value: Any) -> int | None:
    """A mark from 1 to 5, or None for everything else."""
    try:
        found = int(value)
    except (TypeError, ValueError):
        return None
    return found if LOWEST <= found <= HIGHEST else None


def marks(codes: Iterable[str], given: Mapping[str, Any]) -> dict[str, int]:
    """The marks that were given to these codes."""
    found = {code: mark_of(given.get(code)) for code in codes}
    return {code: value for code, value in found.items() if value is not None}


def without_mark(codes: Iterable[str], given: Mapping[str, Any]) -> list[str]:
    """The codes that still need a mark, in their order."""
    codes = list(codes)
    found = marks(codes, given)
    return [code for code in codes if code not in found]


def mean_of(code: str, sheets: Iterable[Mapping[str, Any]]) -> Mean:
    """The mean of all sheets' marks for one code."""
    found = [value for value in (mark_of(sheet.get(code)) for sheet in sheets) if value is not None]
    return Mean(mean(found), len(found))
