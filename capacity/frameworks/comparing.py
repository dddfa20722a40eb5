"""Which items of two versions of a framework, or of two frameworks, may be compared, and why others may not; pure."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from capacity.frameworks.framework import Framework, Item


class BreakReason(StrEnum):
    """Why a score of the one says nothing about a score of the other."""

    SCALE = "scale"  # another number of levels, or other names of them
    ADDED = "added"  # only the later one has the item
    REMOVED = "removed"  # only the earlier one has it
    TEXT = "text"  # the same code asks for something else
    PROOF = "proof"  # the same text, but other things must be seen at a level


@dataclass(frozen=True, slots=True)
class Break:
    """An item that cannot be compared."""

    code: str
    reason: BreakReason


@dataclass(frozen=True)
class Comparison:
    """`same`: codes that can be compared, in the later one's order; `breaks`: all others, removed items last."""

    same: tuple[str, ...]
    breaks: tuple[Break, ...]

    @cached_property
    def reasons(self) -> dict[str, BreakReason]:
        """The reason by code of item."""
        return {each.code: each.reason for each in self.breaks}

    @property
    def is_complete(self) -> bool:
        """Whether nothing breaks."""
        return not self.breaks


def compare(before: Framework, after: Framework) -> Comparison:
    """Compare item by item: same code, same text, same proof points on the same scale.

    Spaces and line ends count for nothing.
    """
    same, breaks = [], []
    is_scale_same = _scale(before) == _scale(after)
    for item in after.items:
        reason = _reason(before, item, is_scale_same=is_scale_same)
        if reason is None:
            same.append(item.code)
        else:
            breaks.append(Break(item.code, reason))
    breaks += [Break(item.code, BreakReason.REMOVED) for item in before.items if not after.has(item.code)]
    return Comparison(tuple(same), tuple(breaks))


def _reason(before: Framework, item: Item, *, is_scale_same: bool) -> BreakReason | None:
    if not before.has(item.code):
        return BreakReason.ADDED
    earlier = before.item(item.code)
    if _folded(earlier.text) != _folded(item.text):
        return BreakReason.TEXT
    if not is_scale_same:
        return BreakReason.SCALE
    if tuple(map(_folded, earlier.proof)) != tuple(map(_folded, item.proof)):
        return BreakReason.PROOF
    return None


def _scale(framework: Framework) -> tuple[tuple[int, str], ...]:
    return tuple((level.level, _folded(level.label)) for level in framework.scale)


def _folded(text: str) -> str:
    return " ".join(text.split())
