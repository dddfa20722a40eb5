"""What a framework is made of: areas with items by category, a scale with a proof point per level, support areas."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class RecordKind(StrEnum):
    """The portal's own records that may serve as evidence of a level."""

    RESPONSE_RATE = "response_rate"
    EDITIONS_PUBLISHED = "editions_published"
    REVIEWED_RETURNS = "reviewed_returns"
    MEMBERS_REGISTER = "members_register"
    SESSIONS_HELD = "sessions_held"
    TRAINERS_CERTIFIED = "trainers_certified"
    LIBRARY_WORKS = "library_works"
    STRATEGY = "strategy"
    INITIATIVES = "initiatives"
    AMBASSADOR_EVENTS = "ambassador_events"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the framework comes from, shown wherever it is shown."""

    publisher: str
    note: str
    url: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A step of the scale; `level` counts from 0."""

    level: int
    label: str


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of capacity that every area is divided by, such as systems."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Support:
    """A support area that would close a gap in the item, and why."""

    area: str
    why: str


@dataclass(frozen=True, slots=True)
class Item:
    """One capacity that is scored. `proof` has one text per level of the scale, in its order."""

    code: str
    area: str
    category: str
    text: str
    proof: tuple[str, ...]
    records: tuple[RecordKind, ...] = ()
    support: tuple[Support, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """An area of activity with its items in the order of the source.

    `category_labels` are labels of categories as this area prints them, where they differ from the framework's.
    """

    code: str
    number: int
    title: str
    items: tuple[Item, ...]
    category_labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SupportArea:
    """A kind of support that donors give."""

    code: str
    number: int
    title: str
    description: str


@dataclass(frozen=True)
class Framework:
    """One version of a framework, sound in itself: made by `read` alone, never changed.

    A level of `evidence_from` or higher needs evidence. `language` is that of all its texts.
    """

    code: str
    version: str
    title: str
    source: Source
    scale: tuple[Level, ...]
    evidence_from: int
    categories: tuple[Category, ...]
    areas: tuple[Area, ...]
    support_areas: tuple[SupportArea, ...]
    language: str = "en"

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items, area by area, in the order of the source."""
        return tuple(item for area in self.areas for item in area.items)

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def _areas(self) -> dict[str, Area]:
        return {area.code: area for area in self.areas}

    @cached_property
    def _support_areas(self) -> dict[str, SupportArea]:
        return {area.code: area for area in self.support_areas}

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """The levels from 0 to the highest."""
        return tuple(level.level for level in self.scale)

    @property
    def highest(self) -> int:
        """The highest level of the scale."""
        return self.scale[-1].level

    def has(self, code: str) -> bool:
        """Whether there is an item of this code."""
        return code in self._items

    def item(self, code: str) -> Item:
        """The item of this code; KeyError where there is none."""
        return self._items[code]

    def area(self, code: str) -> Area:
        """The area of this code; KeyError where there is none."""
        return self._areas[code]

    def support_area(self, code: str) -> SupportArea:
        """The support area of this code; KeyError where there is none."""
        return self._support_areas[code]

    def level(self, level: int) -> Level:
        """The step of the scale; KeyError where the scale has none such."""
        if level not in self.levels:
            raise KeyError(level)
        return self.scale[level]

    def items_of(self, area: str, category: str | None = None) -> tuple[Item, ...]:
        """The items of an area, or of one category in it; empty where the area has none of that category."""
        return tuple(
            item for item in self._areas[area].items if category is None or item.category == category
        )

    def items_of_category(self, category: str) -> tuple[Item, ...]:
        """The items of a category over all areas."""
        return tuple(item for item in self.items if item.category == category)

    def label_of(self, category: str, area: str | None = None) -> str:
        """The label of a category, as the area prints it where it has one of its own."""
        if area is not None:
            own = dict(self._areas[area].category_labels)
            if category in own:
                return own[category]
        return next(each.label for each in self.categories if each.code == category)

    def needs_evidence(self, level: int) -> bool:
        """Whether a score of this level has to show evidence."""
        return level >= self.evidence_from
