"""Sessions of courses: days, seats, trainers, materials and money."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from members.models import Association, Donor
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.tracked import kept_changes
from training.enums import Moment, MoneyKind, SessionState, TeachingLevel
from training.models.course import Course
from training.models.library import Work
from training.models.roster import Expert, own_entry

if TYPE_CHECKING:
    from members.models import User


class SessionQuerySet(models.QuerySet["TrainingSession"]):
    """Reads of sessions."""

    def visible_to(self, user: "User") -> "SessionQuerySet":
        """All of associations where the person works; what is announced for members; what the person teaches."""
        access = access_of(user)
        taught = SessionTrainer.objects.filter(own_entry(user, "expert__")).values("session_id")
        return self.filter(
            Q(association_id__in=access.staff_of)
            | (Q(association_id__in=access.member_in) & ~Q(state=SessionState.DRAFT))
            | Q(pk__in=taught)
        )


@pghistory.track(*kept_changes())
class TrainingSession(BaseModel):
    """One holding of a course: where, when, for how many, at which price.

    `starts_at` and `ends_at` are those of its first and last day, kept here for lists. `sequence` counts changes that
    calendars have to learn of (RFC 5545).
    """

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("association")
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("course")
    )
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=16, choices=SessionState, default=SessionState.DRAFT)
    language = models.CharField(_("language"), max_length=8)
    time_zone = models.CharField(_("time zone"), max_length=64)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    is_online = models.BooleanField(_("online"), default=False)
    place = models.CharField(_("place"), max_length=150, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    online_url = models.URLField(
        _("link to join"),
        max_length=500,
        blank=True,
        help_text=_("Only people with a seat, trainers and staff see it."),
    )
    seats = models.PositiveSmallIntegerField(_("seats"))
    quota_per_member = models.PositiveSmallIntegerField(_("most seats for one member"), null=True, blank=True)
    needs_approval = models.BooleanField(_("staff approve each registration"), default=False)
    registration_closes_at = models.DateTimeField(_("registration closes at"))
    price = models.DecimalField(_("price per person"), max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3)
    note = models.TextField(_("note for participants"), blank=True)
    sequence = models.PositiveIntegerField(_("number of changes"), default=0)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    announced_at = models.DateTimeField(_("announced at"), null=True, blank=True)
    held_at = models.DateTimeField(_("closed as held at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="session_of_association"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_dates_in_order"),
            models.CheckConstraint(condition=Q(seats__gt=0), name="session_has_seats"),
            models.CheckConstraint(condition=Q(price__gte=0), name="session_price_not_negative"),
            models.CheckConstraint(
                condition=Q(quota_per_member__isnull=True) | Q(quota_per_member__gt=0),
                name="session_quota_positive",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""), name="session_cancelled_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["association", "-starts_at"], name="session_by_date")]

    def __str__(self) -> str:
        return self.title


@pghistory.track(*kept_changes())
class SessionDay(BaseModel):
    """One day (or part of a day) of a session; days of one session do not overlap."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="days", verbose_name=_("session")
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))

    class Meta:
        verbose_name = _("day of a session")
        verbose_name_plural = _("days of sessions")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["id", "session"], name="session_day_of_session"),
            models.UniqueConstraint(fields=["session", "starts_at"], name="session_day_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_day_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


@pghistory.track(*kept_changes())
class SessionTrainer(BaseModel):
    """Who teaches a session, and in which part."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="trainers", verbose_name=_("session")
    )
    expert = models.ForeignKey(
        Expert, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("trainer")
    )
    level = models.CharField(_("part"), max_length=16, choices=TeachingLevel, default=TeachingLevel.LEAD)

    class Meta:
        verbose_name = _("trainer of a session")
        verbose_name_plural = _("trainers of sessions")
        constraints = [models.UniqueConstraint(fields=["session", "expert"], name="session_trainer_once")]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.expert_id}"


@pghistory.track(*kept_changes())
class SessionMaterial(BaseModel):
    """A work that participants of this session get beside the course's own, and when."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="materials", verbose_name=_("session")
    )
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="+", verbose_name=_("work"))
    moment = models.CharField(_("when"), max_length=16, choices=Moment, default=Moment.DURING)

    class Meta:
        verbose_name = _("material of a session")
        verbose_name_plural = _("materials of sessions")
        constraints = [models.UniqueConstraint(fields=["session", "work"], name="session_material_once")]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.work_id}"


@pghistory.track(*kept_changes())
class MoneyLine(BaseModel):
    """A line of a session's cost or income, planned and real, in the session's currency."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="money", verbose_name=_("session")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=MoneyKind)
    donor = models.ForeignKey(
        Donor, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("donor")
    )
    text = models.CharField(_("what for"), max_length=200, blank=True)
    planned = models.DecimalField(_("planned"), max_digits=14, decimal_places=2, default=0)
    actual = models.DecimalField(_("real"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("line of a session’s money")
        verbose_name_plural = _("lines of sessions’ money")
        constraints = [
            models.CheckConstraint(
                condition=Q(planned__gte=0) & (Q(actual__isnull=True) | Q(actual__gte=0)),
                name="money_line_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.planned}"
