"""Tables of the kernel: jobs, mail ledger, audit trail."""

from spm_portal.common.models.audit import AuditEvent
from spm_portal.common.models.job import Job, JobState
from spm_portal.common.models.mail import MailMessage, MailState

__all__ = ["AuditEvent", "Job", "JobState", "MailMessage", "MailState"]
