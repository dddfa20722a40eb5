"""One ledger for all mail: messages are rows first, sent by a worker, retried, and never sent twice by key."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from spm_portal.common import doorbell
from spm_portal.common.models import MailMessage, MailState

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8


def write(
    *,
    purpose: str,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    html: str = "",
    key: str | None = None,
    association_id: UUID | None = None,
    confidential: bool = False,
) -> MailMessage | None:
    """Put one message into the ledger and ring for the worker on commit.

    With a `key` the same notice can never be written twice: the second call returns None.
    """
    fields = {
        "purpose": purpose,
        "to": to,
        "subject": " ".join(subject.split())[:300],  # no header injection through line breaks
        "text": text,
        "html": html,
        "confidential": confidential,
        "association_id": association_id,
        "created_at": at,
    }
    with transaction.atomic():
        if key is None:
            message = MailMessage.objects.create(**fields)
        else:
            message, created = MailMessage.objects.get_or_create(key=key, defaults=fields)
            if not created:
                return None
        ring_on_commit(message.pk)
    return message


def ring_on_commit(message_id: UUID) -> None:
    """Ring for the worker after the transaction; a broker that is down costs a delay only."""
    from spm_portal.common.tasks import send_mail  # late: Celery tasks need the app registry

    transaction.on_commit(lambda: doorbell.ring(send_mail, str(message_id)), robust=True)


def deliver(message_id: UUID) -> bool:
    """Hand one waiting message to the mail server, under a row lock so that two workers send it once.

    False where the server did not take it.
    A worker that dies between the server's yes and the commit may send it again: that is the one case mail allows.
    """
    with transaction.atomic():
        message = (
            MailMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=message_id, state=MailState.QUEUED)
            .filter(Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=Now()))
            .first()
        )
        if message is None:
            return True
        message.attempts += 1
        if not settings.MAIL_HOST:
            message.state, message.sent_at = MailState.RECORDED, timezone.now()
        else:
            _hand_over(message)
        message.save()
        return message.state in {MailState.SENT, MailState.RECORDED}


def _hand_over(message: MailMessage) -> None:
    mail = EmailMultiAlternatives(
        message.subject, message.text, settings.DEFAULT_FROM_EMAIL, [message.to], connection=SmtpBackend()
    )
    mail.extra_headers["Message-ID"] = (
        f"<{message.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    try:
        mail.send()
    except OSError as error:  # smtplib's errors are OSErrors too
        message.error = f"{type(error).__name__}: {error}"[:500]
        if message.attempts >= MAX_ATTEMPTS:
            message.state = MailState.FAILED
        else:
            message.next_attempt_at = timezone.now() + timedelta(minutes=2**message.attempts)
        return
    message.state, message.sent_at, message.error = MailState.SENT, timezone.now(), ""
    if message.confidential:
        message.text = message.html = ""


def retry(message_id: UUID) -> bool:
    """Queue a failed message again; false if it has not failed."""
    with transaction.atomic():
        changed = MailMessage.objects.filter(pk=message_id, state=MailState.FAILED).update(
            state=MailState.QUEUED, attempts=0, next_attempt_at=None
        )
        if changed:
            ring_on_commit(message_id)
    return bool(changed)


def waiting() -> "QuerySet[MailMessage]":
    """Messages that are due to be handed over."""
    return MailMessage.objects.filter(state=MailState.QUEUED).filter(
        Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=Now())
    )


def deliver_waiting() -> None:
    """Hand over what is due, until the server refuses one: jobs need the worker too, and the rest can wait."""
    for message_id in waiting().order_by("created_at").values_list("pk", flat=True)[:200]:
        if not deliver(message_id):
            break


class LedgerBackend(BaseEmailBackend):
    """Django's mail backend that writes into the ledger, so that allauth's messages are there too."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently, **kwargs)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row per recipient; messages of the sign-in system may hold secret links."""
        count = 0
        for mail in email_messages:
            html = next(
                (str(part[0]) for part in getattr(mail, "alternatives", []) if part[1] == "text/html"), ""
            )
            for recipient in mail.recipients():
                write(
                    purpose="account",
                    to=recipient,
                    subject=str(mail.subject),
                    text=str(mail.body),
                    html=html,
                    at=timezone.now(),
                    confidential=True,
                )
                count += 1
        return count
