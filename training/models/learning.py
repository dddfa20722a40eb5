"""Learning that is checked: tests before and after, evaluations, and certificates."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.tracked import kept_changes
from training.enums import EvaluationStage, TestStage
from training.models.course import Course
from training.models.registration import OfAMemberQuerySet, Participant, Registration
from training.models.session import TrainingSession


@pghistory.track(*kept_changes())
class TestSheet(BaseModel):
    """Answers to a test; `answers` maps a question's id to the numbers chosen, `score` is in percent."""

    __test__ = False  # no test of ours, whatever pytest thinks of the name

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="tests", verbose_name=_("registration")
    )
    stage = models.CharField(_("when"), max_length=8, choices=TestStage)
    answers = models.JSONField(_("answers"), default=dict)
    score = models.DecimalField(_("score (%)"), max_digits=5, decimal_places=1)
    taken_at = models.DateTimeField(_("taken at"))
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("keyed from paper by"),
    )

    class Meta:
        verbose_name = _("test")
        verbose_name_plural = _("tests")
        constraints = [
            models.UniqueConstraint(fields=["registration", "stage"], name="test_sheet_once"),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="test_sheet_score"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.stage}: {self.score}"


@pghistory.track(*kept_changes())
class Evaluation(BaseModel):
    """What a participant thinks of a session; `ratings` maps a question's code to 1 to 5, `trainers` an expert's id."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="evaluations", verbose_name=_("registration")
    )
    stage = models.CharField(_("when"), max_length=16, choices=EvaluationStage)
    ratings = models.JSONField(_("ratings"), default=dict)
    trainers = models.JSONField(_("ratings of trainers"), default=dict)
    liked = models.TextField(_("what helped most"), blank=True)
    missed = models.TextField(_("what was missing"), blank=True)
    applied = models.TextField(_("what changed at work"), blank=True)
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [models.UniqueConstraint(fields=["registration", "stage"], name="evaluation_once")]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.stage}"


@pghistory.track(*kept_changes())
class Certificate(BaseModel):
    """That a person passed a course. Its words stand by themselves, so that they outlive the course and the register.

    `code` is in the address of the public page that confirms it; it cannot be guessed. `number` is for people to read.
    """

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("association")
    )
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        verbose_name=_("MFI"),
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("participant")
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("course")
    )
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("session")
    )
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("registration")
    )
    number = models.CharField(_("number"), max_length=32)
    code = models.CharField(_("code to verify"), max_length=32, unique=True)
    holder = models.CharField(_("holder"), max_length=150)
    course_title = models.CharField(_("course"), max_length=200)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1)
    held_from = models.DateField(_("held from"))
    held_until = models.DateField(_("held until"))
    language = models.CharField(_("language"), max_length=8)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    renews = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="renewals",
        verbose_name=_("renews"),
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    revoke_reason = models.CharField(_("why it was revoked"), max_length=300, blank=True)

    objects = OfAMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="certificate_of_association"),
            models.UniqueConstraint(fields=["association", "number"], name="certificate_number_once"),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(revoked_at__isnull=True, renews__isnull=True),
                name="certificate_once_per_registration",
            ),
            models.UniqueConstraint(
                fields=["renews"], condition=Q(revoked_at__isnull=True), name="certificate_renewed_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("issued_on")),
                name="certificate_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoke_reason=""),
                name="certificate_revoked_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["association", "expires_on"], name="certificate_by_expiry")]

    def __str__(self) -> str:
        return f"{self.number} {self.holder}"


class CertificateNotice(BaseModel):
    """That the holder and the member were told so many days before a certificate ends; once for each step."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, related_name="notices", verbose_name=_("certificate")
    )
    days = models.PositiveSmallIntegerField(_("days before"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("notice about a certificate")
        verbose_name_plural = _("notices about certificates")
        constraints = [
            models.UniqueConstraint(fields=["certificate", "days"], name="certificate_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.days}"
