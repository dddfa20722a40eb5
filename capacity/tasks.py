"""Celery tasks of the capacity app: one service call each, harmless when run twice."""

from celery import shared_task
from django.utils import timezone

from capacity.services import escalation
from spm_portal.common.locks import only_one


@shared_task(name="capacity.send_reminders")
def send_reminders() -> None:
    """Remind of what is owed to donors, unless another worker is at it."""
    with only_one("capacity.reminders") as mine:
        if mine:
            escalation.send_due(at=timezone.now())
