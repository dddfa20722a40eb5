"""Questions on single values: asked by staff, answered by the member, resolved by staff."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.enums import QuestionState, QuestionStep
from reporting.models.answer import TenantQuerySet
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Question(BaseModel):
    """One question on one indicator of one return; it lives on when the indicator is hidden by other answers."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="questions", verbose_name=_("return")
    )
    code = models.CharField(_("indicator"), max_length=64)
    rule = models.CharField(_("rule"), max_length=64, blank=True, help_text=_("The finding that raised it."))
    state = models.CharField(_("state"), max_length=16, choices=QuestionState, default=QuestionState.OPEN)
    state_since = models.DateTimeField(_("in this state since"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who should answer"),
    )
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "code", "rule"],
                condition=~Q(state="resolved"),
                name="question_once_while_unresolved",
            ),
            models.UniqueConstraint(fields=["id", "submission"], name="question_id_submission"),
        ]
        indexes = [models.Index(fields=["association", "state", "state_since"], name="question_list")]

    def __str__(self) -> str:
        return f"{self.code} ({self.get_state_display()})"


class QuestionMessage(BaseModel):
    """One step of a question with its words; append-only."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="messages", verbose_name=_("question")
    )
    step = models.CharField(_("step"), max_length=16, choices=QuestionStep)
    text = models.TextField(_("text"), blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("message of a question")
        verbose_name_plural = _("messages of questions")
        indexes = [models.Index(fields=["question", "at"], name="question_message_at")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.text[:40]}"
