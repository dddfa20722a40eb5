"""A return: what one member answers in one round, and each of its moves."""

from datetime import datetime
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, INSTITUTION_ROLES
from members.models import Association, Institution, RoleAssignment
from reporting.due import Due, due_of
from reporting.enums import Move, ReturnState
from reporting.models.round import Round
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models import User


def _newest_extension() -> models.Subquery:
    # inside the package, to keep the import of sibling aggregates acyclic
    from reporting.models.deadline import Extension

    newest = Extension.objects.filter(submission_id=models.OuterRef("pk")).order_by("-granted_at")
    return models.Subquery(newest.values("due_at")[:1])


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Reads of returns."""

    def visible_to(self, user: "User") -> "SubmissionQuerySet":
        """Returns of one's own institution, and all of one's own association."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
            | Q(institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
        )

    def with_extension(self) -> "SubmissionQuerySet":
        """Brings the newest extension along, so that `due` asks nothing more."""
        return self.annotate(newest_extension=_newest_extension())

    def approved(self) -> "SubmissionQuerySet":
        """Returns whose figures count."""
        return self.filter(state=ReturnState.APPROVED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Submission(BaseModel):
    """One member's return. The counters repeat what the answers say, so that a board needs no rule engine."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="submissions")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="submissions", verbose_name=_("MFI")
    )
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="submissions", verbose_name=_("round")
    )
    state = models.CharField(_("state"), max_length=16, choices=ReturnState, default=ReturnState.DRAFT)
    state_since = models.DateTimeField(_("in this state since"))
    currency = models.CharField(_("reporting currency"), max_length=3)
    imported = models.BooleanField(_("imported"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, help_text=_("Goes up with every move."))
    receipt_number = models.CharField(_("receipt number"), max_length=48, blank=True)
    submitted_at = models.DateTimeField(_("last submitted at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last submitted by"),
    )
    reviewed_at = models.DateTimeField(
        _("last looked at by staff until"),
        null=True,
        blank=True,
        help_text=_("Changes after this moment are new to the reviewer."),
    )
    touched_at = models.DateTimeField(_("last touched at"), null=True, blank=True)
    touched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last touched by"),
    )
    required_count = models.PositiveSmallIntegerField(_("required"), default=0)
    answered_count = models.PositiveSmallIntegerField(_("answered of required"), default=0)
    error_count = models.PositiveSmallIntegerField(_("errors"), default=0)
    warning_count = models.PositiveSmallIntegerField(_("warnings"), default=0)
    unexplained_count = models.PositiveSmallIntegerField(_("warnings without a reason"), default=0)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [
            models.UniqueConstraint(fields=["round", "institution"], name="submission_once_per_round"),
            # the target of the composite foreign keys of answers and attachments
            models.UniqueConstraint(fields=["id", "association", "institution"], name="submission_id_tenant"),
            models.UniqueConstraint(
                fields=["receipt_number"], condition=~Q(receipt_number=""), name="submission_receipt_unique"
            ),
        ]
        indexes = [models.Index(fields=["association", "state"], name="submission_association_state")]

    def __str__(self) -> str:
        return f"{self.institution} – {self.round}"

    @property
    def is_editable(self) -> bool:
        """Whether the MFI holds the return."""
        return self.state in {ReturnState.DRAFT, ReturnState.RETURNED}

    # The moment at which permissions look at the return; a service sets the one of its request, None is now.
    as_of: datetime | None = None

    @property
    def extended_to(self) -> datetime | None:
        """The due moment of the newest extension; lists bring it along as `newest_extension`."""
        if not hasattr(self, "newest_extension"):
            self.newest_extension: datetime | None = (
                Submission.objects.filter(pk=self.pk)
                .annotate(newest=_newest_extension())
                .values_list("newest", flat=True)
                .first()
            )
        return self.newest_extension

    @property
    def due(self) -> Due:
        """When this return is due, with its extension and the round's grace and lock."""
        return due_of(
            self.round.due_at,
            grace_hours=self.round.grace_hours,
            locks=self.round.locks_after_grace,
            extended_to=self.extended_to,
        )

    def is_locked(self, at: datetime) -> bool:
        """Whether the deadline and its grace are over and the round locks then. Rounds that never lock ask nothing."""
        return self.round.locks_after_grace and self.due.is_locked(at)


class TransitionQuerySet(models.QuerySet["Transition"]):
    """Reads of moves."""

    def visible_to(self, user: "User") -> "TransitionQuerySet":
        """Moves of returns that the person may see."""
        return self.filter(submission__in=Submission.objects.visible_to(user))


class Transition(BaseModel):
    """One move of a return: the audit row of the state machine, append-only."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="transitions", verbose_name=_("return")
    )
    move = models.CharField(_("move"), max_length=16, choices=Move)
    from_state = models.CharField(_("from"), max_length=16, choices=ReturnState)
    to_state = models.CharField(_("to"), max_length=16, choices=ReturnState)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    comment = models.TextField(_("comment"), blank=True)
    certified_name = models.CharField(
        _("certified by name"),
        max_length=120,
        blank=True,
        help_text=_("As the signatory typed it under the statement."),
    )
    answers_sha256 = models.CharField(_("hash of the answers"), max_length=64, blank=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of a return")
        verbose_name_plural = _("moves of returns")
        indexes = [models.Index(fields=["submission", "at"], name="transition_submission_at")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
