"""The queue of record: one row per piece of background work, claimed with a lease and a fencing token."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from django.core.files.storage import Storage


def private_storage() -> "Storage":
    """The storage whose files are only ever served after a permission check."""
    return storages["private"]


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class JobQuerySet(models.QuerySet["Job"]):
    """Reads of the queue."""

    def of(self, user: object) -> "JobQuerySet":
        """Jobs that this person asked for."""
        pk = getattr(user, "pk", None)
        return self.filter(requested_by_id=pk) if pk else self.none()


class Job(BaseModel):
    """A piece of background work; `args` are ids only, rights are re-checked when it runs."""

    kind = models.CharField(_("kind"), max_length=64)
    args = models.JSONField(_("arguments"), default=dict)
    key = models.CharField(
        _("idempotency key"),
        max_length=200,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Asking twice with one key gives the same job."),
    )
    state = models.CharField(_("state"), max_length=16, choices=JobState, default=JobState.QUEUED)
    association_id = models.UUIDField(_("association"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    created_at = models.DateTimeField(_("asked for at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    token = models.UUIDField(_("fencing token"), null=True, blank=True)
    step = models.PositiveSmallIntegerField(_("step"), default=0)
    steps = models.PositiveSmallIntegerField(_("steps"), default=0)
    step_label = models.CharField(_("what it does now"), max_length=200, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    result = models.FileField(_("file"), storage=private_storage, max_length=300, blank=True)
    result_name = models.CharField(_("file name"), max_length=200, blank=True)
    result_sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    result_size = models.PositiveBigIntegerField(_("size"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["queued", "running"]),
                name="job_unfinished",
            ),
            models.Index(fields=["association_id", "kind", "created_at"], name="job_association_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="running")
                | models.Q(token__isnull=False, lease_until__isnull=False),
                name="job_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
