"""The association's own social performance strategy, and the global initiatives that it carries."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from capacity.enums import EventKind, InitiativeRole, WorkStatus
from capacity.models.plan import PlanItem
from members.models import Association
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.tracked import kept_changes


@pghistory.track(*kept_changes())
class Strategy(BaseModel):
    """What the association wants for clients, who leads the work, and for which years."""

    association = models.OneToOneField(
        Association, on_delete=models.PROTECT, related_name="strategy", verbose_name=_("association")
    )
    text = models.TextField(_("strategy"), blank=True)
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"))
    # empty means that the post is vacant
    officer = models.CharField(_("SPM officer"), max_length=150, blank=True)
    officer_since = models.DateField(_("officer since, or post vacant since"), null=True, blank=True)
    approved_on = models.DateField(_("approved by the board on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("SP strategy")
        verbose_name_plural = _("SP strategies")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_year__gte=F("first_year")), name="strategy_years_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_year}–{self.last_year}"


@pghistory.track(*kept_changes())
class StrategyGoal(BaseModel):
    """One goal of the strategy, how it is measured, and by when."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="strategy_goals", verbose_name=_("association")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("goal"), max_length=300)
    measure = models.CharField(_("how it is measured"), max_length=300, blank=True)
    by_year = models.PositiveSmallIntegerField(_("by the end of"), null=True, blank=True)
    retired_at = models.DateTimeField(_("given up or reached at"), null=True, blank=True)

    class Meta:
        verbose_name = _("goal of the strategy")
        verbose_name_plural = _("goals of the strategy")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="strategy_goal_of_association"),
            models.CheckConstraint(condition=~Q(text=""), name="strategy_goal_has_text"),
        ]

    def __str__(self) -> str:
        return self.text


@pghistory.track(*kept_changes())
class WorkLine(BaseModel):
    """One line of the yearly work plan."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="work_lines", verbose_name=_("association")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), null=True, blank=True)
    text = models.CharField(_("what will be done"), max_length=300)
    responsible = models.CharField(_("responsible"), max_length=150, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=WorkStatus, default=WorkStatus.PLANNED)
    goal = models.ForeignKey(
        StrategyGoal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="work_lines",
        verbose_name=_("goal"),
    )
    plan_item = models.ForeignKey(
        PlanItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="work_lines",
        verbose_name=_("item of the capacity plan"),
    )

    class Meta:
        verbose_name = _("line of the work plan")
        verbose_name_plural = _("lines of the work plan")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="work_line_has_text"),
            models.CheckConstraint(
                condition=Q(quarter__isnull=True) | Q(quarter__range=(1, 4)), name="work_line_quarter"
            ),
        ]

    def __str__(self) -> str:
        return self.text


@pghistory.track(*kept_changes())
class Initiative(BaseModel):
    """A global initiative that the association carries to its members."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="initiatives", verbose_name=_("association")
    )
    name = models.CharField(_("initiative"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=InitiativeRole)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    contact = models.CharField(_("who speaks for it"), max_length=150, blank=True)
    url = models.URLField(_("page of the initiative"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("global initiative")
        verbose_name_plural = _("global initiatives")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="initiative_of_association"),
            models.UniqueConstraint(
                fields=["association", "name"], condition=Q(until__isnull=True), name="initiative_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="initiative_has_name"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="initiative_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(*kept_changes())
class AmbassadorEvent(BaseModel):
    """An occasion on which the association carried an initiative, and what it handed out there.

    `handouts` is a list of {"code", "title", "language", "copies"}; the code is that of the Ambassador Toolkit.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, related_name="occasions", verbose_name=_("initiative")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=EventKind)
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=150, blank=True)
    speaker = models.CharField(_("who spoke"), max_length=150, blank=True)
    audience = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    handouts = models.JSONField(_("handed out"), default=list, blank=True)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("event of an ambassador")
        verbose_name_plural = _("events of ambassadors")
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="ambassador_event_has_title")]

    def __str__(self) -> str:
        return self.title
