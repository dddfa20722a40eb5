"""The association's plan: what it will do about its gaps, and what was reported of each item."""

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from capacity.enums import PlanStatus
from capacity.models.assessment import Assessment
from capacity.models.framework import FrameworkVersion
from members.access import access_of
from members.models import Association, Donor
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.tracked import kept_changes

if TYPE_CHECKING:
    from members.models import User


class PlanItemQuerySet(models.QuerySet["PlanItem"]):
    """Reads of the plan."""

    def visible_to(self, user: "User") -> "PlanItemQuerySet":
        """Items of associations where the person works, and those shared with the person's donor today."""
        access = access_of(user)
        shared = PlanShare.objects.filter(
            donor_id__in=access.reads_for, association_id__in=access.donor_in, ended_at__isnull=True
        )
        return self.filter(Q(association_id__in=access.staff_of) | Q(pk__in=shared.values("item_id")))


@pghistory.track(*kept_changes())
class PlanItem(BaseModel):
    """One thing to be done about a gap, with its goal, owner, date, cost and evidence of done."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="plan_items", verbose_name=_("association")
    )
    framework = models.ForeignKey(
        FrameworkVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("framework")
    )
    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plan_items",
        verbose_name=_("comes from the assessment"),
    )
    item = models.CharField(_("capacity"), max_length=40)
    title = models.CharField(_("what will be done"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    from_level = models.PositiveSmallIntegerField(_("level at the start"), null=True, blank=True)
    goal_level = models.PositiveSmallIntegerField(_("goal level"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    owner_name = models.CharField(_("owner without an account"), max_length=150, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    support_area = models.CharField(_("area of donor support"), max_length=40, blank=True)
    done_when = models.CharField(_("evidence that shows it is done"), max_length=500, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=PlanStatus, default=PlanStatus.PROPOSED)
    status_since = models.DateTimeField(_("status since"))
    depends_on = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dependants",
        verbose_name=_("waits for"),
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by")
    )

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of the plan")
        verbose_name_plural = _("items of the plan")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="plan_item_of_association"),
            models.CheckConstraint(condition=~Q(title=""), name="plan_item_has_title"),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0), name="plan_item_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="plan_item_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(depends_on__isnull=True) | ~Q(depends_on=F("id")),
                name="plan_item_not_after_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanUpdate(BaseModel):
    """One line in the life of a plan item: a note, a step to another status, or evidence that it is done."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(
        PlanItem, on_delete=models.PROTECT, related_name="updates", verbose_name=_("item of the plan")
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    status = models.CharField(_("new status"), max_length=16, choices=PlanStatus, blank=True)
    text = models.TextField(_("text"), blank=True)
    url = models.URLField(_("link to evidence"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("word about a plan item")
        verbose_name_plural = _("words about plan items")
        indexes = [models.Index(fields=["item", "at"], name="plan_update_item")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text or self.status


@pghistory.track(*kept_changes())
class PlanShare(BaseModel):
    """That an association shows one plan item to one donor; ended, never deleted."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(
        PlanItem, on_delete=models.PROTECT, related_name="shares", verbose_name=_("item of the plan")
    )
    donor = models.ForeignKey(
        Donor, on_delete=models.PROTECT, related_name="plan_shares", verbose_name=_("donor")
    )
    shared_at = models.DateTimeField(_("shared at"))
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("shared by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("shared plan item")
        verbose_name_plural = _("shared plan items")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "donor"], condition=Q(ended_at__isnull=True), name="plan_share_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} – {self.donor_id}"
