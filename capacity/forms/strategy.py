"""Forms of the SP strategy and of the register of initiatives; they read and check input, and never write."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from capacity.enums import EventKind, InitiativeRole, WorkStatus
from capacity.models import AmbassadorEvent, Initiative, PlanItem, Strategy, StrategyGoal, WorkLine
from capacity.services.initiatives import Handout, InitiativeFields, OccasionFields
from capacity.services.strategy import LONGEST_TEXT, GoalFields, StrategyFields, WorkFields
from members.forms import DayField
from members.toolkit import toolkit

# what an association may carry, for the box that helps with typing; any other name may be written
KNOWN_INITIATIVES = (
    "Universal Standards for Social and Environmental Performance Management",
    "Client Protection Pathway",
    "Social Performance Task Force",
    "Smart Campaign",
    "ImpAct Consortium",
    "SEEP Network Working Group on social performance",
)
ROWS = 5  # handouts in one form; more are added by saving


class YearField(forms.IntegerField):
    """A year in four digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=1990,
            max_value=2100,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
            error_messages={"invalid": _("Write the year in four digits, such as 2027.")},
            **kwargs,
        )


class StrategyForm(forms.Form):
    """The strategy; `version` is the one that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    first_year = YearField(label=_("First year"))
    last_year = YearField(label=_("Last year"))
    text = forms.CharField(
        label=_("Strategy"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_(
            "Whom you want to reach, what shall change for clients, how members get there. Markdown works."
        ),
    )
    officer = forms.CharField(
        label=_("SPM officer"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave it empty while the post is vacant."),
    )
    officer_since = DayField(label=_("In post, or vacant, since"), required=False)
    approved_on = DayField(label=_("Approved by the board on"), required=False)

    @staticmethod
    def initial_of(strategy: Strategy | None, today: date) -> dict[str, Any]:
        """What the form shows at first."""
        if strategy is None:
            return {"version": 0, "first_year": today.year, "last_year": today.year + 3}
        names = (*StrategyFields.__dataclass_fields__, "version")
        return {name: getattr(strategy, name) for name in names}

    @property
    def values(self) -> StrategyFields:
        """What was typed."""
        return StrategyFields(**{key: value for key, value in self.cleaned_data.items() if key != "version"})


class GoalForm(forms.Form):
    """One goal of the strategy."""

    text = forms.CharField(label=_("Goal"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    measure = forms.CharField(
        label=_("How it is measured"),
        max_length=300,
        required=False,
        help_text=_("Such as: share of members that report all core indicators."),
    )
    by_year = YearField(label=_("By the end of"), required=False)

    @property
    def values(self) -> GoalFields:
        """What was typed."""
        return GoalFields(**self.cleaned_data)


class WorkLineForm(forms.Form):
    """One line of a year's work plan."""

    year = YearField(label=_("Year"))
    quarter = forms.TypedChoiceField(
        label=_("Quarter"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("The whole year")), *((str(number), f"Q{number}") for number in range(1, 5))],
    )
    text = forms.CharField(
        label=_("What will be done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    responsible = forms.CharField(
        label=_("Responsible"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=_("Status"), choices=WorkStatus.choices, initial=WorkStatus.PLANNED)
    goal = forms.ChoiceField(label=_("Serves the goal"), required=False)
    plan_item = forms.ChoiceField(label=_("Item of the capacity plan"), required=False)

    def __init__(
        self, *args: Any, goals: Iterable[StrategyGoal], plan: Iterable[PlanItem], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._goals = {str(goal.pk): goal for goal in goals}
        self._plan = {str(item.pk): item for item in plan}
        for name, found in (("goal", self._goals), ("plan_item", self._plan)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", __("None")), *((key, str(row)) for key, row in found.items())]

    @staticmethod
    def initial_of(line: WorkLine) -> dict[str, Any]:
        """What the form shows of a line."""
        shown = {name: getattr(line, name) for name in ("year", "quarter", "text", "responsible", "status")}
        return {**shown, "goal": str(line.goal_id or ""), "plan_item": str(line.plan_item_id or "")}

    @property
    def values(self) -> WorkFields:
        """What was typed."""
        typed = self.cleaned_data
        return WorkFields(
            **{name: typed[name] for name in ("year", "quarter", "text", "responsible", "status")},
            goal=self._goals.get(typed["goal"]),
            plan_item=self._plan.get(typed["plan_item"]),
        )


class InitiativeForm(forms.Form):
    """An initiative of the register."""

    name = forms.CharField(
        label=_("Initiative"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-initiatives"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=InitiativeRole.choices, widget=forms.RadioSelect)
    since = DayField(label=_("Since"))
    until = DayField(
        label=_("Until"), required=False, help_text=_("Leave it empty while you carry the initiative.")
    )
    contact = forms.CharField(
        label=_("Who speaks for it"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.URLField(
        label=_("Page of the initiative"), max_length=500, required=False, assume_scheme="https"
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    known = KNOWN_INITIATIVES

    @staticmethod
    def initial_of(initiative: Initiative) -> dict[str, Any]:
        """What the form shows of an initiative."""
        return {name: getattr(initiative, name) for name in InitiativeFields.__dataclass_fields__}

    @property
    def values(self) -> InitiativeFields:
        """What was typed."""
        return InitiativeFields(**self.cleaned_data)


class OccasionForm(forms.Form):
    """An occasion on which an initiative was carried, with some rows for what was handed out."""

    kind = forms.ChoiceField(label=_("Kind"), choices=EventKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("What it was"), max_length=200)
    held_on = DayField(label=_("Date"))
    place = forms.CharField(label=_("Place"), max_length=150, required=False)
    speaker = forms.CharField(
        label=_("Who spoke or wrote"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    audience = forms.IntegerField(
        label=_("People reached"),
        required=False,
        min_value=1,
        max_value=10_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 10}),
    )
    url = forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")

    def __init__(self, *args: Any, event: AmbassadorEvent | None = None, **kwargs: Any) -> None:
        kept = list(event.handouts) if event is not None else []
        if event is not None:
            kwargs["initial"] = self._initial(event, kept)
        super().__init__(*args, **kwargs)
        choices = [
            ("", __("None")),
            *(
                (
                    group.heading,
                    [
                        (json.dumps([item.key, code]), _label(item.title, code))
                        for item in group.items
                        for code in item.languages or ("",)
                    ],
                )
                for group in toolkit()
            ),
        ]
        self.rows = range(max(ROWS, len(kept) + 2))
        for row in self.rows:
            self.fields[f"document_{row}"] = forms.ChoiceField(
                label=__("Document %(number)s") % {"number": row + 1}, required=False, choices=choices
            )
            self.fields[f"copies_{row}"] = forms.IntegerField(
                label=__("Copies of document %(number)s") % {"number": row + 1},
                required=False,
                min_value=1,
                max_value=1_000_000,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8}),
            )

    @staticmethod
    def _initial(event: AmbassadorEvent, kept: list[dict[str, Any]]) -> dict[str, Any]:
        names = ("kind", "title", "held_on", "place", "speaker", "audience", "url")
        shown = {name: getattr(event, name) for name in names}
        for row, one in enumerate(kept):
            shown[f"document_{row}"] = json.dumps([one["code"], one["language"]])
            shown[f"copies_{row}"] = one["copies"]
        return shown

    def clean(self) -> dict[str, Any]:
        """Copies need a document."""
        typed = super().clean() or {}
        for row in self.rows:
            if typed.get(f"copies_{row}") and not typed.get(f"document_{row}"):
                self.add_error(
                    f"document_{row}",
                    ValidationError(_("Choose the document of which these are the copies.")),
                )
        return typed

    @property
    def details(self) -> list[forms.BoundField]:
        """The fields about the occasion itself."""
        return [field for field in self if not field.name.startswith(("document_", "copies_"))]

    @property
    def documents(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows of what was handed out: document and copies."""
        return [(self[f"document_{row}"], self[f"copies_{row}"]) for row in self.rows]

    @property
    def values(self) -> OccasionFields:
        """What was typed."""
        typed = self.cleaned_data
        handouts = []
        for row in self.rows:
            if typed[f"document_{row}"]:
                code, language = json.loads(typed[f"document_{row}"])
                handouts.append(Handout(code, language, typed[f"copies_{row}"]))
        names = ("kind", "title", "held_on", "place", "speaker", "audience", "url")
        return OccasionFields(**{name: typed[name] for name in names}, handouts=handouts)


def _label(title: str, language: str) -> str:
    return f"{title} ({language})" if language else title
