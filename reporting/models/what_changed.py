"""What changed after training and assistance: participants' institutions against the others, frozen once told."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from members.models import Association
from reporting.models.release import FROZEN, Release
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models import User


class WhatChangedQuerySet(models.QuerySet["WhatChanged"]):
    """Reads of comparisons."""

    def visible_to(self, user: "User") -> "WhatChangedQuerySet":
        """Those of associations whose releases the person may read."""
        return self.filter(association_id__in=access_of(user).reaches)


class WhatChanged(BaseModel):
    """A comparison of two editions: before and after the sessions and cases between their periods.

    `sets` is a list of {"key", "kind" (course or topic), "name", "topic", "codes", "sessions", "people", "cases",
    "members"}: who took part, as keys of institutions, which no page shows. `cells` is a list of {"set", "side"
    (those or others), "when" (before or after), "code", "statistic", "published", "value", "parts", "relation",
    "n_band", "reason"}, with "members" where it is published; one that is not has no number.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="+", verbose_name=_("edition before")
    )
    after = models.OneToOneField(
        Release, on_delete=models.PROTECT, related_name="what_changed", verbose_name=_("edition after")
    )
    sets = models.JSONField(_("who took part"), default=list)
    cells = models.JSONField(_("figures"), default=list)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )

    objects = WhatChangedQuerySet.as_manager()

    class Meta:
        verbose_name = _("comparison of what changed")
        verbose_name_plural = _("comparisons of what changed")
        triggers = FROZEN

    def __str__(self) -> str:
        return f"{self.before_id}: {self.after_id}"
