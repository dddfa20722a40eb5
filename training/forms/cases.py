"""Forms of technical assistance for staff and members: they read and check input, and never write."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.forms import DayField
from members.forms.amounts import AmountField
from members.models import Institution
from members.selectors.indicator_names import IndicatorName
from spm_portal.common.uploads import KINDS
from training.assistance.diagnosis import DOES_NOT_APPLY, LEVELS, DiagnosisForm
from training.enums import CaseCostKind, CaseStage, Topic
from training.forms.indicators import IndicatorGroup, indicator_groups, indicators_field, set_indicators
from training.models import Deliverable

Group = tuple[str, list[tuple[str, str]]]
ACCEPT = ",".join(f".{kind}" for kind in (*KINDS, "jpeg"))
BLANK_LINES = 2
_LEVELS = {str(level): level for level in (*LEVELS, DOES_NOT_APPLY)}


def words(rows: int = 4) -> forms.Textarea:
    """A box for some lines."""
    return forms.Textarea(attrs={"rows": rows})


def code_box() -> forms.TextInput:
    """A box for a currency."""
    return forms.TextInput(attrs={"class": "is-code", "autocomplete": "off"})


class OneOfSeveral(forms.Form):
    """A form that shares its page with others: `ids` begins the ids of its boxes."""

    ids = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.ids}_%s")
        super().__init__(*args, **kwargs)


class RequestForm(forms.Form):
    """What a member asks for."""

    member = forms.ChoiceField(label=_("MFI"))
    title = forms.CharField(
        label=_("What is it about?"),
        help_text=_("A short title, such as “Social targets for three branches”."),
        max_length=200,
    )
    topic = forms.ChoiceField(label=_("Topic"), choices=[("", _("Choose")), *Topic.choices])
    request = forms.CharField(
        label=_("What do you need, and why now?"),
        help_text=_("What goes badly today, what you have tried, what should be better in a year."),
        widget=words(7),
        max_length=8000,
    )
    indicators = indicators_field()

    def __init__(
        self, *args: Any, members: Iterable[Institution], indicators: Iterable[IndicatorName], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), one.name) for one in members]
        self.fields["member"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["member"].initial = choices[0][0]
            self.fields["member"].widget = forms.HiddenInput()
        set_indicators(self, indicators)

    @property
    def indicator_groups(self) -> list[IndicatorGroup]:
        """The indicators to tick."""
        return indicator_groups(self)

    def clean_member(self) -> UUID:
        """The MFI's id."""
        return UUID(self.cleaned_data["member"])


class FormChoice(OneOfSeveral):
    """Which form a diagnosis uses."""

    ids = "form"

    form = forms.ChoiceField(
        label=_("Form of the diagnosis"),
        help_text=_(
            "A section of the catalogue makes its indicators the checklist, with what the MFI answered last."
        ),
        required=False,
    )

    def __init__(self, *args: Any, choices: Callable[[], list[Group]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # asked for when the form is shown or sent: most pages of a case do neither
        self.fields["form"].choices = lambda: [  # type: ignore[attr-defined]
            *choices(),
            ("", _("Without a form: findings alone")),
        ]


class FindingsForm(OneOfSeveral):
    """What the diagnosis found."""

    ids = "findings"

    findings = forms.CharField(
        label=_("Findings"),
        help_text=_("What works, what is missing, and where help pays most. The member reads it."),
        widget=words(7),
        max_length=8000,
    )


class TermsForm(forms.Form):
    """The terms of reference, without their deliverables."""

    objectives = forms.CharField(
        label=_("Objectives"),
        help_text=_("What should be different when the work is done."),
        widget=words(4),
        max_length=8000,
        required=False,
    )
    scope = forms.CharField(
        label=_("Scope of work"),
        help_text=_("What the expert does, where, with whom – and what is not part of it."),
        widget=words(7),
        max_length=8000,
        required=False,
    )
    starts_on = DayField(label=_("From"), required=False)
    ends_on = DayField(label=_("Until"), required=False)
    days = forms.DecimalField(label=_("Days of work"), max_digits=6, decimal_places=1, required=False)
    budget = AmountField(
        label=_("Budget"), help_text=_("For fees, travel and everything else."), required=False
    )
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3, widget=code_box())
    subsidy_share = forms.IntegerField(
        label=_("Paid by the association (%)"),
        help_text=_("Of all costs; the member pays the rest."),
        min_value=0,
        max_value=100,
    )
    indicators = forms.MultipleChoiceField(
        label=_("Indicators it should move"),
        help_text=_("Those that the request named, and those of the weak points that the diagnosis found."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, indicators: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].choices = list(indicators.items())  # type: ignore[attr-defined]
        if not indicators:
            del self.fields["indicators"]

    def clean_currency(self) -> str:
        """Codes are written in capitals."""
        return str(self.cleaned_data["currency"]).upper()


class DeliverableLine(forms.Form):
    """One deliverable of the terms; an empty line is none."""

    pk = forms.UUIDField(required=False, widget=forms.HiddenInput())
    title = forms.CharField(label=_("Deliverable"), required=False, max_length=200)
    due_on = DayField(label=_("Due on"), required=False)

    def clean(self) -> dict[str, Any]:
        """A line that says something says both."""
        found = super().clean() or {}
        if found.get("title") and found.get("due_on") is None and "due_on" not in self.errors:
            self.add_error("due_on", _("Write the day on which it is due, or empty the line."))
        if found.get("due_on") and not found.get("title"):
            self.add_error("title", _("Say what is due, or empty the line."))
        return found

    @property
    def line(self) -> tuple[UUID | None, str, date] | None:
        """What the line says; None for an empty one."""
        found = self.cleaned_data
        if not found.get("title") or found.get("due_on") is None:
            return None
        return found.get("pk"), found["title"], found["due_on"]


DeliverableLines = forms.formset_factory(DeliverableLine, extra=0, max_num=22)


def lines_from(held: Iterable[Deliverable]) -> list[dict[str, Any]]:
    """What the lines show at first: those that are there, and some empty ones."""
    there = [{"pk": one.pk, "title": one.title, "due_on": one.due_on} for one in held]
    blank = BLANK_LINES if there else BLANK_LINES + 1
    return [*there, *({} for _line in range(blank))]


class HandInForm(OneOfSeveral):
    """Something that the expert owes."""

    ids = "hand_in"

    file = forms.FileField(label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}))
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What was done, or where the result is found."),
        widget=words(3),
        required=False,
    )


class DecisionForm(OneOfSeveral):
    """Words on a deliverable."""

    ids = "decide"

    words = forms.CharField(
        label=_("Your words"),
        help_text=_("Needed where you send it back. Member and expert read them."),
        widget=words(2),
        required=False,
        max_length=500,
    )


class HoursForm(OneOfSeveral):
    """Hours of a day; `who` is asked of staff alone."""

    ids = "hours"

    worked_on = DayField(label=_("Date"))
    hours = AmountField(label=pgettext_lazy("work", "Hours"))
    note = forms.CharField(label=_("What was done"), required=False, max_length=300)
    who = forms.CharField(label=_("Who"), help_text=_("Empty: the expert."), required=False, max_length=150)

    def __init__(self, *args: Any, by_link: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_link:
            del self.fields["who"]


class CostForm(OneOfSeveral):
    """A real cost."""

    ids = "cost"

    kind = forms.ChoiceField(label=_("Kind"), choices=CaseCostKind.choices)
    amount = AmountField(label=_("Amount"))
    spent_on = DayField(label=_("Date"))
    text = forms.CharField(label=_("What for"), required=False, max_length=200)


class RatingForm(OneOfSeveral):
    """A mark and words."""

    ids = "rate"

    score = forms.TypedChoiceField(
        label=_("How was it to work with the other side?"),
        coerce=int,
        choices=[
            (5, pgettext_lazy("rating", "5 – very good")),
            (4, pgettext_lazy("rating", "4 – good")),
            (3, pgettext_lazy("rating", "3 – satisfactory")),
            (2, pgettext_lazy("rating", "2 – weak")),
            (1, pgettext_lazy("rating", "1 – poor")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What went well, what should be better"), widget=words(3), required=False, max_length=4000
    )


class FollowUpForm(OneOfSeveral):
    """When somebody looks at what came of the case."""

    ids = "follow"

    on = DayField(label=_("Follow-up on"))


class OutcomeForm(OneOfSeveral):
    """What came of the case."""

    ids = "outcome"

    outcome = forms.CharField(
        label=_("What came of it"),
        help_text=_(
            "What the member does differently, which figures moved, and how you know. The member reads it."
        ),
        widget=words(5),
        max_length=8000,
    )


class StopForm(OneOfSeveral):
    """Why a case is stopped."""

    ids = "stop"

    reason = forms.CharField(label=_("Why it is stopped"), help_text=_("Both sides read it."), max_length=300)


class ListFilter(forms.Form):
    """Which cases a list shows."""

    words = forms.CharField(label=_("Search"), required=False, max_length=80)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    member = forms.ChoiceField(label=_("MFI"), required=False)

    def __init__(self, *args: Any, members: Iterable[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [("", _("All stages")), *CaseStage.choices]  # type: ignore[attr-defined]
        self.fields["topic"].choices = [("", _("All topics")), *Topic.choices]  # type: ignore[attr-defined]
        named = [(str(one.pk), one.name) for one in members]
        self.fields["member"].choices = [("", _("All MFIs")), *named]  # type: ignore[attr-defined]


def answers_from(form: DiagnosisForm, posted: Any) -> dict[str, tuple[int | None, str]]:
    """Levels and notes as they were sent with the page of a diagnosis; questions that were not sent are left out."""
    found: dict[str, tuple[int | None, str]] = {}
    for one in form.questions:
        level, note = posted.get(f"level-{one.code}"), posted.get(f"note-{one.code}")
        if level is None and note is None:
            continue
        found[one.code] = (_LEVELS.get(level or ""), note or "")
    return found
