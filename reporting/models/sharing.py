"""The ledger of consents: to whom an MFI lets its own values be shown, by group of questions and round."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, INSTITUTION_ROLES
from members.models import Association, Donor, Institution, RoleAssignment
from reporting.enums import Recipient
from reporting.models.round import Round
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models import User


def _live() -> Q:
    return Q(Q(until__isnull=True) | Q(until__gte=TruncDate(Now())), withdrawn_at__isnull=True)


class ValueConsentQuerySet(models.QuerySet["ValueConsent"]):
    """Reads of the ledger."""

    def live(self) -> "ValueConsentQuerySet":
        """Consents that hold today by the database's clock: neither withdrawn nor past their end."""
        return self.filter(_live())

    def with_liveness(self) -> "ValueConsentQuerySet":
        """Says of each as `is_live` whether it holds today."""
        return self.annotate(is_live=models.ExpressionWrapper(_live(), output_field=models.BooleanField()))

    def visible_to(self, user: "User") -> "ValueConsentQuerySet":
        """Consents of one's own MFI, and those given to one's own association."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
            | Q(association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ValueConsent(BaseModel):
    """That an MFI lets one recipient read its own values of one group of questions in one round.

    `section` empty means every group, `round` empty every round. Withdrawn, never deleted: what was published under
    it stays as it was.
    """

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="value_consents", verbose_name=_("association")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="value_consents", verbose_name=_("MFI")
    )
    recipient = models.CharField(_("recipient"), max_length=16, choices=Recipient)
    donor = models.ForeignKey(
        Donor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="value_consents",
        verbose_name=_("donor"),
    )
    section = models.CharField(_("group of questions"), max_length=16, blank=True)
    round = models.ForeignKey(
        Round,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="value_consents",
        verbose_name=_("round"),
    )
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
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
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )

    objects = ValueConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to show values")
        verbose_name_plural = _("consents to show values")
        constraints = [
            models.UniqueConstraint(
                fields=["association", "institution", "recipient", "donor", "section", "round"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="value_consent_live_once",
            ),
            models.CheckConstraint(
                condition=Q(recipient="donor", donor__isnull=False)
                | (~Q(recipient="donor") & Q(donor__isnull=True)),
                name="value_consent_names_a_donor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution}: {self.get_recipient_display()}"
