"""The forms by which staff prepare, change and end a session."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms import DayField, country_choices, set_choices, zone_choices
from members.forms.amounts import AmountField
from spm_portal.common.languages import language_choices
from training.enums import Moment
from training.models import Course, TeachingRight, TrainingSession
from training.services.schedule import Day
from training.services.sessions import SessionValues

BLANK_DAYS = 3


def time_field(label: Any, **kwargs: Any) -> forms.TimeField:
    """A time of the day, chosen in the browser or typed."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    field = forms.TimeField(
        label=label, widget=widget, input_formats=["%H:%M", "%H:%M:%S", "%H.%M"], **kwargs
    )
    field.error_messages["invalid"] = _("Write the time as hours and minutes, such as 09:30.")
    return field


class DayForm(forms.Form):
    """One day; an empty line is none."""

    on = DayField(label=_("Day"), required=False)
    begins = time_field(_("From"), required=False)
    ends = time_field(_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """A line that says something says all three."""
        found = super().clean() or {}
        if any(found.get(name) for name in ("on", "begins", "ends")) and not self.errors:
            for name in ("on", "begins", "ends"):
                if found.get(name) is None:
                    self.add_error(name, _("Give the day and both times, or empty the line."))
        return found

    @property
    def day(self) -> Day | None:
        """The day; None for an empty line."""
        found = self.cleaned_data
        if found.get("on") is None:
            return None
        return Day(on=found["on"], begins=found["begins"], ends=found["ends"])


DayFormSet = forms.formset_factory(DayForm, extra=0, max_num=40, validate_max=True)


def first_days(session: TrainingSession | None) -> list[dict[str, Any]]:
    """What the lines of days hold before anybody types, with some empty ones below."""
    known: list[dict[str, Any]] = []
    if session is not None:
        zone = ZoneInfo(session.time_zone)
        for one in session.days.all():
            begins, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
            known.append({"on": begins.date(), "begins": begins.time(), "ends": ends.time()})
    return [*known, *({} for _line in range(BLANK_DAYS))]


class SessionForm(forms.Form):
    """What is said of a session besides its days."""

    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(label=_("Language"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("All days and times of this page are in this zone.")
    )
    closes_on = DayField(label=_("Registration closes on"))
    closes_time = time_field(_("at"))
    is_online = forms.BooleanField(label=_("The session is online"), required=False)
    place = forms.CharField(
        label=_("Place"),
        max_length=150,
        required=False,
        help_text=_("Town and house; empty for online ones."),
    )
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    online_url = forms.CharField(
        label=_("Link to join"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("Only people with a seat, their MFI, trainers and staff see it."),
    )
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=2000)
    quota_per_member = forms.IntegerField(
        label=_("Most seats for one member"),
        min_value=1,
        max_value=2000,
        required=False,
        help_text=_("Empty: no limit."),
    )
    needs_approval = forms.BooleanField(
        label=_("Staff approve each registration"),
        required=False,
        help_text=_("Otherwise whoever registers first has a seat."),
    )
    price = AmountField(label=_("Price per person"), required=False, help_text=_("Empty: free of charge."))
    currency = forms.CharField(
        label=_("Currency"), min_length=3, max_length=3, widget=forms.TextInput(attrs={"class": "is-code"})
    )
    trainers = forms.MultipleChoiceField(
        label=_("Trainers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those whom the roster lets teach this course."),
    )
    confirmed = forms.BooleanField(label=_("I know; they teach both all the same"), required=False)
    note = forms.CharField(
        label=_("Note for participants"),
        help_text=_("What to bring, how to get there, who answers questions."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=4000,
    )

    def __init__(self, *args: Any, rights: Iterable[TeachingRight], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "language", language_choices())
        set_choices(self, "time_zone", zone_choices())
        set_choices(self, "country", [("", _("Choose a country")), *country_choices()])
        known = {str(one.expert_id): f"{one.expert.name} ({one.get_level_display()})" for one in rights}
        self.fields["trainers"].choices = list(known.items())  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        """Codes are written in capitals."""
        return str(self.cleaned_data["currency"]).upper()

    def values(self, days: list[Day]) -> SessionValues:
        """What the service takes."""
        said = dict(self.cleaned_data)
        closes_at = datetime.combine(said.pop("closes_on"), said.pop("closes_time"))
        said["price"] = said["price"] if said["price"] is not None else Decimal(0)
        said["trainers"] = [UUID(one) for one in said["trainers"]]
        return SessionValues(days=days, closes_at=closes_at, **said)


def first_values(course: Course, session: TrainingSession | None) -> dict[str, Any]:
    """What the form holds before anybody types: the session as it is, or what follows from the course."""
    if session is None:
        association = course.association
        return {
            "title": course.title,
            "language": course.language,
            "time_zone": association.time_zone,
            "closes_time": "17:00",
            "country": association.countries[0] if len(association.countries) == 1 else "",
            "seats": 25,
            "price": course.price,
            "currency": course.currency,
        }
    closing = session.registration_closes_at.astimezone(ZoneInfo(session.time_zone))
    names = (
        "title", "language", "time_zone", "is_online", "place", "address", "country", "online_url", "seats",
        "quota_per_member", "needs_approval", "price", "currency", "note",
    )  # fmt: skip
    return {
        **{name: getattr(session, name) for name in names},
        "closes_on": closing.date(),
        "closes_time": closing.time(),
        "trainers": [str(one.expert_id) for one in session.trainers.all()],
    }


class ReasonForm(forms.Form):
    """Why something ends; those concerned read it."""

    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("Everybody concerned reads it."))


class MaterialForm(forms.Form):
    """A work of the library for the people of a session."""

    work = forms.UUIDField(widget=forms.HiddenInput)
    moment = forms.ChoiceField(label=_("When"), choices=Moment.choices)
