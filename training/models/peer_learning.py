"""Members who learn from each other: working groups, mentoring pairs, exchange visits."""

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
from spm_portal.common.models.tracked import kept_changes
from training.enums import LearningKind, LearningPart, Topic

if TYPE_CHECKING:
    from members.models import User


class LearningGroupQuerySet(models.QuerySet["LearningGroup"]):
    """Reads of groups, pairs and visits."""

    def visible_to(self, user: "User") -> "LearningGroupQuerySet":
        """Those of associations where the person works, and those in which the person's MFI takes part."""
        access = access_of(user)
        mine = GroupMember.objects.filter(
            institution_id__in=access.works_for, association_id__in=access.member_in, left_on__isnull=True
        )
        return self.filter(Q(association_id__in=access.staff_of) | Q(pk__in=mine.values("group_id")))


@pghistory.track(*kept_changes())
class LearningGroup(BaseModel):
    """A working group, a mentoring pair or an exchange visit."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="learning_groups", verbose_name=_("association")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=LearningKind)
    title = models.CharField(_("title"), max_length=200)
    topic = models.CharField(_("topic"), max_length=24, choices=Topic)
    purpose = models.TextField(_("purpose"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    result = models.TextField(_("what came of it"), blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = LearningGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("peer learning")
        verbose_name_plural = _("peer learning")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="learning_group_of_association"),
            models.CheckConstraint(condition=~Q(title=""), name="learning_group_has_title"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="learning_group_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(*kept_changes())
class GroupMember(BaseModel):
    """That an institution takes part in a group, pair or visit, by whom and in which part."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(
        LearningGroup, on_delete=models.PROTECT, related_name="members", verbose_name=_("group")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("MFI")
    )
    part = models.CharField(_("part"), max_length=16, choices=LearningPart, default=LearningPart.MEMBER)
    contact = models.CharField(_("contact"), max_length=150, blank=True)
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of groups")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "institution"], condition=Q(left_on__isnull=True), name="group_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.institution_id}"


@pghistory.track(*kept_changes())
class GroupMeeting(BaseModel):
    """A meeting of a group, with its notes and who was there: `attended` holds the ids of institutions of the group."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(
        LearningGroup, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("group")
    )
    held_at = models.DateTimeField(_("held at"))
    place = models.CharField(_("place"), max_length=150, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    attended = ArrayField(
        models.UUIDField(), verbose_name=_("members who were there"), default=list, blank=True
    )
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("meeting of a group")
        verbose_name_plural = _("meetings of groups")

    def __str__(self) -> str:
        return f"{self.group_id}: {self.held_at:%Y-%m-%d}"
