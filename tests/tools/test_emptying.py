"""The database is empty after a test that committed, and as well guarded as before."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from spm_portal.common import audit
from spm_portal.common.models import AuditEvent
from tests.factories.members import InstitutionFactory
from tests.factories.reporting import SubmissionFactory
from tests.plugins.emptying import KEPT, empty, may_empty

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


def rows() -> set[str]:
    """The tables that hold rows."""
    there = set(connection.introspection.table_names())
    found = [one for one in apps.get_models() if one._meta.managed and one._meta.db_table in there]
    return {one._meta.db_table for one in found if one._base_manager.exists()}


def test_only_rows_of_models_go() -> None:
    if not may_empty():
        pytest.skip("The user of the database may not leave triggers out; then Django's flush is used.")
    SubmissionFactory()
    audit.record("test", InstitutionFactory(), by=None, at=timezone.now())
    kinds = ContentType.objects.count()
    filled = rows()
    assert {AuditEvent._meta.db_table, "members_institutionevent"} <= filled
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {AuditEvent._meta.db_table}")

    empty()

    assert rows() == KEPT
    assert ContentType.objects.count() == kinds > 0
    audit.record("test", InstitutionFactory(), by=None, at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {AuditEvent._meta.db_table}")
