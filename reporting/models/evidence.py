"""Documents that an MFI keeps once and cites in many answers."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import access_of
from members.models import Association, Institution
from reporting.enums import EvidenceClass
from reporting.models.answer import TenantQuerySet
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel
from spm_portal.common.models.job import private_storage

if TYPE_CHECKING:
    from members.models import User


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Reads of evidence."""

    def visible_to(self, user: "User") -> "EvidenceQuerySet":
        """Documents of the person's own MFIs, and those that returns to the person's association cite openly."""
        access = access_of(user)
        own = Q(institution_id__in=access.works_for)
        cited = EvidenceCitation.objects.filter(association_id__in=access.staff_of).values("evidence_id")
        return self.filter(own | (Q(pk__in=cited) & ~Q(confidentiality=EvidenceClass.MFI)))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Evidence(BaseModel):
    """A document of an MFI (policy, report, certificate) with its year and who may read it."""

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("MFI")
    )
    title = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    confidentiality = models.CharField(
        _("who may read it"), max_length=16, choices=EvidenceClass, default=EvidenceClass.ASSOCIATION
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
    retired_at = models.DateTimeField(_("put away at"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="evidence_has_title"),
            models.CheckConstraint(condition=Q(year__range=(1950, 2200)), name="evidence_has_sane_year"),
            models.UniqueConstraint(fields=["id", "institution"], name="evidence_of_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class EvidenceCitation(BaseModel):
    """That an answer rests on a document, and where in it to look."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="citations", verbose_name=_("return")
    )
    code = models.CharField(_("indicator"), max_length=64)
    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="citations", verbose_name=_("evidence")
    )
    place = models.CharField(_("where in it"), max_length=100, blank=True)
    cited_at = models.DateTimeField(_("cited at"))
    cited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("cited by")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("citation of evidence")
        verbose_name_plural = _("citations of evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "code", "evidence"], name="citation_once_per_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.evidence_id}"
