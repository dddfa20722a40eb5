"""The form by which staff begin to key a return that came on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PaperForm(forms.Form):
    """Who handed the paper in and how, and a scan of it."""

    reason = forms.CharField(
        label=_("Who handed it in, and how"),
        help_text=_("Such as “Mr Otieno brought the signed form on 3 March”. The MFI reads this."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    scan = forms.FileField(
        label=_("Scan of the paper"),
        help_text=_("PDF or picture, at most 5 MB. May stay empty."),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        max_length=300,
    )
