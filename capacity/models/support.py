"""Donors and the association's plan: what is opened to them, what they offer, pay and are owed."""

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from capacity.enums import ConsentScope, DutyState, OfferState
from capacity.models.plan import PlanItem
from members.access import access_of
from members.models import Association, Donor
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage
from spm_portal.common.models.tracked import kept_changes

if TYPE_CHECKING:
    from members.models import User


class CapacityConsentQuerySet(models.QuerySet["CapacityConsent"]):
    """Reads of consents about assessments."""

    def live(self) -> "CapacityConsentQuerySet":
        """Consents that hold today by the database's clock: neither withdrawn nor past their end."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=TruncDate(Now())), withdrawn_at__isnull=True)


@pghistory.track(*kept_changes())
class CapacityConsent(BaseModel):
    """That an association opens its agreed assessments to a donor, or lets them count in figures about many."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="capacity_consents", verbose_name=_("association")
    )
    scope = models.CharField(_("opened to"), max_length=16, choices=ConsentScope)
    donor = models.ForeignKey(
        Donor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="capacity_consents",
        verbose_name=_("donor"),
    )
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    given_at = models.DateTimeField(_("given at"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = CapacityConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to show an assessment")
        verbose_name_plural = _("consents to show assessments")
        constraints = [
            models.UniqueConstraint(
                fields=["association", "scope", "donor"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="capacity_consent_live_once",
            ),
            models.CheckConstraint(
                condition=Q(scope="donor", donor__isnull=False) | Q(scope="network", donor__isnull=True),
                name="capacity_consent_names_a_donor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association_id}: {self.scope}"


class SupportQuerySet(models.QuerySet[models.Model]):
    """Reads of what stands between one association and one donor."""

    def visible_to(self, user: "User") -> "SupportQuerySet":
        """Rows of associations where the person works, and of donors that the person reads for."""
        access = access_of(user)
        return self.filter(Q(association_id__in=access.staff_of) | Q(donor_id__in=access.reads_for))


@pghistory.track(*kept_changes())
class SupportOffer(BaseModel):
    """A donor's offer to pay for an item of an association's plan, and what became of it."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="support_offers", verbose_name=_("association")
    )
    donor = models.ForeignKey(
        Donor, on_delete=models.PROTECT, related_name="support_offers", verbose_name=_("donor")
    )
    item = models.ForeignKey(
        PlanItem, on_delete=models.PROTECT, related_name="offers", verbose_name=_("item of the plan")
    )
    support_area = models.CharField(_("area of donor support"), max_length=40)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    conditions = models.TextField(_("conditions"), blank=True)
    is_named = models.BooleanField(_("named to other donors who see the item"), default=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=OfferState, default=OfferState.OFFERED)
    offered_at = models.DateTimeField(_("offered at"))
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("offered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answer = models.TextField(_("answer"), blank=True)
    outcome = models.TextField(_("what came of it"), blank=True)
    outcome_at = models.DateTimeField(_("outcome written at"), null=True, blank=True)

    objects = SupportQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of support")
        verbose_name_plural = _("offers of support")
        constraints = [
            models.UniqueConstraint(
                fields=["id", "association", "donor"], name="support_offer_of_both_sides"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="support_offer_amount_positive"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="support_offer_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@pghistory.track(*kept_changes())
class Instalment(BaseModel):
    """One part of an accepted offer's money: when it is due, under which condition, when it was paid and received."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(
        SupportOffer, on_delete=models.PROTECT, related_name="instalments", verbose_name=_("offer")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    due_on = models.DateField(_("due on"))
    condition = models.CharField(_("condition"), max_length=300, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="instalment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.amount}"


@pghistory.track(*kept_changes())
class Obligation(BaseModel):
    """Something the association owes the donor under an accepted offer, such as a report, and where it stands."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(
        SupportOffer, on_delete=models.PROTECT, related_name="obligations", verbose_name=_("offer")
    )
    title = models.CharField(_("what is due"), max_length=200)
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=16, choices=DutyState, default=DutyState.DUE)
    state_since = models.DateTimeField(_("state since"))
    text = models.TextField(_("report"), blank=True)
    file = models.FileField(_("file"), storage=private_storage, max_length=300, blank=True)
    name = models.CharField(_("given name of the file"), max_length=200, blank=True)
    content_type = models.CharField(_("type of the file"), max_length=100, blank=True)
    skip_reason = models.CharField(_("why it is not needed"), max_length=300, blank=True)
    # which reminder was sent last: a step such as "d-14", "d+7"
    reminded = models.CharField(_("last reminder"), max_length=16, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = SupportQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation to a donor")
        verbose_name_plural = _("obligations to donors")
        constraints = [
            models.UniqueConstraint(fields=["id", "association", "donor"], name="obligation_of_both_sides"),
            models.CheckConstraint(condition=~Q(title=""), name="obligation_has_title"),
            models.CheckConstraint(
                condition=~Q(state="skipped") | ~Q(skip_reason=""), name="obligation_skipped_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ObligationStep(BaseModel):
    """One step in the review of a report: who moved it, when, with which words."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="steps", verbose_name=_("obligation")
    )
    state = models.CharField(_("new state"), max_length=16, choices=DutyState)
    text = models.TextField(_("words"), blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("step of an obligation")
        verbose_name_plural = _("steps of obligations")
        indexes = [models.Index(fields=["obligation", "at"], name="obligation_step_at")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.state
