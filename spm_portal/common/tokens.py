"""Secrets that open something to whoever holds them: made here, and kept as a hash alone."""

import hashlib
import secrets
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.crypto import constant_time_compare

M = TypeVar("M", bound=Model)

SECRET_BYTES = 32


def new_token() -> str:
    """A secret of 256 bits that fits into an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(token: str) -> str:
    """What is kept of a token: whoever reads the table cannot use it; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def row_by_token(rows: QuerySet[M], token: str) -> M | None:
    """The one of these rows whose `token_hash` is that of the token."""
    return rows.filter(token_hash=hash_of(token)).first()


def row_by_key(rows: QuerySet[M], pk: UUID, key: str) -> M | None:
    """The row of this key, if a browser that opened its link before kept the same `token_hash` in its cookie."""
    row: Any = rows.filter(pk=pk, token_hash__isnull=False).first()
    return row if row is not None and constant_time_compare(row.token_hash, key) else None
