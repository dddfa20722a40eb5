"""Uploaded workbooks: what a file would change, kept until somebody confirms or discards it."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.enums import UploadState
from reporting.models.answer import TenantQuerySet
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class WorkbookUpload(BaseModel):
    """One uploaded workbook of one return. `changes` and `problems` are what the dry run found, cell by cell."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="workbooks", verbose_name=_("return")
    )
    state = models.CharField(_("state"), max_length=16, choices=UploadState, default=UploadState.READING)
    file = models.FileField(_("file"), storage=private_storage, max_length=300)
    name = models.CharField(_("given name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    refusal = models.TextField(_("why it was refused"), blank=True)
    changes = models.JSONField(_("what would change"), default=list)
    problems = models.JSONField(_("problems"), default=list)
    annotated = models.FileField(_("annotated workbook"), storage=private_storage, max_length=300, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    settled_at = models.DateTimeField(_("confirmed or discarded at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed or discarded by"),
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded workbook")
        verbose_name_plural = _("uploaded workbooks")
        indexes = [models.Index(fields=["submission", "-uploaded_at"], name="workbook_newest")]

    def __str__(self) -> str:
        return self.name
