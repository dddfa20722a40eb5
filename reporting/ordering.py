"""Which of two words about one answer counts: told by the version it was typed on and by the order of its page.

A page counts up a sequence with every save. The line may bring its saves late, twice or in another order; what the
person typed last must stand in the end, and what somebody else typed meanwhile must not be lost in silence.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Verdict(StrEnum):
    """What becomes of a change."""

    TAKE = "take"  # it is written
    SAME = "same"  # it is stored already
    LATE = "late"  # its page has said something later: an echo, or overtaken on the way
    CLASH = "clash"  # somebody else wrote meanwhile: both values are told


@dataclass(frozen=True, slots=True)
class Word:
    """One change as it was sent: the version that was on the screen (0: no answer), the page and its count.

    A word without a page (from a program, or a page without scripts) has no order: only its version speaks for it.
    `follows` are earlier pages of the same person whose unsaved words this page took over.
    """

    version: int
    page: UUID | None = None
    sequence: int = 0
    follows: frozenset[UUID] = frozenset()

    @property
    def is_ordered(self) -> bool:
        """Whether the page counts its words."""
        return self.page is not None and self.sequence > 0

    def continues(self, page: UUID | None) -> bool:
        """Whether what that page wrote is the person's own earlier word."""
        return self.is_ordered and page is not None and (page == self.page or page in self.follows)


@dataclass(frozen=True, slots=True)
class Kept:
    """The stored answer: its version (0: no answer) and the page that wrote it."""

    version: int = 0
    page: UUID | None = None


def judge(word: Word, kept: Kept, *, heard: int, same: bool) -> Verdict:
    """What becomes of a word about one answer.

    `heard`: the highest sequence that arrived from this page for this answer (0: none), taken or not. `same`: the word
    says what is stored. A page's later word follows its own earlier one, even if it was typed before that one's
    version came back; between two pages the version decides.
    """
    if word.is_ordered and word.sequence <= heard:
        return Verdict.LATE
    if same:
        return Verdict.SAME
    if word.version == kept.version or word.continues(kept.page):
        return Verdict.TAKE
    return Verdict.CLASH
