"""Keeps what was answered under an idempotency key; runs inside the transaction of the change itself."""

from datetime import datetime

from members.models import IdempotentRequest, User


def claim_key(*, user: User, key: str, request_sha256: str, at: datetime) -> tuple[IdempotentRequest, bool]:
    """The row of the key, and whether this request is the first under it.

    A second request waits here until the transaction of the first has ended.
    """
    mine = IdempotentRequest(user=user, key=key, request_sha256=request_sha256, created_at=at)
    IdempotentRequest.objects.bulk_create([mine], ignore_conflicts=True)
    kept = IdempotentRequest.objects.get(user=user, key=key)
    return kept, kept.pk == mine.pk


def keep_answer(*, kept: IdempotentRequest, status: int, body: str) -> None:
    """Keep the answer that a repeat of the request gets."""
    kept.status, kept.body = status, body
    kept.save(update_fields=["status", "body"])
