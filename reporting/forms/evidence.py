"""The forms by which an MFI keeps documents and cites them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reporting.enums import EvidenceClass
from reporting.models import Evidence
from spm_portal.common.uploads import KINDS


class EvidenceEditForm(forms.Form):
    """What is said about a document."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("As your colleagues know it, such as “Client protection policy”."),
        max_length=200,
    )
    year = forms.IntegerField(
        label=_("Year"),
        help_text=_("The year that it is of, or in which it came into force."),
        min_value=1950,
        max_value=2200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}),
        error_messages={"invalid": _("Give the year with four digits.")},
    )
    confidentiality = forms.ChoiceField(
        label=_("Who may read it"),
        help_text=_(
            "What your MFI keeps to itself can be cited too: the association then sees its year alone."
        ),
        choices=EvidenceClass.choices,
        initial=EvidenceClass.ASSOCIATION,
    )


class EvidenceForm(EvidenceEditForm):
    """A document that is taken in."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, picture, Word, Excel or CSV; at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in (*KINDS, "jpeg"))}),
        max_length=300,
    )
    field_order: tuple[str, ...] = ("file", "title", "year", "confidentiality")


class PlaceForm(forms.Form):
    """Where in a document to look."""

    place = forms.CharField(
        label=_("Where in it"),
        help_text=_("Such as “page 12” or “chapter 3”."),
        max_length=100,
        required=False,
    )


class CiteForm(PlaceForm):
    """A document of the library, and where in it to look."""

    evidence = forms.ModelChoiceField(
        label=_("Document"),
        queryset=Evidence.objects.none(),
        empty_label=_("Choose"),
        error_messages={"invalid_choice": _("This document is not there to choose. Choose another.")},
    )
    field_order = ("evidence", "place")

    def __init__(self, *args: Any, documents: "QuerySet[Evidence]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = documents  # type: ignore[attr-defined] # a ModelChoiceField


class CiteUploadForm(EvidenceForm, PlaceForm):
    """A document that is taken in and cited at once."""

    field_order = ("file", "title", "year", "confidentiality", "place")
