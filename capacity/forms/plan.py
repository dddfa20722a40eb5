"""Forms of the plan: what is said of an item, a step or a word about it, and gaps chosen from the proposals."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from capacity.enums import PlanStatus
from capacity.frameworks import Framework, Item
from capacity.models import PlanItem
from capacity.services.plan import LONGEST_WORDS, NAMES, PlanFields
from capacity.states import PLAN_STEPS
from members.forms import DayField
from members.forms.amounts import AmountField
from members.models import User

STAYS = "stays"  # a word that moves nothing


class PlanItemForm(forms.Form):
    """What is said of an item; `version` is the one that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    item = forms.CharField(widget=forms.HiddenInput(), max_length=40)
    title = forms.CharField(
        label=_("What will be done"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    goal_level = forms.TypedChoiceField(
        label=_("Goal level"),
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("What must be seen at the end."),
    )
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    owner_name = forms.CharField(
        label=_("Owner without an account"),
        max_length=150,
        required=False,
        help_text=_("Such as a member of the board. Leave it empty where you chose a colleague."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    starts_on = DayField(label=_("Starts on"), required=False)
    due_on = DayField(
        label=_("Due on"), required=False, help_text=_("An item is planned only with a due day.")
    )
    cost = AmountField(
        label=_("Cost"), required=False, help_text=_("The number alone, in full; the currency stands below.")
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        help_text=_("Three letters of ISO 4217. Donors offer in the same currency."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 4}),
    )
    support_area = forms.ChoiceField(label=_("Area of donor support"), required=False)
    done_when = forms.CharField(
        label=_("Evidence that shows it is done"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    depends_on = forms.ChoiceField(
        label=_("Waits for"), required=False, help_text=_("It cannot begin before that item is done.")
    )

    def __init__(
        self,
        *args: Any,
        framework: Framework,
        capacity: Item,
        staff: Iterable[User],
        others: Iterable[PlanItem],
        item: PlanItem | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._staff = {str(one.pk): one for one in staff}
        self._others = {str(one.pk): one for one in others}
        if item is not None:
            del self.fields["item"]
            self._keep(item)
        self._choices("goal_level", _levels(framework, capacity, item))
        self._choices("owner", [("", "–"), *((key, str(one)) for key, one in self._staff.items())])
        self._choices("support_area", _areas(framework, capacity))
        self._choices(
            "depends_on", [("", __("Nothing")), *((key, one.title) for key, one in self._others.items())]
        )

    def _choices(self, name: str, choices: Sequence[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _keep(self, item: PlanItem) -> None:
        """An owner who has left and an item that was dropped stay choosable where they are chosen already."""
        if item.owner is not None:
            self._staff.setdefault(str(item.owner_id), item.owner)
        if item.depends_on is not None:
            self._others.setdefault(str(item.depends_on_id), item.depends_on)

    @property
    def values(self) -> PlanFields:
        """What the service takes."""
        data = {name: self.cleaned_data[name] for name in NAMES if name in self.cleaned_data}
        data["owner"] = self._staff.get(data["owner"])
        data["depends_on"] = self._others.get(data["depends_on"])
        return PlanFields(**data)


class StepForm(forms.Form):
    """What happened with an item, and what it is now."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    text = forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    url = forms.URLField(
        label=_("Link to evidence"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    status = forms.ChoiceField(label=_("The item"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, item: PlanItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (STAYS, __("stays “%(status)s”") % {"status": item.get_status_display()}),
            *((one.value, step_words(item.status, one)) for one in PLAN_STEPS[item.status]),
        ]


class ProposalForm(forms.Form):
    """Gaps that are taken into the plan."""

    chosen = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one gap.")},
    )

    def __init__(self, *args: Any, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, code) for code in codes]


def step_words(old: str, new: PlanStatus) -> str:
    """What a step does, and what it asks for."""
    words = {
        PlanStatus.PROPOSED: __("is only proposed again"),
        PlanStatus.PLANNED: __("is planned (needs an owner and a due day)"),
        PlanStatus.UNDER_WAY: __("is under way"),
        PlanStatus.DONE: __("is done (say above what shows it, or give a link)"),
        PlanStatus.DROPPED: __("is dropped (say above why)"),
    }
    if old == PlanStatus.DONE:
        return __("is not done after all (say above why)")
    if old == PlanStatus.DROPPED:
        return __("is taken up again (say above why)")
    return words[new]


def _levels(framework: Framework, capacity: Item, item: PlanItem | None) -> list[tuple[int, str]]:
    """The levels that can be a goal, each with what must be seen."""
    start = item.from_level if item is not None and item.from_level is not None else 0
    return [
        (one.level, f"{one.level} {one.label}: {capacity.proof[one.level]}")
        for one in framework.scale
        if one.level > start or (item is not None and one.level == item.goal_level)
    ]


def _areas(framework: Framework, capacity: Item) -> list[tuple[str, Any]]:
    """Areas of support; those that the framework links to the capacity first, under a heading of their own."""
    linked = [one.area for one in capacity.support]
    every = [(one.code, f"{one.number}. {one.title}") for one in framework.support_areas]
    if not linked:
        return [("", "–"), *every]
    return [
        ("", "–"),
        (__("Proposed by the framework"), [pair for pair in every if pair[0] in linked]),
        (__("Others"), [pair for pair in every if pair[0] not in linked]),
    ]
