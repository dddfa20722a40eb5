"""What an association decided about single rules: in force, on trial or off, and from when to when."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import Association
from reporting.enums import RuleMode
from spm_portal.common.models.base import BaseModel


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RuleSetting(BaseModel):
    """The mode of one rule of the catalogue for one association; without a row the catalogue's own word holds.

    The dates are compared with the last day of the period that a round asks about.
    """

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="rule_settings", verbose_name=_("association")
    )
    rule = models.CharField(_("rule"), max_length=64)
    mode = models.CharField(_("mode"), max_length=16, choices=RuleMode, default=RuleMode.IN_FORCE)
    effective_from = models.DateField(_("in effect from"), null=True, blank=True)
    effective_until = models.DateField(_("in effect until"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("setting of a rule")
        verbose_name_plural = _("settings of rules")
        constraints = [
            models.UniqueConstraint(fields=["association", "rule"], name="rule_setting_once_per_rule"),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_setting_has_reason"),
            models.CheckConstraint(
                condition=Q(effective_from__isnull=True)
                | Q(effective_until__isnull=True)
                | Q(effective_until__gte=F("effective_from")),
                name="rule_setting_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.rule
