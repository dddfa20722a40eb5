"""A table of values with what is told of it, and whether one more set may be told (R8 over all of them)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from reporting.disclosure import audit, systems
from reporting.disclosure.audience import Known
from reporting.disclosure.cells import Claim, Contribution, Contributor, Kind, Limits, Measure, Parts, Policy
from reporting.disclosure.systems import Problem, Told
from reporting.statistics import exact

YES, NO = "yes", "no"
Builder = Callable[[Sequence[Told], Known], Problem | None]


@dataclass
class Table:
    """Values that published sums, means or counts speak of; `read` brings a contribution into the table's form."""

    read: Callable[[Contribution], Contribution]
    build: Builder
    known: tuple[Known, ...]
    parts: Callable[[Parts], Parts]
    told: list[Told] = field(default_factory=list)
    tried: dict[frozenset[Told], bool] = field(default_factory=dict)

    def entry(self, claim: Claim) -> Told | None:
        """What a published cell tells of this table; nothing if none of its parts belongs here."""
        kept = self.parts(claim.parts)
        if not claim.population or (claim.parts and not kept):
            return None
        return Told(frozenset(map(self.read, claim.population)), kept, claim.limits)

    def add(self, told: Told | None) -> None:
        """Keep what is told for good."""
        if told is not None and told not in self.told:
            self.told.append(told)

    def withstands(self, more: Iterable[Told | None]) -> bool:
        """Whether everything told so far and this besides leaves every value its room.

        One set alone is judged by its own rule already.
        """
        together = frozenset(self.told) | {one for one in more if one is not None}
        if len({one.members for one in together}) < 2:
            return True
        if together not in self.tried:
            ordered = sorted(together, key=_by_content)
            problems = (self.build(ordered, known) for known in self.known)
            self.tried[together] = all(audit.withstands(*problem) for problem in problems if problem)
        return self.tried[together]


def _by_content(told: Told) -> tuple[int, list[Fraction], Parts, Limits]:
    # by figures, never by names: members may be called anything
    return len(told.members), sorted(one.number for one in told.members), told.parts, told.limits or (0, 0)


def tables_of(measure: Measure, policy: Policy, known: tuple[Known, ...]) -> list[Table]:
    """The tables that a measure speaks of: none for quantiles, two for a ratio, one for each of several choices."""
    p = exact(policy.p)

    def amount(value: Callable[[Contribution], Fraction]) -> Table:
        return Table(
            read=lambda c: Contribution(c.contributor, abs(value(c))),
            build=lambda told, knows: systems.amounts(told, knows, p),
            known=known,
            parts=lambda parts: parts,
        )

    match measure.kind:
        case Kind.MEAN if measure.bounded is not None:
            bounds = (exact(measure.bounded[0]), exact(measure.bounded[1]))
            width = exact(policy.w) / 100
            return [
                Table(
                    read=lambda c: c,
                    build=lambda told, knows: systems.on_scale(told, knows, bounds, width),
                    known=known,
                    parts=lambda parts: parts,
                )
            ]
        case Kind.SUM | Kind.MEAN:
            return [amount(lambda c: c.number)]
        case Kind.RATIO_OF_SUMS:
            return [amount(lambda c: c.number), amount(lambda c: c.denominator)]
        case Kind.SHARE_YES:
            return [_yes_or_no(lambda c: c.number == 1, known, lambda _parts: ((YES,),))]
        case Kind.DISTRIBUTION if measure.multiple:
            return [_choice_of_several(choice, known) for choice in measure.choices]
        case Kind.DISTRIBUTION:
            return [
                Table(
                    read=lambda c: c,
                    build=lambda told, knows: systems.answers(told, knows, measure.choices),
                    known=known,
                    parts=lambda parts: parts,
                )
            ]
        case _:
            return []


def _choice_of_several(choice: str, known: tuple[Known, ...]) -> Table:
    return _yes_or_no(
        lambda c: choice in c.choices, known, lambda parts: ((YES,),) if (choice,) in parts else ()
    )


def _yes_or_no(
    chosen: Callable[[Contribution], bool],
    known: tuple[Known, ...],
    parts: Callable[[Parts], Parts],
) -> Table:
    return Table(
        read=lambda c: Contribution(
            Contributor(c.contributor.key, c.contributor.owner), choices=frozenset({YES if chosen(c) else NO})
        ),
        build=lambda told, knows: systems.answers(told, knows, (YES, NO)),
        known=known,
        parts=parts,
    )
