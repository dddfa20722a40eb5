"""Rows that people name by their keys: locked where they are theirs, else as if there were none."""

from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet

from members.access import forget
from members.models import User
from members.services.permission import permit

Row = TypeVar("Row", bound=Model)


def locked_for(by: User, permission: str, rows: QuerySet[Row], key: UUID) -> Row:
    """The row of this key under its lock, until the transaction ends; PermissionDenied without the permission now."""
    forget(by)
    found = rows.select_for_update(of=("self",)).filter(pk=key).first()
    if found is None:
        raise PermissionDenied
    permit(by, permission, found)
    return found


def owned(rows: QuerySet[Row], key: UUID) -> Row:
    """The row of this key among a person's own, locked; raises PermissionDenied, for a foreign key as for none."""
    found = rows.select_for_update().filter(pk=key).first()
    if found is None:
        raise PermissionDenied
    return found
