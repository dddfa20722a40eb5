"""Random associations for the attacker: amounts, scores, answers and ratios, owners, peer groups and consents."""

import random
from collections import Counter
from dataclasses import dataclass

from reporting.disclosure import PANEL, Audience, Kind, Measure, Policy, Unit, publish_release
from tests.reporting.disclosure_attacker import Loot

LOANS = Measure("loans", Kind.SUM)
AVERAGE = Measure("loans", Kind.MEAN)
TYPICAL = Measure("loans", Kind.MEDIAN)
SPREAD = Measure("loans", Kind.QUARTILES)
SCORE = Measure("score", Kind.MEAN, Unit.SCORE, bounded=(0, 100))
YES = Measure("policy", Kind.SHARE_YES)
PAR = Measure("par30", Kind.RATIO_OF_SUMS, Unit.PERCENT, decimals=1)
EVERYTHING = (LOANS, AVERAGE, TYPICAL, SPREAD, SCORE, YES, PAR)
CODES = ("loans", "score", "policy", "par30")
POLICY = Policy()


@dataclass
class World:
    """An association: values by code and member, who owns whom, its peer groups, what readers know by consent."""

    data: dict
    owners: dict
    groups: dict
    audiences: tuple = ()

    @property
    def keys(self):
        """All members."""
        return sorted(self.owners)

    def members_of(self, cell):
        """The members behind a cell."""
        return frozenset(self.keys if cell.category is None else self.groups[cell.category])

    def publish(self, measures=EVERYTHING, **more):
        """The release of this association."""
        return publish_release(
            measures, self.data, self.owners, POLICY, groups=self.groups, audiences=self.audiences, **more
        )

    def loot(self, cells, measure, value=None, edition=0):
        """What the release tells of one measure: its published sets, and bounds with what lies behind them."""
        values = self.data[measure.code]
        read = value or float
        sets, bounds = [], []
        for cell in cells:
            if (cell.code, cell.statistic, cell.published) != (measure.code, measure.kind, True):
                continue
            if cell.breakdown == PANEL:
                continue
            inside = frozenset((key, edition) for key in self.members_of(cell) if key in values)
            if str(cell.relation) == "equal":
                sets.append(inside)
            else:  # whoever has read the rules knows that two contributors at most are on the small side
                owned = Counter(self.owners[key] for key, _ in inside).most_common(2)
                few = min(sum(members for _, members in owned), len(inside) // 5)
                at_most = str(cell.relation) == "at_most"
                bounds.append((inside, *((0, few) if at_most else (len(inside) - few, len(inside)))))
        return Loot(
            {(key, edition): read(value) for key, value in values.items()},
            {(key, edition): self.owners[key] for key in values},
            sets,
            bounds,
        )


def association(seed, n, *, spread=1.2, shared=True, tables=2, consents=True):
    """An association of n members: some under one owner, crossing and nested groups, two donors that know some."""
    rng = random.Random(seed)
    keys = [f"m{i:02}" for i in range(n)]
    size = {key: rng.lognormvariate(3, spread) for key in keys}
    loans = {key: int(1000 * size[key]) for key in keys}
    owners = {key: rng.choice(["holding"] + [key] * 11) if shared else key for key in keys}
    groups = {}
    for table in range(tables):
        category = {key: rng.choice("abc"[: 2 + n // 24]) for key in keys}
        for name in sorted(set(category.values())):
            groups[f"{table}{name}"] = frozenset(key for key in keys if category[key] == name)
    ordered = sorted(keys, key=size.get)
    groups["small"] = frozenset(ordered[: n // 2])
    groups["upper"] = frozenset(ordered[n // 3 :])
    audiences = tuple(
        Audience(f"donor {number}", {code: frozenset(rng.sample(keys, n // 4)) for code in CODES})
        for number in range(2 if consents else 0)
    )
    data = {
        "loans": loans,
        "score": {key: rng.randint(5, 95) for key in keys},
        "policy": {key: rng.random() < 0.5 for key in keys},
        "par30": {key: (round(loans[key] * rng.uniform(0.01, 0.2)), loans[key]) for key in keys},
    }
    return World(data, owners, groups, audiences)
