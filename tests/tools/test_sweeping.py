"""What tests took back is cleared away, and only between tests."""

from typing import Any

import pytest
from django.db import connection, transaction

from members.models import Institution
from tests.factories.members import InstitutionFactory
from tests.plugins.sweeping import EVERY, Sweeper, sweep

pytestmark = [pytest.mark.integration]

TABLE = Institution._meta.db_table


def size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s)", [TABLE])
        return int(cursor.fetchone()[0])


def write_and_take_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {TABLE}")  # what was left there by others
    with transaction.atomic():
        Institution.objects.bulk_create(InstitutionFactory.build(name="M" * 150) for _ in range(5000))
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_rows_that_were_taken_back_are_cleared_away() -> None:
    write_and_take_back()
    grown = size()
    assert TABLE in sweep()
    assert size() < grown / 10
    assert TABLE not in sweep()


@pytest.mark.django_db(transaction=True)
def test_every_few_tests_it_is_swept(django_db_blocker: Any) -> None:
    write_and_take_back()
    grown, sweeper = size(), Sweeper(django_db_blocker)
    for _ in range(EVERY - 1):
        sweeper.pytest_runtest_logfinish()
    assert size() == grown
    sweeper.pytest_runtest_logfinish()
    assert size() < grown / 10


@pytest.mark.django_db
def test_an_open_world_is_left_alone(django_db_blocker: Any) -> None:
    sweeper = Sweeper(django_db_blocker)
    for _ in range(EVERY):
        sweeper.pytest_runtest_logfinish()
    assert Institution.objects.count() == 0  # the transaction still holds: an error would have ended it
