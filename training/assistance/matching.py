"""Which experts fit a case, and why: skill, language, country, rating, and freedom from conflicts of interest."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")

# what counts how much; a good mark of members weighs as much as a country that is known
SKILL, LANGUAGE, COUNTRY = 4.0, 2.0, 1.0
GOOD, MIDDLE = 4.0, 3.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a case asks of its expert."""

    topic: str
    language: str
    country: str


@dataclass(frozen=True, slots=True)
class Candidate(Generic[K]):
    """What is known of an expert; `rating` is the mean of members' marks from 1 to 5, None without one."""

    key: K
    name: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    rating: float | None = None
    has_conflict: bool = False


@dataclass(frozen=True, slots=True)
class Match(Generic[K]):
    """How an expert fits, each reason by itself."""

    key: K
    has_skill: bool
    speaks: bool
    knows_country: bool
    rating: float | None
    has_conflict: bool
    weight: float

    @property
    def fits(self) -> bool:
        """Whether staff need not think twice: the skill, the language, and no conflict."""
        return self.has_skill and self.speaks and not self.has_conflict


def ranked(candidates: Iterable[Candidate[K]], wanted: Wanted) -> list[Match[K]]:
    """The experts, best fitting first; those with a conflict come last, whatever else speaks for them."""
    found = [(one, _match(one, wanted)) for one in candidates]
    found.sort(key=lambda pair: (pair[1].has_conflict, -pair[1].weight, pair[0].name.casefold()))
    return [match for _candidate, match in found]


def _match(one: Candidate[K], wanted: Wanted) -> Match[K]:
    has_skill, speaks = wanted.topic in one.skills, wanted.language in one.languages
    knows_country = wanted.country in one.countries
    weight = SKILL * has_skill + LANGUAGE * speaks + COUNTRY * knows_country
    if one.rating is not None:
        weight += (one.rating - MIDDLE) / (GOOD - MIDDLE) * COUNTRY
    return Match(one.key, has_skill, speaks, knows_country, one.rating, one.has_conflict, weight)
