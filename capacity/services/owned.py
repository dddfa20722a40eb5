"""Rows that people name by their keys: theirs, locked, or as if there were none."""

from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def owned(rows: QuerySet[Row], key: UUID) -> Row:
    """The row of this key among a person's own, locked; raises PermissionDenied, for a foreign key as for none."""
    found = rows.select_for_update().filter(pk=key).first()
    if found is None:
        raise PermissionDenied
    return found
