"""Scores of short tests: what was answered, how much of it is right, and what a group learned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")

Answers = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Key:
    """A question of a test: its id, how many choices it has, and the numbers of the right ones (from 0)."""

    question: str
    choices: int
    correct: frozenset[int]

    @property
    def has_several(self) -> bool:
        """Whether more than one choice is right."""
        return len(self.correct) > 1


def cleaned(keys: Sequence[Key], answers: Answers) -> dict[str, list[int]]:
    """The answers to these questions alone, each choice once and in order; of one right choice, no two are kept."""
    kept: dict[str, list[int]] = {}
    for key in keys:
        chosen = sorted({one for one in answers.get(key.question, ()) if 0 <= one < key.choices})
        if chosen and (key.has_several or len(chosen) == 1):
            kept[key.question] = chosen
    return kept


def unanswered(keys: Sequence[Key], answers: Answers) -> list[str]:
    """Questions that have no answer, in their order."""
    kept = cleaned(keys, answers)
    return [key.question for key in keys if key.question not in kept]


def is_right(key: Key, answers: Answers) -> bool:
    """Whether a question is answered with all right choices and no wrong one."""
    return frozenset(answers.get(key.question, ())) == key.correct


def score(keys: Sequence[Key], answers: Answers) -> Decimal:
    """Percent of the questions that are right, with one decimal: a question counts wholly or not at all.

    Raises ValueError for a test without questions.
    """
    if not keys:
        raise ValueError("A test without questions has no score.")
    kept = cleaned(keys, answers)
    right = sum(is_right(key, kept) for key in keys)
    return _tenth(Decimal(100 * right) / len(keys))


def mean(values: Iterable[Decimal | int | None]) -> Decimal | None:
    """The mean with one decimal of those that are there; None where none is."""
    found = [Decimal(value) for value in values if value is not None]
    return _tenth(sum(found, Decimal(0)) / len(found)) if found else None


def improvement(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Points of percent gained (or lost, below zero); None where a test is missing."""
    return None if before is None or after is None else after - before


def passed(after: Decimal | None, mark: int | None) -> bool | None:
    """Whether the test after it reached the mark; None without a test or without a mark."""
    return None if after is None or mark is None else after >= mark


def share(part: int, whole: int) -> Decimal | None:
    """Part of a whole in percent with one decimal; None of nothing."""
    return _tenth(Decimal(100 * part) / whole) if whole else None


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(TENTH, rounding=ROUND_HALF_UP)
