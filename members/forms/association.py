"""The form of an association's settings."""

import datetime
from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.enums import ASSOCIATION_ROLES, DONOR_ROLES, INSTITUTION_ROLES
from members.forms import MONTHS, ColourInput, country_choices, set_choices, set_ticks, zone_choices
from members.models import Association
from members.models.association import HEX_COLOUR


class AssociationForm(forms.Form):
    """An association's settings."""

    name = forms.CharField(label=_("Name"), max_length=200)
    short_name = forms.CharField(
        label=_("Short name"), max_length=40, required=False, help_text=_("Shown at the top of each page.")
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where the members work."),
    )
    language = forms.ChoiceField(label=_("Language of reports"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Due moments are set in it."))
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        help_text=_("Three letters of ISO 4217, such as KES. Used in reports about all members."),
    )
    fiscal_year_end_day = forms.IntegerField(
        label=_("Fiscal year ends on day"), min_value=1, max_value=31, widget=forms.NumberInput()
    )
    fiscal_year_end_month = forms.TypedChoiceField(label=_("of month"), choices=MONTHS, coerce=int)
    accent_colour = forms.CharField(
        label=_("Accent colour"),
        validators=[HEX_COLOUR],
        widget=ColourInput(),
        help_text=_(
            "Used for lines, buttons and charts. Words in it are darkened or lightened to stay readable."
        ),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG, WebP or GIF, at most 1 MB. It appears on your pages and reports."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    remove_logo = forms.BooleanField(label=_("Remove the present logo"), required=False)
    reply_days = forms.IntegerField(
        label=_("Days for replies before publication"),
        min_value=1,
        max_value=90,
        help_text=_("So long named members may look at their figures, comment or ask for a correction."),
    )
    release_minimum = forms.IntegerField(
        label=_("Fewest contributors of a published figure"),
        min_value=5,
        max_value=20,
        help_text=_("Five at least. It can be raised and never lowered: members reported under it."),
    )
    has_public_page = forms.BooleanField(
        label=_("Show our editions to everybody"),
        required=False,
        help_text=_(
            "A page without sign-in lists your editions with day, number and hash. A report can be downloaded "
            "there only if you opened it when you published."
        ),
    )
    second_factor_roles = forms.MultipleChoiceField(
        label=_("Roles that must sign in with a second factor"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, role.label) for role in (*ASSOCIATION_ROLES, *INSTITUTION_ROLES, *DONOR_ROLES)],
        help_text=_(
            "An authenticator app or a passkey. People of these roles are asked to set one up first."
        ),
    )

    def __init__(self, *args: Any, association: Association, **kwargs: Any) -> None:
        names = [*self.base_fields.keys() - {"logo", "remove_logo"}]
        kwargs.setdefault("initial", {name: getattr(association, name) for name in names})
        super().__init__(*args, **kwargs)
        set_ticks(self, "countries", country_choices())
        set_choices(self, "time_zone", zone_choices())
        lowest = max(5, association.release_minimum)
        self.fields["release_minimum"].widget.attrs["min"] = lowest
        if not association.logo:
            del self.fields["remove_logo"]

    def clean_currency(self) -> str:
        """A currency that exists."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code not in list_currencies():
            raise ValidationError(_("Use the three letters of ISO 4217, such as KES."))
        return code

    def clean(self) -> dict[str, Any]:
        """The fiscal year ends on a day that exists in every year."""
        cleaned = super().clean() or self.cleaned_data
        day, month = cleaned.get("fiscal_year_end_day"), cleaned.get("fiscal_year_end_month")
        if day and month:
            try:
                datetime.date(2024, month, day)
            except ValueError:
                self.add_error("fiscal_year_end_day", _("That month has no such day."))
        return cleaned
