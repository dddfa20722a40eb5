"""The forms by which members register their people."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.forms import country_choices
from spm_portal.common.templatetags.ui import country as country_name
from training.enums import Sex
from training.services.registrations import Person

LINES, MORE_LINES, MOST_LINES = 3, 5, 30


@lru_cache(maxsize=16)
def _countries(spoken: str) -> Mapping[str, str]:
    return {name.casefold(): code for code, name in country_choices()}


class CountryField(forms.CharField):
    """A country by its name in the reader's language, or by its code; a list of names helps to type."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "countries", "autocomplete": "off"}
        super().__init__(**{"max_length": 80, "widget": forms.TextInput(attrs=attrs), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """A code as the name that stands in the list; what was typed stays as it was typed."""
        if isinstance(value, str) and len(value) == 2 and value.isupper():
            return country_name(value)
        return value

    def clean(self, value: Any) -> str:
        """The code."""
        text = str(super().clean(value)).strip()
        known = _countries(get_language() or "en")
        if not text:
            return ""
        if text.casefold() in known:
            return known[text.casefold()]
        if text.upper() in known.values():
            return text.upper()
        raise ValidationError(
            _("There is no country “%(name)s” in the list. Choose one of it.") % {"name": text}
        )


class PersonForm(forms.Form):
    """One person; an empty line is none."""

    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", _("Choose")), *Sex.choices], required=False)
    job = forms.CharField(label=_("Job"), max_length=100, required=False)
    country = CountryField(label=_("Country"), required=False)
    consents = forms.BooleanField(
        label=_(
            "The person agrees to be registered with these data, and that the association keeps them for its training."
        ),
        required=False,
    )

    @property
    def person(self) -> Person | None:
        """The person; None for an empty line."""
        found = self.cleaned_data
        if not any(found.get(name) for name in ("name", "email", "job", "sex")):
            return None
        return Person(
            **{name: found.get(name) or "" for name in ("name", "email", "sex", "job", "country")},
            consents=bool(found.get("consents")),
        )


PersonFormSet = forms.formset_factory(PersonForm, extra=0, max_num=MOST_LINES, validate_max=True)


def more_lines(sent: QueryDict, country: str) -> QueryDict:
    """What was typed, with more empty lines below it, each with the country that lines begin with."""
    found = sent.copy()
    typed = found.get("person-TOTAL_FORMS", "")
    before = int(typed) if typed.isdecimal() and len(typed) < 4 else LINES
    after = min(before + MORE_LINES, MOST_LINES)
    found["person-TOTAL_FORMS"] = str(after)
    for number in range(before, after):
        found[f"person-{number}-country"] = country
    return found
