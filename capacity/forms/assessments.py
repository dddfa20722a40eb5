"""The forms by which managers open an assessment and invite its raters."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capacity.enums import RaterGroup
from capacity.models import FrameworkVersion
from members.models import User


def day_input() -> forms.DateInput:
    """A day, chosen in the browser's calendar or typed."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class FrameForm(forms.Form):
    """Title and days of an assessment."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("Such as “Capacity 2026”."))
    as_of = forms.DateField(
        label=_("As of"), widget=day_input(), help_text=_("The day whose state of things is scored.")
    )
    due_on = forms.DateField(
        label=_("Scores due on"), widget=day_input(), help_text=_("Raters are told this day.")
    )

    def clean(self) -> dict[str, Any]:
        """Scores cannot be due before the day that they are about."""
        data = super().clean() or {}
        as_of, due_on = data.get("as_of"), data.get("due_on")
        if isinstance(as_of, date) and isinstance(due_on, date) and due_on < as_of:
            self.add_error(
                "due_on", _("Scores are due before the day that they are about. Choose a later due day.")
            )
        return data


class OpenForm(FrameForm):
    """Opening an assessment: the frame and the framework."""

    framework = forms.ChoiceField(label=_("Framework"), widget=forms.RadioSelect)
    field_order = ("framework", "title", "as_of", "due_on")

    def __init__(self, *args: Any, versions: list[FrameworkVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["framework"]
        field.choices = [(str(one.pk), str(one)) for one in versions]  # type: ignore[attr-defined]
        if len(versions) == 1:
            field.initial = str(versions[0].pk)


class RaterForm(forms.Form):
    """Inviting a rater."""

    way = forms.ChoiceField(
        label=_("How this person scores"),
        widget=forms.RadioSelect,
        choices=[
            ("link", _("By a personal link, sent by mail: for board, members and outsiders")),
            ("account", _("With their account: for your staff")),
            ("paper", _("On paper: you key in what they wrote, or upload their workbook")),
        ],
        initial="link",
    )
    group = forms.ChoiceField(
        label=_("From which side"), widget=forms.RadioSelect, choices=RaterGroup.choices, initial="board"
    )
    person = forms.ChoiceField(label=_("Person of your staff"), required=False)
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, colleagues: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Nobody chosen")), *((str(one.pk), str(one)) for one in colleagues)]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
        way = self.data.get("way") if self.is_bound else None
        needed = {"account": {"person"}, "link": {"name", "email"}, "paper": {"name"}}
        for name in ("person", "name", "email"):
            self.fields[name].required = name in needed.get(str(way), {"person", "name", "email"})
