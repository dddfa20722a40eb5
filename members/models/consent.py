"""What a member institution lets its association do with its approved figures."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, INSTITUTION_ROLES, ConsentPurpose
from members.models.association import Association
from members.models.institution import Institution
from members.models.role import RoleAssignment
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models.user import User


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Reads of consents."""

    def live(self) -> "ConsentQuerySet":
        """Consents that have not been withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: "User") -> "ConsentQuerySet":
        """Consents of one's own institution, and those given to one's own association."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
            | Q(association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Consent(BaseModel):
    """One consent for one purpose; withdrawn, never deleted. Past releases stay as they were published."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="consents", verbose_name=_("association")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="consents", verbose_name=_("MFI")
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=ConsentPurpose)
    given_at = models.DateTimeField(_("given at"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["association", "institution", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_live_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution}: {self.get_purpose_display()}"
