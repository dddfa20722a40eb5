"""Peer groups: members alike by a rule, approved by staff, a new version for every change of the rule."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Association
from spm_portal.common.models.base import BaseModel


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PeerGroup(BaseModel):
    """A named group of an association's members; what it means stands in its versions."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="peer_groups", verbose_name=_("association")
    )
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(_("created at"))
    retired_at = models.DateTimeField(_("not offered since"), null=True, blank=True)

    class Meta:
        verbose_name = _("peer group")
        verbose_name_plural = _("peer groups")
        constraints = [
            models.UniqueConstraint(fields=["association", "code"], name="peer_group_code_once"),
            models.CheckConstraint(condition=~Q(name=""), name="peer_group_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PeerGroupVersion(BaseModel):
    """What a group means: a rule on legal form, size, outreach, region and year end. Approved ones never change."""

    group = models.ForeignKey(
        PeerGroup, on_delete=models.PROTECT, related_name="versions", verbose_name=_("peer group")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    rule = models.JSONField(_("rule"), default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )

    class Meta:
        verbose_name = _("version of a peer group")
        verbose_name_plural = _("versions of peer groups")
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="peer_group_version_once"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="peer_group_version_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.number}"
