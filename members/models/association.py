"""A microfinance association: the tenant of the portal."""

from typing import TYPE_CHECKING

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, DONOR_ROLES, INSTITUTION_ROLES
from members.models.role import RoleAssignment
from spm_portal.common.models.base import BaseModel

if TYPE_CHECKING:
    from members.models.user import User

HEX_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as # and six digits, such as #0b6e4f."))


class AssociationQuerySet(models.QuerySet["Association"]):
    """Reads of associations."""

    def visible_to(self, user: "User") -> "AssociationQuerySet":
        """Associations where the person works, whose member they work for, or that share with their donor."""
        mine = RoleAssignment.objects.live().held_by(user)
        # inside the package, to keep the import of sibling aggregates acyclic
        from members.models.donor import SharingAgreement
        from members.models.institution import Membership

        return self.filter(
            Q(pk__in=mine.filter(role__in=ASSOCIATION_ROLES).values("association_id"))
            | Q(
                pk__in=Membership.objects.current()
                .filter(institution_id__in=mine.filter(role__in=INSTITUTION_ROLES).values("institution_id"))
                .values("association_id")
            )
            | Q(
                pk__in=SharingAgreement.objects.current()
                .filter(donor_id__in=mine.filter(role__in=DONOR_ROLES).values("donor_id"))
                .values("association_id")
            )
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Association(BaseModel):
    """A national or regional network of MFIs; everything in the portal belongs to one."""

    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True
    )
    language = models.CharField(_("language of reports"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="USD",
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Use the three letters of ISO 4217, such as KES."))],
    )
    fiscal_year_end_month = models.PositiveSmallIntegerField(
        _("month in which the fiscal year ends"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    fiscal_year_end_day = models.PositiveSmallIntegerField(
        _("day on which the fiscal year ends"),
        default=31,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    accent_colour = models.CharField(
        _("accent colour"), max_length=7, default="#0b5f6e", validators=[HEX_COLOUR]
    )
    second_factor_roles = ArrayField(
        models.CharField(max_length=32),
        verbose_name=_("roles that must sign in with a second factor"),
        default=list,
        blank=True,
    )
    reply_days = models.PositiveSmallIntegerField(
        _("days for named members to reply before publication"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    release_minimum = models.PositiveSmallIntegerField(
        _("fewest contributors of a published figure"),
        default=5,
        validators=[MinValueValidator(5), MaxValueValidator(20)],
        help_text=_("Five at least; an association may ask for more."),
    )
    has_public_page = models.BooleanField(_("shows its editions to everybody"), default=False)
    created_at = models.DateTimeField(_("created at"))

    objects = AssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        constraints = [
            models.CheckConstraint(
                condition=Q(fiscal_year_end_month__range=(1, 12), fiscal_year_end_day__range=(1, 31)),
                name="association_fiscal_year_end",
            ),
            models.CheckConstraint(
                condition=Q(release_minimum__gte=5), name="association_release_minimum_of_five"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name

    @property
    def theme_colour(self) -> str:
        """The six digits of the accent colour, for the address of its stylesheet; empty where it is the portal's."""
        colour = self.accent_colour.lower()
        own = colour != Association._meta.get_field("accent_colour").default
        return colour.removeprefix("#") if own else ""
