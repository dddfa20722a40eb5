"""What is published of one family of measures so far, and what one more set would tell beside it (R7 and R9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from reporting.disclosure import checks
from reporting.disclosure.audience import Known
from reporting.disclosure.cells import (
    Claim,
    Contribution,
    Limits,
    Measure,
    Parts,
    Policy,
    Population,
    Reason,
)
from reporting.disclosure.spans import handfuls
from reporting.disclosure.tables import Table

MOST_FAMILIES = 20_000
"""Disjoint families of published sets that are looked at; with more of them the gate closes."""


@dataclass(frozen=True)
class Shown:
    """A published set: its members and their values as bits, the edition (0 is the one being made), its parts.

    A bound (`limits`) says of no sum what it is: it is compared with other editions only, and audited.
    """

    keys: int
    items: int
    edition: int
    parts: Parts = ()
    limits: Limits | None = None


@dataclass
class Ledger:
    """The published sets of one family of measures over the same values.

    A value is an item of its own: a member that corrects a figure stands in an earlier edition with one item and in
    this one with another.
    """

    measure: Measure
    policy: Policy
    known: tuple[Known, ...]
    tables: Sequence[Table]
    shown: list[Shown] = field(default_factory=list)
    elsewhere: list[Shown] = field(default_factory=list)
    items: dict[Contribution, int] = field(default_factory=dict)
    order: list[Contribution] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    judged: dict[object, Reason | None] = field(default_factory=dict)

    def entry(self, claim: Claim, edition: int = 0) -> Shown:
        """The set as bits."""
        keys = items = 0
        for one in claim.population:
            if one not in self.items:
                self.items[one] = len(self.order)
                self.order.append(one)
            items |= 1 << self.items[one]
            keys |= 1 << self.keys.setdefault(one.contributor.key, len(self.keys))
        return Shown(keys, items, edition, claim.parts, claim.limits)

    def remember(self, claim: Claim, edition: int, *, elsewhere: bool = False) -> None:
        """Keep what an earlier edition published, or another association of the same members."""
        entry, kept = self.entry(claim, edition), self.elsewhere if elsewhere else self.shown
        if entry not in kept:
            kept.append(entry)
        for table in self.tables:
            table.add(table.entry(claim))

    def settle(self, candidates: Sequence[Claim]) -> list[Reason | None]:
        """For each set in turn, what forbids it beside the sets before; sets that nothing forbids are kept.

        All that R7 and R9 let pass are audited at once first: if together they reveal nothing, no part of them
        does. Only otherwise the audit asks after each.
        """
        start = len(self.shown)
        verdicts = self._settle(candidates, audited=False)
        passed = [one for one, reason in zip(candidates, verdicts, strict=True) if reason is None]
        if not all(table.withstands(map(table.entry, passed)) for table in self.tables):
            del self.shown[start:]
            verdicts = self._settle(candidates, audited=True)
            passed = [one for one, reason in zip(candidates, verdicts, strict=True) if reason is None]
        for table in self.tables:
            for one in passed:
                table.add(table.entry(one))
        return verdicts

    def _settle(self, candidates: Sequence[Claim], *, audited: bool) -> list[Reason | None]:
        verdicts: list[Reason | None] = []
        passed: list[Claim] = []
        for claim in candidates:
            reason = self.objection(claim)
            if reason is None and audited:
                together = [*passed, claim]
                if not all(table.withstands(map(table.entry, together)) for table in self.tables):
                    reason = Reason.INFERABLE
            if reason is None:
                passed.append(claim)
                self.shown.append(self.entry(claim))
            verdicts.append(reason)
        return verdicts

    def objection(self, claim: Claim) -> Reason | None:
        """What two or more published sets would tell with this one, by subtraction."""
        new = self.entry(claim)
        if any(
            (one.items, one.parts, one.limits) == (new.items, new.parts, new.limits)
            for one in chain(self.shown, self.elsewhere)
        ):
            return None  # the same figure over again tells nothing new
        for sets in self._sums(new):
            whole, *family = sets
            covered, gone, come = 0, whole.items, 0
            for one in family:
                covered |= one.items
            gone, come = whole.items & ~covered, covered & ~whole.items
            if gone or come:
                singles = _singles(sets)
                if all(one.edition == 0 for one in sets):
                    reason = self._judge(checks.difference, gone, singles) or self._judge(
                        checks.difference, come, singles
                    )
                else:
                    reason = self._judge_revision(gone, come, singles)
                if reason is not None:
                    return reason
        return None if new.limits else self._rests(new) or self._left_over(new) or self._beside(new)

    def _left_over(self, new: Shown) -> Reason | None:
        """R7 for sets that overlap in any way: a handful whose sum follows from several of them with the new one."""
        if self.measure.kind in checks.QUANTILES:
            return None
        now = [one for one in chain(self.shown, self.elsewhere) if not one.limits and not one.edition]
        ever = [one for one in self.shown if not one.limits and one.edition]
        owners = tuple(self.owners.setdefault(c.contributor.owner, len(self.owners)) for c in self.order)
        for known in self.known:
            unknown = self._unknown(known)
            for told, reason in ((now, Reason.DERIVABLE), ([*now, *ever], Reason.REVISED)):
                sets = frozenset(one.items & unknown for one in told) - {0}
                if told and handfuls(sets | {new.items & unknown}, owners, self.policy.k) - handfuls(
                    sets, owners, self.policy.k
                ):
                    return reason
        return None

    def _unknown(self, known: Known) -> int:
        return _union(
            1 << position for position, c in enumerate(self.order) if c.contributor.key not in known
        )

    def _beside(self, new: Shown) -> Reason | None:
        """Quantiles that another association tells of nearly the same members."""
        if self.measure.kind not in checks.QUANTILES:
            return None
        for old in self.elsewhere:
            if len(checks.owner_groups(self.population(old.items & new.items))) < self.policy.k:
                continue
            for only in (old.items & ~new.items, new.items & ~old.items):
                if reason := self._judge(checks.difference, only, []):
                    return reason
        return None

    def _sums(self, new: Shown) -> Iterator[tuple[Shown, ...]]:
        """Sets to compare, a whole first: any two, and a whole with disjoint sets inside it; the new one among them."""
        for old in self.shown:
            if old.edition or not (old.limits or new.limits):
                yield (old, new)
        if new.limits:
            return
        everything = [*(one for one in self.shown if not one.limits), new]
        looked_at = 0
        for whole in everything:
            inside = [s for s in everything if s is not whole and s.keys and not s.keys & ~whole.keys]
            for family in _disjoint(inside):
                looked_at += 1
                if looked_at > MOST_FAMILIES:
                    raise OverflowError("Too many groups to look at all differences between them.")
                if len(family) > 1 and (whole is new or new in family):
                    yield (whole, *family)

    def _rests(self, new: Shown) -> Reason | None:
        """R9 for what is left: both editions may tell the same rest, and the rests may differ by a single member."""
        earlier = sorted({one.edition for one in self.shown} - {0})
        if not earlier:
            return None
        current = [one for one in self.shown if one.edition == 0 and not one.limits]
        told = sorted(set(_with_rests([*current, new])) - set(_with_rests(current)))
        now = _union(one.keys for one in [*current, new])
        for edition in earlier:
            sets = [one for one in self.shown if one.edition == edition and not one.limits]
            then = _union(one.keys for one in sets)
            for old in _with_rests(sets):
                for items in told:
                    gone, come = old & ~items, items & ~old
                    left, joined = self._keys(gone), self._keys(come)
                    if left & ~joined & now or joined & ~left & then:
                        continue  # not the same rest: members that did not change are in one of them only
                    reason = self._judge_revision(gone, come, [])
                    if reason is not None:
                        return reason
        return None

    def _keys(self, items: int) -> int:
        return _union(1 << self.keys[one.contributor.key] for one in self.population(items))

    def _judge(self, rule: Callable[..., Reason | None], items: int, singles: list[str]) -> Reason | None:
        key = (items, tuple(singles))
        if key not in self.judged:
            self.judged[key] = checks.for_all(
                self.known,
                lambda rest: rule(self.measure, rest, self.policy, singles) if rest else None,
                self.population(items),
            )
        return self.judged[key]

    def _judge_revision(self, gone: int, come: int, singles: list[str]) -> Reason | None:
        key = (gone, come, tuple(singles))
        if not gone and not come:
            return None
        if key not in self.judged:
            before, after = self.population(gone), self.population(come)
            self.judged[key] = next(
                filter(
                    None,
                    (
                        checks.revision(
                            self.measure,
                            checks.unknown(before, known),
                            checks.unknown(after, known),
                            self.policy,
                            singles,
                        )
                        for known in self.known
                    ),
                ),
                None,
            )
        return self.judged[key]

    def population(self, items: int) -> Population:
        """The contributions behind the bits."""
        return tuple(one for position, one in enumerate(self.order) if items >> position & 1)


def _disjoint(sets: Sequence[Shown], covered: int = 0) -> Iterator[tuple[Shown, ...]]:
    for position, one in enumerate(sets):
        if not one.keys & covered:
            yield (one,)
            for more in _disjoint(sets[position + 1 :], covered | one.keys):
                yield (one, *more)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _with_rests(sets: Sequence[Shown]) -> list[int]:
    """The items of sets of one edition, and of each without disjoint ones inside it."""
    found = {one.items for one in sets}
    for whole in sets:
        inside = [one for one in sets if one is not whole and not one.items & ~whole.items]
        for number, family in enumerate(_disjoint(inside)):
            if number > MOST_FAMILIES:
                raise OverflowError("Too many groups to look at all differences between editions.")
            rest = whole.items
            for one in family:
                rest &= ~one.items
            found.add(rest)
    return sorted(found - {0})


def _singles(sets: Iterable[Shown]) -> list[str]:
    """Choices whose own share is published in every one of these sets."""
    each = [{codes[0] for codes in one.parts if len(codes) == 1} for one in sets]
    return sorted(set.intersection(*each)) if each else []
