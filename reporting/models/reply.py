"""Right of reply: the days before publication in which named members look at what will be said of them."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.enums import ReplyKind
from reporting.models.answer import TenantQuerySet
from reporting.models.round import Round
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReplyWindow(BaseModel):
    """The time for replies before one edition of a round; nothing is published while it is open."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="reply_windows", verbose_name=_("round")
    )
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    closes_at = models.DateTimeField(_("closes at"))
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True)
    ended_reason = models.CharField(_("why it ended early"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("time for replies")
        verbose_name_plural = _("times for replies")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="reply_window_has_length"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.closes_at}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Reply(BaseModel):
    """What a named member said about its figures and text before they were published, and what staff did."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="replies", verbose_name=_("return")
    )
    window = models.ForeignKey(
        ReplyWindow, on_delete=models.PROTECT, related_name="replies", verbose_name=_("time for replies")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=ReplyKind)
    text = models.TextField(_("text"), blank=True)
    at = models.DateTimeField(_("said at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("said by")
    )
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")

    def __str__(self) -> str:
        return f"{self.institution_id}: {self.get_kind_display()}"
