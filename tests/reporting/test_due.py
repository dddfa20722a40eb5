"""The due moment: on time, grace, lock, and days counted as the clocks of the association do, also where they jump."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.due import STALE, STEPS, Timing, days_between, due_of, newest_step, step_moment

pytestmark = pytest.mark.unit

DUE = datetime(2025, 4, 30, 21, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "timing", "locked"),
    [
        (DUE - SECOND, Timing.ON_TIME, False),
        (DUE, Timing.ON_TIME, False),
        (DUE + SECOND, Timing.WITHIN_GRACE, False),
        (DUE + timedelta(hours=48), Timing.WITHIN_GRACE, False),
        (DUE + timedelta(hours=48) + SECOND, Timing.LATE, True),
    ],
)
def test_on_time_grace_and_lock(moment: datetime, timing: Timing, locked: bool):
    due = due_of(DUE, grace_hours=48, locks=True)
    assert (due.timing(moment), due.is_locked(moment)) == (timing, locked)
    assert not due_of(DUE, grace_hours=48).is_locked(moment)


def test_an_extension_counts_only_where_it_is_later():
    later = DUE + timedelta(days=5)
    assert due_of(DUE, extended_to=later).at == later
    assert due_of(DUE, extended_to=later).extended
    assert due_of(DUE, extended_to=DUE - timedelta(days=1)).at == DUE
    assert not due_of(DUE, extended_to=DUE).extended


@pytest.mark.parametrize(
    ("zone", "start", "end", "days"),
    [
        # Cairo: 00:00 becomes 01:00 on 25 April 2025, so that this day has 23 hours
        ("Africa/Cairo", datetime(2025, 4, 24, 21, 59, tzinfo=UTC), datetime(2025, 4, 24, 22, tzinfo=UTC), 1),
        ("Africa/Cairo", datetime(2025, 4, 24, 22, tzinfo=UTC), datetime(2025, 4, 25, 20, 59, tzinfo=UTC), 0),
        ("Africa/Cairo", datetime(2025, 4, 24, 22, tzinfo=UTC), datetime(2025, 4, 25, 21, tzinfo=UTC), 1),
        # Beirut: 00:00 becomes 01:00 on 30 March 2025
        ("Asia/Beirut", datetime(2025, 3, 29, 21, 59, tzinfo=UTC), datetime(2025, 3, 29, 22, tzinfo=UTC), 1),
        ("Asia/Beirut", datetime(2025, 3, 29, 22, tzinfo=UTC), datetime(2025, 3, 30, 21, tzinfo=UTC), 1),
        # Asuncion: 00:00 became 01:00 on 6 October 2024, the last time
        (
            "America/Asuncion",
            datetime(2024, 10, 6, 3, 59, tzinfo=UTC),
            datetime(2024, 10, 6, 4, tzinfo=UTC),
            1,
        ),
        ("America/Asuncion", datetime(2024, 10, 6, 4, tzinfo=UTC), datetime(2024, 10, 7, 3, tzinfo=UTC), 1),
        ("UTC", DUE, DUE - timedelta(days=3), -3),
    ],
)
def test_days_are_those_of_the_calendar_there(zone: str, start: datetime, end: datetime, days: int):
    assert days_between(start, end, ZoneInfo(zone)) == days


@pytest.mark.parametrize(
    ("zone", "due", "step", "expected"),
    [
        ("Africa/Cairo", datetime(2025, 4, 30, 20, 59, tzinfo=UTC), -7, datetime(2025, 4, 23, 6, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2025, 4, 30, 20, 59, tzinfo=UTC), -1, datetime(2025, 4, 29, 5, tzinfo=UTC)),
        ("Asia/Beirut", datetime(2025, 4, 5, 20, 59, tzinfo=UTC), -7, datetime(2025, 3, 29, 6, tzinfo=UTC)),
        ("Asia/Beirut", datetime(2025, 4, 5, 20, 59, tzinfo=UTC), -1, datetime(2025, 4, 4, 5, tzinfo=UTC)),
        ("America/Asuncion", datetime(2024, 10, 8, 2, tzinfo=UTC), -1, datetime(2024, 10, 6, 11, tzinfo=UTC)),
        ("America/Asuncion", datetime(2024, 10, 8, 2, tzinfo=UTC), -7, datetime(2024, 9, 30, 12, tzinfo=UTC)),
    ],
)
def test_a_step_comes_at_the_same_hour_on_both_sides_of_a_change(
    zone: str, due: datetime, step: int, expected: datetime
):
    assert step_moment(due, step, ZoneInfo(zone)) == expected


def newest(at: datetime, *, zone: str = "UTC", since: datetime = LONG_AGO) -> int | None:
    return newest_step(DUE, ZoneInfo(zone), at=at, since=since)


def test_of_missed_steps_only_the_newest_is_left():
    assert newest(DUE - timedelta(days=30)) is None
    assert newest(DUE - timedelta(days=20)) == -21
    assert newest(DUE - timedelta(days=6)) == -7
    assert newest(DUE + timedelta(days=3)) == 1
    assert newest(DUE + timedelta(days=300)) is None
    assert newest(DUE - timedelta(days=6), since=DUE - timedelta(days=6, hours=1)) is None


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Africa/Cairo", "Asia/Beirut", "America/Asuncion", "UTC", "Pacific/Apia"]),
    st.timedeltas(timedelta(days=-40), timedelta(days=40)),
)
def test_steps_come_in_order_and_never_early(due: datetime, zone: str, away: timedelta):
    where = ZoneInfo(zone)
    moments = [step_moment(due, step, where) for step in STEPS]
    assert moments == sorted(moments)
    found = newest_step(due, where, at=due + away, since=LONG_AGO)
    come = [step for step, moment in zip(STEPS, moments, strict=True) if moment <= due + away]
    if found is None:
        assert not come or due + away - moments[STEPS.index(come[-1])] > STALE
    else:
        assert found == come[-1]
