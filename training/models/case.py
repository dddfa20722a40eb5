"""Technical assistance: one case from the member's request to what came of it."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage
from spm_portal.common.models.tracked import kept_changes
from training.enums import (
    CallAnswer,
    CaseCostKind,
    CaseStage,
    DeliverableState,
    RatingSide,
    Topic,
)
from training.models.need import Need
from training.models.registration import OfAMemberQuerySet
from training.models.roster import Expert


@pghistory.track(*kept_changes())
class Case(BaseModel):
    """A case of technical assistance to one member.

    `diagnosis` maps a question of the form `diagnosis_form` (a key of selectors/diagnosis_forms.py) to {"level",
    "note"}. `subsidy_share` is the part of all costs that the association pays, in percent; the member pays the rest.
    """

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="cases", verbose_name=_("association")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="cases", verbose_name=_("MFI")
    )
    number = models.CharField(_("number"), max_length=24)
    title = models.CharField(_("title"), max_length=200)
    topic = models.CharField(_("topic"), max_length=24, choices=Topic)
    request = models.TextField(_("what is asked for"))
    indicators = ArrayField(
        models.CharField(max_length=64), verbose_name=_("indicators it should move"), default=list, blank=True
    )
    need = models.ForeignKey(
        Need, on_delete=models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("need")
    )
    stage = models.CharField(_("stage"), max_length=16, choices=CaseStage, default=CaseStage.REQUESTED)
    requested_at = models.DateTimeField(_("requested at"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    diagnosis_form = models.CharField(_("form of the diagnosis"), max_length=120, blank=True)
    diagnosis = models.JSONField(_("diagnosis"), default=dict, blank=True)
    diagnosed_at = models.DateTimeField(_("diagnosed at"), null=True, blank=True)
    findings = models.TextField(_("findings"), blank=True)
    objectives = models.TextField(_("objectives"), blank=True)
    scope = models.TextField(_("scope of work"), blank=True)
    days = models.DecimalField(_("days of work"), max_digits=6, decimal_places=1, null=True, blank=True)
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    subsidy_share = models.PositiveSmallIntegerField(_("paid by the association (%)"), default=0)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    expert = models.ForeignKey(
        Expert,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("expert"),
    )
    selection_reason = models.TextField(_("why this expert"), blank=True)
    conflict_reason = models.CharField(
        _("why this expert in spite of a conflict of interest"), max_length=300, blank=True
    )
    contract_number = models.CharField(_("number of the contract"), max_length=40, blank=True)
    contract_on = models.DateField(_("contract signed on"), null=True, blank=True)
    contract_amount = models.DecimalField(
        _("amount of the contract"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    contract_file = models.FileField(_("contract"), storage=private_storage, max_length=300, blank=True)
    contract_name = models.CharField(_("given name"), max_length=200, blank=True)
    contract_type = models.CharField(_("type"), max_length=100, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True)
    follow_up_on = models.DateField(_("follow-up on"), null=True, blank=True)
    followed_up_at = models.DateTimeField(_("followed up at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("closed or stopped at"), null=True, blank=True)
    end_reason = models.CharField(_("why it was stopped"), max_length=300, blank=True)

    objects = OfAMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("case of technical assistance")
        verbose_name_plural = _("cases of technical assistance")
        constraints = [
            models.UniqueConstraint(fields=["id", "association"], name="case_of_association"),
            models.UniqueConstraint(fields=["association", "number"], name="case_number_once"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(request=""), name="case_has_words"),
            models.CheckConstraint(condition=Q(subsidy_share__lte=100), name="case_subsidy_share"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="case_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(stage="stopped") | ~Q(end_reason=""), name="case_stopped_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(expert__isnull=True) | ~Q(selection_reason=""), name="case_selection_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


@pghistory.track(*kept_changes(), exclude=["token_hash"])
class CaseCall(BaseModel):
    """The call of a case to one expert, and the answer."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="calls", verbose_name=_("case"))
    expert = models.ForeignKey(
        Expert, on_delete=models.PROTECT, related_name="calls", verbose_name=_("expert")
    )
    asked_at = models.DateTimeField(_("asked at"))
    answer_by = models.DateField(_("answer by"))
    answer = models.CharField(_("answer"), max_length=16, choices=CallAnswer, default=CallAnswer.NONE)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    words = models.TextField(_("how the expert would work"), blank=True)
    day_rate = models.DecimalField(_("rate per day"), max_digits=12, decimal_places=2, null=True, blank=True)
    conflict = models.CharField(_("conflict of interest declared"), max_length=300, blank=True)
    no_conflict = models.BooleanField(_("declares no conflict of interest"), default=False)
    names_member = models.BooleanField(_("names the MFI to the expert"), default=False)
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True, null=True, blank=True)

    class Meta:
        verbose_name = _("call to an expert")
        verbose_name_plural = _("calls to experts")
        constraints = [models.UniqueConstraint(fields=["case", "expert"], name="case_call_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.expert_id}"


@pghistory.track(*kept_changes())
class Deliverable(BaseModel):
    """Something that the expert owes in a case: due, delivered, accepted or sent back."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="deliverables", verbose_name=_("case")
    )
    title = models.CharField(_("title"), max_length=200)
    due_on = models.DateField(_("due on"))
    state = models.CharField(
        _("state"), max_length=16, choices=DeliverableState, default=DeliverableState.DUE
    )
    file = models.FileField(_("file"), storage=private_storage, max_length=300, blank=True)
    name = models.CharField(_("given name"), max_length=200, blank=True)
    content_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    note = models.TextField(_("note"), blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("accepted or sent back at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision = models.CharField(_("words on the decision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="deliverable_has_title"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(decided_by__isnull=False),
                name="deliverable_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(*kept_changes())
class CaseHours(BaseModel):
    """Hours that were worked on a case on a day."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hours", verbose_name=_("case"))
    worked_on = models.DateField(_("date"))
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=2)
    who = models.CharField(_("who"), max_length=150)
    note = models.CharField(_("what was done"), max_length=300, blank=True)
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("hours of a case")
        verbose_name_plural = _("hours of cases")
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0) & Q(hours__lte=24), name="case_hours_of_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.worked_on}: {self.hours}"


@pghistory.track(*kept_changes())
class CaseCost(BaseModel):
    """A real cost of a case, in its currency."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="costs", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=16, choices=CaseCostKind)
    text = models.CharField(_("what for"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    spent_on = models.DateField(_("date"))

    class Meta:
        verbose_name = _("cost of a case")
        verbose_name_plural = _("costs of cases")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="case_cost_positive")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount}"


@pghistory.track(*kept_changes())
class CaseRating(BaseModel):
    """How one side of a case found working with the other, from 1 to 5."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ratings", verbose_name=_("case"))
    side = models.CharField(_("by"), max_length=8, choices=RatingSide)
    score = models.PositiveSmallIntegerField(_("score"))
    words = models.TextField(_("words"), blank=True)
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("rating of a case")
        verbose_name_plural = _("ratings of cases")
        constraints = [
            models.UniqueConstraint(fields=["case", "side"], name="case_rating_once"),
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="case_rating_score"),
        ]

    def __str__(self) -> str:
        return f"{self.side}: {self.score}"
