"""Versions of the indicator catalogue; one that a round used can never change."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Association
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models import User

REFUSE_CHANGE_OF_USED = """
    IF EXISTS (SELECT 1 FROM reporting_round WHERE catalogue_id = OLD.id) THEN
        RAISE EXCEPTION 'catalogue version % is used by a round and cannot change', OLD.version
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class CatalogueVersionQuerySet(models.QuerySet["CatalogueVersion"]):
    """Reads of catalogue versions."""

    def offered_to(self, association: Association) -> "CatalogueVersionQuerySet":
        """Versions shared by all associations, and the association's own."""
        return self.filter(Q(association__isnull=True) | Q(association=association))

    def visible_to(self, user: "User") -> "CatalogueVersionQuerySet":
        """Shared versions, and own versions of associations that the person may see."""
        if user.pk is None:
            return self.none()
        return self.filter(
            Q(association__isnull=True) | Q(association__in=Association.objects.visible_to(user))
        )


class CatalogueVersion(BaseModel):
    """One loaded catalogue: the whole document as it was validated, and its fingerprint."""

    association = models.ForeignKey(
        Association,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="catalogues",
        verbose_name=_("association"),
        help_text=_("Empty: offered to every association."),
    )
    name = models.CharField(_("name"), max_length=200)
    version = models.CharField(_("version"), max_length=40)
    document = models.JSONField(_("document"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"))

    objects = CatalogueVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("catalogue version")
        verbose_name_plural = _("catalogue versions")
        constraints = [
            models.UniqueConstraint(
                fields=["association", "version"], nulls_distinct=False, name="catalogue_version_unique"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="used_is_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=REFUSE_CHANGE_OF_USED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
