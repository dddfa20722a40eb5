"""What an operator sets going again: failed mail and failed jobs."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from members.models import User
from members.services.permission import permit
from spm_portal.common import audit, jobs, mail
from spm_portal.common.models import Job, MailMessage


def retry_mail(*, message_id: UUID, by: User, at: datetime) -> bool:
    """Send a failed message again; false if it has not failed."""
    permit(by, "members.operate")
    with transaction.atomic():
        if not mail.retry(message_id):
            return False
        message = MailMessage.objects.get(pk=message_id)
        audit.record("mail.retry", message, by=by, at=at, association_id=message.association_id)
    return True


def retry_job(*, job_id: UUID, by: User, at: datetime) -> bool:
    """Queue a failed job again; false if it has not failed."""
    permit(by, "members.operate")
    with transaction.atomic():
        if not jobs.retry_job(job_id, at=at):
            return False
        job = Job.objects.get(pk=job_id)
        audit.record("job.retry", job, by=by, at=at, association_id=job.association_id)
    return True
