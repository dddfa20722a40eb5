"""Minutes of a section: measured from saves, estimated for what is left."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.catalogue import IndicatorType
from reporting.minutes import SECONDS, Open, Save, medians, seconds_left, seconds_per_section, told_minutes

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
GRACE, AMINA = (UUID(int=1), ""), (UUID(int=1), "Amina")


def at(**after: float) -> datetime:
    return START + timedelta(**after)


CASES = [
    ("nothing", [], {}),
    ("one save is a minute", [(GRACE, "PRO", 0)], {"PRO": 60}),
    ("gaps add up", [(GRACE, "PRO", 0), (GRACE, "PRO", 120), (GRACE, "PRO", 150)], {"PRO": 210}),
    ("five minutes still count", [(GRACE, "PRO", 0), (GRACE, "PRO", 300)], {"PRO": 360}),
    ("a pause counts one minute", [(GRACE, "PRO", 0), (GRACE, "PRO", 301)], {"PRO": 120}),
    ("the gap is of the later save", [(GRACE, "PRO", 0), (GRACE, "MIS", 90)], {"PRO": 60, "MIS": 90}),
    ("in any order", [(GRACE, "MIS", 90), (GRACE, "PRO", 0)], {"PRO": 60, "MIS": 90}),
    ("two people at once", [(GRACE, "PRO", 0), (AMINA, "PRO", 10), (GRACE, "PRO", 20)], {"PRO": 140}),
    (
        "many answers in one save",
        [(GRACE, "PRO", 0), (GRACE, "PRO", 0), (GRACE, "MIS", 0)],
        {"PRO": 60, "MIS": 0},
    ),
]


@pytest.mark.parametrize(("_why", "saves", "seconds"), CASES, ids=[case[0] for case in CASES])
def test_a_section_takes_the_gaps_between_saves(_why, saves, seconds):
    assert (
        seconds_per_section(Save(person, section, at(seconds=when)) for person, section, when in saves)
        == seconds
    )


@given(st.lists(st.tuples(st.sampled_from([GRACE, AMINA]), st.sampled_from("AB"), st.integers(0, 10**6))))
def test_no_section_takes_longer_than_five_minutes_a_save(rows):
    saves = [Save(person, section, at(seconds=when)) for person, section, when in rows]
    spent = seconds_per_section(saves)
    assert set(spent) == {save.section for save in saves}
    for section, seconds in spent.items():
        assert 0 <= seconds <= 300 * sum(save.section == section for save in saves)


def test_a_median_needs_three_returns():
    assert medians([("PRO", 60), ("PRO", 600), ("MIS", 1), ("MIS", 9), ("MIS", 2), ("HRM", 5)]) == {"MIS": 2}


def test_every_type_of_question_has_a_time():
    assert set(SECONDS) == {kind.value for kind in IndicatorType}


def test_what_is_left_goes_by_type_or_by_the_median_of_the_section():
    pro = Open("PRO", ("money", "boolean", "boolean"), ("boolean", "boolean"))
    mis = Open("MIS", ("text", "text"), ("text",))
    assert seconds_left([pro, mis], {}) == 40 + 180
    assert seconds_left([pro, mis], {"MIS": 600.0, "HRM": 9.0}) == 40 + 300
    assert seconds_left([Open("PRO", ("text",), ())], {"PRO": 600.0}) == 0
    assert seconds_left([Open("PRO", (), ())], {"PRO": 600.0}) == 0


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 0), (1, 5), (299, 5), (449, 5), (451, 10), (2700, 45), (2860, 50)]
)
def test_minutes_are_told_in_steps_of_five(seconds, minutes):
    assert told_minutes(seconds) == minutes
