"""What the gate publishes and what it does not: each rule in a table, and properties over random associations."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.disclosure import (
    Cell,
    Change,
    Kind,
    Measure,
    Part,
    Policy,
    Reason,
    Relation,
    Unit,
    publish,
    publish_change,
    publish_release,
)

POLICY = Policy()
LOANS = Measure("loans", Kind.SUM, Unit.AMOUNT)
TYPICAL = Measure("loans", Kind.MEDIAN, Unit.AMOUNT)
SPREAD = Measure("loans", Kind.QUARTILES, Unit.AMOUNT)
AVERAGE = Measure("loans", Kind.MEAN, Unit.AMOUNT)
SCORE = Measure("score", Kind.MEAN, Unit.SCORE, bounded=(0, 100))
TYPICAL_SCORE = Measure("score", Kind.MEDIAN, Unit.SCORE, bounded=(0, 100))
POLICY_YES = Measure("policy", Kind.SHARE_YES)
LEGAL_FORM = Measure("form", Kind.DISTRIBUTION, choices=("ngo", "bank", "coop", "nbfi"))
PRODUCTS = Measure("products", Kind.DISTRIBUTION, choices=("credit", "savings", "insurance"), multiple=True)
PAR = Measure("par30", Kind.RATIO_OF_SUMS, Unit.PERCENT, decimals=1)
MEASURES = [LOANS, TYPICAL, SPREAD, AVERAGE, SCORE, TYPICAL_SCORE, POLICY_YES, LEGAL_FORM, PRODUCTS, PAR]


def members(values):
    return {f"m{i:02}": value for i, value in enumerate(values)}


def alone(contributions):
    return {key: key for key in contributions}


def cell_of(measure, values, policy=POLICY) -> Cell:
    contributions = members(values)
    return publish(measure, contributions, alone(contributions), policy)


def yes(count, n):
    return [i < count for i in range(n)]


@pytest.mark.parametrize(
    ("measure", "values", "value", "band"),
    [
        (LOANS, [1000, 1200, 900, 1100, 1034], 5230, "5-9"),
        (LOANS, [100] * 12, 1200, "10-19"),
        (LOANS, [100] * 20, 2000, "20+"),
        (AVERAGE, [1000, 1200, 900, 1100, 1034], 1050, "5-9"),
        (TYPICAL, [10, 20, 40, 80, 160], 46.7, "5-9"),
        (SCORE, [50, 60, 70, 80, 41.5], 60, "5-9"),
        (TYPICAL_SCORE, [50, 60, 70, 80, 40], 60, "5-9"),
        (POLICY_YES, yes(2, 7), 30, "5-9"),
        (POLICY_YES, yes(8, 21), 38, "20+"),
        (PAR, [(1, 10), (2, 40), (3, 50), (1, 30), (2, 33)], 5.5, "5-9"),
        (Measure("women", Kind.SUM, Unit.COUNT), [101, 202, 303, 151, 170], 925, "5-9"),
    ],
)
def test_a_safe_figure_is_published_rounded_and_with_a_band(measure, values, value, band):
    cell = cell_of(measure, values)
    assert (cell.published, cell.value, cell.n_band, cell.reason) == (True, value, band, None)


@pytest.mark.parametrize(
    ("measure", "values", "reason"),
    [
        (LOANS, [100] * 4, Reason.TOO_FEW),
        (LOANS, [], Reason.TOO_FEW),
        (TYPICAL, [1, 2, 3, 4], Reason.TOO_FEW),
        (SPREAD, [1, 2, 3, 4, 5, 6, 7], Reason.TOO_FEW),
        (LOANS, [1000, 900, 40, 40, 40], Reason.DOMINATED),
        (LOANS, [-1000, -900, 40, 40, 40], Reason.DOMINATED),
        (AVERAGE, [1000, 900, 40, 40, 40], Reason.DOMINATED),
        (LOANS, [0] * 6, Reason.DOMINATED),
        (PAR, [(90, 100), (1, 100), (1, 100), (1, 100), (1, 100)], Reason.DOMINATED),
        (PAR, [(5, 900), (5, 10), (5, 10), (5, 10), (5, 10)], Reason.DOMINATED),
        (SCORE, [98, 98, 98, 98, 98], Reason.PINNED),
        (SCORE, [1, 2, 0, 3, 1], Reason.PINNED),
        (TYPICAL_SCORE, [20, 100, 100, 100, 100], Reason.PINNED),
        (TYPICAL_SCORE, [0, 0, 0, 0, 90], Reason.PINNED),
        (TYPICAL, [0, 0, 0, 0, 90], Reason.PINNED),
        (POLICY_YES, yes(0, 6), Reason.ONE_SIDED),
        (POLICY_YES, yes(1, 9), Reason.ONE_SIDED),
        (POLICY_YES, yes(6, 6), Reason.ONE_SIDED),
        (LEGAL_FORM, ["ngo"] * 6, Reason.ONE_SIDED),
        (LEGAL_FORM, ["ngo"] * 5 + ["bank"], Reason.ONE_SIDED),
    ],
)
def test_an_unsafe_figure_is_not_published(measure, values, reason):
    cell = cell_of(measure, values)
    assert cell == Cell(measure.code, measure.kind, published=False, reason=reason)


def test_the_p_rule_holds_exactly_at_its_border():
    """X - x1 - x2 = 150 = 15 % of 1000 is safe, one hundredth less is not."""
    assert cell_of(LOANS, [1000, 500, 50, 50, 50]).published
    assert cell_of(LOANS, [1000, 500, 50, 50, Decimal("49.99")]).reason is Reason.DOMINATED


def test_quartiles_come_as_three_parts():
    cell = cell_of(SPREAD, [10, 20, 30, 40, 50, 60, 70, 80, 300])
    assert cell.parts == (Part(("lower",), 30), Part(("median",), 50), Part(("upper",), 70))
    assert cell.part("median") == cell_of(TYPICAL, [10, 20, 30, 40, 50, 60, 70, 80, 300]).value


@pytest.mark.parametrize(
    ("count", "n", "value", "relation"),
    [
        (0, 10, 20, Relation.AT_MOST),
        (1, 25, 20, Relation.AT_MOST),
        (10, 10, 80, Relation.AT_LEAST),
        (2, 10, 20, Relation.AT_MOST),
        (3, 10, 30, Relation.EQUAL),
        (3, 25, 12, Relation.EQUAL),
    ],
)
def test_shares_at_the_ends_become_bounds_from_ten_contributors(count, n, value, relation):
    cell = cell_of(POLICY_YES, yes(count, n))
    assert (cell.value, cell.relation) == (value, relation)


def test_a_bound_is_never_untrue_for_an_owner_with_many_members():
    contributions = members(yes(8, 20))
    owners = {key: "big" if contributions[key] else key for key in contributions}
    assert publish(POLICY_YES, contributions, owners, POLICY).reason is Reason.ONE_SIDED


def test_a_share_never_rounds_to_nobody_or_everybody():
    cell = cell_of(POLICY_YES, yes(3, 700))
    assert (cell.value, cell.relation) == (1, Relation.AT_MOST)


def test_rare_choices_are_published_together():
    cell = cell_of(LEGAL_FORM, ["ngo"] * 5 + ["bank"] * 3 + ["coop"] + ["nbfi"])
    assert cell.parts == (Part(("ngo",), 50), Part(("bank",), 30), Part(("coop", "nbfi"), 20))


def test_a_single_rare_choice_takes_the_smallest_safe_one_with_it():
    cell = cell_of(LEGAL_FORM, ["ngo"] * 5 + ["bank"] * 3 + ["coop"] * 2)
    assert cell.parts == (Part(("ngo",), 50), Part(("bank",), 30), Part(("coop", "nbfi"), 20))


def test_of_several_choices_the_unsafe_are_left_out():
    cell = cell_of(PRODUCTS, [{"credit"}] * 6 + [{"credit", "savings"}] * 3 + [{"insurance", "credit"}])
    assert cell.parts == (Part(("savings",), 30),)


def test_members_of_one_owner_count_once():
    contributions = members([100] * 6)
    owners = alone(contributions) | {"m00": "holding", "m01": "holding"}
    assert publish(LOANS, contributions, owners, POLICY).n_band == "5-9"
    assert publish(LOANS, contributions, owners | {"m02": "holding"}, POLICY).reason is Reason.TOO_FEW


@pytest.mark.parametrize(
    ("measure", "values"),
    [
        (LOANS, [1, 2, 3, 4, float("nan")]),
        (LOANS, [1, 2, 3, 4, None]),
        (LOANS, [1, 2, 3, 4, "987654321"]),
        (LOANS, [1, 2, 3, 4, True]),
        (SCORE, [1, 2, 3, 4, 987654321]),
        (POLICY_YES, [True, True, False, False, 1]),
        (PAR, [(1, 2)] * 4 + [3]),
        (LEGAL_FORM, ["ngo", "ngo", "bank", "bank", "987654321"]),
        (LEGAL_FORM, ["ngo", "ngo", "bank", "bank", {"ngo"}]),
        (PRODUCTS, [{"credit"}] * 4 + ["credit"]),
    ],
)
def test_the_gate_stays_closed_when_in_doubt_and_logs_no_value(measure, values, caplog):
    assert cell_of(measure, values).reason is Reason.ERROR
    assert "stays closed" in caplog.text
    assert "987654321" not in caplog.text


def test_a_member_without_owner_closes_the_gate():
    contributions = members([100] * 9)
    assert publish(LOANS, contributions, {}, POLICY).reason is Reason.ERROR


def test_a_ratio_without_denominator_is_undefined():
    assert cell_of(PAR, [(1, 1), (1, 1), (1, 1), (1, -1), (1, -1), (1, -1)]).reason is Reason.UNDEFINED


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 2},
        {"kq": 4},
        {"p": Decimal(0)},
        {"p": Decimal(1)},
        {"w": Decimal(0)},
        {"w": Decimal(60)},
        {"edge_n": 9},
    ],
)
def test_a_policy_that_protects_nobody_is_refused(wrong):
    with pytest.raises(ValueError, match="set"):
        Policy(**wrong)


def test_the_secret_parameters_are_not_printed():
    text = repr(Policy(p=Decimal("0.1717"), w=Decimal("23.23")))
    assert "1717" not in text
    assert "23" not in text


@pytest.mark.parametrize(
    "fields",
    [
        {"published": False, "reason": Reason.TOO_FEW, "value": 0.0},
        {"published": False, "reason": Reason.TOO_FEW, "n_band": "5-9"},
        {"published": False, "reason": Reason.TOO_FEW, "parts": (Part(("a",), 1.0),)},
        {"published": False, "reason": Reason.TOO_FEW, "relation": Relation.AT_MOST},
        {"published": False},
        {"published": True, "n_band": "5-9"},
        {"published": True, "value": 1.0},
        {"published": True, "value": 1.0, "n_band": "5-9", "reason": Reason.TOO_FEW},
    ],
)
def test_a_cell_is_either_a_figure_or_a_reason(fields):
    with pytest.raises(ValueError, match="cell"):
        Cell("loans", Kind.SUM, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"bounded": (5, 5)},
        {"choices": ("a",)},
        {"kind": Kind.DISTRIBUTION},
        {"kind": Kind.DISTRIBUTION, "choices": ("a", "a")},
    ],
)
def test_a_measure_that_makes_no_sense_is_refused(fields):
    with pytest.raises(ValueError, match="loans"):
        Measure(**({"code": "loans", "kind": Kind.SUM} | fields))


# --- Releases ---------------------------------------------------------------------------------------------


def release(values, categories, measure=LOANS, policy=POLICY):
    contributions = members(values)
    breakdowns = {name: members(cats) for name, cats in categories.items()}
    cells = publish_release(
        [measure], {measure.code: contributions}, alone(contributions), policy, breakdowns
    )
    return {(c.breakdown, c.category): c for c in cells}


def test_the_smallest_part_goes_when_the_rest_would_be_derivable():
    regions = ["north"] * 7 + ["south"] * 6 + ["west"] * 2
    cells = release([100] * 15, {"region": regions})
    assert cells[None, None].value == 1500
    assert cells["region", "north"].value == 700
    assert cells["region", "south"].reason is Reason.DERIVABLE
    assert cells["region", "west"].reason is Reason.TOO_FEW


def test_parts_that_cover_everybody_all_stay():
    cells = release([100] * 12, {"region": ["north"] * 6 + ["south"] * 6})
    assert all(cell.published for cell in cells.values())


def test_members_without_a_category_are_a_rest_too():
    contributions = members([100] * 13)
    regions = dict.fromkeys(list(contributions)[:12], "north")
    cells = publish_release(
        [LOANS], {"loans": contributions}, alone(contributions), POLICY, {"region": regions}
    )
    assert [cell.published for cell in cells] == [True, False]


def test_a_part_inside_a_part_of_another_breakdown_counts():
    regions = ["north"] * 8 + ["south"] * 8
    provinces = ["upper"] * 6 + ["lower"] * 2 + ["coast"] * 8
    cells = release([100] * 16, {"region": regions, "province": provinces})
    assert cells["region", "north"].published
    assert cells["province", "upper"].reason is Reason.DERIVABLE


def test_one_indicator_may_have_statistics_with_different_values():
    contributions = members([(3, 10), (2, 20), (3, 30), (2, 40), (4, 50)])
    ratios = {key: 100 * n / d for key, (n, d) in contributions.items()}
    median = Measure("par30", Kind.MEDIAN, Unit.PERCENT, decimals=1)
    data = {"par30": ratios, ("par30", Kind.RATIO_OF_SUMS): contributions}
    cells = publish_release([PAR, median], data, alone(contributions), POLICY)
    assert [(c.statistic, c.value) for c in cells] == [(Kind.MEDIAN, 9.3), (Kind.RATIO_OF_SUMS, 9.3)]


def test_a_fault_in_one_measure_closes_all_its_cells_and_no_other():
    contributions = members([100] * 12)
    data = {"loans": contributions, "score": contributions | {"m00": 101}}
    regions = {"region": members(["north"] * 6 + ["south"] * 6)}
    cells = publish_release([SCORE, LOANS], data, alone(contributions), POLICY, regions)
    assert [cell.published for cell in cells] == [True] * 3 + [False] * 3


def test_a_measure_without_data_is_too_few_and_one_listed_twice_is_an_error():
    assert publish_release([LOANS], {}, {}, POLICY)[0].reason is Reason.TOO_FEW
    with pytest.raises(ValueError, match="twice"):
        publish_release([LOANS, LOANS], {}, {}, POLICY)


# --- Change -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "before", "after", "value", "change"),
    [
        (LOANS, [100] * 6, [110] * 6, 10, Change.PERCENT),
        (TYPICAL, [100] * 6, [90] * 6, -10, Change.PERCENT),
        (SCORE, [40, 50, 60, 50, 45], [50, 60, 70, 60, 55], 10, Change.POINTS),
        (POLICY_YES, yes(2, 10), yes(5, 10), 30, Change.POINTS),
        (PAR, [(4, 100)] * 5, [(6, 100)] * 5, 2, Change.POINTS),
        (Measure("staff", Kind.SUM, Unit.COUNT), [10] * 5, [11] * 5, 10, Change.PERCENT),
    ],
)
def test_change_on_the_same_members(measure, before, after, value, change):
    first, second = members(before), members(after)
    cell = publish_change(measure, first, second, alone(first), POLICY)
    assert (cell.value, cell.change, cell.n_band) == (value, change, figures_band(len(first)))


def figures_band(n):
    return "5-9" if n < 10 else "10-19"


@pytest.mark.parametrize(
    ("measure", "before", "after", "reason"),
    [
        (LOANS, [100] * 4, [110] * 9, Reason.TOO_FEW),
        (LOANS, [100] * 6, [110] * 7, Reason.PANEL_BROKEN),
        (LOANS, [100] * 7, [110] * 6, Reason.PANEL_BROKEN),
        (LOANS, [100] * 6, [1000, 100, 1, 1, 1, 1], Reason.DOMINATED),
        (LOANS, [-100, 100] * 3, [100] * 6, Reason.UNDEFINED),
        (LEGAL_FORM, ["ngo"] * 9, ["bank"] * 9, Reason.NOT_OFFERED),
        (LOANS, [100] * 6, [None] * 6, Reason.ERROR),
    ],
)
def test_change_that_is_not_published(measure, before, after, reason):
    first, second = members(before), members(after)
    assert publish_change(measure, first, second, alone(first | second), POLICY).reason is reason


def test_change_holds_when_a_safe_number_joins():
    first, second = members([100] * 6), members([110] * 11)
    for measure in (LOANS, TYPICAL):
        assert publish_change(measure, first, second, alone(second), POLICY).value == 10


def test_the_change_of_a_median_needs_another_panel_than_everybody_of_one_period():
    """Six and the same six with one more: the median of the six would be told for both periods."""
    first, second = members([100] * 6), members([110] * 7)
    assert publish_change(TYPICAL, first, second, alone(second), POLICY).reason is Reason.PANEL_BROKEN
    another = first | {"left": 100}
    assert publish_change(TYPICAL, another, second, alone(second | another), POLICY).value == 10


# --- Properties -------------------------------------------------------------------------------------------

AMOUNTS = st.lists(st.one_of(st.integers(0, 5), st.integers(0, 10**6)), min_size=0, max_size=16)
VALUE_OF = {
    Kind.SUM: st.integers(-50, 1000),
    Kind.MEDIAN: st.integers(0, 1000),
    Kind.QUARTILES: st.integers(0, 1000),
    Kind.MEAN: st.integers(0, 100),
    Kind.SHARE_YES: st.booleans(),
    Kind.RATIO_OF_SUMS: st.tuples(st.integers(0, 50), st.integers(0, 500)),
}


@st.composite
def associations(draw, measures=tuple(MEASURES), max_size=14):
    """A measure, its contributions and owners, some of them shared."""
    measure = draw(st.sampled_from(measures))
    if measure.kind is Kind.DISTRIBUTION:
        one = st.sampled_from(measure.choices)
        values = st.sets(one) if measure.multiple else one
    else:
        values = st.integers(0, 100) if measure.bounded else VALUE_OF[measure.kind]
    contributions = members(draw(st.lists(values, min_size=3, max_size=max_size)))
    owners = {key: draw(st.sampled_from([key, key, "a", "b"])) for key in contributions}
    return measure, contributions, owners


def numbers_in(cell):
    return (cell.published, len(cell.parts))


@given(association=associations(), data=st.data())
def test_names_and_order_of_members_change_nothing(association, data):
    measure, contributions, owners = association
    keys = list(contributions)
    renamed = dict(zip(keys, data.draw(st.permutations(keys)), strict=True))
    shuffled = {renamed[key]: contributions[key] for key in data.draw(st.permutations(keys))}
    new_owners = {renamed[key]: f"x{owners[key]}" for key in keys}
    assert publish(measure, shuffled, new_owners, POLICY) == publish(measure, contributions, owners, POLICY)


@given(association=associations(measures=(LOANS, TYPICAL, SPREAD, AVERAGE)), factor=st.integers(1, 10**6))
def test_the_unit_of_amounts_does_not_decide_what_is_published(association, factor):
    measure, contributions, owners = association
    scaled = {key: value * factor for key, value in contributions.items()}
    assert (
        publish(measure, scaled, owners, POLICY).reason
        == publish(measure, contributions, owners, POLICY).reason
    )


@given(association=associations(), data=st.data())
def test_merging_two_owners_never_publishes_more(association, data):
    measure, contributions, owners = association
    first, second = data.draw(st.lists(st.sampled_from(sorted(set(owners.values()))), min_size=2, max_size=2))
    merged = {key: first if owner == second else owner for key, owner in owners.items()}
    before, after = (
        publish(measure, contributions, owners, POLICY),
        publish(measure, contributions, merged, POLICY),
    )
    assert numbers_in(after) <= numbers_in(before)


@given(association=associations(), data=st.data())
def test_leaving_never_publishes_what_too_few_held_back(association, data):
    measure, contributions, owners = association
    if (
        publish(measure, contributions, owners, POLICY).reason is Reason.TOO_FEW
        and len(set(owners.values())) < 5
    ):
        gone = data.draw(st.sampled_from(sorted(contributions)))
        fewer = {key: value for key, value in contributions.items() if key != gone}
        assert not publish(measure, fewer, owners, POLICY).published


@given(association=associations(max_size=20), data=st.data())
def test_a_release_is_the_same_whatever_the_order_of_its_input(association, data):
    measure, contributions, owners = association
    categories = {key: data.draw(st.sampled_from("nsw")) for key in contributions}
    others = [LOANS, SCORE] if measure.code not in {"loans", "score"} else [POLICY_YES]
    given_data = (
        {measure.code: contributions, "loans": members([7] * 6)}
        if len(others) == 2
        else {measure.code: contributions}
    )
    owners = alone(members([0] * 20)) | owners
    once = publish_release([measure, *others], given_data, owners, POLICY, {"r": categories})
    turned = {code: dict(reversed(values.items())) for code, values in reversed(given_data.items())}
    again = publish_release(
        [*others, measure],
        turned,
        dict(reversed(owners.items())),
        POLICY,
        {"r": dict(reversed(categories.items()))},
    )
    assert repr(once) == repr(again)
    assert all(c.value is None and not c.parts and c.n_band is None for c in once if not c.published)


@settings(max_examples=200)
@given(values=AMOUNTS, data=st.data())
def test_no_sum_nor_difference_of_published_sums_pins_a_member(values, data):
    """An attacker of its own kind: every insider, every total minus any published parts, amounts not negative."""
    contributions = members(values)
    owners = {key: data.draw(st.sampled_from([key, key, key, "a"])) for key in contributions}
    regions = {key: data.draw(st.sampled_from(["n", "s", "w"])) for key in contributions}
    cells = publish_release([LOANS], {"loans": contributions}, owners, POLICY, {"region": regions})
    everybody = set(contributions)
    total = [everybody] if cells[0].published else []
    parts = [{k for k in everybody if regions[k] == c.category} for c in cells[1:] if c.published]
    known = [*total, *parts]
    for number in range(1, len(parts) + 1):
        known += [
            everybody.difference(*some) for _ in total for some in itertools.combinations(parts, number)
        ]
    for group in filter(None, known):
        by_owner = {}
        for key in group:
            by_owner[owners[key]] = by_owner.get(owners[key], 0) + contributions[key]
        assert len(by_owner) >= 5
        for insider, target in itertools.permutations(by_owner, 2):
            at_most = sum(by_owner.values()) - by_owner[insider]
            assert at_most >= Fraction(115, 100) * by_owner[target]
        assert any(by_owner.values())


@settings(max_examples=60)
@given(values=st.lists(st.integers(0, 4), min_size=5, max_size=6))
def test_no_insider_pins_a_score_by_trying_all_answers(values):
    """Brute force: every set of answers that gives the same mean, for every insider and every other member."""
    cell = cell_of(Measure("score", Kind.MEAN, Unit.SCORE, bounded=(0, 4)), values)
    if not cell.published:
        return
    for index in range(len(values)):
        rest = sum(values) - values[index]
        possible = [v for v in itertools.product(range(5), repeat=len(values) - 1) if sum(v) == rest]
        for other in range(len(values) - 1):
            answers = {v[other] for v in possible}
            assert max(answers) - min(answers) >= Fraction(20, 100) * 4
