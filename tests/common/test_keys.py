"""Keys read from the database: the same as ever, and each made once."""

import uuid

import pytest
from django.db import connection

from spm_portal.common import keys

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def asked(sql: str, *values: object) -> tuple[object, ...]:
    """The first row of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[object, ...] = cursor.fetchone()
        return row


def test_a_key_is_what_was_written_and_nothing_is_none():
    key = uuid.uuid4()
    assert asked("SELECT %s::uuid, NULL::uuid", key) == (key, None)


def test_a_key_that_stands_in_many_rows_is_made_once():
    first, second = asked("SELECT k, k FROM (SELECT gen_random_uuid() AS k) AS made")
    assert isinstance(first, uuid.UUID)
    assert first is second


def test_keys_that_nobody_asks_for_any_more_are_forgotten():
    assert keys.read.cache_info().maxsize == keys.REMEMBERED
