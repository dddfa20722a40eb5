"""Forms of certificates: filtering the list, renewing several, revoking one."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from training.lifetimes import STEPS

OTHERS = [
    ("valid", pgettext_lazy("certificates", "Valid")),
    ("revoked", pgettext_lazy("certificates", "Revoked")),
]
STANDINGS = [*OTHERS, *((name, name) for name in (*map(str, STEPS), "expired"))]


class FilterForm(forms.Form):
    """Which certificates to list."""

    standing = forms.ChoiceField(choices=STANDINGS, required=False)
    words = forms.CharField(label=_("Name, number or course"), max_length=100, required=False)


class RenewForm(forms.Form):
    """On what ground the chosen ones are renewed."""

    ground = forms.CharField(
        label=_("On what ground"),
        max_length=300,
        help_text=_("For instance: refresher course of March 2026. It is kept in the history."),
    )


class RevokeForm(forms.Form):
    """Why a certificate counts no more."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The holder and the member are told this reason.")
    )


class CodeForm(forms.Form):
    """A code as it is printed."""

    code = forms.CharField(label=_("Code"), max_length=60, help_text=_("As printed beside the square code."))
