"""The forms by which staff open a round and change it later."""

import zoneinfo
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.catalogue import Catalogue
from reporting.enums import FormLength
from reporting.models import CatalogueVersion, Round
from reporting.selectors.rounds import questions_of
from reporting.services.rounds import RoundRules, RoundSpec
from spm_portal.common.numbers import NumberError, parse_number


class LocalNumberField(forms.CharField):
    """A positive number typed the way the reader's language writes it; ambiguous ones are refused."""

    def __init__(self, *, largest: Decimal, decimals: int, **kwargs: Any) -> None:
        self.largest, self.decimals = largest, decimals
        super().__init__(
            max_length=40,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        """The number as Decimal, None where nothing is typed."""
        text = super().clean(value)
        if not text:
            return None
        try:
            number = parse_number(text, language=get_language() or "en")
        except NumberError as error:
            raise forms.ValidationError(str(error)) from None
        if not 0 < number <= self.largest:
            raise forms.ValidationError(__("Enter a figure above zero that is not beyond all reason."))
        return round(number, self.decimals)


def day_input() -> forms.DateInput:
    """A day, chosen in the browser's calendar or typed."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def local_moment(day: date, clock: time, time_zone: str) -> datetime:
    """The moment at which clocks there show this; raises ValidationError where they skip it in spring."""
    zone = zoneinfo.ZoneInfo(time_zone)
    local = datetime.combine(day, clock, tzinfo=zone)
    shown = local.astimezone(zoneinfo.ZoneInfo("UTC")).astimezone(zone)
    if shown.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise forms.ValidationError(
            __(
                "The clocks of %(zone)s are put forward that day and never show %(time)s. Choose another time."
            )
            % {"zone": time_zone, "time": f"{clock:%H:%M}"}
        )
    return local


class DueForm(forms.Form):
    """The due day and time in the association's time zone."""

    due_date = forms.DateField(label=_("Due day"), widget=day_input())
    due_time = forms.TimeField(
        label=_("Due time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def __init__(self, *args: Any, association: Association, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.association = association
        self.fields["due_time"].help_text = __("In the association's time zone, %(zone)s.") % {
            "zone": association.time_zone
        }

    def clean(self) -> dict[str, Any]:
        """Adds `due_at`, the moment."""
        data = super().clean() or {}
        if data.get("due_date") and data.get("due_time"):
            try:
                data["due_at"] = local_moment(data["due_date"], data["due_time"], self.association.time_zone)
            except forms.ValidationError as error:
                self.add_error("due_time", error)
        return data


class ExtendForm(DueForm):
    """A later due moment for some members, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The members read it in the mail, and it stays in the history."),
    )

    def __init__(self, *args: Any, association: Association, due: datetime, **kwargs: Any) -> None:
        local = due.astimezone(zoneinfo.ZoneInfo(association.time_zone))
        kwargs["initial"] = {"due_date": local.date(), "due_time": local.time()}
        super().__init__(*args, association=association, **kwargs)


class RulesForm(forms.Form):
    """How strict a round is about its deadline and about who signs and approves."""

    grace_hours = forms.IntegerField(
        label=_("Grace in hours"),
        min_value=0,
        max_value=24 * 60,
        required=False,
        initial=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("A return that comes within this time after the due moment is told as within grace."),
    )
    locks_after_grace = forms.BooleanField(
        label=_("Lock after due moment and grace"),
        required=False,
        help_text=_("Without an extension nobody can answer or submit any more."),
    )
    two_signatures = forms.BooleanField(
        label=_("Two people sign"),
        required=False,
        help_text=_("A second signatory confirms what the first one submits."),
    )
    four_eyes = forms.BooleanField(
        label=_("Four eyes"),
        required=False,
        help_text=_("Who approves is not who reviewed and asked."),
    )

    def clean_grace_hours(self) -> int:
        """None where nothing is typed."""
        return int(self.cleaned_data["grace_hours"] or 0)


class InviteForm(forms.Form):
    """More members for an open round."""

    institutions = forms.ModelMultipleChoiceField(
        label=_("Members to invite"),
        queryset=Institution.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one member.")},
    )

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institutions"].queryset = candidates  # type: ignore[attr-defined]


class RoundForm(RulesForm, DueForm):
    """Everything that a new round asks, of whom and by when."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What members read, such as Report 2025.")
    )
    code = forms.SlugField(
        label=_("Code"),
        max_length=20,
        help_text=_("Short, for addresses and receipts, such as 2025 or 2025-h1. It cannot change later."),
    )
    year = forms.IntegerField(
        label=_("Reporting year"),
        validators=[MinValueValidator(1990), MaxValueValidator(2100)],
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    period_end = forms.DateField(
        label=_("Last day of the period"),
        widget=day_input(),
        help_text=_("Balances are asked as of this day."),
    )
    form_length = forms.ChoiceField(
        label=_("Form"), choices=FormLength.choices, widget=forms.RadioSelect, initial=FormLength.FULL
    )
    sections = forms.MultipleChoiceField(
        label=_("Sections"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Switch on at least one section.")},
    )
    exchange_rate_usd = LocalNumberField(
        label=_("Exchange rate"),
        required=False,
        largest=Decimal(10) ** 9,
        decimals=6,
    )
    gni_per_capita = LocalNumberField(
        label=_("GNI per person"),
        required=False,
        largest=Decimal(10) ** 7,
        decimals=2,
        help_text=_("Gross national income per person in US dollars, for the depth of outreach."),
    )
    institutions = forms.ModelMultipleChoiceField(
        label=_("Members to invite"),
        queryset=Institution.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one member.")},
    )

    def __init__(
        self,
        *args: Any,
        association: Association,
        version: CatalogueVersion,
        catalogue: Catalogue,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, association=association, **kwargs)
        self.version, self.catalogue = version, catalogue
        self.fields["sections"].choices = [  # type: ignore[attr-defined]
            (section.code, _section_label(catalogue, section.code)) for section in catalogue.sections
        ]
        members = Institution.objects.members_of(association).order_by("name")
        self.fields["institutions"].queryset = members  # type: ignore[attr-defined]
        self.fields["exchange_rate_usd"].help_text = __(
            "How many %(currency)s one US dollar cost on the last day of the period."
        ) % {"currency": association.currency}

    def clean_code(self) -> str:
        """The code in lower case; one that is taken is refused here already."""
        code = slugify(self.cleaned_data["code"])
        if Round.objects.filter(association=self.association, code=code).exists():
            raise forms.ValidationError(
                __("There is a round with the code “%(code)s” already. Choose another code.") % {"code": code}
            )
        if code == "new":
            raise forms.ValidationError(__("“new” is an address of the portal. Choose another code."))
        return code

    def clean(self) -> dict[str, Any]:
        """The reporting year is the year in which the period ends."""
        data = super().clean()
        end, year = data.get("period_end"), data.get("year")
        if end and year and end.year != year:
            self.add_error(
                "year",
                __("The period ends in %(end)s, so that is the reporting year. Change one of the two.")
                % {"end": end.year},
            )
        return data

    @property
    def spec(self) -> RoundSpec:
        """The round as the service wants it; of a valid form only."""
        data = self.cleaned_data
        return RoundSpec(
            code=data["code"],
            name=data["name"],
            year=data["year"],
            period_end=data["period_end"],
            catalogue=self.version,
            due_at=data["due_at"],
            sections=tuple(data["sections"]),
            form_length=FormLength(data["form_length"]),
            exchange_rate_usd=data["exchange_rate_usd"],
            gni_per_capita=data["gni_per_capita"],
            rules=RoundRules(
                grace_hours=data["grace_hours"],
                locks_after_grace=data["locks_after_grace"],
                two_signatures=data["two_signatures"],
                four_eyes=data["four_eyes"],
            ),
        )


def _section_label(catalogue: Catalogue, code: str) -> str:
    section = catalogue.section(code)
    full = questions_of(catalogue, [code], FormLength.FULL).asked
    core = questions_of(catalogue, [code], FormLength.CORE).asked
    counts = ngettext("%(full)s question", "%(full)s questions", full) % {"full": full}
    in_core = __("%(core)s in the core form") % {"core": core}
    return f"{section.title} ({counts}, {in_core})"
