"""Writing the audit trail, and telling the history triggers who changes what and why."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pghistory
from django.db.models import Model

from spm_portal.common.models import AuditEvent

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def record(
    verb: str,
    obj: Model,
    *,
    by: "AbstractBaseUser | None",
    at: datetime,
    association_id: UUID | None = None,
    reason: str = "",
    **data: Any,
) -> AuditEvent:
    """Write one audit row about `obj`; call it inside the transaction that makes the change.

    `data` must be JSON: ids as text, no secrets, no figures of a return.
    """
    return AuditEvent.objects.create(
        verb=verb,
        at=at,
        actor_id=by.pk if by is not None else None,
        association_id=association_id,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        reason=reason,
        data=data,
    )


def record_each(
    verb: str,
    rows: Iterable[tuple[Model, Mapping[str, Any]]],
    *,
    by: "AbstractBaseUser | None",
    at: datetime,
    association_id: UUID | None = None,
) -> None:
    """Write one audit row about each object, with data of its own, in one query: for lists that show many at once."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            verb=verb,
            at=at,
            actor_id=by.pk if by is not None else None,
            association_id=association_id,
            object_type=obj._meta.label_lower,
            object_id=obj.pk,
            data=dict(data),
        )
        for obj, data in rows
    )


@contextmanager
def acting(by: "AbstractBaseUser | None", *, reason: str = "", source: str = "") -> Iterator[None]:
    """Tell the history triggers who acts, why, and from where (page, workbook, api, import, system).

    An empty source keeps the one that an outer context named, such as the page or the import.
    """
    context: dict[str, Any] = {"source": source} if source else {}
    if by is not None:
        context["user"] = str(by.pk)
    if reason:
        context["reason"] = reason
    with pghistory.context(**context):
        yield
