"""Strengths, weaknesses and gaps of one assessment, and what an outsider found beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from capacity.frameworks import Framework, Item
from capacity.scoring.marks import Scores, Thresholds, exact, mean_of
from capacity.scoring.means import Results, results


@dataclass(frozen=True, slots=True)
class Ranked:
    """An item among the strongest or the weakest."""

    item: Item
    level: int


@dataclass(frozen=True, slots=True)
class Gap:
    """An item that is weak or below its goal; `size` is the way to the goal in levels, at least 1."""

    item: Item
    level: int
    goal: int

    @property
    def size(self) -> int:
        """Levels from here to the goal."""
        return self.goal - self.level


@dataclass(frozen=True, slots=True)
class Verification:
    """What an outsider found beside the self-scores, over one area or all.

    `share`: items with a level of both among those with a self-score; None without any self-score. The means are over
    the verified items alone, so that they can be subtracted.
    """

    scored: int
    verified: int
    self_mean: Fraction | None
    verified_mean: Fraction | None
    overstated: int
    understated: int

    @property
    def share(self) -> Fraction | None:
        """From 0 to 1."""
        return Fraction(self.verified, self.scored) if self.scored else None

    @property
    def difference(self) -> Fraction | None:
        """Verified minus self-scored: below 0 where the association saw itself too well."""
        if self.self_mean is None or self.verified_mean is None:
            return None
        return self.verified_mean - self.self_mean


def strongest(framework: Framework, scores: Scores, thresholds: Thresholds) -> tuple[Ranked, ...]:
    """Items at `strong_from` or above: the highest first, then those of the stronger area, then as in the source."""
    rows = [each for each in _scored(framework, scores) if each.level >= exact(thresholds.strong_from)]
    means = results(framework, scores, thresholds).areas
    return tuple(sorted(rows, key=lambda row: (-row.level, -(means[row.item.area].value or 0))))


def weakest(framework: Framework, scores: Scores, thresholds: Thresholds) -> tuple[Ranked, ...]:
    """Items at `weak_to` or below: the lowest first, then those of the weaker area, then as in the source."""
    rows = [each for each in _scored(framework, scores) if each.level <= exact(thresholds.weak_to)]
    means = results(framework, scores, thresholds).areas
    return tuple(
        sorted(rows, key=lambda row: (row.level, _or_highest(means[row.item.area].value, framework)))
    )


def ranked_areas(framework: Framework, told: Results) -> tuple[str, ...]:
    """Areas that have a mean, the strongest first; of equal ones the first in the source."""
    means = {area.code: told.areas[area.code].value for area in framework.areas}
    known = [(code, value) for code, value in means.items() if value is not None]
    return tuple(code for code, _ in sorted(known, key=lambda pair: -pair[1]))


def gaps(
    framework: Framework,
    scores: Scores,
    thresholds: Thresholds,
    goals: Mapping[str, int] | None = None,
) -> tuple[Gap, ...]:
    """Items at `weak_to` or below, or below a goal of their own: the widest first, then as in the source.

    An item without a goal is to reach the level from which evidence is asked. What is not scored is no gap yet.
    """
    own = goals or {}
    found = []
    for item, level in ((row.item, row.level) for row in _scored(framework, scores)):
        goal = own.get(item.code, framework.evidence_from)
        if level < goal and (item.code in own or level <= exact(thresholds.weak_to)):
            found.append(Gap(item, level, goal))
    return tuple(sorted(found, key=lambda gap: -gap.size))


def _scored(framework: Framework, scores: Scores) -> Iterable[Ranked]:
    for item in framework.items:
        score = scores.get(item.code)
        if isinstance(score, int):
            yield Ranked(item, score)


def _or_highest(value: Fraction | None, framework: Framework) -> Fraction:
    return Fraction(framework.highest) if value is None else value


def verification(items: Iterable[Item], scores: Scores, verified: Scores) -> Verification:
    """What an outsider's levels say of the self-scores, over some items: those of an area or all of a framework."""
    own = {item.code: score for item in items if isinstance(score := scores.get(item.code), int)}
    pairs = [(level, found) for code, level in own.items() if isinstance(found := verified.get(code), int)]
    return Verification(
        scored=len(own),
        verified=len(pairs),
        self_mean=mean_of([level for level, _ in pairs]) if pairs else None,
        verified_mean=mean_of([found for _, found in pairs]) if pairs else None,
        overstated=sum(found < level for level, found in pairs),
        understated=sum(found > level for level, found in pairs),
    )
