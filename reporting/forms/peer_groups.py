"""The form by which staff write the rule of a peer group."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from members.models import Association, Institution
from reporting.forms.rounds import day_input
from reporting.peer_rules import BANDS, USD, Rule, faults_of, read_rule
from reporting.selectors.peer_words import CRITERION_LABELS, fault_words
from reporting.services.peer_groups import MAX_NAME, MAX_REASON
from spm_portal.common.numbers import NumberError, parse_number
from spm_portal.common.templatetags.ui import country


class WholeNumberField(forms.CharField):
    """A whole number typed the way the reader's language writes it; nothing typed is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        """The number; raises ValidationError where it is none, is not whole or could be read in two ways."""
        text = super().clean(value)
        if not text:
            return None
        try:
            number = parse_number(text, language=get_language() or "en")
        except NumberError as error:
            raise forms.ValidationError(str(error)) from None
        if number != number.to_integral_value() or number < 0:
            raise forms.ValidationError(__("Write a whole number from 0, such as 10000."))
        return int(number)


class RuleForm(forms.Form):
    """A rule: every criterion that is filled in must hold."""

    legal_forms = forms.MultipleChoiceField(
        label=CRITERION_LABELS["legal_forms"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One of these. Tick none to take any."),
    )
    countries = forms.MultipleChoiceField(
        label=CRITERION_LABELS["countries"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One of these. Tick none to take any."),
    )
    clients_from = WholeNumberField(label=_("Active clients: from"))
    clients_below = WholeNumberField(label=_("Active clients: below"))
    borrowers_from = WholeNumberField(label=_("Active borrowers: from"))
    borrowers_below = WholeNumberField(label=_("Active borrowers: below"))
    assets_from = WholeNumberField(label=_("Total assets: from"))
    assets_below = WholeNumberField(label=_("Total assets: below"))
    assets_currency = forms.ChoiceField(
        label=_("Total assets: currency"),
        required=False,
        help_text=_(
            "Dollars are worked out at the rate of the round. An MFI that reports in another currency has none."
        ),
    )
    year_end_from = forms.DateField(label=_("End of the year: from"), required=False, widget=day_input())
    year_end_until = forms.DateField(label=_("End of the year: until"), required=False, widget=day_input())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the group is for, or why its rule changes. Kept in the history."),
    )

    def __init__(
        self, *args: Any, association: Association, legal_forms: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        here = sorted(
            set(Institution.objects.members_of(association).values_list("country", flat=True)) | _given(self)
        )
        currencies = dict.fromkeys((association.currency, USD))
        self._choose("legal_forms", list(legal_forms.items()))
        # a rule on the country says nothing where all members are in one
        self._choose("countries", [(one, country(one)) for one in here] if len(here) > 1 else [])
        self._choose("assets_currency", [(one, one) for one in currencies])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        if not choices:
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """The rule as a whole; each fault stands at its field."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors.keys() - {"name", "reason"}:
            return data
        document = document_of(data)
        for fault in faults_of(document):
            name = f"{fault.criterion}_{fault.part}" if fault.part else fault.criterion
            self.add_error(name if name in self.fields else None, fault_words(fault))
        data["rule"] = document
        return data

    @property
    def rule(self) -> Rule:
        """The rule of a valid form."""
        return read_rule(self.cleaned_data["rule"])


class NewGroupForm(RuleForm):
    """A group that is new: its name, then its rule."""

    name = forms.CharField(
        label=_("Name of the group"),
        max_length=MAX_NAME,
        help_text=_("What readers see, such as: Cooperatives with 10,000 clients or more."),
    )
    field_order = ("name",)


def document_of(data: dict[str, Any]) -> dict[str, Any]:
    """The rule that the fields of the form say, with nothing in it that was left empty."""
    found: dict[str, Any] = {
        name: list(data[name]) for name in ("legal_forms", "countries") if data.get(name)
    }
    for name in BANDS:
        limits = {part: data.get(f"{name}_{part}") for part in ("from", "below")}
        band: dict[str, Any] = {part: value for part, value in limits.items() if value is not None}
        if band and name == "assets":
            band["currency"] = data.get("assets_currency") or ""
        if band:
            found[name] = band
    days = {part: data.get(f"year_end_{part}") for part in ("from", "until")}
    if any(days.values()):
        found["year_end"] = {part: day.isoformat() for part, day in days.items() if day}
    return found


def initial_of(rule: Rule) -> dict[str, Any]:
    """What the form shows of a rule that is to be changed; the reason is always written anew."""
    found: dict[str, Any] = {"legal_forms": rule.legal_forms, "countries": rule.countries}
    for name, band in rule.bands.items():
        found |= {f"{name}_from": band.start, f"{name}_below": band.below}
        if band.currency:
            found[f"{name}_currency"] = band.currency
    if rule.year_end is not None:
        days: tuple[date | None, date | None] = (rule.year_end.start, rule.year_end.until)
        found["year_end_from"], found["year_end_until"] = days
    return found


def _given(form: RuleForm) -> set[str]:
    """Countries of the rule that is changed, even if no member is there any more."""
    return set(form.initial.get("countries") or ())


class ApprovalForm(forms.Form):
    """Why somebody approves alone; empty where a colleague proposed."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=MAX_REASON)


class RetireForm(forms.Form):
    """Why a group is offered no more."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("Kept in the history."),
    )
