"""Scores of short tests, marks of evaluations, and when each is open."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluating import Mean, mark_of, mean_of, without_mark
from training.scoring import Key, cleaned, improvement, mean, passed, score, share, unanswered
from training.windows import Span, asking_window, evaluation_window, may_mark, taking_window

pytestmark = pytest.mark.unit

ONE, SEVERAL = Key("one", 3, frozenset({1})), Key("several", 4, frozenset({0, 2}))


@st.composite
def answered_tests(draw):
    """A test of any shape, and anything as answers."""
    sizes = draw(st.lists(st.integers(2, 6), min_size=1, max_size=8))
    keys = [
        Key(f"q{place}", size, frozenset(draw(st.sets(st.integers(0, size - 1), min_size=1))))
        for place, size in enumerate(sizes)
    ]
    names = st.sampled_from([*(key.question for key in keys), "foreign"])
    answers = draw(st.dictionaries(names, st.lists(st.integers(-2, 8), max_size=8)))
    return keys, answers


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"one": [1], "several": [2, 0]}, "100.0"),
        ({"one": [1], "several": [0]}, "50.0"),  # one of two right choices is no half point
        ({"one": [1], "several": [0, 2, 3]}, "50.0"),  # nor is a wrong one beside both
        ({"one": [0]}, "0.0"),
    ],
)
def test_a_question_counts_wholly_or_not_at_all(answers, expected):
    assert score([ONE, SEVERAL], answers) == Decimal(expected)


def test_what_is_no_answer_is_left_out():
    sent = {"one": [1, 2], "several": [2, 2, 9, -1], "foreign": [0]}
    assert cleaned([ONE, SEVERAL], sent) == {"several": [2]}
    assert unanswered([ONE, SEVERAL], sent) == ["one"]
    with pytest.raises(ValueError, match="without questions"):
        score([], {})


@given(answered_tests())
def test_a_score_is_a_share_of_whole_questions_and_does_not_change_when_cleaned(case):
    keys, answers = case
    found = score(keys, answers)
    assert 0 <= found <= 100
    assert found == score(keys, cleaned(keys, answers))
    assert cleaned(keys, cleaned(keys, answers)) == cleaned(keys, answers)
    right = {key.question: sorted(key.correct) for key in keys}
    assert score(keys, right) == 100
    assert unanswered(keys, right) == []


@given(answered_tests(), st.data())
def test_answering_one_more_question_right_never_lowers_the_score(case, data):
    keys, answers = case
    key = data.draw(st.sampled_from(keys))
    assert score(keys, {**answers, key.question: sorted(key.correct)}) >= score(keys, answers)


def test_means_shares_and_improvement():
    assert mean([Decimal(50), None, 75]) == Decimal("62.5")
    assert mean([None]) is None
    assert improvement(Decimal(60), Decimal("47.5")) == Decimal("-12.5")
    assert improvement(None, Decimal(80)) is None
    assert (share(1, 3), share(1, 0)) == (Decimal("33.3"), None)
    assert [passed(Decimal(60), 60), passed(Decimal("59.9"), 60), passed(None, 60)] == [True, False, None]


def test_marks_go_from_one_to_five():
    assert [mark_of(one) for one in ("1", 5, "6", 0, "x", None)] == [1, 5, None, None, None, None]
    assert without_mark(["a", "b"], {"a": "3", "b": "9"}) == ["b"]
    found = mean_of("a", [{"a": 4}, {"a": 5}, {"b": 1}])
    assert found == Mean(Decimal("4.5"), 2)
    assert not found.is_told_to_trainers


def test_tests_are_open_before_the_first_day_ends_and_after_the_last():
    begins = datetime(2026, 9, 14, 6, tzinfo=UTC)
    days = [
        Span(begins, begins + timedelta(hours=4)),
        Span(begins + timedelta(hours=5), begins + timedelta(hours=8)),  # the afternoon of the first day
        Span(begins + timedelta(days=1), begins + timedelta(days=1, hours=6)),
    ]
    pre, post = (taking_window(stage, days, "Africa/Nairobi") for stage in ("pre", "post"))
    assert pre == Span(begins - timedelta(days=14), begins + timedelta(hours=8))
    ends = days[-1].ends_at
    assert post == Span(ends - timedelta(hours=2), ends + timedelta(days=30))
    assert pre.starts_at in pre
    assert pre.ends_at not in pre
    assert may_mark(days[0], begins - timedelta(hours=12))
    assert not may_mark(days[0], begins - timedelta(hours=12, seconds=1))
    later = evaluation_window("six_months", ends)
    assert later.starts_at == ends + timedelta(days=182)
    # nobody is asked before the session is over, or in the last week
    assert asking_window("after", ends) == Span(ends, ends + timedelta(days=53))
