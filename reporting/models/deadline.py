"""Deadlines of single members: extensions with a reason, and the ledger of reminders."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.models.answer import TenantQuerySet
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Extension(BaseModel):
    """A later due moment for one return; the latest one counts."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("return")
    )
    due_at = models.DateTimeField(_("due"))
    reason = models.TextField(_("reason"))
    granted_at = models.DateTimeField(_("granted at"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("granted by")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason")]
        indexes = [models.Index(fields=["submission", "-granted_at"], name="extension_newest")]

    def __str__(self) -> str:
        return f"{self.submission}: {self.due_at:%Y-%m-%d}"


class Reminder(BaseModel):
    """That one step of the reminders of one return was done; the unique row makes a second time impossible."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="reminders", verbose_name=_("return")
    )
    step = models.CharField(
        _("step"),
        max_length=32,
        help_text=_("Days from the due moment, such as -7, or a moment asked by hand."),
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    recipients = models.PositiveSmallIntegerField(_("people told"), default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["submission", "step"], name="reminder_once_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.submission}: {self.step}"
