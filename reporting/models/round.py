"""A reporting round: what is asked of whom, for which period, by when."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, INSTITUTION_ROLES
from members.models import Association, RoleAssignment
from reporting.enums import FormLength
from reporting.models.catalogue import CatalogueVersion
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models import User


class RoundQuerySet(models.QuerySet["Round"]):
    """Reads of rounds."""

    def visible_to(self, user: "User") -> "RoundQuerySet":
        """Rounds of one's own association, and those to which one's own institution was invited."""
        mine = RoleAssignment.objects.live().held_by(user)
        return self.filter(
            Q(association_id__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
            | models.Exists(
                # inside the package, to keep the import of sibling aggregates acyclic
                _submissions().filter(
                    round_id=models.OuterRef("pk"),
                    institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"),
                )
            )
        )


def _submissions() -> "models.QuerySet[models.Model]":
    from reporting.models.submission import Submission

    return Submission.objects.all()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Round(BaseModel):
    """One collection of returns. Money in the members' reporting currency, percentages as 0-100."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("association")
    )
    code = models.SlugField(_("address"), max_length=20, help_text=_("Such as 2025 or 2025-h1."))
    name = models.CharField(_("name"), max_length=120)
    year = models.PositiveSmallIntegerField(_("reporting year"))
    period_end = models.DateField(_("period end"))
    catalogue = models.ForeignKey(
        CatalogueVersion, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("catalogue version")
    )
    sections = ArrayField(
        models.CharField(max_length=8),
        verbose_name=_("sections that are asked"),
        help_text=_("Section codes."),
    )
    form_length = models.CharField(_("form"), max_length=8, choices=FormLength, default=FormLength.FULL)
    due_at = models.DateTimeField(_("due"))
    grace_hours = models.PositiveSmallIntegerField(
        _("grace in hours"),
        default=0,
        help_text=_("A return that comes within this time after the due moment is told as within grace."),
    )
    locks_after_grace = models.BooleanField(
        _("locked after due moment and grace"),
        default=False,
        help_text=_("Without an extension nobody can submit any more."),
    )
    two_signatures = models.BooleanField(_("two people sign"), default=False)
    four_eyes = models.BooleanField(_("approved by another person than who asked"), default=False)
    exchange_rate_usd = models.DecimalField(
        _("exchange rate"),
        max_digits=18,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("Units of the reporting currency per US dollar."),
    )
    gni_per_capita = models.DecimalField(
        _("GNI per person"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Gross national income per person in the reporting currency."),
    )
    imported = models.BooleanField(_("imported"), default=False)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opened by"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.UniqueConstraint(fields=["association", "code"], name="round_code_unique"),
            # the target of the composite foreign keys of returns and releases
            models.UniqueConstraint(fields=["id", "association"], name="round_id_association"),
            models.CheckConstraint(condition=Q(exchange_rate_usd__gt=0), name="round_exchange_rate_positive"),
            models.CheckConstraint(condition=Q(gni_per_capita__gt=0), name="round_gni_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether members may still answer."""
        return self.closed_at is None

    @property
    def context(self) -> dict[str, float | int | None]:
        """The context values of the rule language."""
        return {
            "reporting_year": self.year,
            "exchange_rate_usd": float(self.exchange_rate_usd)
            if self.exchange_rate_usd is not None
            else None,
            "gni_per_capita": float(self.gni_per_capita) if self.gni_per_capita is not None else None,
        }
