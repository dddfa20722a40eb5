"""Forms of the members app: they read and check input, and never write."""

import zoneinfo
from collections.abc import Iterable
from typing import Any

from babel import Locale, UnknownLocaleError
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.enums import (
    ConsentPurpose,
    KeyScope,
    MembershipKind,
    Reminders,
    Role,
)
from members.models import Association, Donor, Institution

MONTHS = [
    (1, _("January")),
    (2, _("February")),
    (3, _("March")),
    (4, _("April")),
    (5, _("May")),
    (6, _("June")),
    (7, _("July")),
    (8, _("August")),
    (9, _("September")),
    (10, _("October")),
    (11, _("November")),
    (12, _("December")),
]

KEY_DAYS = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("180", _("Half a year")),
    ("365", _("A year")),
]


def country_choices() -> list[tuple[str, str]]:
    """Countries by name in the reader's language; the code is what is kept."""
    try:
        locale = Locale.parse(get_language() or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    named = (
        (code, name)
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    )
    return sorted(named, key=lambda pair: pair[1])


def zone_choices() -> list[tuple[str, str]]:
    """Time zones as Region/City, and UTC."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    zones = sorted(name for name in zoneinfo.available_timezones() if name.startswith(regions))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in zones)]


class DayField(forms.DateField):
    """A day, chosen from the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)
        self.error_messages["invalid"] = _("Write the day as year-month-day, such as 2026-01-31.")


class ColourInput(forms.ColorInput):
    """The browser's colour chooser, which always holds a colour and so knows no `required`."""

    def use_required_attribute(self, initial: Any) -> bool:
        """Never: HTML does not allow it there."""
        return False


class InvitationForm(forms.Form):
    """Whom to invite, to which role."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role.value, role.label) for role in roles]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            field.initial, field.widget = choices[0][0], forms.HiddenInput()


class NewPersonForm(forms.Form):
    """Name and password of a person who accepts an invitation."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters. Three or four words that only you put together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords must be the same."""
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return cleaned


class ProfileForm(forms.Form):
    """What a person says about themselves."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Dates and times are shown in it.")
    )
    reminders = forms.ChoiceField(
        label=_("Reminders by mail"),
        choices=Reminders,
        required=False,
        help_text=_("Of returns that are due. Mails about what happened to a return come in any case."),
    )

    def clean_reminders(self) -> str:
        """As it was where nothing is sent."""
        return str(self.cleaned_data["reminders"] or self.initial.get("reminders") or Reminders.EACH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "time_zone", [("", _("As the portal has it (UTC)")), *zone_choices()])


class MemberForm(forms.Form):
    """What the register says about an MFI."""

    name = forms.CharField(label=_("Name"), max_length=200)
    short_name = forms.CharField(
        label=_("Short name"), max_length=60, required=False, help_text=_("Used in tables and charts.")
    )
    country = forms.ChoiceField(label=_("Country"))
    owner_group = forms.CharField(
        label=_("Owner group"),
        max_length=120,
        required=False,
        help_text=_(
            "MFIs of one owner count once where figures about members are published. "
            "Write the same name for each of them."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "country", [("", _("Choose a country")), *country_choices()])


class MemberEditForm(MemberForm):
    """What the register says about a present member."""

    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")


class NewMemberForm(MemberForm):
    """A new MFI and its membership."""

    kind = forms.ChoiceField(label=_("Kind of membership"), choices=MembershipKind)
    member_number = forms.CharField(label=_("Member number"), max_length=40, required=False)
    joined_on = DayField(label=_("Member since"))


class RejoinForm(forms.Form):
    """A former member comes back, or a known MFI joins a further association."""

    kind = forms.ChoiceField(label=_("Kind of membership"), choices=MembershipKind)
    joined_on = DayField(label=_("Member since"))


class LastDayForm(forms.Form):
    """The last day of a membership or agreement."""

    last_day = DayField(label=_("Last day"))


class ReasonForm(forms.Form):
    """Why somebody's role ends."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Kept in the history, for example: left the organisation."),
    )


class NewAssociationForm(forms.Form):
    """A new association and its first manager."""

    name = forms.CharField(label=_("Name of the association"), max_length=200)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=60,
        help_text=_("Small letters, digits and hyphens; part of every address and not changed later."),
    )
    language = forms.ChoiceField(label=_("Language of reports"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    email = forms.EmailField(
        label=_("E-mail address of the first manager"),
        help_text=_("The manager gets an invitation and sets up everything else."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "time_zone", zone_choices())

    def clean_slug(self) -> str:
        """An address of its own."""
        slug = str(self.cleaned_data["slug"]).lower()
        if Association.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another association has this address. Choose a longer one."))
        return slug


class NewDonorForm(forms.Form):
    """A new donor."""

    name = forms.CharField(label=_("Name"), max_length=200)
    slug = forms.SlugField(
        label=_("Address"), max_length=60, help_text=_("Small letters, digits and hyphens.")
    )


class ShareForm(forms.Form):
    """With which donor the association shares, and from when."""

    donor = forms.ModelChoiceField(
        label=_("Donor"), queryset=Donor.objects.none(), empty_label=_("Choose a donor")
    )
    since = DayField(label=_("From"))
    until = DayField(
        label=_("Last day"), required=False, help_text=_("Leave it empty for as long as it is not ended.")
    )

    def __init__(self, *args: Any, donors: QuerySet[Donor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["donor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = donors


class ConsentForm(forms.Form):
    """One consent, given or withdrawn."""

    purpose = forms.ChoiceField(choices=ConsentPurpose)
    action = forms.ChoiceField(choices=[("give", "give"), ("withdraw", "withdraw")])


class KeyForm(forms.Form):
    """What a key is for, what it may do and how long."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        help_text=_("Such as the name of the program, so that you know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=KeyScope,
        initial=[KeyScope.READ.value],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may yourself. Choose as little as the program needs."),
    )
    days = forms.ChoiceField(label=_("It works for"), choices=KEY_DAYS, initial="90")


class KnownMemberForm(RejoinForm):
    """An MFI that the portal knows joins a further association."""

    institution = forms.ModelChoiceField(
        label=_("MFI"), queryset=Institution.objects.none(), empty_label=_("Choose an MFI")
    )

    field_order = ["institution"]

    def __init__(self, *args: Any, institutions: QuerySet[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["institution"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = institutions


def set_choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    """Give a field its choices and the widget the same."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def set_ticks(form: forms.Form, name: str, choices: list[Any]) -> None:
    """Give a field its choices, more than fit into its box: those that are ticked stand first."""
    ticked = set(form[name].value() or ())
    set_choices(form, name, sorted(choices, key=lambda one: one[0] not in ticked))
