"""Empties the database after a test that committed: only rows go, in a hundredth of the time.

Django truncates every table, which gives each of them and of their indexes a new file, and then makes the kinds of
content and the permissions anew, which are always the same.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission"}


def empty() -> None:
    """Delete all rows of all models; waits for whoever still writes, as truncating does."""
    names = sorted({*connection.introspection.django_table_names(only_existing=True)} - KEPT)
    tables = [connection.ops.quote_name(name) for name in names]
    with transaction.atomic(), connection.cursor() as cursor:
        # neither foreign keys nor the triggers that keep histories from being deleted
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))


def may_empty() -> bool:
    """Whether the user of the database may leave triggers out, as the embedded database's may."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return bool(cursor.fetchone()[0] == "on")


@pytest.fixture(scope="session", autouse=True)
def emptied_by_rows() -> Iterator[None]:
    """Takes the place of Django's flush."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        if may_empty():
            empty()
        else:
            flush(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
