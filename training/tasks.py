"""Celery tasks of the training app: one service call each, harmless when run twice."""

from celery import shared_task
from django.utils import timezone

from spm_portal.common.locks import only_one
from training.services import (
    case_reminders,
    certificate_notices,
    evaluations,
    expert_document_notices,
    links_check,
    needs_surveys,
    session_notices,
)


@shared_task(name="training.check_links")
def check_links() -> None:
    """Have the links of all libraries looked at, unless another worker asks for it."""
    with only_one("training.links") as mine:
        if mine:
            links_check.request_all(at=timezone.now())


@shared_task(name="training.send_case_reminders")
def send_case_reminders() -> None:
    """Remind of deliverables and follow-ups of technical assistance, unless another worker is at it."""
    with only_one("training.case_reminders") as mine:
        if mine:
            case_reminders.send_due(at=timezone.now())


@shared_task(name="training.ask_for_evaluations")
def ask_for_evaluations() -> None:
    """Ask people what they think of sessions that are over, unless another worker is at it."""
    with only_one("training.evaluations") as mine:
        if mine:
            evaluations.ask_due(at=timezone.now())


@shared_task(name="training.tell_of_endings")
def tell_of_endings() -> None:
    """Tell of certificates and of documents of experts that end soon, unless another worker is at it."""
    with only_one("training.endings") as mine:
        if mine:
            now = timezone.now()
            certificate_notices.send_due(at=now)
            expert_document_notices.send_due(at=now)


@shared_task(name="training.send_session_reminders")
def send_session_reminders() -> None:
    """Remind people of their sessions, and thank them, unless another worker is at it."""
    with only_one("training.session_reminders") as mine:
        if mine:
            session_notices.send_due(at=timezone.now())


@shared_task(name="training.remind_of_needs")
def remind_of_needs() -> None:
    """Remind members of an open needs assessment and close those that are over, unless another worker is at it."""
    with only_one("training.needs") as mine:
        if mine:
            needs_surveys.remind_and_close(at=timezone.now())
