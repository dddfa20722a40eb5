"""The append-only record of actions: who did what to which object, when and why."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from spm_portal.common.models.base import BaseModel


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads of the audit trail."""

    def about(self, obj: models.Model) -> Self:
        """Events on one object."""
        return self.filter(object_type=obj._meta.label_lower, object_id=obj.pk)


class AuditEvent(BaseModel):
    """One action with consequences, written in the transaction that did it."""

    verb = models.CharField(_("action"), max_length=64)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    association_id = models.UUIDField(_("association"), null=True, blank=True)
    object_type = models.CharField(_("kind of object"), max_length=64)
    object_id = models.UUIDField(_("object"))
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["object_type", "object_id", "at"], name="audit_object"),
            models.Index(fields=["association_id", "at"], name="audit_association"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type}"
