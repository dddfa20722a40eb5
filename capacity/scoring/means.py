"""Means of areas, categories, their cells and overall; the formulas stand in the package."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from capacity.frameworks import Framework, Item
from capacity.scoring.marks import NOT_APPLICABLE, Scores, Thresholds, exact, is_enough, mean_of


class Band(StrEnum):
    """How a value stands to the thresholds."""

    STRONG = "strong"
    MIDDLE = "middle"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean in levels, or None where too little is scored, and how many items stand behind it."""

    value: Fraction | None
    scored: int
    not_applicable: int
    missing: int

    @property
    def applicable(self) -> int:
        """Items that apply, scored or not."""
        return self.scored + self.missing

    @property
    def number(self) -> float | None:
        """The value for pages and files."""
        return None if self.value is None else float(self.value)


@dataclass(frozen=True, slots=True)
class Results:
    """All means of one assessment; `cells` by area and category, only where the area has items of the category."""

    cells: Mapping[tuple[str, str], Mean]
    areas: Mapping[str, Mean]
    categories: Mapping[str, Mean]
    overall: Mean


def results(framework: Framework, scores: Scores, thresholds: Thresholds) -> Results:
    """All means of an assessment. ValueError names an unknown item or a level outside of the scale."""
    check(framework, scores)
    areas = {area.code: mean(area.items, scores, thresholds) for area in framework.areas}
    cells = {
        (area.code, category.code): mean(items, scores, thresholds)
        for area in framework.areas
        for category in framework.categories
        if (items := framework.items_of(area.code, category.code))
    }
    categories = {
        category.code: mean(framework.items_of_category(category.code), scores, thresholds)
        for category in framework.categories
    }
    return Results(cells, areas, categories, _overall(areas.values()))


def check(framework: Framework, scores: Scores) -> None:
    """ValueError where a score cannot belong to the framework: forms and imports say so before, item by item."""
    for code, score in scores.items():
        if not framework.has(code):
            raise ValueError(f"The framework {framework.code} {framework.version} has no item {code!r}.")
        if score is not NOT_APPLICABLE and score not in framework.levels:
            raise ValueError(f"Item {code}: {score!r} is not a level from 0 to {framework.highest}.")


def mean(items: Iterable[Item], scores: Scores, thresholds: Thresholds) -> Mean:
    """The mean of some items."""
    found = [scores.get(item.code) for item in items]
    levels = [score for score in found if isinstance(score, int)]
    not_applicable, missing = found.count(NOT_APPLICABLE), found.count(None)
    is_told = is_enough(len(levels), len(levels) + missing, thresholds)
    return Mean(mean_of(levels) if is_told else None, len(levels), not_applicable, missing)


def band(value: Fraction | float | None, thresholds: Thresholds) -> Band | None:
    """Strong from `strong_from` on, weak up to `weak_to`, else in the middle; None without a value."""
    if value is None:
        return None
    if value >= exact(thresholds.strong_from):
        return Band.STRONG
    return Band.WEAK if value <= exact(thresholds.weak_to) else Band.MIDDLE


def share_of_scale(value: Fraction | float | None, framework: Framework) -> float | None:
    """A value in levels as a share of the highest level, from 0 to 1: to set frameworks of two scales side by side."""
    return None if value is None else float(value) / framework.highest


def _overall(areas: Iterable[Mean]) -> Mean:
    means = tuple(areas)
    values = [each.value for each in means if each.applicable]
    told = [value for value in values if value is not None]
    return Mean(
        mean_of(told) if told and len(told) == len(values) else None,
        sum(each.scored for each in means),
        sum(each.not_applicable for each in means),
        sum(each.missing for each in means),
    )
