"""Versions of capacity frameworks; none of them ever changes."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models import User


class FrameworkVersionQuerySet(models.QuerySet["FrameworkVersion"]):
    """Reads of frameworks."""

    def visible_to(self, user: "User") -> "FrameworkVersionQuerySet":
        """All of them for staff of any association and for donors with whom one shares, none for others."""
        access = access_of(user)
        return self if access.staff_of or access.donor_in else self.none()


class FrameworkVersion(BaseModel):
    """One loaded framework: the whole document as it was validated, and its fingerprint; for every association."""

    code = models.SlugField(_("code"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    document = models.JSONField(_("document"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"))

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a framework")
        verbose_name_plural = _("versions of frameworks")
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="framework_version_once")]
        # an unused one may be deleted; PROTECT keeps those that an assessment used
        triggers = [pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"
