"""The form by which a workbook is uploaded."""

from django import forms
from django.utils.translation import gettext_lazy as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookForm(forms.Form):
    """One file; what it holds is looked at elsewhere."""

    file = forms.FileField(
        label=_("Workbook"),
        help_text=_("The .xlsx file that you downloaded here and filled in; at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": f".xlsx,{XLSX}"}),
        max_length=300,
    )
