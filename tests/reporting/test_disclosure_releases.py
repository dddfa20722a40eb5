"""Whole releases against an attacker of its own code: random associations, two editions, and each rule switched off."""

import random
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting import statistics
from reporting.disclosure import (
    Audience,
    Edition,
    Kind,
    Policy,
    Reason,
    Relation,
    audit,
    checks,
    publish_release,
)
from tests.reporting.disclosure_attacker import (
    amounts_found,
    answers_found,
    changes_found,
    handfuls,
    leftovers,
    scores_found,
)
from tests.reporting.disclosure_worlds import (
    AVERAGE,
    EVERYTHING,
    LOANS,
    PAR,
    POLICY,
    SCORE,
    SPREAD,
    TYPICAL,
    YES,
    World,
    association,
)


def members(values):
    return {f"m{i:02}": value for i, value in enumerate(values)}


def knowledge(world, code):
    """What each reader knows by consent, and what all of them know together."""
    alone = [set(one.known.get(code, ())) for one in world.audiences]
    return [set(), *alone, set().union(*alone)]


def plunder(world, cells):
    """Everything that the attacker finds in one release, with the measure it found it in."""
    found = []
    for measure, read, attack in (
        (LOANS, float, amounts_found),
        (PAR, lambda pair: pair[0], amounts_found),
        (PAR, lambda pair: pair[1], amounts_found),
        (SCORE, float, scores_found),
        (YES, float, answers_found),
    ):
        loot = world.loot(cells, measure, read)
        for known in knowledge(world, measure.code):
            found += [(measure.code, "handful", sorted(one)) for one in handfuls(loot, known)]
            if len(set(loot.sets)) <= 7:
                found += [(measure.code, "left over", sorted(one)) for one in leftovers(loot, known)]
            found += [(measure.code, "value", item) for item in attack(loot, known, most=2)]
    return found


# --- The attacker finds nothing -----------------------------------------------------------------------------


@settings(max_examples=16, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), n=st.integers(5, 26), spread=st.sampled_from([0.5, 1.2, 2.0]))
def test_nobody_is_found_in_a_random_association(seed, n, spread):
    """P1, P3 and P9: sets, their differences, and linear programmes of outsiders, insiders and donors."""
    world = association(seed, n, spread=spread)
    assert plunder(world, world.publish()) == []


def test_nobody_is_found_among_fifty():
    world = association(50, 50, consents=False)
    cells = world.publish()
    assert sum(cell.published for cell in cells) > 20
    assert amounts_found(world.loot(cells, LOANS), most=1) == set()
    assert answers_found(world.loot(cells, YES), most=1) == set()


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), n=st.integers(8, 30))
def test_a_correction_is_not_found_in_two_editions(seed, n):
    """P6: some members correct a figure; whoever has both editions learns no correction and no value."""
    first = association(seed, n, consents=False)
    then = first.publish([LOANS])
    second, editions = corrected(first, random.Random(seed).randint(1, 7)), [edition(first, then)]
    loot = both(first, then, second, second.publish([LOANS], earlier=editions))
    assert changes_found(loot) == set()
    assert amounts_found(loot, most=2) == set()


def corrected(world, count):
    """The association after `count` of its members corrected their figure."""
    loans = dict(world.data["loans"])
    for key in random.Random(count).sample(sorted(loans), count):
        loans[key] = int(loans[key] * 1.3) + 7
    return replace(world, data=world.data | {"loans": loans})


def edition(world, cells):
    return Edition(world.data, world.owners, tuple(cells), world.groups)


def both(first, then, second, now):
    """Both editions in one hand; a value that did not change is one item, a kept figure is the old one again."""
    changed = {key for key in first.keys if first.data["loans"][key] != second.data["loans"][key]}
    old = first.loot(then, LOANS)
    new = second.loot([cell for cell in now if not cell.kept], LOANS)
    sets = list(old.sets)
    sets += [frozenset((key, int(key in changed)) for key, _ in one) for one in new.sets]
    values = old.values | {(key, 1): second.data["loans"][key] for key in changed}
    owners = old.owners | {(key, 1): second.owners[key] for key in changed}
    return replace(old, values=values, owners=owners, sets=sets)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), n=st.integers(5, 19))
def test_no_published_quantile_is_a_members_figure(seed, n):
    """P7, for figures far enough apart that three digits do not make them equal by chance."""
    rng = random.Random(seed)
    values = members(sorted(1009 * 2**i + rng.randint(0, 300) for i in range(n)))
    owners = {key: key for key in values}
    raw = {float(statistics.round_significant(statistics.exact(value), 3)) for value in values.values()}
    for cell in publish_release([TYPICAL, SPREAD], {"loans": values}, owners, POLICY):
        assert not raw & ({cell.value} | {part.value for part in cell.parts})


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), n=st.integers(8, 30), factor=st.sampled_from([3, 1000, 10**9]))
def test_neither_currency_nor_names_nor_order_decide(seed, n, factor):
    """P4, P5 and P10 for a release with groups, owners and consents."""
    world = association(seed, n)
    once = world.publish()
    scaled = replace(
        world, data=world.data | {"loans": {k: v * factor for k, v in world.data["loans"].items()}}
    )
    assert [c.reason for c in scaled.publish()] == [c.reason for c in once]
    name = dict(zip(world.keys, random.Random(seed).sample(world.keys, n), strict=True))
    renamed = World(
        {code: {name[k]: v for k, v in reversed(rows.items())} for code, rows in world.data.items()},
        {name[k]: f"of {owner}" for k, owner in world.owners.items()},
        {group: frozenset(name[k] for k in inside) for group, inside in reversed(world.groups.items())},
        tuple(
            Audience(a.name, {c: frozenset(name[k] for k in known) for c, known in a.known.items()})
            for a in reversed(world.audiences)
        ),
    )
    assert renamed.publish() == once


# --- Without one rule the attacker gets through -------------------------------------------------------------


def safe(*_args, **_kwargs):
    return None


def alone(values, measure, groups=None, audiences=()):
    data = {measure.code: members(values)}
    return World(data, {key: key for key in data[measure.code]}, groups or {}, audiences)


def three_friends():
    return alone([100, 120, 90, 110], LOANS)


def one_giant():
    return alone([5000, 900, 10, 10, 10, 10], LOANS)


def all_at_the_top():
    return alone([98] * 5, SCORE)


def one_yes():
    return alone([True] + [False] * 7, YES)


def medians_of_eleven_and_of_eight():
    return alone([100 + i for i in range(11)], TYPICAL, {"north": frozenset(list(members([0] * 8)))})


def values_found(world, measure, attack, read=float):
    return attack(world.loot(world.publish([measure]), measure, read), most=6)


def sets_of_few(world, measure=LOANS):
    return handfuls(world.loot(world.publish([measure]), measure))


def a_plain_median():
    values = [1009 * 2**i for i in range(7)]
    cell = alone(values, TYPICAL).publish([TYPICAL])[0]
    return {cell.value} & {float(statistics.round_significant(statistics.exact(v), 3)) for v in values}


def one_correction():
    first = alone([100 + i for i in range(9)], LOANS)
    then = first.publish([LOANS])
    second = corrected(first, 1)
    return changes_found(both(first, then, second, second.publish([LOANS], earlier=[edition(first, then)])))


def a_donor_knows_all_but_two():
    world = alone([100] * 7, LOANS, audiences=(Audience("donor", {"loans": frozenset(members([0] * 5))}),))
    return handfuls(world.loot(world.publish([LOANS]), LOANS), world.audiences[0].known["loans"])


def not_asked_of_audiences(known_sets, rule, population):
    return rule(population)


BREACHES = {
    "R2": (lambda: sets_of_few(three_friends()), checks, "minimum", safe),
    "R2 per audience": (a_donor_knows_all_but_two, checks, "for_all", not_asked_of_audiences),
    "R3": (lambda: values_found(one_giant(), LOANS, amounts_found), checks, "concentration", safe),
    "R4": (lambda: values_found(all_at_the_top(), SCORE, scores_found), checks, "bounded_mean", safe),
    "R5": (a_plain_median, statistics, "quantile_window", lambda n, _q: (n // 2, n // 2)),
    "R6": (lambda: values_found(one_yes(), YES, answers_found), checks, "two_sided", safe),
    "R7": (lambda: sets_of_few(medians_of_eleven_and_of_eight(), TYPICAL), checks, "difference", safe),
    "R9": (one_correction, checks, "revision", safe),
}


@pytest.mark.parametrize("rule", BREACHES)
def test_the_attacker_gets_through_where_one_rule_is_off_and_only_there(rule, monkeypatch):
    """P12."""
    breach, module, name, off = BREACHES[rule]
    assert not breach()
    if rule == "R5":
        monkeypatch.setattr(checks, "window_owners", safe)
    monkeypatch.setattr(module, name, off)
    assert breach()


# --- What readers know, editions, periods -------------------------------------------------------------------


def verdict(world, measure=LOANS, **more):
    return [cell.reason or "published" for cell in world.publish([measure], **more)]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([], "published"),
        ([range(5)], "published"),  # five are left unknown
        ([range(6)], Reason.TOO_FEW),
        ([range(10)], "published"),  # all are known: nothing is left to protect
        ([range(3), range(3, 6)], Reason.TOO_FEW),  # two donors side by side
        ([range(5), range(5, 10)], "published"),
        ([range(6), range(10)], Reason.TOO_FEW),  # who knows all does not help who knows six
    ],
)
def test_contributors_count_where_an_audience_does_not_know_them(known, expected):
    audiences = tuple(
        Audience(f"donor {i}", {"loans": {f"m{k:02}" for k in keys}}) for i, keys in enumerate(known)
    )
    assert verdict(alone([100] * 10, LOANS, audiences=audiences)) == [expected]


def test_what_is_public_every_audience_knows():
    public = Audience("everybody", {"loans": {"m00", "m01", "m02"}}, is_public=True)
    donor = Audience("donor", {"loans": {"m03", "m04", "m05"}})
    assert verdict(alone([100] * 10, LOANS, audiences=(donor, public))) == [Reason.TOO_FEW]
    assert verdict(alone([100] * 11, LOANS, audiences=(donor, public))) == ["published"]


def test_what_an_audience_does_not_know_must_pass_every_rule():
    giant_left = Audience("donor", {"loans": {f"m{k:02}" for k in range(6, 12)}})
    values = [5000, 10, 10, 10, 10, 10] + [900] * 6
    assert verdict(alone(values, LOANS)) == ["published"]
    assert verdict(alone(values, LOANS, audiences=(giant_left,))) == [Reason.DOMINATED]
    votes = [True, True] + [False] * 10
    knows_a_yes = Audience("donor", {"policy": {"m00", "m09"}})
    assert verdict(alone(votes, YES), YES) == ["published"]
    assert verdict(alone(votes, YES, audiences=(knows_a_yes,)), YES) == [Reason.ONE_SIDED]


def test_no_bound_stands_beside_an_answer_that_somebody_knows():
    votes = [True] + [False] * 14
    assert alone(votes, YES).publish([YES])[0].relation is Relation.AT_MOST
    donor = Audience("donor", {"policy": {"m00"}})
    assert verdict(alone(votes, YES, audiences=(donor,)), YES) == [Reason.ONE_SIDED]


def test_an_association_may_ask_for_more_contributors():
    world = alone([100] * 11, LOANS)
    strict = Policy(k=12, kq=12, edge_n=12)
    assert publish_release([LOANS], world.data, world.owners, strict)[0].reason is Reason.TOO_FEW
    with pytest.raises(ValueError, match="twenty"):
        Policy(k=21, kq=21)


def test_of_two_groups_that_differ_by_a_few_the_larger_stays():
    keys = list(members([0] * 20))
    groups = {"urban": frozenset(keys[:12]), "young": frozenset(keys[:10])}
    assert verdict(alone([100] * 20, LOANS, groups)) == ["published", "published", Reason.DERIVABLE]


def test_two_groups_that_leave_a_few_are_not_both_published():
    keys = list(members([0] * 20))
    groups = {"a": frozenset(keys[:9]), "b": frozenset(keys[9:17])}
    for measure in (LOANS, AVERAGE, TYPICAL):
        assert verdict(alone([100 + i for i in range(20)], measure, groups), measure) == [
            "published",
            "published",
            Reason.DERIVABLE,
        ]


def test_a_ratio_is_audited_together_with_the_sum_of_its_denominator():
    """All loans without the loans of those that have a ratio are the loans of the one that has none."""
    keys = list(members([0] * 18))
    loans = {key: 100 + i for i, key in enumerate(keys)}
    par = {key: (loans[key] // 10, loans[key]) for key in keys[:17]}
    data = {"loans": loans, "par30": par}
    cells = publish_release([LOANS, PAR], data, {key: key for key in keys}, POLICY)
    assert [cell.reason for cell in cells] == [None, Reason.INFERABLE]


def test_an_edition_keeps_the_figures_that_too_few_changed():
    first = association(4, 25, consents=False)
    then = first.publish()
    second = corrected(first, 2)
    now = second.publish(earlier=[edition(first, then)])
    assert [(cell.value, cell.parts) for cell in now] == [(cell.value, cell.parts) for cell in then]
    assert {cell.code for cell in now if cell.kept} == {"loans"}


def test_an_edition_says_what_enough_members_changed():
    first = alone([100 + i for i in range(12)], LOANS)
    then = first.publish([LOANS])
    now = corrected(first, 6).publish([LOANS], earlier=[edition(first, then)])
    assert now[0].published
    assert not now[0].kept
    assert now[0].value != then[0].value


@pytest.mark.parametrize("joined", [1, 4, 5])
def test_a_late_member_alone_does_not_change_an_edition(joined):
    first, second = alone([100] * 9, LOANS), alone([100] * (9 + joined), LOANS)
    now = second.publish([LOANS], earlier=[edition(first, first.publish([LOANS]))])
    assert (now[0].value, now[0].kept) == ((900.0, True) if joined < 5 else (1400.0, False))


def test_the_rest_of_two_editions_counts_too():
    """Everybody and north both change by enough members, the rest by one: its change would follow."""
    keys = list(members([0] * 20))
    groups = {"north": frozenset(keys[:12])}
    first = alone([100 + i for i in range(20)], LOANS, groups)
    then = first.publish([LOANS])
    loans = {
        key: value + 10 * (i < 6 or i == 19) for i, (key, value) in enumerate(first.data["loans"].items())
    }
    second = replace(first, data={"loans": loans})
    now = second.publish([LOANS], earlier=[edition(first, then)])
    assert [cell.kept for cell in now] == [False, True]


def test_a_group_held_back_last_year_is_not_shown_by_its_figure_of_this_year():
    keys = list(members([0] * 20))
    before = {"north": frozenset(keys[:8]), "south": frozenset(keys[8:17])}
    last = alone([100 + i for i in range(20)], LOANS, before)
    then = last.publish([LOANS])
    assert [cell.published for cell in then] == [True, False, True]  # north would tell the three of the west
    now = alone([101 + i for i in range(20)], LOANS, {"north": before["north"]})
    assert verdict(now) == ["published", "published"]
    assert verdict(now, neighbours=[edition(last, then)]) == ["published", Reason.HELD_BACK]
    median = replace(now, data={"loans": now.data["loans"]})
    assert verdict(median, TYPICAL, neighbours=[edition(last, then)]) == ["published", "published"]


# --- Cost and closing ---------------------------------------------------------------------------------------


def test_progress_is_told_to_the_end():
    told = []
    association(1, 12).publish(progress=lambda done, of: told.append((done, of)))
    assert told[0] == (0, 5)
    assert told[-1] == (5, 5)
    assert told == sorted(told)


def test_an_audit_without_an_answer_closes_the_gate(monkeypatch, caplog):
    def fail(*_args):
        raise ArithmeticError("987654321")

    monkeypatch.setattr(audit, "withstands", fail)
    cells = association(3, 25).publish([LOANS, TYPICAL])
    assert {cell.reason for cell in cells if cell.statistic is Kind.SUM} == {Reason.ERROR}
    assert any(cell.published for cell in cells if cell.statistic is Kind.MEDIAN)
    assert "987654321" not in caplog.text


def test_the_solver_is_loaded_by_an_audit_alone():
    code = (
        "import sys; from reporting.disclosure import Kind, Measure, Policy, publish; "
        "keys = list('abcdefghi'); "
        "publish(Measure('a', Kind.SUM), dict.fromkeys(keys, 9), dict(zip(keys, keys)), Policy()); "
        "sys.exit('scipy' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_measure_of_a_fifty_member_release_is_answered():
    cells = association(9, 50).publish()
    assert len(cells) == len(EVERYTHING) * (1 + len(association(9, 50).groups))
