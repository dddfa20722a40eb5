"""Forms of offers, instalments and what is owed: they read and check input, and never write."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capacity.frameworks import Framework
from members.forms import DayField
from members.forms.amounts import AmountField
from spm_portal.common.uploads import KINDS


def _words(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OfferForm(forms.Form):
    """A donor's offer for one item."""

    amount = AmountField(label=_("Amount"))
    currency = forms.CharField(
        label=_("Currency"),
        help_text=_("The association plans the item in this currency; an offer is made in the same."),
        min_length=3,
        max_length=3,
        widget=forms.TextInput(attrs={"class": "is-code", "autocomplete": "off"}),
    )
    support_area = forms.ChoiceField(label=_("Area of donor support"))
    conditions = forms.CharField(
        label=_("Conditions"),
        help_text=_("What you expect: reports, co-funding, what the money may be spent on."),
        widget=_words(),
        required=False,
        max_length=4000,
    )
    starts_on = DayField(label=_("From"), required=False)
    ends_on = DayField(label=_("Until"), required=False)
    is_named = forms.BooleanField(
        label=_("Other donors who see this item may read that we pay for it"),
        help_text=_("Our name alone, once the offer is accepted; never the conditions."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, framework: Framework, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = [(area.code, f"{area.number}. {area.title}") for area in framework.support_areas]
        self.fields["support_area"].choices = areas  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        """Codes are written in capitals."""
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        found = super().clean() or {}
        start, end = found.get("starts_on"), found.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The last day must not be before the first."))
        return found


class AnswerForm(forms.Form):
    """The association's words to an offer."""

    answer = forms.CharField(
        label=_("Your words to the donor"),
        help_text=_("Needed where you decline. The donor reads them."),
        widget=_words(3),
        required=False,
        max_length=4000,
    )


class OutcomeForm(forms.Form):
    """What came of the support."""

    outcome = forms.CharField(
        label=_("What came of it"),
        help_text=_("What changed, for whom, and how you know. The donor reads it."),
        widget=_words(),
        max_length=4000,
    )


class DutyForm(forms.Form):
    """Something that the association owes."""

    title = forms.CharField(
        label=_("What is due"), help_text=_("Such as “Report on the first half-year”."), max_length=200
    )
    due_on = DayField(label=_("Due on"))


class PartForm(forms.Form):
    """One line of the plan of instalments; an empty line is none."""

    amount = AmountField(label=_("Amount"), required=False)
    due_on = DayField(label=_("Due on"), required=False)
    condition = forms.CharField(label=_("Condition"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """A line that says something says amount and day."""
        found = super().clean() or {}
        said = any(self.data.get(self.add_prefix(name), "").strip() for name in self.fields)
        if said and not self.errors:
            if found.get("amount") is None:
                self.add_error("amount", _("Write the amount, or empty the line."))
            if found.get("due_on") is None:
                self.add_error("due_on", _("Write the day on which it is due, or empty the line."))
        return found

    @property
    def part(self) -> tuple[Decimal, date, str] | None:
        """Amount, day and condition; None for an empty line."""
        found = self.cleaned_data
        if found.get("amount") is None or found.get("due_on") is None:
            return None
        return found["amount"], found["due_on"], " ".join(found["condition"].split())


PartFormSet = forms.formset_factory(PartForm, extra=0, max_num=24, validate_max=True)


class ReportForm(forms.Form):
    """A report as the association writes it."""

    text = forms.CharField(
        label=_("Report"),
        help_text=_("Write it here, or attach it as a file, or both."),
        widget=_words(12),
        required=False,
        max_length=20_000,
        strip=True,
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, picture, Word, Excel or CSV; at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in (*KINDS, "jpeg"))}),
        required=False,
        max_length=300,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReviewForm(forms.Form):
    """The donor's words about a report."""

    text = forms.CharField(
        label=_("Your words"),
        help_text=_("Needed where you ask. The association reads them."),
        widget=_words(),
        required=False,
        max_length=4000,
    )


class SkipForm(forms.Form):
    """Why something is not needed."""

    reason = forms.CharField(label=_("Why it is not needed"), max_length=300)


class PutOffForm(forms.Form):
    """Another due day."""

    due_on = DayField(label=_("New due day"))
