"""People whom members send to sessions: registrations, attendance, and scholarships that pay for them."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from members.models import Association, Donor, Institution
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.tracked import kept_changes
from training.enums import RegistrationState, Sex, Topic
from training.models.session import SessionDay, TrainingSession

if TYPE_CHECKING:
    from members.models import User


class OfAMemberQuerySet(models.QuerySet[models.Model]):
    """Reads of what belongs to one member of one association."""

    def visible_to(self, user: "User") -> "OfAMemberQuerySet":
        """Rows of associations where the person works, and of the person's own MFIs that are members today."""
        access = access_of(user)
        own = Q(institution_id__in=access.works_for, association_id__in=access.member_in)
        return self.filter(Q(association_id__in=access.staff_of) | own)


@pghistory.track(*kept_changes())
class Participant(BaseModel):
    """A person whom a member (or the association itself, where `institution` is empty) sends to sessions."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="participants", verbose_name=_("association")
    )
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="participants",
        verbose_name=_("MFI"),
    )
    name = models.CharField(_("name"), max_length=150)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex)
    job = models.CharField(_("job"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    consented_at = models.DateTimeField(
        _("consented at"), help_text=_("When the person’s consent to be registered was confirmed.")
    )
    erased_at = models.DateTimeField(_("personal data erased at"), null=True, blank=True)

    objects = OfAMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="participant_of_association"),
            models.UniqueConstraint(
                fields=["association", "institution", "email"],
                condition=Q(erased_at__isnull=True),
                nulls_distinct=False,
                name="participant_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="participant_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(*kept_changes(), exclude=["token_hash"])
class Registration(BaseModel):
    """That a person is registered for a session; `price` is what was agreed, before any scholarship.

    `queued_at` orders the waiting list. `token_hash` opens the person's own page: materials, tests, leaving.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("session")
    )
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("MFI"),
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("participant")
    )
    state = models.CharField(_("state"), max_length=16, choices=RegistrationState)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2, default=0)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    queued_at = models.DateTimeField(_("on the waiting list since"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("refused or cancelled at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True, null=True, blank=True)

    objects = OfAMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="registration_of_association"),
            models.UniqueConstraint(fields=["id", "session"], name="registration_of_session"),
            models.UniqueConstraint(
                fields=["session", "participant"],
                condition=Q(state__in=["requested", "confirmed", "waiting"]),
                name="registration_live_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(queued_at__isnull=False), name="registration_waits_since"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="registration_confirmed_at",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="registration_price_not_negative"),
        ]
        indexes = [models.Index(fields=["session", "state", "queued_at"], name="registration_queue")]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.state}"


@pghistory.track(*kept_changes())
class Attendance(BaseModel):
    """Whether a registered person was there on one day of a session."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="+")
    day = models.ForeignKey(
        SessionDay, on_delete=models.PROTECT, related_name="attendance", verbose_name=_("day")
    )
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="attendance", verbose_name=_("registration")
    )
    present = models.BooleanField(_("present"))
    marked_at = models.DateTimeField(_("marked at"))
    marked_by = models.CharField(_("marked by"), max_length=150)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [models.UniqueConstraint(fields=["day", "registration"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.present}"


class SessionNotice(BaseModel):
    """That a step of a session's mails was sent to one person; the unique row makes a second time impossible."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="notices", verbose_name=_("session")
    )
    registration = models.ForeignKey(
        Registration,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("registration"),
    )
    step = models.CharField(_("step"), max_length=40)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("notice about a session")
        verbose_name_plural = _("notices about sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "registration", "step"], nulls_distinct=False, name="session_notice_once"
            )
        ]

    def __str__(self) -> str:
        return self.step


@pghistory.track(*kept_changes())
class Scholarship(BaseModel):
    """A budget that pays a share of prices, with its rules: whose, how much at most for one person and one member."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="scholarships", verbose_name=_("association")
    )
    name = models.CharField(_("name"), max_length=150)
    donor = models.ForeignKey(
        Donor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paid by donor"),
    )
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    share = models.PositiveSmallIntegerField(_("share of the price (%)"))
    most_per_person = models.DecimalField(
        _("most for one person"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    most_per_member = models.DecimalField(
        _("most for one member"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    only_women = models.BooleanField(_("for women only"), default=False)
    topics = ArrayField(
        models.CharField(max_length=24, choices=Topic),
        verbose_name=_("for courses on these topics"),
        default=list,
        blank=True,
        help_text=_("None: for all."),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("scholarship")
        verbose_name_plural = _("scholarships")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="scholarship_of_association"),
            models.CheckConstraint(condition=Q(budget__gt=0), name="scholarship_budget_positive"),
            models.CheckConstraint(condition=Q(share__range=(1, 100)), name="scholarship_share"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="scholarship_dates_in_order"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="scholarship_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(*kept_changes())
class ScholarshipAward(BaseModel):
    """What a scholarship pays for one registration; freed again when the registration ends."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    scholarship = models.ForeignKey(
        Scholarship, on_delete=models.PROTECT, related_name="awards", verbose_name=_("scholarship")
    )
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="awards", verbose_name=_("registration")
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    awarded_at = models.DateTimeField(_("awarded at"))
    awarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("awarded by")
    )
    freed_at = models.DateTimeField(_("freed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("award of a scholarship")
        verbose_name_plural = _("awards of scholarships")
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(freed_at__isnull=True), name="scholarship_award_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="scholarship_award_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.amount}"
