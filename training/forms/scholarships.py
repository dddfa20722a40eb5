"""The forms of scholarships and of a session's money."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms import DayField
from members.forms.amounts import AmountField
from members.models import Donor
from training.enums import COSTS, MoneyKind, Topic
from training.services.money import Line
from training.services.scholarships import ScholarshipValues


class ScholarshipForm(forms.Form):
    """A budget with its rules."""

    name = forms.CharField(label=_("Name"), max_length=150)
    donor = forms.ChoiceField(label=_("Paid by"), required=False)
    budget = AmountField(label=_("Budget"))
    currency = forms.CharField(
        label=_("Currency"), min_length=3, max_length=3, widget=forms.TextInput(attrs={"class": "is-code"})
    )
    starts_on = DayField(label=_("For sessions from"))
    ends_on = DayField(label=_("Until"))
    share = forms.IntegerField(label=_("Share of the price (%)"), min_value=1, max_value=100, initial=50)
    most_per_person = AmountField(
        label=_("Most for one person"), required=False, help_text=_("Empty: no limit.")
    )
    most_per_member = AmountField(
        label=_("Most for one member"), required=False, help_text=_("Empty: no limit.")
    )
    only_women = forms.BooleanField(label=_("For women only"), required=False)
    topics = forms.MultipleChoiceField(
        label=_("For courses on these topics"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None ticked: for all."),
    )

    def __init__(self, *args: Any, donors: Iterable[Donor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("The association itself")), *((str(one.pk), one.name) for one in donors)]
        self.fields["donor"].choices = choices  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        """Codes are written in capitals."""
        return str(self.cleaned_data["currency"]).upper()

    @property
    def values(self) -> ScholarshipValues:
        """What the service takes."""
        said = dict(self.cleaned_data)
        donor = said.pop("donor")
        return ScholarshipValues(donor_id=UUID(donor) if donor else None, **said)


class LineForm(forms.Form):
    """One line of a session's money; an empty line is none."""

    pk = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            ("", _("Choose")),
            (_("Costs"), [(one.value, one.label) for one in COSTS]),
            (_("Income"), [(one.value, one.label) for one in MoneyKind if one not in COSTS]),
        ],
        required=False,
    )
    text = forms.CharField(label=_("What for"), max_length=200, required=False)
    donor = forms.ChoiceField(label=_("Donor"), required=False)
    planned = AmountField(label=_("Planned"), required=False)
    actual = AmountField(label=_("Real"), required=False)

    def __init__(self, *args: Any, donors: Iterable[Donor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("None")), *((str(one.pk), one.name) for one in donors)]
        self.fields["donor"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A line that says something says its kind and an amount."""
        found = super().clean() or {}
        said = any(found.get(name) not in (None, "") for name in ("text", "planned", "actual", "donor"))
        if self.errors:
            return found
        if said and not found.get("kind"):
            self.add_error("kind", _("Choose what the line stands for, or empty it."))
        if found.get("kind") and found.get("planned") is None and found.get("actual") is None:
            self.add_error("planned", _("Write an amount, or empty the line."))
        return found

    @property
    def line(self) -> Line | None:
        """The line; None for an empty one."""
        found = self.cleaned_data
        if not found.get("kind"):
            return None
        return Line(
            kind=found["kind"],
            text=found.get("text") or "",
            planned=found["planned"] if found.get("planned") is not None else Decimal(0),
            actual=found.get("actual"),
            donor_id=UUID(found["donor"]) if found.get("donor") else None,
            pk=found.get("pk"),
        )


LineFormSet = forms.formset_factory(LineForm, extra=0, max_num=80, validate_max=True)
