"""Releases: approved answers frozen at one moment, and the cells that passed the disclosure gate."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, DONOR_ROLES, INSTITUTION_ROLES
from members.models import (
    Association,
    Institution,
    Membership,
    RoleAssignment,
    SharingAgreement,
)
from reporting.models.catalogue import CatalogueVersion
from reporting.models.round import Round
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models import User

FROZEN = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases."""

    def visible_to(self, user: "User") -> "ReleaseQuerySet":
        """Releases of associations where one works, is a member, or with whose donor they are shared."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
            | Q(
                association_id__in=Membership.objects.current()
                .filter(institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
                .values("association_id")
            )
            | Q(
                association_id__in=SharingAgreement.objects.current()
                .filter(donor_id__in=mine.filter(role__in=DONOR_ROLES).values("donor_id"))
                .values("association_id")
            )
        )


class Release(BaseModel):
    """One frozen edition of a round's figures; a correction is a new release with a higher number."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="releases")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="releases", verbose_name=_("round")
    )
    number = models.PositiveSmallIntegerField(_("edition"))
    catalogue = models.ForeignKey(
        CatalogueVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("catalogue version")
    )
    invited_count = models.PositiveSmallIntegerField(_("invited members"))
    contributor_count = models.PositiveSmallIntegerField(_("contributing members"))
    method = models.JSONField(
        _("method"), default=dict, help_text=_("Parameters of the gate that may be told, and the period.")
    )
    input_sha256 = models.CharField(_("hash of what was frozen"), max_length=64)
    edition_sha256 = models.CharField(_("hash of the edition"), max_length=64, blank=True)
    code_version = models.CharField(_("version of the portal"), max_length=64, blank=True)
    erratum = models.TextField(_("what changed since the edition before"), blank=True)
    texts = models.JSONField(_("editors’ words, cases and charts as frozen"), default=dict, blank=True)
    replies = models.JSONField(_("members’ comments as published"), default=list, blank=True)
    is_public = models.BooleanField(_("open to everybody"), default=False)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="release_number_unique"),
        ]
        triggers = FROZEN

    def __str__(self) -> str:
        return f"{self.round}, edition {self.number}"


class ReleaseMemberQuerySet(models.QuerySet["ReleaseMember"]):
    """Reads of frozen inputs."""

    def visible_to(self, user: "User") -> "ReleaseMemberQuerySet":
        """Frozen figures of one's own institution, and all of one's own association; never a donor's."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(release__association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
            | Q(institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
        )


class ReleaseMember(BaseModel):
    """What one contributor put into a release: raw figures, for the gate and for the member itself only."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="members")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name at the time"), max_length=200)
    owner_key = models.CharField(_("owner at the time"), max_length=120)
    named = models.BooleanField(_("agreed to be named"), default=False)
    values = models.JSONField(_("given and derived values"))
    verification = models.JSONField(_("how far each value was checked"), default=dict, blank=True)
    facts = models.JSONField(_("what peer groups ask about the MFI"), default=dict, blank=True)

    objects = ReleaseMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("contributor of a release")
        verbose_name_plural = _("contributors of releases")
        constraints = [
            models.UniqueConstraint(fields=["release", "institution"], name="release_member_once"),
        ]
        triggers = FROZEN

    def __str__(self) -> str:
        return self.name


class ReleaseCell(BaseModel):
    """One published figure, or the fact that it is not published; the latter carries no number."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="cells")
    position = models.PositiveIntegerField(_("position"))
    code = models.CharField(_("indicator or derived value"), max_length=64)
    group = models.CharField(
        _("peer group"), max_length=48, blank=True, help_text=_("Code and version; empty for all members.")
    )
    statistic = models.CharField(_("statistic"), max_length=24)
    # several choices of a distribution that are only told together are joined by a comma
    category = models.CharField(_("category"), max_length=400, blank=True)
    relation = models.CharField(_("how the true figure stands to the value"), max_length=8, default="equal")
    published = models.BooleanField(_("published"))
    value = models.FloatField(_("value"), null=True, blank=True)
    n_band = models.CharField(_("number of contributors"), max_length=8, blank=True)
    reason = models.CharField(_("why not published"), max_length=32, blank=True)
    kept = models.BooleanField(
        _("as in an edition before"),
        default=False,
        db_default=False,
        help_text=_("Too few members changed it to say it anew without showing their change."),
    )
    verification = models.JSONField(
        _("contributors by how far their values were checked"), default=dict, blank=True
    )

    class Meta:
        verbose_name = _("cell of a release")
        verbose_name_plural = _("cells of releases")
        constraints = [
            models.UniqueConstraint(
                fields=["release", "group", "code", "statistic", "category"], name="release_cell_once"
            ),
            models.CheckConstraint(
                condition=Q(published=True, value__isnull=False, reason="")
                | (Q(published=False, value__isnull=True, n_band="") & ~Q(reason="")),
                name="release_cell_not_published_has_no_number",
            ),
        ]
        indexes = [models.Index(fields=["release", "position"], name="release_cell_position")]
        triggers = FROZEN

    def __str__(self) -> str:
        return f"{self.code} {self.statistic}"
