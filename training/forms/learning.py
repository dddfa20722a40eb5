"""Reads what the list of attendance and the pages of tests and evaluations send."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import QueryDict

from training.models import TestQuestion
from training.services.attendance import Mark

PRESENT, ABSENT = "present", "absent"
MOST_DIGITS = 3


def mark_of(text: str, day: UUID) -> Mark | None:
    """One tap, such as `<registration>:present`; None for what no button of ours sends."""
    pk, _colon, word = text.partition(":")
    try:
        registration = UUID(pk)
    except ValueError:
        return None
    return Mark(day, registration, word == PRESENT) if word in (PRESENT, ABSENT) else None


def marks_of(data: Mapping[str, str], day: UUID) -> list[Mark]:
    """All marks of the form of a day, which names them `m-<registration>`."""
    found = (mark_of(f"{name[2:]}:{word}", day) for name, word in data.items() if name.startswith("m-"))
    return [one for one in found if one is not None]


def answers_of(questions: Sequence[TestQuestion], data: QueryDict) -> dict[str, list[int]]:
    """The numbers chosen of each question, which the form names `q-<id>`."""
    return {
        str(one.pk): [int(word) for word in data.getlist(f"q-{one.pk}") if _is_number(word)]
        for one in questions
    }


def prefixed(data: Mapping[str, str], prefix: str) -> dict[str, str]:
    """What was sent under names with a prefix, without it."""
    return {name.removeprefix(prefix): word for name, word in data.items() if name.startswith(prefix)}


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= MOST_DIGITS
