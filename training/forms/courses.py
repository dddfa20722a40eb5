"""Forms of the catalogue of courses: what is looked for, what a course is, and the questions of its test."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from members.forms.amounts import AmountField
from members.selectors.indicator_names import IndicatorName
from spm_portal.common.languages import language_choices, language_name
from spm_portal.common.numbers import format_number
from spm_portal.common.typed import one_line
from training.curricula import MAX_LINE, MAX_TEXT, MAX_TITLE, Part
from training.enums import Audience, Dimension, Level, Topic
from training.forms.indicators import IndicatorGroup, indicator_groups, indicators_field, set_indicators
from training.forms.standards import dimensions_field
from training.models import Course, TestQuestion
from training.selectors.courses import CourseFilter
from training.services.courses import CourseFields

PARTS_AT_FIRST, PARTS_MORE, MOST_PARTS = 6, 3, 40
MOST_CHOICES = 6
LONGEST_SEARCH = 200


class CourseFilterForm(forms.Form):
    """What a reader looks for in the catalogue."""

    q = forms.CharField(
        label=_("Words"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False, choices=[("", _("All")), *Topic.choices])
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("All")), *Level.choices])
    language = forms.ChoiceField(label=_("Language"), required=False)
    dimension = forms.TypedChoiceField(
        label=_("Dimension"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("All")), *Dimension.choices],
    )

    def __init__(self, *args: Any, languages: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", __("All")), *((code, language_name(code)) for code in languages)]

    def wanted(self, *, archived: bool) -> CourseFilter:
        """What is looked for; what the form does not know is not."""
        self.is_valid()
        found = self.cleaned_data
        return CourseFilter(
            topic=found.get("topic", ""),
            level=found.get("level", ""),
            language=found.get("language", ""),
            dimension=found.get("dimension"),
            words=one_line(self.data.get("q", ""))[:LONGEST_SEARCH],  # cut, not left out
            archived=archived,
        )


class CourseForm(forms.Form):
    """What the catalogue says of a course, without its curriculum."""

    code = forms.CharField(
        label=_("Code"),
        max_length=24,
        help_text=_("Short and yours, such as SPM-101. It stands on certificates’ lists and in files."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 12}),
    )
    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Two sentences: for whom, and what they can do afterwards."),
    )
    topic = forms.ChoiceField(label=_("Topic"), choices=Topic.choices)
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    language = forms.ChoiceField(label=_("Language"))
    hours = AmountField(
        label=_("Hours"),
        help_text=_("Of teaching, without breaks. The parts of the curriculum add up to it."),
    )
    objectives = forms.CharField(
        label=_("Objectives"),
        required=False,
        max_length=12 * MAX_LINE,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line: what participants can do afterwards."),
    )
    target_staff = forms.MultipleChoiceField(
        label=_("Target staff"),
        required=False,
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    dimensions = dimensions_field()
    indicators = indicators_field()
    price = AmountField(label=_("Price per person"), required=False, help_text=_("Empty or 0: no fee."))
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        help_text=_("Three letters of ISO 4217, such as KES."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 4}),
    )
    gives_certificate = forms.BooleanField(label=_("Who passes gets a certificate"), required=False)
    certificate_months = forms.IntegerField(
        label=_("Certificate valid for (months)"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=_("Empty: it does not expire."),
    )
    needed_attendance = forms.IntegerField(label=_("Attendance needed (%)"), min_value=0, max_value=100)
    pass_mark = forms.IntegerField(
        label=_("Score needed in the test after it (%)"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Empty: the test does not decide."),
    )
    for_trainers = forms.BooleanField(label=_("This is a training of trainers"), required=False)

    def __init__(
        self,
        *args: Any,
        names: Sequence[IndicatorName],
        course: Course | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._course = course
        self._choices("language", language_choices())
        set_indicators(self, names, course.indicators if course else ())

    @property
    def indicator_groups(self) -> list[IndicatorGroup]:
        """The indicators to tick."""
        return indicator_groups(self)

    def _choices(self, name: str, choices: Sequence[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @staticmethod
    def initial_of(course: Course) -> dict[str, Any]:
        """What the form shows of a course."""
        names = CourseFields.__dataclass_fields__
        shown = {name: getattr(course, name) for name in names if name not in ("outline", "objectives")}
        shown["objectives"] = "\n".join(course.objectives)
        shown["hours"] = format_number(
            course.hours.normalize(), language=get_language() or "en", decimals=_places(course.hours)
        )
        return shown

    def values(self, outline: Sequence[Part]) -> CourseFields:
        """What the service takes."""
        typed = self.cleaned_data
        held = self._course
        return CourseFields(
            code=typed["code"],
            title=typed["title"],
            summary=typed["summary"],
            objectives=tuple(typed["objectives"].splitlines()),
            outline=tuple(outline),
            level=typed["level"],
            language=typed["language"],
            hours=typed["hours"],
            topic=typed["topic"],
            target_staff=tuple(typed["target_staff"]),
            dimensions=tuple(typed["dimensions"]),
            indicators=tuple(typed.get("indicators", held.indicators if held else ())),
            price=typed["price"] or Decimal(0),
            currency=typed["currency"],
            gives_certificate=typed["gives_certificate"],
            certificate_months=typed["certificate_months"],
            pass_mark=typed["pass_mark"],
            needed_attendance=typed["needed_attendance"],
            for_trainers=typed["for_trainers"],
            toolkit_key=held.toolkit_key if held else "",
        )


def _places(hours: Decimal) -> int:
    return 0 if hours == hours.to_integral_value() else 1


class PartForm(forms.Form):
    """One part of a curriculum; a line without a title is left out."""

    title = forms.CharField(label=_("Part"), max_length=MAX_TITLE, required=False)
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=1, max_value=480, widget=forms.NumberInput()
    )
    text = forms.CharField(
        label=_("Content and exercises"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """A part has a title and minutes."""
        typed = super().clean() or self.cleaned_data
        if typed.get("title") and "minutes" in typed and typed["minutes"] is None:
            self.add_error("minutes", __("Say how long it takes."))
        if not typed.get("title") and (typed.get("minutes") or typed.get("text")):
            self.add_error("title", __("Give the part a title, or empty the line."))
        return typed


def part_formset(data: Any, course: Course | None) -> "forms.BaseFormSet[PartForm]":
    """The lines of a course's curriculum, with some empty ones below."""
    initial = course.outline if course is not None else []
    kind = forms.formset_factory(
        PartForm,
        extra=PARTS_MORE if initial else PARTS_AT_FIRST,
        max_num=MOST_PARTS,
        validate_max=True,
    )
    return kind(data, initial=initial, prefix="part")


def parts_of(lines: "forms.BaseFormSet[PartForm]") -> list[Part]:
    """The parts that were written."""
    return [
        Part(typed["title"], typed["minutes"], typed["text"])
        for typed in (line.cleaned_data for line in lines.forms)
        if typed.get("title")
    ]


class QuestionForm(forms.Form):
    """A question of the test with two to six choices, each with a tick for a right one."""

    text = forms.CharField(label=_("Question"), max_length=MAX_LINE, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, question: TestQuestion | None = None, **kwargs: Any) -> None:
        if question is not None:
            kwargs["initial"] = {
                "text": question.text,
                **{f"choice_{number}": choice for number, choice in enumerate(question.choices)},
                **{f"right_{number}": True for number in question.correct},
            }
        super().__init__(*args, **kwargs)
        for number in range(MOST_CHOICES):
            label = __("Choice %(number)s") % {"number": number + 1}
            self.fields[f"choice_{number}"] = forms.CharField(
                label=label, max_length=MAX_LINE, required=False
            )
            self.fields[f"right_{number}"] = forms.BooleanField(
                label=__("Choice %(number)s is right") % {"number": number + 1}, required=False
            )

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """Each choice with its tick."""
        return [(self[f"choice_{number}"], self[f"right_{number}"]) for number in range(MOST_CHOICES)]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes; empty choices are left out."""
        typed = self.cleaned_data
        kept = [number for number in range(MOST_CHOICES) if typed[f"choice_{number}"]]
        return {
            "text": typed["text"],
            "choices": [typed[f"choice_{number}"] for number in kept],
            "correct": [place for place, number in enumerate(kept) if typed[f"right_{number}"]],
        }
