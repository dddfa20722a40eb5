"""Forms of needs assessments, needs and the plan of the year; they read and check input, and never write."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.forms import DayField, set_choices
from members.forms.amounts import AmountField
from members.models import Association, Institution
from training.enums import NeedState, SurveyState, Topic
from training.models import Course, Need, NeedsReply, NeedsSurvey, PlanLine
from training.services.needs import LONGEST_NOTE, STEPS, NeedFields
from training.services.needs_surveys import LONGEST_ANSWER, MOST_PEOPLE, ReplyLine, SurveyFields
from training.services.training_plan import PlanFields

URGENCIES = (
    (1, pgettext_lazy("urgency", "Can wait")),
    (2, pgettext_lazy("urgency", "This year")),
    (3, pgettext_lazy("urgency", "Urgent")),
)
LAST_MINUTE = time(23, 59)


def _number(**kwargs: Any) -> forms.IntegerField:
    attrs = {"inputmode": "numeric", "autocomplete": "off"}
    return forms.IntegerField(
        **{
            "required": False,
            "min_value": 0,
            "max_value": MOST_PEOPLE,
            "widget": forms.TextInput(attrs=attrs),
            "error_messages": {"invalid": _("Write a whole number.")},
            **kwargs,
        }
    )


class SurveyForm(forms.Form):
    """A needs assessment; the topics of one that is open stay."""

    title = forms.CharField(label=_("Title"), max_length=150)
    year = _number(label=_("For the year"), required=True, min_value=2000, max_value=2100)
    topics = forms.MultipleChoiceField(
        label=_("Topics"), choices=Topic, widget=forms.CheckboxSelectMultiple, required=True
    )
    question = forms.CharField(
        label=_("One question to all"),
        max_length=300,
        required=False,
        help_text=_("Such as: What kept your people from coming last year?"),
    )
    closes_on = DayField(label=_("Open until the end of"))

    def __init__(
        self, *args: Any, association: Association, survey: NeedsSurvey | None = None, **kwargs: Any
    ) -> None:
        if survey is not None:
            zone = ZoneInfo(association.time_zone)
            kwargs["initial"] = {
                "title": survey.title,
                "year": survey.year,
                "topics": survey.topics,
                "question": survey.question,
                "closes_on": survey.closes_at.astimezone(zone).date(),
            }
        super().__init__(*args, **kwargs)
        self.association, self.survey = association, survey
        self.fields["closes_on"].help_text = __("By the clocks of %(zone)s.") % {
            "zone": association.time_zone
        }
        if survey is not None and survey.state != SurveyState.DRAFT:
            for name in ("year", "topics", "question"):
                del self.fields[name]

    @property
    def values(self) -> SurveyFields:
        """What was typed."""
        data, held = self.cleaned_data, self.survey
        day: date = data["closes_on"]
        return SurveyFields(
            title=data["title"],
            year=data.get("year") or (held.year if held else day.year),
            topics=data.get("topics") or (held.topics if held else ()),
            question=data.get("question", held.question if held else ""),
            closes_at=datetime.combine(day, LAST_MINUTE, tzinfo=ZoneInfo(self.association.time_zone)),
        )


class ReplyForm(forms.Form):
    """What a member needs: people, urgency and a note for each topic, and the answer to the question."""

    def __init__(self, *args: Any, survey: NeedsSurvey, reply: NeedsReply | None, **kwargs: Any) -> None:
        lines: Mapping[str, Any] = reply.lines if reply is not None else {}
        initial: dict[str, Any] = {"answer": reply.answer if reply is not None else ""}
        for topic, line in lines.items():
            initial |= {f"{topic}-{name}": value for name, value in line.items()}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.topics = [Topic(code) for code in survey.topics]
        for topic in self.topics:
            self.fields[f"{topic}-people"] = _number(label=_("People"))
            self.fields[f"{topic}-urgency"] = forms.TypedChoiceField(
                label=_("How urgent"),
                choices=URGENCIES,
                coerce=int,
                required=False,
                empty_value="2",
                initial=2,
            )
            self.fields[f"{topic}-note"] = forms.CharField(
                label=_("Note"), max_length=LONGEST_NOTE, required=False
            )
        if survey.question:
            self.fields["answer"] = forms.CharField(
                label=survey.question,
                max_length=LONGEST_ANSWER,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    @property
    def rows(self) -> list[tuple[Topic, Any, Any, Any]]:
        """The fields by topic, for the page."""
        return [
            (topic, self[f"{topic}-people"], self[f"{topic}-urgency"], self[f"{topic}-note"])
            for topic in self.topics
        ]

    def clean(self) -> dict[str, Any]:
        """A note without people is half a line."""
        data = super().clean() or self.cleaned_data
        for topic in self.topics:
            if data.get(f"{topic}-note") and not data.get(f"{topic}-people"):
                self.add_error(
                    f"{topic}-people", _("Write for how many people, or clear the note beside it.")
                )
        return data

    @property
    def lines(self) -> dict[str, ReplyLine]:
        """The topics with people."""
        data = self.cleaned_data
        return {
            str(topic): ReplyLine(
                people=data[f"{topic}-people"],
                urgency=int(data[f"{topic}-urgency"]),
                note=data[f"{topic}-note"],
            )
            for topic in self.topics
            if data.get(f"{topic}-people")
        }


class _CourseChoice(forms.Form):
    """A form with a course of the association, or none."""

    def __init__(self, *args: Any, courses: Iterable[Course], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courses = {str(one.pk): one for one in courses}
        grouped: dict[str, list[tuple[str, str]]] = {}
        for key, one in self.courses.items():
            grouped.setdefault(str(Topic(one.topic).label), []).append((key, one.title))
        set_choices(self, "course", [("", _("None chosen")), *grouped.items()])

    @property
    def chosen_course(self) -> Course | None:
        """The chosen course."""
        return self.courses.get(self.cleaned_data["course"])


class NeedForm(_CourseChoice):
    """A decision on one need: where it stands, which course answers it, for how many people."""

    state = forms.ChoiceField(label=_("The need is"), widget=forms.RadioSelect)
    course = forms.ChoiceField(label=_("Course that answers it"), required=False)
    people = _number(label=_("People"))
    note = forms.CharField(
        label=_("Note on the decision"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("Staff read it; the member reads it once the need is confirmed or met."),
    )

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "state": need.state,
            "course": str(need.course_id or ""),
            "people": need.people,
            "note": need.decision,
        }
        super().__init__(*args, **kwargs)
        set_choices(self, "state", [(one.value, one.label) for one in NeedState if can_be(need, one)])


def can_be(need: Need, state: NeedState) -> bool:
    """Whether a need stands there or may go there."""
    return state == need.state or state in STEPS[need.state]


class NewNeedForm(_CourseChoice):
    """A need that staff know of."""

    institution = forms.ChoiceField(label=_("Whose need"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), choices=Topic)
    reason = forms.CharField(label=_("How you know of it"), max_length=500)
    people = _number(label=_("People"))
    urgency = forms.TypedChoiceField(label=_("How urgent"), choices=URGENCIES, coerce=int, initial=2)
    course = forms.ChoiceField(label=_("Course that answers it"), required=False)

    def __init__(self, *args: Any, members: Iterable[Institution], year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members, self.year = {str(one.pk): one for one in members}, year
        choices = [("", _("The association itself")), *((key, one.name) for key, one in self.members.items())]
        set_choices(self, "institution", choices)

    @property
    def values(self) -> NeedFields:
        """What was typed."""
        data = self.cleaned_data
        return NeedFields(
            institution=self.members.get(data["institution"]),
            year=self.year,
            topic=data["topic"],
            reason=data["reason"],
            people=data["people"],
            urgency=data["urgency"],
            course=self.chosen_course,
        )


class DecideForm(forms.Form):
    """One decision on several ticked needs."""

    chosen = forms.TypedMultipleChoiceField(
        coerce=str, error_messages={"required": _("Tick at least one need.")}
    )
    state = forms.ChoiceField(choices=NeedState)
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)

    def __init__(self, *args: Any, keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, key) for key in keys]


class PlanForm(forms.Form):
    """The plan of a year: sessions, people, budget and a note for each topic, in one currency."""

    currency = forms.CharField(
        label=_("Currency of the budgets"),
        min_length=3,
        max_length=3,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "is-short"}),
    )

    def __init__(self, *args: Any, lines: Mapping[str, PlanLine], currency: str, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"currency": currency}
        for topic, line in lines.items():
            initial |= {
                f"{topic}-sessions": line.sessions or None,
                f"{topic}-people": line.people or None,
                f"{topic}-budget": line.budget or None,
                f"{topic}-note": line.note,
            }
        super().__init__(*args, **{"initial": initial, **kwargs})
        for topic in Topic:
            self.fields[f"{topic}-sessions"] = _number(label=_("Sessions"), max_value=500)
            self.fields[f"{topic}-people"] = _number(label=_("People"), max_value=100_000)
            self.fields[f"{topic}-budget"] = AmountField(label=_("Budget"), required=False)
            self.fields[f"{topic}-note"] = forms.CharField(label=_("Note"), max_length=300, required=False)

    @property
    def rows(self) -> list[tuple[Topic, Any, Any, Any, Any]]:
        """The fields by topic, for the page."""
        return [
            (
                topic,
                self[f"{topic}-sessions"],
                self[f"{topic}-people"],
                self[f"{topic}-budget"],
                self[f"{topic}-note"],
            )
            for topic in Topic
        ]

    def clean_currency(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        """No budget below zero."""
        data = super().clean() or self.cleaned_data
        for topic in Topic:
            if (data.get(f"{topic}-budget") or Decimal(0)) < 0:
                self.add_error(f"{topic}-budget", ValidationError(_("Write an amount from 0 on.")))
        return data

    @property
    def lines(self) -> dict[str, PlanFields]:
        """What was typed, by topic."""
        data = self.cleaned_data
        return {
            str(topic): PlanFields(
                sessions=data[f"{topic}-sessions"] or 0,
                people=data[f"{topic}-people"] or 0,
                budget=data[f"{topic}-budget"] or Decimal(0),
                note=data[f"{topic}-note"],
            )
            for topic in Topic
        }
