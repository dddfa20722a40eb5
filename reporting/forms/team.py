"""The forms by which the people of an MFI share a return: giving a section, and inviting a guest to one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import User
from reporting.catalogue import Section
from reporting.services.assignments import MAX_NOTE
from reporting.services.guests import DEFAULT_DAYS, MAX_NAME, MOST_DAYS


class _SectionForm(forms.Form):
    section = forms.ChoiceField(label=_("Section"))

    def __init__(self, *args: Any, sections: Iterable[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *((one.code, f"{one.number}. {one.title}") for one in sections)]


class GiveForm(_SectionForm):
    """Which colleague answers which section."""

    assignee = forms.ChoiceField(label=_("Colleague"))
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What to take care of, or until when you need it."),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *((str(one.pk), str(one)) for one in colleagues)]


class GuestForm(_SectionForm):
    """Who fills in which section without an account, and for how long."""

    name = forms.CharField(label=_("Name of the guest"), max_length=MAX_NAME)
    email = forms.EmailField(label=_("E-mail"))
    days = forms.IntegerField(
        label=_("Days that the link works"), min_value=1, max_value=MOST_DAYS, initial=DEFAULT_DAYS
    )
