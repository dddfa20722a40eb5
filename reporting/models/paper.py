"""Returns that came on paper and are keyed by the association's staff."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.models.answer import Attachment, TenantQuerySet
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PaperEntry(BaseModel):
    """Staff key what an MFI handed in on paper: while it is open they may answer, the MFI's signature confirms it."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="paper_entries", verbose_name=_("return")
    )
    reason = models.TextField(_("reason"), help_text=_("Who handed it in, and how."))
    scan = models.ForeignKey(
        Attachment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("scan of the paper"),
    )
    opened_at = models.DateTimeField(_("begun at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("keyed by")
    )
    closed_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a paper return")
        verbose_name_plural = _("entries of paper returns")
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(closed_at__isnull=True), name="paper_entry_one_open"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="paper_entry_has_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="paper_entry_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission}: {self.opened_at:%Y-%m-%d}"
