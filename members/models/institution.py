"""Microfinance institutions and their dated memberships of associations."""

from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, INSTITUTION_ROLES, MembershipKind
from members.models.association import Association
from members.models.role import RoleAssignment
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models.user import User


class InstitutionQuerySet(models.QuerySet["Institution"]):
    """Reads of institutions."""

    def visible_to(self, user: "User") -> "InstitutionQuerySet":
        """Institutions that the person works for, and all past and present members of their associations."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(pk__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
            | Q(
                pk__in=Membership.objects.filter(
                    association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id")
                ).values("institution_id")
            )
        )

    def members_of(self, association: Association) -> "InstitutionQuerySet":
        """Present members of an association."""
        return self.filter(
            pk__in=Membership.objects.current().filter(association=association).values("institution_id")
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Institution(BaseModel):
    """An MFI; it may belong to several associations."""

    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters of ISO 3166."))
    owner_group = models.CharField(
        _("owner group"),
        max_length=120,
        blank=True,
        help_text=_("Institutions of one owner count once where figures about members are published."),
    )
    website = models.URLField(_("website"), blank=True)
    source = models.CharField(_("imported from"), max_length=40, blank=True)
    source_key = models.CharField(_("key at the source"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("MFI")
        verbose_name_plural = _("MFIs")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"], condition=~Q(source=""), name="institution_source_key"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name

    @property
    def owner_key(self) -> str:
        """The key by which the disclosure gate counts owners: the group, or the institution itself."""
        return self.owner_group.strip().casefold() or str(self.pk)

    def is_established(self, *, apart_from: Association) -> bool:
        """Whether it has people of its own, or another association than this one."""
        return (
            RoleAssignment.objects.live().filter(institution=self).exists()
            or Membership.objects.current().filter(institution=self).exclude(association=apart_from).exists()
        )


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def current(self) -> "MembershipQuerySet":
        """Memberships that hold today by the database's clock."""
        today = TruncDate(Now())
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gte=today), joined_on__lte=today)

    def visible_to(self, user: "User") -> "MembershipQuerySet":
        """Memberships of one's own institution, and all of one's own association."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
            | Q(association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Membership(BaseModel):
    """That an institution belongs to an association, from one day to another."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("association")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("MFI")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=MembershipKind, default=MembershipKind.FULL)
    member_number = models.CharField(_("member number"), max_length=40, blank=True)
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["association", "institution"],
                condition=Q(left_on__isnull=True),
                name="membership_open_once",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=models.F("joined_on")),
                name="membership_dates_in_order",
                violation_error_message=_("A member cannot leave before it joined."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} – {self.association}"
