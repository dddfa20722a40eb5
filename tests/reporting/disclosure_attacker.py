"""An attacker who uses nothing of the gate: published sets in, members that it can work out to within a rule out.

It knows who stands in which set and every published figure unrounded, and asks one linear programme for each pair of
viewer and victim, member by member: slow, and written apart from the audit on purpose.
"""

import itertools
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

P, WIDTH, ENOUGH = 0.15, 0.20, 5


@dataclass
class Loot:
    """What is published of one table: values and owners by item, sets of items; an item is (member, edition).

    `bounds` are sets of which only the least and the most are told.
    """

    values: dict
    owners: dict
    sets: list = field(default_factory=list)
    bounds: list = field(default_factory=list)

    def matrix(self):
        items = sorted(set().union(*self.sets, *(one for one, _, _ in self.bounds)))
        rows = np.array([[float(item in one) for item in items] for one in self.sets])
        truth = np.array([float(self.values[item]) for item in items])
        return items, rows, truth


def _viewers(loot, items, known, most):
    """Who looks: somebody outside with what it was shown, and owners (the largest first), each with that as well."""
    base = {item for item in items if item[0] in known}
    size = {}
    for item in items:
        size[loot.owners[item]] = size.get(loot.owners[item], 0) + abs(float(loot.values[item]))
    yield base
    for owner in sorted(size, key=size.get, reverse=True)[:most]:
        yield base | {item for item in items if loot.owners[item] == owner}


def _range(rows, totals, bounds, aim):
    ends = []
    for sign in (1, -1):
        found = linprog(sign * aim, A_eq=rows, b_eq=totals, bounds=bounds, method="highs")
        if found.status == 3:
            ends.append(-sign * np.inf)
            continue
        assert found.status == 0, found.message
        ends.append(sign * found.fun)
    return ends


def amounts_found(loot, known=(), most=4):
    """Members whose amount some viewer knows to within P from above, or exactly."""
    items, rows, truth = loot.matrix()
    if not items:
        return set()
    scale = (rows @ truth).max() or 1.0
    truth = truth / scale
    found = set()
    for mine in _viewers(loot, items, set(known), most):
        bounds = [(v, v) if item in mine else (0, None) for item, v in zip(items, truth, strict=True)]
        for index, item in enumerate(items):
            if item in mine:
                continue
            aim = np.zeros(len(items))
            aim[index] = -1
            solved = linprog(aim, A_eq=rows, b_eq=rows @ truth, bounds=bounds, method="highs")
            assert solved.status == 0, solved.message
            if -solved.fun < (1 + P) * truth[index] - 2e-6 or -solved.fun < 1e-9:
                found.add(item)
    return found


def scores_found(loot, known=(), most=4, low=0.0, high=100.0):
    """Members whose score some viewer knows to within less than WIDTH of the scale."""
    items, rows, truth = loot.matrix()
    found = set()
    for mine in _viewers(loot, items, set(known), most) if items else ():
        bounds = [(v, v) if item in mine else (low, high) for item, v in zip(items, truth, strict=True)]
        for index, item in enumerate(items):
            if item not in mine:
                aim = np.zeros(len(items))
                aim[index] = 1
                least, greatest = _range(rows, rows @ truth, bounds, aim)
                if greatest - least < WIDTH * (high - low) - 1e-4:
                    found.add(item)
    return found


def answers_found(loot, known=(), most=50):
    """Members whose yes or no some viewer is certain of: whole-number programmes over single members."""
    items, rows, truth = loot.matrix()
    found = set()
    for mine in _viewers(loot, items, set(known), most) if items else ():
        lower = np.array([v if item in mine else 0 for item, v in zip(items, truth, strict=True)])
        upper = np.array([v if item in mine else 1 for item, v in zip(items, truth, strict=True)])
        totals = rows @ truth if loot.sets else None
        told = [LinearConstraint(rows, totals, totals)] if loot.sets else []
        for members, least, most in loot.bounds:
            told.append(LinearConstraint([[float(item in members) for item in items]], least, most))
        for index, item in enumerate(items):
            if item in mine or item in found:
                continue
            lower_, upper_ = lower.copy(), upper.copy()
            # is the other answer possible as well?
            lower_[index] = upper_[index] = 1 - truth[index]
            solved = milp(
                np.zeros(len(items)),
                integrality=np.ones(len(items)),
                bounds=Bounds(lower_, upper_),
                constraints=told,
            )
            if solved.status == 2:
                found.add(item)
    return found


def changes_found(loot, most=3):
    """Members whose correction between two editions some viewer works out exactly."""
    items, rows, truth = loot.matrix()
    if not items:
        return set()
    scale = (rows @ truth).max() or 1.0
    truth = truth / scale
    changed = sorted({key for key, _ in items if sum(key == other for other, _ in items) > 1})
    found = set()
    for mine in _viewers(loot, items, set(), most):
        bounds = [(v, v) if item in mine else (0, None) for item, v in zip(items, truth, strict=True)]
        for key in changed:
            versions = sorted(index for index, item in enumerate(items) if item[0] == key)
            if items[versions[0]] in mine:
                continue
            aim = np.zeros(len(items))
            aim[versions[0]], aim[versions[-1]] = -1, 1
            least, greatest = _range(rows, rows @ truth, bounds, aim)
            if greatest - least < 1e-7:
                found.add(key)
    return found


def windows(loot, quarters):
    """Who is behind each smoothed quantile of the published sets, for a reader who knows the order of sizes."""
    found = []
    for one in loot.sets:
        ordered = sorted(one, key=lambda item: loot.values[item])
        for quarter in quarters:
            whole, over = divmod((len(ordered) - 1) * quarter, 4)
            found.append(frozenset(ordered[whole - 1 : whole + (3 if over else 2)]))
    return found


def leftovers(loot, known=(), most=7):
    """Handfuls whose sum follows from adding and subtracting several published sets, each once."""
    items, rows, _ = loot.matrix()
    if not loot.sets:
        return set()
    unknown = [index for index, item in enumerate(items) if item[0] not in known]
    rows = np.unique(rows[:, unknown], axis=0)
    assert len(rows) <= most, "too many sets for this attack"
    found = set()
    for signs in itertools.product((0, 1, -1), repeat=len(rows)):
        left = np.array(signs) @ rows
        if left.any() and set(left) <= {0, 1}:
            inside = [items[unknown[index]] for index in np.flatnonzero(left)]
            if len({loot.owners[item] for item in inside}) < ENOUGH:
                found.add(frozenset(inside))
    return found


def handfuls(loot, known=()):
    """Sums of one to four unknown contributors: published, or the difference of two published sets."""
    found = set()
    sums = list(loot.sets)
    for one in loot.sets:
        sums += [one - other for other in loot.sets if other < one]
        inside = [other for other in loot.sets if other < one]
        for other in inside:
            sums += [one - other - third for third in inside if not other & third]
    for one in sums:
        unknown = {loot.owners[item] for item in one if item[0] not in known}
        if 0 < len(unknown) < ENOUGH:
            found.add(frozenset(one))
    return found
