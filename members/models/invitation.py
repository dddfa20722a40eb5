"""Invitations by e-mail: the token is kept as a hash, works once, for seven days, and can be revoked."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from members.enums import Role
from members.models.role import in_organisations_of, role_matches_organisation
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models.user import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def open(self) -> "InvitationQuerySet":
        """Invitations that can still be accepted, by the database's clock."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=Now())

    def visible_to(self, user: "User") -> "InvitationQuerySet":
        """Invitations into organisations whose people the person may know."""
        return self.filter(in_organisations_of(user))


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["token_hash"]
)
class Invitation(BaseModel):
    """An offer of one role in one organisation to one e-mail address."""

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=32, choices=Role)
    association = models.ForeignKey(
        "members.Association",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("association"),
    )
    institution = models.ForeignKey(
        "members.Institution",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("MFI"),
    )
    donor = models.ForeignKey(
        "members.Donor",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("donor"),
    )
    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=role_matches_organisation(), name="invitation_matches_organisation"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="invitation_used_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"
