"""Clears away, every few tests, the rows that tests wrote and took back, which PostgreSQL keeps until it is told.

The databases of `make test` are not cleaned by PostgreSQL itself (`tools/database_of_tests.py`): it would come while a
test is writing, see nothing but rows that are not committed, note that the table is empty, and plan for an empty table
from then on. Single statements of a test with a few thousand answers then took ten seconds.
"""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import Error, connection
from pytest_django import DjangoDbBlocker

EVERY = 10  # tests
# Tables that grew since the last time: by half a megabyte, or by sixteen of long values kept beside the table.
GROWN = """
    SELECT string_agg(format('%I', relname), ', ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND (
        pg_relation_size(oid) / current_setting('block_size')::int > relpages + 64
        OR reltoastrelid <> 0 AND pg_relation_size(reltoastrelid) > 16 * 1024 * 1024
    )
"""


def sweep() -> list[str]:
    """Clear away what is over, in the tables that grew; which they were."""
    with connection.cursor() as cursor:
        cursor.execute(GROWN)
        names = cursor.fetchone()[0]
        if names:
            cursor.execute(f"VACUUM {names}")
    return names.split(", ") if names else []


class Sweeper:
    """Sweeps between two tests, unless a world of several tests is open or nothing is connected."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self.blocker = blocker
        self.tests = 0

    def pytest_runtest_logfinish(self) -> None:
        """After a test and all that it tidied up."""
        self.tests += 1
        if self.tests % EVERY:
            return
        # a connection that a test broke is for the next test to notice
        with self.blocker.unblock(), suppress(Error):
            if connection.connection is not None and connection.get_autocommit():
                sweep()


@pytest.fixture(scope="session", autouse=True)
def swept(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Sweeps while the tests run."""
    sweeper = Sweeper(django_db_blocker)
    request.config.pluginmanager.register(sweeper)
    yield
    request.config.pluginmanager.unregister(sweeper)
