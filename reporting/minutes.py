"""How long a section took, told from when its answers were saved, and how long the rest will take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

# Between two saves somebody sat over the form, unless the pause is so long that they did something else.
LONGEST_PAUSE = timedelta(minutes=5)
# What a save counts before which there was no other, or a pause.
ALONE = timedelta(minutes=1)

# Seconds for one question of each type until returns were measured: a figure is looked up, a tick is known.
SECONDS: Mapping[str, int] = {
    "integer": 60,
    "decimal": 60,
    "money": 90,
    "percentage": 90,
    "boolean": 20,
    "single_choice": 30,
    "multiple_choice": 45,
    "text": 180,
    "file": 180,
}

ENOUGH = 3  # measured returns that make a median
STEP = 5  # minutes: what is told is no more exact than that


@dataclass(frozen=True, slots=True)
class Save:
    """One answer that a person saved by hand. `person` tells guests of one maker apart."""

    person: tuple[UUID | None, str]
    section: str
    at: datetime


def seconds_per_section(saves: Iterable[Save]) -> dict[str, int]:
    """How long each section took, in seconds.

    The time before a save counts for the section of that save: all of it up to five minutes, one minute of anything
    longer. Each person's saves are measured for themselves, so two people at once count twice, as work does.
    """
    spent: dict[str, timedelta] = {}
    last: dict[tuple[UUID | None, str], datetime] = {}
    for save in sorted(saves, key=lambda one: one.at):
        before = last.get(save.person)
        gap = save.at - before if before is not None else None
        counted = gap if gap is not None and gap <= LONGEST_PAUSE else ALONE
        spent[save.section] = spent.get(save.section, timedelta()) + counted
        last[save.person] = save.at
    return {section: round(time.total_seconds()) for section, time in spent.items()}


def medians(measured: Iterable[tuple[str, int]]) -> dict[str, float]:
    """The median seconds of each section that enough returns were measured in."""
    by_section: dict[str, list[int]] = {}
    for section, seconds in measured:
        by_section.setdefault(section, []).append(seconds)
    return {section: median(times) for section, times in by_section.items() if len(times) >= ENOUGH}


@dataclass(frozen=True, slots=True)
class Open:
    """What is left in one section: the types of all asked questions, and of those without an answer."""

    section: str
    asked: tuple[str, ...]
    left: tuple[str, ...]


def seconds_left(sections: Iterable[Open], typical: Mapping[str, float]) -> float:
    """How long the questions without an answer will take; the section's median is shared out by what types take."""
    total = 0.0
    for one in sections:
        left, asked = _seconds(one.left), _seconds(one.asked)
        measured = typical.get(one.section)
        total += left if measured is None or not asked else measured * left / asked
    return total


def told_minutes(seconds: float) -> int:
    """The minutes that a page tells: in steps of five, never below five until nothing is left."""
    if seconds <= 0:
        return 0
    return max(STEP, STEP * round(seconds / 60 / STEP))


def _seconds(types: Iterable[str]) -> int:
    return sum(SECONDS[kind] for kind in types)
