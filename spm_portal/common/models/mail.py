"""The mail ledger: every message that the portal wants to send, and what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from spm_portal.common.models.base import BaseModel


class MailState(models.TextChoices):
    """What became of a message."""

    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    RECORDED = "recorded", _("Kept here, no mail server")
    FAILED = "failed", _("Failed")


class MailMessage(BaseModel):
    """One message to one person; the unique key makes it impossible to send the same notice twice."""

    key = models.CharField(_("idempotency key"), max_length=200, unique=True, null=True, blank=True)
    purpose = models.CharField(_("purpose"), max_length=64)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    confidential = models.BooleanField(
        _("holds a secret link"),
        default=False,
        help_text=_("The text is erased once a mail server has taken the message."),
    )
    association_id = models.UUIDField(_("association"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=MailState, default=MailState.QUEUED)
    created_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("mail message")
        verbose_name_plural = _("mail messages")
        indexes = [
            models.Index(fields=["-created_at"], name="mail_newest"),
            models.Index(fields=["next_attempt_at"], condition=models.Q(state="queued"), name="mail_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.subject}"
