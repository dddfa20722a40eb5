"""One attack per rule of the gate: it fails as long as the rule stands, and succeeds once the rule is switched off.

The second half is what makes the first half worth anything: a test that never goes red protects nobody.
"""

from fractions import Fraction

import pytest

from reporting import statistics
from reporting.disclosure import (
    Kind,
    Measure,
    Policy,
    Relation,
    Unit,
    cells,
    checks,
    decisions,
    figures,
    ledger,
    publish,
    publish_change,
    publish_release,
)

POLICY = Policy()
LOANS = Measure("loans", Kind.SUM)
TYPICAL = Measure("loans", Kind.MEDIAN)
SPREAD = Measure("loans", Kind.QUARTILES)
SCORE = Measure("score", Kind.MEAN, Unit.SCORE, bounded=(0, 100))
TYPICAL_SCORE = Measure("score", Kind.MEDIAN, Unit.SCORE, bounded=(0, 100))
YES = Measure("yes", Kind.SHARE_YES)
FORM = Measure("form", Kind.DISTRIBUTION, choices=("ngo", "bank"))
PRODUCTS = Measure("products", Kind.DISTRIBUTION, choices=("credit", "savings"), multiple=True)


def members(values):
    return {f"m{i:02}": value for i, value in enumerate(values)}


def cell_of(measure, values, owners=None):
    contributions = members(values)
    return publish(measure, contributions, owners or {key: key for key in contributions}, POLICY)


def three_friends_learn_the_fourth():
    cell = cell_of(LOANS, [100, 120, 90, 110])
    return cell.value is not None and cell.value - (100 + 120 + 90) == 110


def the_holding_subtracts_its_own():
    cell = cell_of(
        LOANS, [100, 100, 100, 100, 130], dict.fromkeys(members([0] * 4), "holding") | {"m04": "other"}
    )
    return cell.value is not None and cell.value - 400 == 130


def the_second_largest_estimates_the_largest():
    cell = cell_of(LOANS, [1000, 900, 10, 10, 10])
    return cell.value is not None and abs(cell.value - 900 - 1000) <= 150


def zero_tells_everyone():
    return cell_of(LOANS, [0] * 6).value == 0


def a_high_mean_tells_that_all_are_high():
    cell = cell_of(SCORE, [98] * 5)
    return cell.value is not None and 5 * cell.value - 98 - 3 * 100 > 80


def a_top_median_tells_the_weakest_about_all_others():
    return cell_of(TYPICAL_SCORE, [20, 100, 100, 100, 100]).value == 100


def a_zero_median_tells_the_largest_about_all_others():
    return cell_of(TYPICAL, [0, 0, 0, 0, 90]).value == 0


def a_median_shows_one_holding():
    owners = {key: key for key in members([0] * 7)} | dict.fromkeys(["m02", "m03", "m04"], "holding")
    return cell_of(TYPICAL, [1, 2, 40, 50, 60, 700, 800], owners).value == 50


def the_upper_quartile_shows_the_largest():
    """Of eight it is the mean of the four largest: the second largest subtracts itself."""
    upper = cell_of(SPREAD, [10, 20, 30, 40, 50, 60, 70, 5000]).part("upper")
    return upper is not None and abs(4 * upper - 70 - 5000) <= 750


def the_only_yes_learns_that_all_others_are_no():
    cell = cell_of(YES, [True] + [False] * 7)
    return cell.value is not None and cell.relation is Relation.EQUAL and round(cell.value / 100 * 8) == 1


def the_only_bank_is_shown():
    cell = cell_of(FORM, ["ngo"] * 6 + ["bank"])
    return cell.part("bank") is not None


def the_only_saver_is_shown():
    return cell_of(PRODUCTS, [{"credit"}] * 6 + [{"savings"}]).part("savings") is not None


def nobody_of_six_said_yes():
    cell = cell_of(YES, [False] * 6)
    return cell.relation is Relation.AT_MOST and cell.value / 100 * 6 < 2


def the_total_minus_a_part_shows_three_friends():
    """Every one of the three passes the p rule: two of them who talk are what the minimum is for."""
    contributions = members([100] * 8 + [100, 110, 120])
    owners = {key: key for key in contributions}
    regions = {"region": members(["north"] * 8 + ["south"] * 3)}
    total, north, _ = publish_release([LOANS], {"loans": contributions}, owners, POLICY, regions)
    return (
        total.value is not None and north.value is not None and total.value - north.value - 100 - 110 == 120
    )


def last_year_and_the_change_show_the_newcomer():
    before, after = members([100] * 5), members([110] * 5 + [70])
    owners = {key: key for key in after}
    then, now = publish(LOANS, before, owners, POLICY).value, publish(LOANS, after, owners, POLICY).value
    change = publish_change(LOANS, before, after, owners, POLICY).value
    return change is not None and abs(now - then * (1 + change / 100) - 70) < 7


def a_change_of_two_members_shows_one_of_them():
    before, after = members([100, 200]), members([100, 250])
    cell = publish_change(LOANS, before, after, {key: key for key in before}, POLICY)
    return cell.value is not None and 300 * (1 + cell.value / 100) - 100 == pytest.approx(250, rel=0.01)


def a_median_copies_a_member():
    return cell_of(TYPICAL, [10, 20, 40, 80, 160]).value in {10, 20, 40, 80, 160}


def an_exact_share_tells_how_many_answered():
    value = cell_of(YES, [True] * 2 + [False] * 5).value
    return [n for n in range(5, 10) if any(abs(100 * y / n - value) < 1e-6 for y in range(n))] == [7]


def the_band_tells_how_many_answered():
    return "7" in cell_of(YES, [True] * 2 + [False] * 5).n_band


def a_fault_escapes_with_a_value_in_its_text():
    try:
        cell_of(LOANS, [100] * 5 + ["987654321"])
    except TypeError:
        return True
    return False


def a_value_beyond_the_scale_is_averaged_in():
    return cell_of(SCORE, [-5, 50, 60, 70, 40, 30]).published


def safe(*_args, **_kwargs):
    return None


def nothing(*_args):
    return frozenset()


def every_member_for_itself(population):
    return {c.contributor.key: (c,) for c in population}


def plain_window(n, _q):
    return n // 2, n // 2


def always_at_most(*_args):
    return figures.Figure(Fraction(20), relation=Relation.AT_MOST)


def raise_it(_measure, error, _slot=None):
    raise error


def unchecked(measure, contributor, value):
    return cells.Contribution(contributor, Fraction(value))


def only_zeros_allowed(original):
    """The p rule as the books have it, which lets a sum of zeros pass."""

    def check(groups, policy, **options):
        sizes = sorted((sum(abs(c.number) for c in m) for m in groups.values()), reverse=True)
        return (
            None if sum(sizes[2:]) >= Fraction(policy.p) * sizes[0] else original(groups, policy, **options)
        )

    return check


ATTACKS = {
    "R1 owners": (the_holding_subtracts_its_own, [(checks, "owner_groups", every_member_for_itself)]),
    "R2 minimum": (three_friends_learn_the_fourth, [(checks, "minimum", safe)]),
    "R3 concentration": (the_second_largest_estimates_the_largest, [(checks, "concentration", safe)]),
    "R3 zeros": (zero_tells_everyone, [(checks, "concentration", only_zeros_allowed(checks.concentration))]),
    "R4 bounded mean": (a_high_mean_tells_that_all_are_high, [(checks, "bounded_mean", safe)]),
    "R4 values in bounds": (a_value_beyond_the_scale_is_averaged_in, [(cells, "_read", unchecked)]),
    "R5 smoothing": (
        a_median_copies_a_member,
        [(statistics, "quantile_window", plain_window), (checks, "window_owners", safe)],
    ),
    "R5 owners in the window": (
        a_median_shows_one_holding,
        [(checks, "window_owners", safe), (checks, "window_concentration", safe)],
    ),
    "R5 concentration in the window": (
        the_upper_quartile_shows_the_largest,
        [(checks, "window_concentration", safe)],
    ),
    "R5 median at the bound": (
        a_top_median_tells_the_weakest_about_all_others,
        [(checks, "quantile_at_bound", safe)],
    ),
    "R5 median of zeros": (
        a_zero_median_tells_the_largest_about_all_others,
        [(checks, "quantile_at_bound", safe)],
    ),
    "R6 shares": (the_only_yes_learns_that_all_others_are_no, [(checks, "two_sided", safe)]),
    "R6 distributions": (the_only_bank_is_shown, [(checks, "two_sided", safe)]),
    "R6 several choices": (the_only_saver_is_shown, [(checks, "two_sided", safe)]),
    "R6 bounds from ten": (nobody_of_six_said_yes, [(figures, "edge_share", always_at_most)]),
    "R7 differences": (
        the_total_minus_a_part_shows_three_friends,
        [(checks, "difference", safe), (ledger, "handfuls", nothing)],
    ),
    "R10 panel": (last_year_and_the_change_show_the_newcomer, [(checks, "panel_break", safe)]),
    "R10 panel minimum": (a_change_of_two_members_shows_one_of_them, [(checks, "unsafe", safe)]),
    "R11 rounding": (
        an_exact_share_tells_how_many_answered,
        [(statistics, "round_published", lambda value, _unit, **_options: value)],
    ),
    "R12 band": (the_band_tells_how_many_answered, [(figures, "band", lambda n, _policy: str(n))]),
    "R15 fail closed": (a_fault_escapes_with_a_value_in_its_text, [(decisions, "closed", raise_it)]),
}


@pytest.mark.parametrize("rule", ATTACKS)
def test_the_attack_fails_while_the_rule_stands(rule):
    attack, _ = ATTACKS[rule]
    assert not attack()


@pytest.mark.parametrize("rule", ATTACKS)
def test_the_attack_succeeds_without_the_rule(rule, monkeypatch):
    attack, switches = ATTACKS[rule]
    for module, name, replacement in switches:
        monkeypatch.setattr(module, name, replacement)
    assert attack()


def test_an_unpublished_cell_says_nothing_about_the_values():
    assert cell_of(LOANS, [100, 120, 90, 110]) == cell_of(LOANS, [987, 120, 90, 654])
    assert cell_of(LOANS, [100, 120, 90, 110, 100]) != cell_of(LOANS, [987, 620, 790, 654, 700])
