"""The roster: trainers and experts with skills, conflicts of interest, documents, and what each may teach."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from members.models import Association, Institution
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage
from spm_portal.common.models.tracked import kept_changes
from training.enums import ConflictKind, TeachingLevel, Topic, TrainerStatus
from training.models.course import Course

if TYPE_CHECKING:
    from members.models import User


def own_entry(user: "User", path: str = "") -> Q:
    """That an expert is this person, and not taken off the roster; `path` leads to the expert. Nobody for a visitor."""
    if user.pk is None or not user.is_active:
        return Q(pk__in=())
    return Q(**{f"{path}user_id": user.pk, f"{path}retired_at__isnull": True})


class ExpertQuerySet(models.QuerySet["Expert"]):
    """Reads of the roster."""

    def visible_to(self, user: "User") -> "ExpertQuerySet":
        """Experts of associations where the person works, and the person's own entries that are not taken off."""
        return self.filter(Q(association_id__in=access_of(user).staff_of) | own_entry(user))


@pghistory.track(*kept_changes(), exclude=["token_hash"])
class Expert(BaseModel):
    """A trainer or adviser whom an association may ask; works by account, or by a personal link."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="experts", verbose_name=_("association")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True)
    organisation = models.CharField(_("organisation"), max_length=150, blank=True)
    is_staff = models.BooleanField(_("works for the association"), default=False)
    skills = ArrayField(
        models.CharField(max_length=24, choices=Topic), verbose_name=_("skills"), default=list, blank=True
    )
    languages = ArrayField(
        models.CharField(max_length=8), verbose_name=_("languages"), default=list, blank=True
    )
    countries = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("countries"),
        default=list,
        blank=True,
        help_text=_("Where the person works; two letters of ISO 3166."),
    )
    about = models.TextField(_("experience"), blank=True)
    day_rate = models.DecimalField(_("rate per day"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    trainer_status = models.CharField(
        _("training of trainers"), max_length=16, choices=TrainerStatus, default=TrainerStatus.NONE
    )
    trainer_since = models.DateField(_("since"), null=True, blank=True)
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True, null=True, blank=True)
    added_at = models.DateTimeField(_("added at"))
    retired_at = models.DateTimeField(_("taken off at"), null=True, blank=True)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="expert_of_association"),
            models.UniqueConstraint(
                fields=["association", "email"],
                condition=Q(retired_at__isnull=True) & ~Q(email=""),
                name="expert_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="expert_has_name"),
            models.CheckConstraint(
                condition=Q(day_rate__isnull=True) | (Q(day_rate__gte=0) & ~Q(currency="")),
                name="expert_rate_has_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mail_to(self) -> str:
        """Where mail goes: to the account, whose owner keeps the address right, else to the address of the roster."""
        return self.user.email if self.user is not None else self.email


@pghistory.track(*kept_changes())
class ExpertConflict(BaseModel):
    """Why an expert is not neutral towards an institution, and until when."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    expert = models.ForeignKey(
        Expert, on_delete=models.PROTECT, related_name="conflicts", verbose_name=_("expert")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("MFI")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=ConflictKind)
    note = models.CharField(_("note"), max_length=300, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="expert_conflict_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.expert_id}: {self.kind}"


@pghistory.track(*kept_changes())
class ExpertDocument(BaseModel):
    """A document of an expert (curriculum vitae, certificate), with the day it expires."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    expert = models.ForeignKey(
        Expert, on_delete=models.PROTECT, related_name="documents", verbose_name=_("expert")
    )
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), storage=private_storage, max_length=300)
    name = models.CharField(_("given name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    removed_at = models.DateTimeField(_("taken away at"), null=True, blank=True)

    class Meta:
        verbose_name = _("document of an expert")
        verbose_name_plural = _("documents of experts")
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="expert_document_has_title")]

    def __str__(self) -> str:
        return self.title


@pghistory.track(*kept_changes())
class TeachingRight(BaseModel):
    """That an expert may teach a course, in which part, and from when to when."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    expert = models.ForeignKey(
        Expert, on_delete=models.PROTECT, related_name="teaching", verbose_name=_("expert")
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="teachers", verbose_name=_("course")
    )
    level = models.CharField(_("part"), max_length=16, choices=TeachingLevel)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("right to teach")
        verbose_name_plural = _("rights to teach")
        constraints = [
            models.UniqueConstraint(
                fields=["expert", "course"], condition=Q(until__isnull=True), name="teaching_right_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="teaching_right_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert_id} {self.level} {self.course_id}"
