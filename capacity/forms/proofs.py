"""The forms by which evidence is shown: a file, a link, or a record of the portal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from spm_portal.common.uploads import KINDS

ACCEPT = ",".join(f".{kind}" for kind in (*KINDS, "jpeg"))


class FileForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        error_messages={"required": _("Choose a file.")},
    )
    title = forms.CharField(label=_("What it shows"), max_length=200, required=False)


class LinkForm(forms.Form):
    """A page of the web."""

    url = forms.CharField(
        label=_("Address of a page"),
        max_length=600,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        error_messages={
            "required": _("Enter the address of a page, such as https://example.org/policy.pdf.")
        },
    )
    title = forms.CharField(label=_("What it shows"), max_length=200, required=False)


class RecordForm(forms.Form):
    """A record that the portal offers for the item; `offers` are those that there are now."""

    key = forms.ChoiceField(
        label=_("Record of the portal"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a record.")},
    )

    def __init__(self, *args: Any, offers: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(f"{one.kind}:{one.key}", one.title) for one in offers]
        self.fields["key"].choices = choices  # type: ignore[attr-defined]
