"""Forms of the roster: what is looked for, who somebody is, and what is added to an entry."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from members.forms import DayField, country_choices, set_choices, set_ticks
from members.forms.amounts import AmountField
from members.models import Institution
from spm_portal.common.languages import language_choices, language_name
from spm_portal.common.templatetags.ui import country as country_name
from training.enums import ConflictKind, TeachingLevel, Topic, TrainerStatus
from training.models import Course, Expert
from training.selectors.roster import ExpertFilter
from training.services.expert_papers import MAX_NOTE, MAX_TITLE
from training.services.roster import LONGEST_ABOUT, ExpertFields
from training.trainer_levels import levels_of


class RosterFilterForm(forms.Form):
    """What staff look for on the roster."""

    q = forms.CharField(
        label=_("Words"), max_length=200, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    skill = forms.ChoiceField(label=_("Skill"), required=False, choices=[("", _("All")), *Topic.choices])
    language = forms.ChoiceField(label=_("Language"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    status = forms.ChoiceField(
        label=_("Training of trainers"), required=False, choices=[("", _("All")), *TrainerStatus.choices]
    )
    neutral = forms.ChoiceField(label=_("No conflict with"), required=False)

    def __init__(
        self,
        *args: Any,
        languages: Iterable[str],
        countries: Iterable[str],
        institutions: Iterable[Institution],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        every = ("", __("All"))
        set_choices(self, "language", [every, *((code, language_name(code)) for code in languages)])
        set_choices(self, "country", [every, *((code, country_name(code)) for code in countries)])
        set_choices(self, "neutral", [("", "–"), *((str(one.pk), one.name) for one in institutions)])

    def wanted(self, *, retired: bool) -> ExpertFilter:
        """What is looked for; a choice that is not offered counts for nothing."""
        self.is_valid()
        found = self.cleaned_data
        return ExpertFilter(
            words=found.get("q", ""),
            skill=found.get("skill", ""),
            language=found.get("language", ""),
            country=found.get("country", ""),
            status=found.get("status", ""),
            neutral_to=UUID(found["neutral"]) if found.get("neutral") else None,
            retired=retired,
        )


class ExpertForm(forms.Form):
    """What the roster says of an expert."""

    name = forms.CharField(
        label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_(
            "The personal link goes there. Whoever has an account with it sees the own sessions in it."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    organisation = forms.CharField(label=_("Organisation"), max_length=150, required=False)
    is_staff = forms.BooleanField(label=_("Works for the association"), required=False)
    skills = forms.MultipleChoiceField(
        label=_("Skills"), required=False, choices=Topic.choices, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("In which the person can teach or advise."),
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where the person works."),
    )
    about = forms.CharField(
        label=_("Experience"),
        required=False,
        max_length=LONGEST_ABOUT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    day_rate = AmountField(label=_("Rate per day"), required=False)
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        required=False,
        help_text=_("Three letters of ISO 4217, such as KES."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_ticks(self, "languages", language_choices())
        set_ticks(self, "countries", country_choices())

    @staticmethod
    def initial_of(expert: Expert) -> dict[str, Any]:
        """What the form shows of an entry."""
        return {name: getattr(expert, name) for name in ExpertFields.__dataclass_fields__}

    @property
    def values(self) -> ExpertFields:
        """What the service takes."""
        typed: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.cleaned_data.items()
        }
        return ExpertFields(**typed)


class StatusForm(forms.Form):
    """How far somebody came on the way to training others."""

    status = forms.ChoiceField(label=_("Status"), choices=TrainerStatus.choices, widget=forms.RadioSelect)
    since = DayField(label=_("Since"))


class RightForm(forms.Form):
    """That somebody may teach a course: only the parts that the status allows are offered."""

    course = forms.ChoiceField(label=_("Course"))
    level = forms.ChoiceField(label=_("Part"), widget=forms.RadioSelect)
    since = DayField(label=_("From"))

    def __init__(self, *args: Any, courses: Iterable[Course], status: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "course", [(str(one.pk), one.title) for one in courses])
        allowed = levels_of(status)
        # all are offered, so that a refusal can say why; what is allowed comes first
        ordered = [*allowed, *(level for level in TeachingLevel if level not in allowed)]
        set_choices(self, "level", [(level.value, level.label) for level in ordered])


class EndForm(forms.Form):
    """The last day of a right or a conflict."""

    until = DayField(label=_("Last day"))


class DocumentForm(forms.Form):
    """A document of an expert."""

    title = forms.CharField(
        label=_("Title"),
        max_length=MAX_TITLE,
        required=False,
        help_text=_("Such as curriculum vitae, certificate, tax clearance. Empty: the name of the file."),
    )
    file = forms.FileField(label=_("File"))
    expires_on = DayField(label=_("Expires on"), required=False)


class ConflictForm(forms.Form):
    """Why an expert is not neutral towards an institution."""

    institution = forms.ChoiceField(label=_("MFI"))
    kind = forms.ChoiceField(label=_("Why"), choices=ConflictKind.choices)
    note = forms.CharField(label=_("Note"), max_length=MAX_NOTE, required=False)
    since = DayField(label=_("Since"), required=False)
    until = DayField(label=_("Until"), required=False, help_text=_("Empty while it lasts."))

    def __init__(self, *args: Any, institutions: Iterable[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "institution", [("", "–"), *((str(one.pk), one.name) for one in institutions)])
