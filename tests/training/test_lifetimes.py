"""When certificates end, and on which days their holders are told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.lifetimes import STEPS, months_later, newest_step

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 9, 15), 24, date(2028, 9, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("left", "step"),
    [(91, None), (90, 90), (61, 90), (60, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)],
)
def test_the_newest_step_that_has_come(left: int, step: int | None) -> None:
    end = date(2026, 12, 31)
    assert newest_step(end, today=end - timedelta(days=left), issued_on=date(2024, 12, 31)) == step


@given(life=st.integers(1, 400), left=st.integers(-5, 400))
def test_a_step_that_had_passed_at_the_issue_is_never_told(life: int, left: int) -> None:
    end = date(2026, 12, 31)
    step = newest_step(end, today=end - timedelta(days=left), issued_on=end - timedelta(days=life))
    assert step is None or (step in STEPS and 0 <= left <= step < life)
