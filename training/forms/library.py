"""Forms of the library: works, their language versions, where they were used, and what is looked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from members.forms import DayField, set_choices
from spm_portal.common.languages import language_choices
from spm_portal.common.typed import one_line
from spm_portal.common.uploads import WITH_SLIDES
from training.enums import Audience, Dimension, Topic, UseKind, WorkKind
from training.forms.standards import dimensions_field
from training.models import Work, WorkUse, WorkVersion
from training.selectors.library import Wanted
from training.services.library import WorkFields
from training.services.uses import UseFields
from training.services.work_versions import LONGEST_SUMMARY, LONGEST_TITLE, VersionFields

ACCEPT = ",".join(f".{kind}" for kind in (*WITH_SLIDES, "jpeg"))
LONGEST_SEARCH = 200
NUMBER = {"inputmode": "numeric", "autocomplete": "off", "size": 8}


class WorkForm(forms.Form):
    """What is known of a work, whatever its languages."""

    kind = forms.ChoiceField(label=_("Type"), choices=[("", _("Choose a type")), *WorkKind.choices])
    topics = forms.MultipleChoiceField(
        label=_("Topics"), required=False, choices=Topic.choices, widget=forms.CheckboxSelectMultiple
    )
    dimensions = dimensions_field()
    audiences = forms.MultipleChoiceField(
        label=_("For whom"), required=False, choices=Audience.choices, widget=forms.CheckboxSelectMultiple
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        required=False,
        help_text=_("Who made it, such as Cerise+SPTF."),
    )
    licence = forms.CharField(
        label=_("Licence"),
        max_length=200,
        required=False,
        help_text=_("What others may do with it, such as CC BY 4.0, or: for members alone."),
    )
    published_in = forms.IntegerField(
        label=_("Year of publication"),
        required=False,
        widget=forms.TextInput(attrs=NUMBER),
        error_messages={"invalid": _("Write the year in four digits, such as 2024.")},
    )
    review_by = DayField(
        label=_("To be reviewed by"),
        required=False,
        help_text=_("From this day on the library asks staff whether the work still holds."),
    )
    is_public = forms.BooleanField(
        label=_("Anybody may read its page and fetch its files"),
        required=False,
        help_text=_(
            "Only if the licence allows it. Otherwise members and donors of the association read it."
        ),
    )

    @staticmethod
    def initial_of(work: Work) -> dict[str, Any]:
        """What the form shows of a work."""
        return {name: getattr(work, name) for name in WorkFields.__dataclass_fields__}

    @property
    def work_values(self) -> WorkFields:
        """What was typed."""
        return WorkFields(**{name: self.cleaned_data[name] for name in WorkFields.__dataclass_fields__})


class VersionForm(forms.Form):
    """A work in one language."""

    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_(
            "Searches know the forms of words in English, French, Spanish, Arabic, Portuguese, Russian."
        ),
    )
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=LONGEST_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In the same language. It is searched too."),
    )
    url = forms.URLField(
        label=_("Link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={
            "invalid": _("Write a whole address of the web, such as https://example.org/guide.pdf.")
        },
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("PDF, Word, Excel, PowerPoint, CSV, PNG or JPEG."),
    )

    def __init__(self, *args: Any, held: WorkVersion | None = None, **kwargs: Any) -> None:
        if held is not None:
            kwargs.setdefault(
                "initial", {name: getattr(held, name) for name in VersionFields.__dataclass_fields__}
            )
        super().__init__(*args, **kwargs)
        set_choices(self, "language", [("", __("Choose a language")), *language_choices()])
        if held is None:
            return
        if not held.is_original:
            self.fields["is_original"] = forms.BooleanField(label=__("This is the original"), required=False)
        if held.file:
            self.fields["file"].label = __("Another file in place of “%(name)s”") % {"name": held.name}
            self.fields["remove_file"] = forms.BooleanField(label=__("Take the file away"), required=False)

    @property
    def version_values(self) -> VersionFields:
        """What was typed."""
        typed = self.cleaned_data
        return VersionFields(
            **{name: typed[name] for name in ("language", "title", "summary", "url")},
            is_original=bool(typed.get("is_original")),
        )


class NewWorkForm(VersionForm, WorkForm):
    """A new work with its first version."""

    field_order = ("language", "title", "summary", "file", "url", "kind", "topics")


class UseForm(forms.Form):
    """Where a work was used."""

    kind = forms.ChoiceField(label=_("How"), choices=UseKind.choices, widget=forms.RadioSelect)
    occasion = forms.CharField(
        label=_("Occasion"),
        max_length=200,
        help_text=_("Such as the name of the conference, the article or the group that got it."),
    )
    used_on = DayField(label=_("Date"))
    place = forms.CharField(label=_("Place"), max_length=150, required=False)
    used_by = forms.CharField(
        label=_("By whom"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    audience = forms.IntegerField(
        label=_("People reached"),
        required=False,
        min_value=1,
        max_value=10_000_000,
        widget=forms.TextInput(attrs=NUMBER),
    )
    copies = forms.IntegerField(
        label=_("Copies"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs=NUMBER),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    url = forms.URLField(
        label=_("Link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Such as the article."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, held: WorkUse | None = None, **kwargs: Any) -> None:
        if held is not None:
            kwargs["initial"] = {name: getattr(held, name) for name in UseFields.__dataclass_fields__}
        super().__init__(*args, **kwargs)
        set_choices(self, "language", [("", __("Not said")), *language_choices()])

    @property
    def values(self) -> UseFields:
        """What was typed."""
        return UseFields(**self.cleaned_data)


class LibraryFilter(forms.Form):
    """What is looked for in the library; what cannot be is left out."""

    q = forms.CharField(label=_("Words in title or summary"), required=False, max_length=LONGEST_SEARCH)
    kind = forms.ChoiceField(label=_("Type"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    dimension = forms.TypedChoiceField(label=_("Dimension"), required=False, coerce=int, empty_value=None)
    audience = forms.ChoiceField(label=_("For whom"), required=False)
    show = forms.ChoiceField(required=False, choices=[("", ""), ("toolkit", ""), ("away", "")])

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held = tuple(code for code, _name in languages)
        for name, choices in (
            ("kind", WorkKind.choices),
            ("topic", Topic.choices),
            ("language", languages),
            ("dimension", Dimension.choices),
            ("audience", Audience.choices),
        ):
            set_choices(self, name, [("", __("All")), *choices])

    @property
    def selects(self) -> list[forms.BoundField]:
        """The fields besides the words."""
        return [self[name] for name in ("kind", "topic", "language", "dimension", "audience")]

    def wanted(self, *, may_see_away: bool) -> Wanted:
        """What was asked for, without what is not known."""
        self.is_valid()
        typed = self.cleaned_data
        show = typed.get("show", "")
        return Wanted(
            # cut, not left out: all works would be shown
            q=one_line(self.data.get("q", ""))[:LONGEST_SEARCH],
            kind=typed.get("kind", ""),
            topic=typed.get("topic", ""),
            language=typed.get("language", ""),
            dimension=typed.get("dimension"),
            audience=typed.get("audience", ""),
            toolkit=show == "toolkit",
            away=may_see_away and show == "away",
            held=self._held,
        )
