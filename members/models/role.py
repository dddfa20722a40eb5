"""Who holds which role in which organisation, from when to when."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.enums import (
    ASSOCIATION_ROLES,
    DONOR_ROLES,
    INSTITUTION_ROLES,
    PLATFORM_ROLES,
    Role,
)
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models.user import User


def role_matches_organisation() -> Q:
    """The rule that a role names exactly the one kind of organisation it belongs to."""
    return (
        Q(role__in=ASSOCIATION_ROLES, association__isnull=False, institution__isnull=True, donor__isnull=True)
        | Q(
            role__in=INSTITUTION_ROLES,
            association__isnull=True,
            institution__isnull=False,
            donor__isnull=True,
        )
        | Q(role__in=DONOR_ROLES, association__isnull=True, institution__isnull=True, donor__isnull=False)
        | Q(role__in=PLATFORM_ROLES, association__isnull=True, institution__isnull=True, donor__isnull=True)
    )


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Reads of roles."""

    def live(self) -> "RoleAssignmentQuerySet":
        """Roles that have not ended, of people who may sign in."""
        return self.filter(ended_at__isnull=True, user__is_active=True)

    def held_by(self, user: "User") -> "RoleAssignmentQuerySet":
        """Roles of one person; nobody's for a visitor."""
        return self.filter(user_id=user.pk) if user.pk is not None else self.none()

    def visible_to(self, user: "User") -> "RoleAssignmentQuerySet":
        """One's own roles, those of colleagues in one's organisations, and of people of one's member MFIs."""
        return self.filter(Q(user_id=user.pk) | in_organisations_of(user))


def in_organisations_of(user: "User") -> Q:
    """The condition that a role or invitation is about an organisation whose people this person may know."""
    # inside the function, because these tables know roles too
    from members.models.institution import Membership

    mine = RoleAssignment.objects.live().held_by(user)
    staff_of = mine.filter(role__in=ASSOCIATION_ROLES).values("association_id")
    return (
        Q(association_id__in=staff_of)
        | Q(institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
        | Q(
            institution_id__in=Membership.objects.current()
            .filter(association_id__in=staff_of)
            .values("institution_id")
        )
        | models.Exists(mine.filter(role__in=PLATFORM_ROLES))
        & (Q(role__in=(*PLATFORM_ROLES, *DONOR_ROLES, Role.ASSOCIATION_MANAGER)))
    )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RoleAssignment(BaseModel):
    """One role of one person in one organisation; ended, never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="role_assignments",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=32, choices=Role)
    association = models.ForeignKey(
        "members.Association",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("association"),
    )
    institution = models.ForeignKey(
        "members.Institution",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("MFI"),
    )
    donor = models.ForeignKey(
        "members.Donor",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("donor"),
    )
    granted_at = models.DateTimeField(_("granted at"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("granted by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(condition=role_matches_organisation(), name="role_matches_organisation"),
            models.UniqueConstraint(
                fields=["user", "role", "association", "institution", "donor"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="role_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.user}"
