"""The rules of the gate, one function each: None says that a set of contributions is safe, a Reason that
it is not.

A set that passes may be published exactly as far as its own members are concerned; what several published
sets tell together is decided in the gate. All arithmetic is exact, so that no case lies on a border by
accident, and only order and ratios count for amounts: a currency changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from reporting.disclosure.audience import Known
from reporting.disclosure.cells import Contribution, Kind, Measure, Policy, Population, Reason
from reporting.statistics import LOWER, MIDDLE, UPPER, exact, in_order, quantile_window

Groups = Mapping[str, Population]

QUANTILES: Mapping[Kind, tuple[Fraction, ...]] = {
    Kind.MEDIAN: (MIDDLE,),
    Kind.QUARTILES: (LOWER, MIDDLE, UPPER),
}
_WINDOW_OWNERS = 3
_SIDE = 2


def unsafe(measure: Measure, population: Population, policy: Policy) -> Reason | None:
    """The first rule of this kind of figure that the set breaks.

    For a share this says whether the exact share may be published; a distribution is decided choice by
    choice.
    """
    groups = owner_groups(population)
    if reason := minimum(groups, policy.needed(measure.kind)):
        return reason
    match measure.kind:
        case Kind.SUM:
            return concentration(groups, policy)
        case Kind.RATIO_OF_SUMS:
            return concentration(groups, policy) or concentration(groups, policy, of_denominators=True)
        case Kind.MEAN if measure.bounded is None:
            return concentration(groups, policy)
        case Kind.MEAN:
            return bounded_mean(groups, measure, policy)
        case Kind.MEDIAN | Kind.QUARTILES:
            return (
                window_owners(population, measure.kind)
                or quantile_at_bound(population, measure, policy)
                or window_concentration(population, measure, policy)
            )
        case Kind.SHARE_YES:
            return two_sided(groups, lambda c: c.number == 1)
        case Kind.DISTRIBUTION:
            return None


def unknown(population: Population, known: Known) -> Population:
    """What readers who know these members' values do not know."""
    return tuple(c for c in population if c.contributor.key not in known) if known else population


def for_all(
    known_sets: Iterable[Known], rule: Callable[[Population], Reason | None], population: Population
) -> Reason | None:
    """What the rule says for the readers it says most against; each sees the contributions that it does not know."""
    return next(filter(None, (rule(unknown(population, known)) for known in known_sets)), None)


def unsafe_beside(
    measure: Measure, population: Population, policy: Policy, known_sets: Iterable[Known]
) -> Reason | None:
    """R2 and its like for readers who know some values: what is left must be nothing, or safe itself.

    A quantile cannot be subtracted, so for it only the number of unknown contributors counts.
    """

    def rule(rest: Population) -> Reason | None:
        if not rest or len(rest) == len(population):
            return None
        if measure.kind in QUANTILES or measure.kind is Kind.DISTRIBUTION:
            return minimum(owner_groups(rest), policy.k)
        return unsafe(measure, rest, policy)

    return for_all(known_sets, rule, population)


def owner_groups(population: Population) -> Groups:
    """R1: members of one owner are one contributor, for the owner knows all their figures."""
    groups: dict[str, list[Contribution]] = {}
    for contribution in population:
        groups.setdefault(contribution.contributor.owner, []).append(contribution)
    return {owner: tuple(members) for owner, members in groups.items()}


def minimum(groups: Groups, needed: int) -> Reason | None:
    """R2: enough contributors. Consents known to an audience will shrink the count here."""
    return Reason.TOO_FEW if len(groups) < needed else None


def concentration(groups: Groups, policy: Policy, *, of_denominators: bool = False) -> Reason | None:
    """R3, the p% rule: the second largest contributor must not estimate the largest within p.

    Unsafe if X - x1 - x2 < p x1, with |x| by owner. All zeros are unsafe too: a sum of 0 tells every one
    of them.
    """
    sizes = in_order(
        _together(abs(c.denominator if of_denominators else c.number) for c in members)
        for members in groups.values()
    )[::-1]
    if not sizes or sizes[0] == 0 or sum(sizes[2:], Fraction(0)) < exact(policy.p) * sizes[0]:
        return Reason.DOMINATED
    return None


def _together(values: Iterable[Fraction]) -> Fraction:
    """The sum; of a single value, as most are, without adding anything."""
    first, *others = values
    return sum(others, first) if others else first


def bounded_mean(groups: Groups, measure: Measure, policy: Policy) -> Reason | None:
    """R4: whoever knows its own values must not learn another's from the mean and the bounds.

    For every insider v the mean leaves T for the u unknown members, each within [low, high]; m of them sum to
    between T - (u - m) high and T - (u - m) low, cut to the bounds, and their average must stay at least w wide.
    m is the size of the largest owner: one member where each has its own, and an owner's average is no less its
    business than a member's figure. "Mean 98 of five" fails: everyone has 90 or more.
    """
    low, high, needed = _bounds(measure, policy)
    totals = {owner: sum((c.number for c in members), Fraction(0)) for owner, members in groups.items()}
    everyone, n = sum(totals.values(), Fraction(0)), sum(len(members) for members in groups.values())
    largest_owner = max(len(members) for members in groups.values())
    for insider, members in groups.items():
        unknown_total, unknown = everyone - totals[insider], n - len(members)
        size = min(largest_owner, unknown)
        rest = unknown - size
        lowest = max(size * low, unknown_total - rest * high)
        highest = min(size * high, unknown_total - rest * low)
        if highest - lowest < size * needed:
            return Reason.PINNED
    return None


def window_owners(population: Population, kind: Kind) -> Reason | None:
    """R5 with owners: the smoothed quantile must rest on three owners, not on three members of one.

    Members with equal values are interchangeable, so every owner with a value inside the window's range
    counts; otherwise names would decide.
    """
    if len(owner_groups(population)) == len(population):
        return None  # every window has three members or more
    ordered = in_order(c.number for c in population)
    for q in QUANTILES[kind]:
        first, last = quantile_window(len(ordered), q)
        inside = {c.contributor.owner for c in population if ordered[first] <= c.number <= ordered[last]}
        if len(inside) < _WINDOW_OWNERS:
            return Reason.TOO_FEW
    return None


def window_concentration(population: Population, measure: Measure, policy: Policy) -> Reason | None:
    """R5 with p%: a smoothed quantile of amounts is the sum of three or four members, and who they are may be known.

    In a sector that knows who is large and who is small, the upper quartile of eight members is the sum of the four
    largest. So each window must pass the p% rule as if its sum were told. A window of zeros has its own rule, and
    values on a scale have one as well: there nobody knows the order.
    """
    if measure.bounded is not None:
        return None
    ordered = in_order(c.number for c in population)
    alone = len(owner_groups(population)) == len(population)
    for q in QUANTILES[measure.kind]:
        first, last = quantile_window(len(ordered), q)
        window = ordered[first : last + 1]
        if alone:
            sizes = in_order(map(abs, window))[::-1]
        else:  # whichever of its members the window holds
            inside = owner_groups(tuple(c for c in population if window[0] <= c.number <= window[-1]))
            owned = {owner: [abs(c.number) for c in members] for owner, members in inside.items()}
            several = any(len(each) > 1 for each in owned.values())
            sizes = in_order(map(_together, owned.values()) if several else map(abs, window))[::-1]
        rest = sum(map(abs, window), Fraction(0)) - sum(sizes[:2], Fraction(0))
        if any(window) and rest < exact(policy.p) * sizes[0]:
            return Reason.DOMINATED
    return None


def quantile_at_bound(population: Population, measure: Measure, policy: Policy) -> Reason | None:
    """R4 for quantiles: a median at the end of the scale tells what nearly everybody has.

    If the s members below the window may all belong to one insider, a window mean m leaves everyone else
    within (window size) x (high - m) of the upper bound; that must be at least w wide. The lower bound
    likewise. Without bounds only a window of zeros counts: amounts stop at 0.
    """
    ordered = in_order(c.number for c in population)
    n = len(ordered)
    largest_owner = max(len(members) for members in owner_groups(population).values())
    for q in QUANTILES[measure.kind]:
        first, last = quantile_window(n, q)
        window = ordered[first : last + 1]
        below, above = first, n - 1 - last
        if measure.bounded is None:
            if not any(window) and above <= largest_owner:
                return Reason.PINNED
            continue
        low, high, needed = _bounds(measure, policy)
        if below <= largest_owner and len(window) * high - sum(window) < needed:
            return Reason.PINNED
        if above <= largest_owner and sum(window) - len(window) * low < needed:
            return Reason.PINNED
    return None


def two_sided(groups: Groups, chosen: Callable[[Contribution], bool]) -> Reason | None:
    """R6: at least two contributors on either side.

    With none on one side the share tells everybody's answer, with one it tells that one everybody else's.
    """
    yes = sum(any(chosen(c) for c in members) for members in groups.values())
    no = sum(not all(chosen(c) for c in members) for members in groups.values())
    return Reason.ONE_SIDED if min(yes, no) < _SIDE else None


def difference(
    measure: Measure, rest: Population, policy: Policy, singles: Sequence[str] = ()
) -> Reason | None:
    """R7: what remains of a published set without other published sets must be empty or safe itself.

    Quantiles do not subtract, so for them only the minimum counts. For distributions `singles` are the
    choices whose own share is published.
    """
    if not rest:
        return None
    groups = owner_groups(rest)
    if measure.kind in QUANTILES:
        reason = minimum(groups, policy.k)
    elif measure.kind is Kind.DISTRIBUTION:
        reason = minimum(groups, policy.k)
        for choice in singles:
            reason = reason or two_sided(groups, took(frozenset({choice})))
    else:
        reason = unsafe(measure, rest, policy)
    return Reason.DERIVABLE if reason else None


def revision(
    measure: Measure, gone: Population, come: Population, policy: Policy, singles: Sequence[str] = ()
) -> Reason | None:
    """R9: two editions side by side tell the sum of what changed; that must be nothing or a safe set itself.

    `gone` are the values that only the earlier figure holds and `come` those that only the new one does. Enough
    contributors must have changed, and nobody may estimate another's change within p. For answers at least two
    must have turned either way. Corrections are small: members that are in one of the two figures only must be
    as safe as if nobody else had changed.
    """
    if not gone and not come:
        return None
    if any(difference(measure, side, policy, singles) for side in _one_sided(gone, come)):
        return Reason.REVISED
    groups = owner_groups(gone + come)
    if minimum(groups, max(policy.k, policy.rev)):
        return Reason.REVISED
    if measure.kind in QUANTILES:
        return None
    was, now = owner_groups(gone), owner_groups(come)

    def changes(value: Callable[[Contribution], Fraction]) -> list[Fraction]:
        return [
            sum(map(value, now.get(owner, ())), Fraction(0))
            - sum(map(value, was.get(owner, ())), Fraction(0))
            for owner in groups
        ]

    if measure.kind is Kind.DISTRIBUTION:
        turned = [changes(lambda c, choice=choice: Fraction(choice in c.choices)) for choice in singles]  # type: ignore[misc]
    elif measure.kind is Kind.SHARE_YES:
        turned = [changes(lambda c: c.number)]
    else:
        turned = []
        if _dominated(changes(lambda c: c.number), policy):
            return Reason.REVISED
        if measure.kind is Kind.RATIO_OF_SUMS and _dominated(changes(lambda c: c.denominator), policy):
            return Reason.REVISED
    both = [owner in was and owner in now for owner in groups]
    for each in turned:
        changed = [x for x, stayed in zip(each, both, strict=True) if stayed]
        if changed and min(sum(x > 0 for x in changed), sum(x <= 0 for x in changed)) < _SIDE:
            return Reason.REVISED
    return None


def _one_sided(gone: Population, come: Population) -> tuple[Population, Population]:
    """Members of which only the earlier, and of which only the new figure holds a value."""
    was, now = ({c.contributor.key for c in side} for side in (gone, come))
    return (
        tuple(c for c in gone if c.contributor.key not in now),
        tuple(c for c in come if c.contributor.key not in was),
    )


def _dominated(changes: Sequence[Fraction], policy: Policy) -> bool:
    """The p% rule on changes; where nothing changed there is nothing to tell."""
    sizes = sorted(map(abs, changes), reverse=True)
    return bool(sizes and sizes[0]) and sum(sizes[2:], Fraction(0)) < exact(policy.p) * sizes[0]


def panel_break(measure: Measure, before: Population, after: Population, policy: Policy) -> Reason | None:
    """R10: whoever joined or left must not be exposed by total, last year's total and the change of the rest.

    For what adds up both must be safe. The median of the panel is told by the change where the panel is everybody of
    one period; beside the median of all in the other it shows where a handful that joined or left stands.
    """
    keys_before = {c.contributor.key for c in before}
    keys_after = {c.contributor.key for c in after}
    joined = tuple(c for c in after if c.contributor.key not in keys_before)
    left = tuple(c for c in before if c.contributor.key not in keys_after)
    if measure.kind is Kind.MEDIAN:
        told = bool(joined) != bool(left)
        return Reason.PANEL_BROKEN if told and minimum(owner_groups(joined + left), policy.k) else None
    if difference(measure, joined, policy) or difference(measure, left, policy):
        return Reason.PANEL_BROKEN
    return None


def took(choices: frozenset[str]) -> Callable[[Contribution], bool]:
    """Whether a contribution names any of these choices."""
    return lambda contribution: bool(contribution.choices & choices)


def _bounds(measure: Measure, policy: Policy) -> tuple[Fraction, Fraction, Fraction]:
    assert measure.bounded is not None
    low, high = exact(measure.bounded[0]), exact(measure.bounded[1])
    return low, high, exact(policy.w) / 100 * (high - low)
