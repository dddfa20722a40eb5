"""Checklists that an app with a catalogue offers to others: groups of its indicators, and what an MFI answered last."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from members.models import Association, User


@dataclass(frozen=True, slots=True)
class ChecklistName:
    """A checklist as a choice; `key` finds it again in the version that it has now."""

    key: str
    title: str
    version: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One indicator: its words, its help, what may be chosen as an answer, and its dimension of the standards or ""."""

    code: str
    label: str
    help: str
    choices: tuple[str, ...]
    dimension: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The indicators of one group of the catalogue, in the reader's language."""

    name: ChecklistName
    help: str
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True)
class LastAnswers:
    """What an MFI said last, in words of the reader's language.

    `source` names the return, `answers` has them by code, `worked_out` what follows from them: names with values.
    """

    source: str
    answers: Mapping[str, str]
    worked_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What the app of the catalogue knows.

    `offered` names the checklists of an association, `found` reads one by its key (None where the association has no
    such one), `answered` what an MFI said last on it; None where it said nothing, or the person may not read it.
    """

    offered: Callable[[Association], list[ChecklistName]]
    found: Callable[[Association, str], Checklist | None]
    answered: Callable[[Association, str, UUID, User], LastAnswers | None]


_sources: list[Source] = []


def register(source: Source) -> None:
    """Say who has checklists; the app of the catalogue calls it from `ready()`."""
    if source not in _sources:
        _sources.append(source)


def offered(association: Association) -> list[ChecklistName]:
    """Every checklist that an association can choose from, in the catalogue's order."""
    return [name for source in _sources for name in source.offered(association)]


def found(association: Association, key: str) -> Checklist | None:
    """The checklist of this key; None where the association has no such one."""
    return next((one for source in _sources if (one := source.found(association, key))), None)


def answered(association: Association, key: str, institution_id: UUID, reader: User) -> LastAnswers | None:
    """What the MFI said last on a checklist, as far as this person may read it."""
    told = (source.answered(association, key, institution_id, reader) for source in _sources)
    return next((one for one in told if one is not None), None)
