"""An association's assessment of itself: its raters, what each scored alone, what was agreed, and the evidence."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from capacity.enums import ProofKind, RaterGroup, Stage
from capacity.models.framework import FrameworkVersion
from members.access import access_of
from members.models import Association
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage
from spm_portal.common.models.tracked import kept_changes

if TYPE_CHECKING:
    from members.models import User


def level_or_not_applicable(name: str) -> models.CheckConstraint:
    """A score is a level, or "not applicable" with a reason, and never both."""
    return models.CheckConstraint(
        condition=Q(level__isnull=False, not_applicable=False)
        | (Q(level__isnull=True, not_applicable=True) & ~Q(reason="")),
        name=name,
    )


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Reads of assessments."""

    def visible_to(self, user: "User") -> "AssessmentQuerySet":
        """Assessments of associations where the person works, and agreed ones opened to the person's donor."""
        # inside the package, to keep the import of sibling aggregates acyclic
        from capacity.models.support import CapacityConsent

        access = access_of(user)
        opened = CapacityConsent.objects.live().filter(
            donor_id__in=access.reads_for, association_id__in=access.donor_in
        )
        return self.filter(
            Q(association_id__in=access.staff_of)
            | Q(stage=Stage.AGREED, association_id__in=opened.values("association_id"))
        )


@pghistory.track(*kept_changes())
class Assessment(BaseModel):
    """One round in which an association looks at itself with one framework."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("association")
    )
    framework = models.ForeignKey(
        FrameworkVersion, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("framework")
    )
    title = models.CharField(_("title"), max_length=120)
    as_of = models.DateField(_("as of"))
    due_on = models.DateField(_("scores due on"))
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, default=Stage.RATING)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    session_at = models.DateTimeField(_("session since"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agreed by"),
    )
    minute = models.TextField(_("minute of the session"), blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="assessment_of_association"),
            models.UniqueConstraint(
                fields=["association", "framework"],
                condition=~Q(stage="agreed"),
                name="assessment_open_once",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="assessment_has_title"),
            models.CheckConstraint(
                condition=~Q(stage="agreed") | Q(agreed_at__isnull=False, agreed_by__isnull=False),
                name="assessment_agreed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(*kept_changes(), exclude=["token_hash", "last_used_at"])
class Rater(BaseModel):
    """Somebody who scores alone, by account, by a personal link, or on paper that staff key in."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="raters", verbose_name=_("assessment")
    )
    group = models.CharField(_("group"), max_length=16, choices=RaterGroup)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    on_paper = models.BooleanField(_("scores on paper"), default=False)
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True, null=True, blank=True)
    link_ends_at = models.DateTimeField(_("link ends at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("link last used at"), null=True, blank=True)
    invited_at = models.DateTimeField(_("invited at"))
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    submitted_at = models.DateTimeField(_("handed in at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("taken off at"), null=True, blank=True)

    class Meta:
        verbose_name = _("rater")
        verbose_name_plural = _("raters")
        constraints = [
            models.UniqueConstraint(fields=["id", "assessment"], name="rater_of_assessment"),
            models.UniqueConstraint(
                fields=["assessment", "email"],
                condition=Q(removed_at__isnull=True) & ~Q(email=""),
                name="rater_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="rater_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(*kept_changes())
class Score(BaseModel):
    """What one rater says of one item; `version` counts its changes, so that no older page overwrites a newer word."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="scores")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="scores", verbose_name=_("rater"))
    item = models.CharField(_("item"), max_length=40)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    not_applicable = models.BooleanField(_("not applicable"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["rater", "item"], name="score_once_per_item"),
            level_or_not_applicable("score_is_level_or_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.level}"


@pghistory.track(*kept_changes())
class Consensus(BaseModel):
    """What the session agreed on for one item, with the minute that says why."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="consensus", verbose_name=_("assessment")
    )
    item = models.CharField(_("item"), max_length=40)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    not_applicable = models.BooleanField(_("not applicable"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    minute = models.TextField(_("minute"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("agreed level")
        verbose_name_plural = _("agreed levels")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="consensus_once_per_item"),
            level_or_not_applicable("consensus_is_level_or_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.level}"


@pghistory.track(*kept_changes())
class OutsideView(BaseModel):
    """What somebody from outside found when checking one item; stands beside the agreed level, never in its place."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="outside_views", verbose_name=_("assessment")
    )
    item = models.CharField(_("item"), max_length=40)
    level = models.PositiveSmallIntegerField(_("level found"))
    verifier = models.CharField(_("checked by"), max_length=150)
    note = models.TextField(_("note"), blank=True)
    checked_on = models.DateField(_("checked on"))
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("outside verification")
        verbose_name_plural = _("outside verifications")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="outside_view_once_per_item"),
            models.CheckConstraint(condition=~Q(verifier=""), name="outside_view_has_verifier"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.level}"


@pghistory.track(*kept_changes())
class Proof(BaseModel):
    """Evidence for one item of an assessment: a file, a link, or a record of the portal as it stood that day."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="proofs", verbose_name=_("assessment")
    )
    item = models.CharField(_("item"), max_length=40)
    rater = models.ForeignKey(
        Rater,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proofs",
        verbose_name=_("shown by the rater"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ProofKind)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), storage=private_storage, max_length=300, blank=True)
    name = models.CharField(_("given name"), max_length=200, blank=True)
    content_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    record = models.CharField(_("kind of record"), max_length=40, blank=True)
    facts = models.JSONField(_("what the record said"), default=dict, blank=True)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
    )

    class Meta:
        verbose_name = _("evidence of a capacity")
        verbose_name_plural = _("evidence of capacities")
        indexes = [models.Index(fields=["assessment", "item"], name="proof_item")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="proof_has_title"),
            models.CheckConstraint(
                condition=(Q(kind="file") & ~Q(file=""))
                | (Q(kind="link") & ~Q(url=""))
                | (Q(kind="record") & ~Q(record="")),
                name="proof_is_what_it_says",
            ),
        ]

    def __str__(self) -> str:
        return self.title
