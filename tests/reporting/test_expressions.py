"""The rule language against a naive evaluator, against Python's grammar, and against hostile input."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.expressions import ExpressionError, Kind, Symbol, parse
from tests.reporting.engine import reference, spelled

pytestmark = pytest.mark.unit

NUMBER_NAMES = ["a", "b", "c", "total_staff"]
TRUTH_NAMES = ["p", "q"]
TEXT_NAMES = ["s", "t"]
TEXTS = ["flat", "declining", "none"]

plain_numbers = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6).map(lambda x: round(x, 4))
wild_numbers = plain_numbers | st.sampled_from([1e308, -1e308, 1e-308, 5e-324, 0.0, 1e200, 10**18, 0.1 + 0.2])
values_of_names = st.fixed_dictionaries(
    {name: st.none() | wild_numbers | st.booleans() for name in NUMBER_NAMES}
    | {name: st.none() | st.booleans() for name in TRUTH_NAMES}
    | {name: st.none() | st.sampled_from(TEXTS) for name in TEXT_NAMES}
)
literal_numbers = st.integers(0, 10**6) | st.integers(0, 10**6).map(lambda x: x / 100)


def _number_trees(children: st.SearchStrategy) -> st.SearchStrategy:
    return (
        st.tuples(st.sampled_from("+-*/"), children, children)
        | st.tuples(st.just("neg"), children)
        | st.tuples(
            st.just("call"),
            st.sampled_from(["sum", "min", "max", "coalesce"]),
            st.lists(children, min_size=1, max_size=4),
        )
        | st.tuples(st.just("call"), st.just("abs"), st.lists(children, min_size=1, max_size=1))
    )


number_trees = st.recursive(
    st.tuples(st.just("lit"), literal_numbers) | st.tuples(st.just("name"), st.sampled_from(NUMBER_NAMES)),
    _number_trees,
    max_leaves=12,
)
comparisons = (
    st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), number_trees, number_trees)
    | st.tuples(
        st.sampled_from(["==", "!="]),
        st.tuples(st.just("name"), st.sampled_from(TEXT_NAMES)),
        st.tuples(st.just("lit"), st.sampled_from(TEXTS))
        | st.tuples(st.just("name"), st.sampled_from(TEXT_NAMES)),
    )
    | st.tuples(st.just("name"), st.sampled_from(TRUTH_NAMES))
    | st.tuples(
        st.just("=="),
        st.tuples(st.just("name"), st.sampled_from(TRUTH_NAMES)),
        st.tuples(st.just("lit"), st.booleans()),
    )
    | st.tuples(st.just("lit"), st.booleans())
)
truth_trees = st.recursive(
    comparisons,
    lambda children: (
        st.tuples(st.sampled_from(["and", "or"]), children, children) | st.tuples(st.just("not"), children)
    ),
    max_leaves=6,
)


@given(tree=number_trees | truth_trees, values=values_of_names)
@settings(max_examples=600, deadline=None)
def test_every_tree_has_the_value_of_the_naive_evaluator(tree, values):
    expected = reference(tree, values)
    found = parse(spelled(tree)).evaluate(values)
    assert found == expected
    assert (found is None) == (expected is None)


@given(tree=number_trees, values=values_of_names)
@settings(max_examples=100, deadline=None)
def test_a_missing_name_counts_as_empty(tree, values):
    given_only = {name: value for name, value in values.items() if value is not None}
    expression = parse(spelled(tree))
    assert expression.evaluate(given_only) == expression.evaluate(values)


def _chain(operands: st.SearchStrategy, marks: list[str], longest: int) -> st.SearchStrategy:
    """Operands joined by operators, without any parentheses."""
    pairs = st.lists(st.tuples(st.sampled_from(marks), operands), max_size=longest)
    return st.tuples(operands, pairs).map(lambda both: " ".join([both[0], *(f"{m} {o}" for m, o in both[1])]))


small = st.integers(0, 9).map(str) | st.integers(1, 9).map(lambda number: f"-{number}")
sums = _chain(small, ["+", "-", "*"], 5)
tests_of_sums = st.tuples(
    st.sampled_from(["", "not "]), sums, st.sampled_from(["<", "<=", "==", "!=", ">", ">="]), sums
).map(lambda parts: f"{parts[0]}{parts[1]} {parts[2]} {parts[3]}")


@given(source=sums | _chain(tests_of_sums, ["and", "or"], 5))
@settings(max_examples=300, deadline=None)
def test_operators_bind_as_in_python(source):
    assert parse(source).evaluate({}) == eval(source)  # the strategies above wrote it


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("a + b", {"a": 1, "b": None}, None),
        ("a / b", {"a": 1, "b": 0}, None),
        ("a / b", {"a": 1, "b": False}, None),
        ("a / (b - b)", {"a": 1, "b": 2}, None),
        ("sum(a, b)", {"a": None, "b": 2}, 2),
        ("sum(a, b)", {}, None),
        ("min(a, b)", {"a": None, "b": 2}, 2),
        ("max(a, b)", {}, None),
        ("abs(a)", {"a": -2.5}, 2.5),
        ("coalesce(a, b, 0)", {"a": None, "b": None}, 0),
        ("coalesce(a, b)", {"a": 0, "b": 7}, 0),
        ("p and q", {"p": False, "q": None}, False),
        ("p and q", {"p": None, "q": False}, False),
        ("p and q", {"p": True, "q": None}, None),
        ("p or q", {"p": None, "q": True}, True),
        ("p or q", {"p": False, "q": None}, None),
        ("not p", {"p": None}, None),
        ("p + q", {"p": True, "q": True}, 2),
        ("100 * (p + a) / 2", {"p": True, "a": 0.5}, 75),
        ("s == 'flat'", {"s": "flat"}, True),
        ("s != 'flat'", {"s": None}, None),
        ("a * a", {"a": 1e200}, None),
        ("0 * (a * a)", {"a": 1e200}, None),
        ("a + b", {"a": 1e308, "b": 1e308}, None),
        ("-a", {"a": 3}, -3),
        ("2 - -1", {}, 3),
        ("a - b - c", {"a": 10, "b": 3, "c": 2}, 5),
        ("a / b / c", {"a": 12, "b": 3, "c": 2}, 2),
        ("a - (b - c)", {"a": 10, "b": 3, "c": 2}, 9),
        ("not a == b", {"a": 1, "b": 2}, True),
        ("p or q and r", {"p": True, "q": False, "r": False}, True),
    ],
)
def test_values(source, values, expected):
    assert parse(source).evaluate(values) == expected
    assert (parse(source).evaluate(values) is None) == (expected is None)


@pytest.mark.parametrize("right", ["3", "b", "b + 0", "(2 + 1)"])
@pytest.mark.parametrize("left", ["a", "a + 0", "(a)"])
@pytest.mark.parametrize("mark", ["<", "<=", "==", "!=", ">=", ">"])
def test_comparisons_of_every_shape_at_the_boundary(left, mark, right):
    expression = parse(f"{left} {mark} {right}")
    for a in (2, 3, 3.0, 4):
        assert expression.evaluate({"a": a, "b": 3}) is eval(f"{a} {mark} 3")
    assert expression.evaluate({"a": None, "b": 3}) is None


WRONG = {
    "text": "abc",
    "long text": "x" * 100_000,
    "nan": float("nan"),
    "infinity": float("inf"),
    "huge": 10**4000,
    "hugely negative": -(10**400),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "source",
    [
        *["a * b", "a + b", "a - b", "a / b", "b / a", "100 * a / b", "2 * a", "a / 2", "-a", "abs(a)"],
        *["sum(a, b)", "a * b * a", "b + b + a", "(b - 1) * a", "(b - 1) / a"],
    ],
)
def test_a_value_out_of_place_makes_arithmetic_empty(source, wrong):
    started = time.perf_counter()
    assert parse(source).evaluate({"a": wrong, "b": 10**9}) in (None, 10**9, 0.0)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "source", ["a < b", "a <= b", "a > 1", "a + 1 >= b", "min(a, b)", "max(a, b)", "not a", "a and b"]
)
def test_texts_have_no_order_no_sum_and_no_truth(source):
    assert parse(source).evaluate({"a": "x", "b": "y"}) is None


HOSTILE = {
    "(" * 100_000 + "1" + ")" * 100_000: 2001,
    "(" * 900 + "1" + ")" * 900: 51,
    "-" * 1_000 + "1": 51,
    "not " * 450 + "true": None,
    "abs(" * 400 + "1" + ")" * 400: None,
    "a+" * 400 + "a": None,
    "a*b+" * 300 + "a": None,
    "sum(" + "a," * 900 + "a)": None,
    "9**9**9": 2,
    "9" * 5_000: 2001,
    "9" * 500: 1,
    "1e999": 2,
    "1." + "9" * 500: 1,
    "a.b": 2,
    "a.__class__": 2,
    "().__class__": None,
    "__import__('os')": 1,
    "lambda: 1": 7,
    "lambda x": 8,
    "[a for a in b]": 1,
    "a if b else c": 3,
    "a[0]": 2,
    "{'a': 1}": 1,
    "f'{a}'": 2,
    "a := 1": 3,
    "a; b": 2,
    "a = 1": 3,
    "a < b < c": 7,
    "a == b == c": 8,
    "a == not b": 6,
    "a and": 6,
    "and a": 1,
    "a b": 3,
    "()": 2,
    "": 1,
    " \n ": 1,
    "sum()": 1,
    "abs(a, b)": 1,
    "sum": 1,
    "sum(a,)": 7,
    "round(a)": 1,
    "sum(a": 6,
    "a)": 2,
    "True": 1,
    "Active": 1,
    "'open": 1,
    '"double"': 1,
    "'a\nb'": 1,
    "'" + "x" * 200 + "'": 1,
    "a" * 200: 1,
    "1 + 'a'": 5,
    "-'a'": 2,
    "'a' < 'b'": 1,
    "not 1": 5,
    "1 and true": 1,
    "1 == 'a'": 3,
    "1 == true": 3,
    "coalesce(1, 'a')": 1,
    "\N{ARABIC-INDIC DIGIT ONE} + 1": 1,
    "é": 1,
    "a\x00b": 2,
    "a \N{MULTIPLICATION SIGN} b": 3,
}


@pytest.mark.parametrize(("source", "column"), HOSTILE.items(), ids=[text[:20] for text in HOSTILE])
def test_bad_text_is_refused_at_once_and_the_place_is_named(source, column):
    started = time.perf_counter()
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert time.perf_counter() - started < 0.25, "milliseconds, with room for a busy machine"
    assert caught.value.message
    assert len(str(caught.value)) < 200
    assert 1 <= caught.value.column <= 2001
    if column is not None:
        assert caught.value.column == column


@given(st.text(alphabet="ab01.'()+-*/<>=!, \n_andortulsm\x00é", max_size=80) | st.text(max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_an_expression_or_an_expression_error(source):
    try:
        expression = parse(source)
    except ExpressionError:
        return
    else:
        expression.evaluate({})
        expression.evaluate(dict.fromkeys(expression.names, "text"))
        expression.readable({})


def test_the_longest_allowed_expressions_evaluate():
    many = "a" + " + a" * 99
    assert parse(many).evaluate({"a": 2}) == 200
    deep = "(" * 45 + "a" + ")" * 45
    assert parse(deep).evaluate({"a": 2}) == 2


SYMBOLS = {
    "staff": Symbol(Kind.NUMBER),
    "women": Symbol(Kind.NUMBER),
    "regulated": Symbol(Kind.TRUTH),
    "method": Symbol(Kind.TEXT, choices=frozenset({"flat", "declining"})),
    "policy": Symbol(Kind.NUMBER, choices=frozenset({0, 0.5, 1})),
    "products": Symbol(Kind.ANY, barred="is a multiple-choice field"),
}


@pytest.mark.parametrize(
    ("source", "result", "columns"),
    [
        ("women <= staff", Kind.TRUTH, []),
        ("method == 'flat' or policy > 0", Kind.TRUTH, []),
        ("100 * (policy + regulated) / 2", Kind.NUMBER, []),
        ("coalesce(women, -1) >= 0", Kind.TRUTH, []),
        ("womn <= staf", Kind.TRUTH, [1, 9]),
        ("method == 'balloon'", Kind.TRUTH, [11]),
        ("'balloon' != method", Kind.TRUTH, [1]),
        ("policy == 2", Kind.TRUTH, [11]),
        ("method + 1", Kind.NUMBER, [1]),
        ("method == 1", Kind.TRUTH, [8]),
        ("regulated == 1", Kind.TRUTH, [11]),
        ("staff and regulated", Kind.TRUTH, [1]),
        ("products == 'micro'", Kind.TRUTH, [1]),
        ("women <= staff", Kind.NUMBER, [7]),
        ("women + staff", Kind.TRUTH, [7]),
        ("coalesce(method, staff) == 'flat'", Kind.TRUTH, [1]),
        ("sum(staff, method) + abs(method) > nobody", Kind.TRUTH, [12, 26, 36]),
    ],
)
def test_misuse_is_found_with_its_column(source, result, columns):
    assert [fault.column for fault in parse(source).faults(SYMBOLS, result)] == columns


def test_names_and_source_are_kept():
    expression = parse("100 * women / staff + women")
    assert expression.names == {"women", "staff"}
    assert expression.codes == ("women", "staff")
    assert expression == parse(expression.source)
    assert expression != parse("100 * staff / women + women")


@pytest.mark.parametrize(
    ("source", "readable"),
    [
        ("100 * (women) / (staff)", "100 × “Women” ÷ “All staff”"),
        (
            "(women - staff) / ((women + staff) / 2)",
            "(“Women” − “All staff”) ÷ ((“Women” + “All staff”) ÷ 2)",
        ),
        ("women - (staff - 1)", "“Women” − (“All staff” − 1)"),
        ("(women - staff) - 1", "“Women” − “All staff” − 1"),
        ("women <= 0.02 * staff", "“Women” ≤ 0.02 × “All staff”"),
        ("method == 'flat' or method != 'declining'", "“Method” is “Flat rate” or “Method” is not declining"),
        ("regulated == true", "regulated is yes"),
        ("policy == 0.5 and policy > 0", "“Policy” is “Partly” and “Policy” > 0"),
        ("not (regulated or regulated)", "not (regulated or regulated)"),
        ("max(women, -1)", "largest of (“Women”; −1)"),
        ("(women > 1) == (staff > 1)", "(“Women” > 1) = (“All staff” > 1)"),
        ("-(women + staff)", "−(“Women” + “All staff”)"),
    ],
)
def test_readable_form(source, readable):
    labels = {"women": "Women", "staff": "All staff", "method": "Method", "policy": "Policy"}
    choices = {"method": {"flat": "Flat rate"}, "policy": {0.5: "Partly"}}
    assert parse(source).readable(labels, choices) == readable.replace("regulated", "“regulated”")
