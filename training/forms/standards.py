"""The Universal Standards in forms: which of their dimensions a course or a work is about."""

from django import forms
from django.utils.translation import gettext_lazy as _

from training.enums import Dimension


def dimensions_field() -> forms.TypedMultipleChoiceField:
    """Boxes for any of the dimensions, by their numbers."""
    return forms.TypedMultipleChoiceField(
        label=_("Dimensions of the Universal Standards"),
        required=False,
        coerce=int,
        choices=Dimension.choices,
        widget=forms.CheckboxSelectMultiple,
    )
