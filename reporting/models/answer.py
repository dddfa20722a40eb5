"""Single answers, the files behind them, and the reasons given for warnings."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.base import ModelState
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.enums import AnswerSource, MissingReason, VerificationLevel
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage

if TYPE_CHECKING:
    from members.models import User

VALUE_FIELDS = ("number", "text", "choices", "flag", "file")


def at_most_one_value() -> Q:
    """The rule that an answer holds one typed value, or a reason why there is none, or nothing yet."""
    nothing = Q(**{f"{name}__isnull": True for name in VALUE_FIELDS})
    one_of = Q()
    for held in VALUE_FIELDS:
        one_of |= Q(missing="", **{f"{name}__isnull": name != held for name in VALUE_FIELDS})
    return nothing | one_of


class TenantQuerySet(models.QuerySet[models.Model]):
    """Reads of rows that hang on a return."""

    def visible_to(self, user: "User") -> "TenantQuerySet":
        """Rows of returns that the person may see."""
        return self.filter(submission__in=Submission.objects.visible_to(user))


class Attachment(BaseModel):
    """A file that a member handed in; its name is generated, the given one is only shown."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("return")
    )
    file = models.FileField(_("file"), storage=private_storage, max_length=300)
    name = models.CharField(_("given name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Answer(BaseModel):
    """One value of one indicator in one return.

    Amounts and percentages (0-100) are in `number`; a single choice is its value as text (the numbers of
    yes/partly/no included), in `text` like free text; `missing` says why there is no value.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="answers", verbose_name=_("return")
    )
    code = models.CharField(_("indicator"), max_length=64)
    number = models.DecimalField(_("number"), max_digits=24, decimal_places=6, null=True, blank=True)
    text = models.TextField(_("text or choice"), null=True, blank=True)  # noqa: DJ001 - null is "no value"
    choices = ArrayField(models.CharField(max_length=64), verbose_name=_("choices"), null=True, blank=True)
    flag = models.BooleanField(_("yes or no"), null=True, blank=True)
    file = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    missing = models.CharField(_("why missing"), max_length=16, choices=MissingReason, blank=True)
    note = models.TextField(_("note"), blank=True)
    verification = models.CharField(
        _("verification"), max_length=16, choices=VerificationLevel, default=VerificationLevel.SELF_REPORTED
    )
    source = models.CharField(_("came from"), max_length=16, choices=AnswerSource, default=AnswerSource.PAGE)
    version = models.PositiveIntegerField(_("version"), default=1)
    page = models.UUIDField(
        _("page"),
        null=True,
        blank=True,
        help_text=_("The opened page that sent it, so that its later word wins."),
    )
    sequence = models.PositiveIntegerField(_("place in the page’s order"), default=0)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )

    objects = TenantQuerySet.as_manager()

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        """An answer from its row. Every page of a return reads a hundred: those with all columns are filled at once.

        Nothing listens to how answers are made, which is what `Model.__init__` takes its time for.
        """
        if len(values) != len(cls._meta.concrete_fields):
            return super().from_db(db, field_names, values, **options)
        made = cls.__new__(cls)
        made._state = ModelState()
        made._state.adding, made._state.db = False, db
        made.__dict__.update(zip(field_names, values, strict=True))
        return made

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["submission", "code"], name="answer_once_per_indicator"),
            models.CheckConstraint(condition=at_most_one_value(), name="answer_one_typed_value"),
        ]
        indexes = [
            models.Index(fields=["association", "code"], include=["number"], name="answer_association_code"),
        ]

    def __str__(self) -> str:
        return self.code


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Explanation(BaseModel):
    """Why a value that a rule warns about is right, in the member's words."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="explanations", verbose_name=_("return")
    )
    rule = models.CharField(_("rule"), max_length=64)
    reason = models.TextField(_("reason"))
    given_at = models.DateTimeField(_("given at"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason for a warning")
        verbose_name_plural = _("reasons for warnings")
        constraints = [
            models.UniqueConstraint(fields=["submission", "rule"], name="explanation_once_per_rule"),
            models.CheckConstraint(condition=~Q(reason=""), name="explanation_not_empty"),
        ]

    def __str__(self) -> str:
        return self.rule
