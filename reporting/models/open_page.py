"""What the server has heard from each opened page of a return, so that a late word is told from a new one."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.models.answer import TenantQuerySet
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel


class OpenPage(BaseModel):
    """One page of a section that somebody opened and typed into; its key was made when the page was made.

    `heard` is by question the highest place in the page's order that arrived, whatever became of it.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="open_pages", verbose_name=_("return")
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    heard = models.JSONField(_("heard"), default=dict)
    heard_at = models.DateTimeField(_("last heard at"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("opened page")
        verbose_name_plural = _("opened pages")

    def __str__(self) -> str:
        return str(self.pk)
