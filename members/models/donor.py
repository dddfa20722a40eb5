"""Donors, and which associations share their published releases with them."""

from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, DONOR_ROLES
from members.models.association import Association
from members.models.role import RoleAssignment
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models.user import User


class DonorQuerySet(models.QuerySet["Donor"]):
    """Reads of donors."""

    def visible_to(self, user: "User") -> "DonorQuerySet":
        """Donors that the person reads for, and donors with whom the person's association shares."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(pk__in=mine.filter(role__in=DONOR_ROLES).values("donor_id"))
            | Q(
                pk__in=SharingAgreement.objects.filter(
                    association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id")
                ).values("donor_id")
            )
        )


class Donor(BaseModel):
    """An organisation that pays for social performance work and reads what was published."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    created_at = models.DateTimeField(_("created at"))

    objects = DonorQuerySet.as_manager()

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")

    def __str__(self) -> str:
        return self.name


class SharingAgreementQuerySet(models.QuerySet["SharingAgreement"]):
    """Reads of sharing agreements."""

    def current(self) -> "SharingAgreementQuerySet":
        """Agreements that hold today by the database's clock."""
        today = TruncDate(Now())
        return self.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)

    def visible_to(self, user: "User") -> "SharingAgreementQuerySet":
        """Agreements of associations where one works, and of donors that one reads for."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
            | Q(donor_id__in=mine.filter(role__in=DONOR_ROLES).values("donor_id"))
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SharingAgreement(BaseModel):
    """That an association lets a donor read its published releases, from one day to another."""

    association = models.ForeignKey(
        Association,
        on_delete=models.PROTECT,
        related_name="sharing_agreements",
        verbose_name=_("association"),
    )
    donor = models.ForeignKey(
        Donor, on_delete=models.PROTECT, related_name="sharing_agreements", verbose_name=_("donor")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = SharingAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("sharing agreement")
        verbose_name_plural = _("sharing agreements")
        constraints = [
            models.UniqueConstraint(
                fields=["association", "donor"], condition=Q(until__isnull=True), name="sharing_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="sharing_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association} – {self.donor}"
