"""The forms of the report's editors: words of a chapter, and a case with its photo."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import Institution
from reporting.services.report_texts import MAX_CASE, MAX_TEXT
from spm_portal.common.pictures import Photo, read_photo
from spm_portal.common.refusal import Refused

_MARKS = _(
    "**bold**, *slanted*, - before the points of a list, ## before a heading, [words](https://address)."
)


class ChapterForm(forms.Form):
    """The words of one chapter in one language."""

    text = forms.CharField(
        label=_("Your words"),
        help_text=_MARKS,
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class CaseForm(forms.Form):
    """A case. The photo is asked for again where the form comes back: browsers do not send it twice."""

    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Only reports in this language tell the case."),
        choices=settings.LANGUAGES,
    )
    institution = forms.ModelChoiceField(
        label=_("About which MFI"),
        help_text=_("Only MFIs that agreed to be named can be chosen."),
        queryset=Institution.objects.none(),
        required=False,
        empty_label=_("No MFI is named"),
    )
    text = forms.CharField(
        label=_("Words"),
        help_text=_MARKS,
        max_length=MAX_CASE,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG or PNG; at most 5 MB. Place, camera and other hidden data are taken out."),
        required=False,
        max_length=300,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
    )
    remove_photo = forms.BooleanField(label=_("Remove the photo"), required=False)
    photo_words = forms.CharField(
        label=_("What the photo shows"),
        help_text=_("For people who cannot see it, such as “A vegetable seller at her stall in Kisumu”."),
        required=False,
        max_length=300,
    )
    agreed = forms.BooleanField(
        label=_("Everybody shown or named agreed that this is published."),
        error_messages={
            "required": _("Tick that everybody shown or named agreed; without that a case is not kept.")
        },
    )
    position = forms.IntegerField(
        label=_("Place among the cases"),
        help_text=_("1 comes first."),
        min_value=1,
        max_value=99,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "autocomplete": "off"}),
    )
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, institutions: QuerySet[Institution], has_photo: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["institution"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = institutions
        if not has_photo:
            del self.fields["remove_photo"]

    def clean_photo(self) -> Photo | None:
        """The photo drawn anew from its pixels."""
        upload = self.cleaned_data.get("photo")
        if not upload:
            return None
        try:
            return read_photo(upload)
        except Refused as refused:
            raise forms.ValidationError(str(refused.message)) from None
