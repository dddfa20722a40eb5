"""What changed most since a member's last approved return, with its own numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.datasets.member_figures import Own
from reporting.datasets.member_points import practice_words

MOST_CHANGES, MOST_PRACTICES = 6, 8


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that changed most since last time, with both numbers."""

    label: str
    before: str
    now: str
    change: str


@dataclass(frozen=True, slots=True)
class PracticeChange:
    """A practice that was answered otherwise last time; `better` tells the direction."""

    label: str
    before: str
    now: str
    better: bool


def changes_of(own: Own) -> tuple[Change, ...]:
    """The largest changes, each about other answers than those before it."""
    ranked = []
    for code in own.catalogue.codes:
        part = own.part(code)
        if part is None or code in own.opening or getattr(part, "child_of", None) or _is_small(own, code):
            continue
        change, in_points = own.change(code)
        if change:
            ranked.append((-abs(change) / (5 if in_points else 25), own.catalogue.position[code], code))
    chosen: list[str] = []
    for _size, _position, code in sorted(ranked):
        inputs = set(own.catalogue.inputs_of(code))
        others = (set(own.catalogue.inputs_of(one)) for one in chosen)
        if not any(2 * len(inputs & other) > min(len(inputs), len(other)) for other in others):
            chosen.append(code)
        if len(chosen) == MOST_CHANGES:
            break
    return tuple(
        Change(own.label(code), own.words(code, own.before(code)), own.words(code), own.change_words(code))
        for code in chosen
    )


def _is_small(own: Own, code: str) -> bool:
    """A count that was so small that a per cent of it says nothing: three people instead of one."""
    part, before, now = own.part(code), own.before(code), own.value(code)
    if before is None or now is None or part is None or part.unit in {"%", "points"}:
        return False
    return max(abs(before), abs(now)) < 20


def practices_of(own: Own) -> tuple[PracticeChange, ...]:
    """The practices that were answered otherwise last time, in the order of the dimensions."""
    found = []
    codes: Sequence[str] = [code for one in own.catalogue.dimensions for code in one.scored_indicators]
    for code in dict.fromkeys(codes):
        then, now = _share(own, code, last=True), _share(own, code)
        if then is not None and now is not None and then != now:
            found.append(
                PracticeChange(own.label(code), practice_words(then), practice_words(now), now > then)
            )
    return tuple(found[:MOST_PRACTICES])


def _share(own: Own, code: str, *, last: bool = False) -> float | None:
    year = own.last if last else own.now
    return own.share(code, year) if year is not None else None
