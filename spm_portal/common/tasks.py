"""Celery tasks of the kernel: an id in, one service call, harmless when run twice."""

from uuid import UUID

from celery import shared_task

from spm_portal.common import jobs, mail


@shared_task(name="common.run_job")
def run_job(job_id: str) -> None:
    """Do one job."""
    jobs.run(UUID(job_id))


@shared_task(name="common.send_mail")
def send_mail(message_id: str) -> None:
    """Hand one message to the mail server."""
    mail.deliver(UUID(message_id))


@shared_task(name="common.sweep")
def sweep() -> None:
    """Ring again for whatever a lost message left behind."""
    jobs.sweep()
    mail.deliver_waiting()
