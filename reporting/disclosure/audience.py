"""Who reads a release, and whose values each reader knows already by consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

Known = frozenset[str]
NOBODY: Known = frozenset()


@dataclass(frozen=True)
class Audience:
    """Readers that may see the values of some members besides the figures of all.

    `known` maps the code of a measure to the keys of the members whose value these readers may see, or could see
    once: what was read is not unread when a consent ends. What everybody may see (`is_public`) every audience knows
    too. One audience for each donor, for members among each other, and for the public; the association's own staff
    reads every value and needs none.
    """

    name: str
    known: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    is_public: bool = False


def known_sets(audiences: Iterable[Audience], code: str) -> tuple[Known, ...]:
    """Every set of members whose values of `code` some reader knows; the first is empty, for most know nobody's.

    The last is what all audiences know together: two donors may put side by side what each was shown. Each donor is
    judged alone as well, for who knows nobody is not helped by somebody else's knowing everybody.
    """
    everyone = list(audiences)
    public = NOBODY.union(*(one.known.get(code, ()) for one in everyone if one.is_public))
    alone = [public | frozenset(one.known.get(code, ())) for one in everyone]
    together = NOBODY.union(*alone)
    return tuple(dict.fromkeys([NOBODY, *sorted(alone, key=sorted), together]))
