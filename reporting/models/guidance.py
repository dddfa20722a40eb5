"""Help that an association's staff wrote for single questions of the form."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Association
from spm_portal.common.models.base import BaseModel


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Guidance(BaseModel):
    """The association's own words about one indicator in one language; an empty part leaves the catalogue's word."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="guidance", verbose_name=_("association")
    )
    code = models.CharField(_("indicator"), max_length=64)
    language = models.CharField(_("language"), max_length=10)
    definition = models.TextField(_("definition"), blank=True)
    example = models.TextField(_("example"), blank=True)
    evidence = models.TextField(_("accepted evidence"), blank=True)
    note = models.TextField(_("local note"), blank=True)
    links = models.JSONField(_("links"), default=list, blank=True, help_text=_('A list of {"title", "url"}.'))
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("guidance")
        verbose_name_plural = _("guidance")
        constraints = [
            models.UniqueConstraint(
                fields=["association", "code", "language"], name="guidance_once_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.language})"
