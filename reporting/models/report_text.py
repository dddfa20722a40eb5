"""What editors add to the association report of a round: words, cases, and which charts it shows."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.models.round import Round
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ChapterText(BaseModel):
    """The editor's own words in one chapter and language, as markdown; frozen into an edition when it is published."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="chapter_texts", verbose_name=_("round")
    )
    chapter = models.CharField(_("chapter"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"), blank=True)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("text of a chapter")
        verbose_name_plural = _("texts of chapters")
        constraints = [
            models.UniqueConstraint(fields=["round", "chapter", "language"], name="chapter_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.chapter} ({self.language})"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Story(BaseModel):
    """A case that the report tells, with a photo; about an MFI only if the MFI agreed."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="stories", verbose_name=_("round")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("MFI")
    )
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    photo = models.FileField(_("photo"), storage=private_storage, max_length=300, blank=True)
    photo_words = models.CharField(_("what the photo shows"), max_length=300, blank=True)
    agreed = models.BooleanField(_("everybody shown agreed"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(photo="") | ~Q(photo_words=""), name="story_photo_is_told_in_words"
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReportPlan(BaseModel):
    """Which figures the report of a round leaves out; without a row it shows all."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    round = models.OneToOneField(
        Round, on_delete=models.PROTECT, related_name="report_plan", verbose_name=_("round")
    )
    left_out = ArrayField(models.CharField(max_length=80), verbose_name=_("figures left out"), default=list)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("choice of figures")
        verbose_name_plural = _("choices of figures")

    def __str__(self) -> str:
        return str(self.round_id)
