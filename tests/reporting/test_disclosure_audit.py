"""What only the audit of everything together finds: overlapping groups, bounds, changes, other associations."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.disclosure import Reason, Relation, audit, checks, ledger, systems
from tests.reporting.disclosure_attacker import amounts_found, answers_found, handfuls, leftovers, windows
from tests.reporting.disclosure_worlds import LOANS, SPREAD, TYPICAL, YES, World, association


def blocks(**sizes):
    """Members in blocks: `blocks(a=(6, 300))` are six members with 300 each."""
    return {f"{name}{number}": value for name, (count, value) in sizes.items() for number in range(count)}


def united(values, *names):
    return frozenset(key for key in values if key.rstrip("0123456789") in names)


def world(measure, values, **groups):
    sets = {name: united(values, *parts.split("+")) for name, parts in groups.items()}
    return World({measure.code: values}, {key: key for key in values}, sets)


def published(one, measure):
    return one.loot(one.publish([measure]), measure)


# --- Overlapping groups -------------------------------------------------------------------------------------


def a_ring_of_groups():
    """first - second + third - fourth is x, three members; no two of the groups differ by fewer than five."""
    values = blocks(x=(3, 100), a=(6, 110), p=(6, 120), q=(6, 90), v=(6, 105), z=(6, 95))
    return world(LOANS, values, first="x+a+p", second="p+q", third="q+v", fourth="v+a")


def a_ring_around_a_giant():
    """The same of more members: what is left over are eleven, of whom one has nearly everything."""
    values = blocks(
        x=(1, 1000), a=(5, 300), p=(5, 300), q=(6, 30), r=(5, 10), s=(6, 30), u=(5, 10), z=(6, 300)
    )
    return world(LOANS, values, first="x+a+p", second="p+q", third="q+r", fourth="a+s", fifth="s+u")


def test_the_groups_are_safe_two_by_two():
    for one in (a_ring_of_groups(), a_ring_around_a_giant()):
        loot = one.loot(one.publish([LOANS]), LOANS)
        loot.sets = [frozenset((key, 0) for key in group) for group in [one.keys, *one.groups.values()]]
        assert not handfuls(loot)


def test_no_handful_follows_from_several_overlapping_groups():
    cells = a_ring_of_groups().publish([LOANS])
    assert [cell.reason for cell in cells].count(Reason.DERIVABLE) == 1
    assert not leftovers(published(a_ring_of_groups(), LOANS))


def test_who_answered_decides_for_each_question_which_groups_overlap():
    """The groups themselves leave eight; of this question five of them gave no answer."""
    one = a_ring_of_groups()
    one.groups["first"] |= {f"y{number}" for number in range(5)}
    one.owners |= {f"y{number}": f"y{number}" for number in range(5)}
    assert not leftovers(published(one, LOANS))
    one.data["loans"] |= {f"y{number}": 100 for number in range(5)}
    assert all(cell.published for cell in one.publish([LOANS]))


# --- Bounds -------------------------------------------------------------------------------------------------


def a_bound_beside_a_total():
    """Of 22 twelve said yes, of the north two at most: so everybody else did."""
    return world(YES, blocks(yes=(2, True), no=(10, False), rest=(10, True)), north="yes+no")


def test_a_bound_counts_in_the_audit():
    total, north = a_bound_beside_a_total().publish([YES])
    assert total.published
    assert north.reason is Reason.INFERABLE
    alone = world(YES, blocks(yes=(2, True), no=(10, False)))
    assert alone.publish([YES])[0].relation is Relation.AT_MOST


def test_a_bound_may_stand_where_it_leaves_everybody_in_doubt():
    doubtful = world(
        YES, blocks(yes=(2, True), no=(10, False), rest=(6, True), other=(6, False)), north="yes+no"
    )
    assert [str(cell.relation) for cell in doubtful.publish([YES])] == ["equal", "at_most"]


@pytest.mark.parametrize(
    ("count", "relation"), [(0, "at_most"), (1, "at_most"), (2, "at_most"), (3, "equal")]
)
def test_the_only_yes_does_not_see_from_a_bound_that_it_is_the_only_one(count, relation):
    """Were two told exactly, a bound would say to one who said yes that nobody else did."""
    cell = world(YES, blocks(yes=(count, True), no=(20 - count, False))).publish([YES])[0]
    assert str(cell.relation) == relation


# --- Quantiles ----------------------------------------------------------------------------------------------


def behind_quantiles(one):
    """Amounts that follow from one smoothed quantile where it is known who stands in the middle."""
    cells = one.publish([SPREAD, TYPICAL])
    found = set()
    for measure, quarters in ((SPREAD, (1, 2, 3)), (TYPICAL, (2,))):
        loot = one.loot(cells, measure)
        for sets in windows(loot, quarters):
            found |= amounts_found(replace(loot, sets=[sets]), most=2)
    return found


def eight_with_a_giant():
    return world(LOANS, blocks(small=(7, 60), giant=(1, 5000)) | {"small0": 20, "small1": 90})


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), n=st.integers(5, 14), spread=st.sampled_from([0.5, 1.2, 2.0]))
def test_no_quantile_shows_a_member_to_who_knows_the_order(seed, n, spread):
    one = association(seed, n, spread=spread, consents=False, tables=0)
    assert behind_quantiles(one) == set()


# --- Without one rule the attacker gets through -------------------------------------------------------------


def bounds_forgotten(original):
    def build(told, known, choices):
        return original([one for one in told if one.limits is None], known, choices)

    return build


BREACHES = {
    "R5 concentration": (
        lambda: behind_quantiles(eight_with_a_giant()),
        checks,
        "window_concentration",
        lambda *_args: None,
    ),
    "R7 several groups": (
        lambda: leftovers(published(a_ring_of_groups(), LOANS)),
        ledger,
        "handfuls",
        lambda *_args: frozenset(),
    ),
    "R8 several groups": (
        lambda: amounts_found(published(a_ring_around_a_giant(), LOANS), most=1),
        audit,
        "withstands",
        lambda *_args: True,
    ),
    "R8 bounds": (
        lambda: answers_found(published(a_bound_beside_a_total(), YES), most=1),
        systems,
        "answers",
        bounds_forgotten(systems.answers),
    ),
}


@pytest.mark.parametrize("rule", BREACHES)
def test_the_attacker_gets_through_where_one_rule_is_off_and_only_there(rule, monkeypatch):
    """P12."""
    breach, module, name, off = BREACHES[rule]
    assert not breach()
    monkeypatch.setattr(module, name, off)
    assert breach()
