"""Needs: assessments sent to members, needs known from data, and the plan of the year that answers them."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.tracked import kept_changes
from training.enums import NeedSource, NeedState, SurveyState, Topic
from training.models.course import Course
from training.models.registration import OfAMemberQuerySet


@pghistory.track(*kept_changes())
class NeedsSurvey(BaseModel):
    """A needs assessment: members say which topics they need, for how many people, how urgently."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="needs_surveys", verbose_name=_("association")
    )
    title = models.CharField(_("title"), max_length=150)
    year = models.PositiveSmallIntegerField(_("for the year"))
    topics = ArrayField(models.CharField(max_length=24, choices=Topic), verbose_name=_("topics"))
    question = models.CharField(_("question to all"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=SurveyState, default=SurveyState.DRAFT)
    closes_at = models.DateTimeField(_("closes at"))
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("needs assessment")
        verbose_name_plural = _("needs assessments")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="needs_survey_of_association"),
            models.CheckConstraint(condition=~Q(title=""), name="needs_survey_has_title"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(*kept_changes())
class NeedsReply(BaseModel):
    """A member's reply; `lines` maps a topic to {"people", "urgency" (1 to 3), "note"}."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    survey = models.ForeignKey(
        NeedsSurvey, on_delete=models.PROTECT, related_name="replies", verbose_name=_("needs assessment")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("MFI")
    )
    lines = models.JSONField(_("needs"), default=dict)
    answer = models.TextField(_("answer to the question"), blank=True)
    given_at = models.DateTimeField(_("given at"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )

    objects = OfAMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply to a needs assessment")
        verbose_name_plural = _("replies to needs assessments")
        constraints = [models.UniqueConstraint(fields=["survey", "institution"], name="needs_reply_once")]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.institution_id}"


@pghistory.track(*kept_changes())
class Need(BaseModel):
    """A need for training or assistance, with the reason it was proposed; staff confirm it or put it aside.

    `institution` is empty for a need of the association itself. `key` names the finding it came from, so that the same
    finding proposes it once. `facts` are the figures behind the reason.
    """

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="needs", verbose_name=_("association")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("MFI")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    topic = models.CharField(_("topic"), max_length=24, choices=Topic)
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("course")
    )
    source = models.CharField(_("known from"), max_length=16, choices=NeedSource)
    key = models.CharField(_("finding"), max_length=150)
    reason = models.CharField(_("reason"), max_length=500)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=2)
    state = models.CharField(_("state"), max_length=16, choices=NeedState, default=NeedState.PROPOSED)
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision = models.CharField(_("note on the decision"), max_length=300, blank=True)

    objects = OfAMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="need_of_association"),
            models.UniqueConstraint(
                fields=["association", "institution", "year", "key"], nulls_distinct=False, name="need_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="need_has_reason"),
            models.CheckConstraint(condition=Q(urgency__range=(1, 3)), name="need_urgency"),
        ]

    def __str__(self) -> str:
        return self.reason


@pghistory.track(*kept_changes())
class PlanLine(BaseModel):
    """What the association plans to hold on a topic in a year."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="training_plan", verbose_name=_("association")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    topic = models.CharField(_("topic"), max_length=24, choices=Topic)
    sessions = models.PositiveSmallIntegerField(_("sessions"), default=0)
    people = models.PositiveIntegerField(_("people"), default=0)
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("line of the training plan")
        verbose_name_plural = _("lines of the training plan")
        constraints = [
            models.UniqueConstraint(fields=["association", "year", "topic"], name="plan_line_once"),
            models.CheckConstraint(condition=Q(budget__gte=0), name="plan_line_budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.topic}"
