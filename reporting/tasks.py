"""Celery tasks of the reporting app: one service call each, harmless when run twice."""

from celery import shared_task
from django.utils import timezone

from reporting.services import hearing, reminders, replies
from spm_portal.common.locks import only_one


@shared_task(name="reporting.send_reminders")
def send_reminders() -> None:
    """Send the reminders that are due, unless another worker is at it."""
    with only_one("reporting.reminders") as mine:
        if mine:
            reminders.send_due(at=timezone.now())
            replies.send_due(at=timezone.now())


@shared_task(name="reporting.forget_silent_pages")
def forget_silent_pages() -> None:
    """Drop the notes about opened pages that nobody types into any more."""
    hearing.forget_silent(at=timezone.now())
