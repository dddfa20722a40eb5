"""How the people of an MFI share one form: sections given to colleagues and guests, flags, and the minutes it took."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.models.answer import TenantQuerySet
from reporting.models.submission import Submission
from spm_portal.common.models.base import BaseModel


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SectionAssignment(BaseModel):
    """Which colleague answers a section of a return; it asks and shows, it does not lock others out."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("return")
    )
    section = models.CharField(_("section"), max_length=16)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("given to")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    assigned_at = models.DateTimeField(_("given at"))
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of a colleague")
        verbose_name_plural = _("sections of colleagues")
        constraints = [
            models.UniqueConstraint(fields=["submission", "section"], name="assignment_once_per_section")
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.assignee}"


class AnswerFlag(BaseModel):
    """A mark "come back to this" on one question of a return, for everybody of the MFI."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="flags", verbose_name=_("return")
    )
    code = models.CharField(_("indicator"), max_length=64)
    flagged_at = models.DateTimeField(_("flagged at"))
    flagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("flagged by")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [models.UniqueConstraint(fields=["submission", "code"], name="flag_once_per_question")]

    def __str__(self) -> str:
        return self.code


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["token_hash", "last_used_at"],
)
class GuestLink(BaseModel):
    """A link by which somebody without an account answers one section of one return.

    The guest acts with the permission of the person who made the link, so the link ends when that person loses it.
    Only the hash of the token is kept.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="guest_links", verbose_name=_("return")
    )
    section = models.CharField(_("section"), max_length=16)
    name = models.CharField(_("name of the guest"), max_length=150)
    email = models.EmailField(_("e-mail"))
    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    expires_at = models.DateTimeField(_("ends at"))
    revoked_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("guest link")
        verbose_name_plural = _("guest links")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="guest_link_ends_later"),
            models.CheckConstraint(condition=~Q(name=""), name="guest_link_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.section}"


class SectionTime(BaseModel):
    """How long one section of one return took, measured from the saves when the return was submitted."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="times", verbose_name=_("return")
    )
    section = models.CharField(_("section"), max_length=16)
    seconds = models.PositiveIntegerField(_("seconds"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("time of a section")
        verbose_name_plural = _("times of sections")
        constraints = [
            models.UniqueConstraint(fields=["submission", "section"], name="time_once_per_section")
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.seconds} s"
