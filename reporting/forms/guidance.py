"""The form by which staff write help with a question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.selectors.guidance import GuidanceText, Link
from reporting.services.guidance import MAX_TEXT, checked_links
from spm_portal.common.refusal import Refused


def _text(label: Any, help_text: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class GuidanceForm(forms.Form):
    """The parts of a help. Plain text: line breaks are kept, nothing else is formatted."""

    definition = _text(_("Definition"), _("Leave empty to show the catalogue’s."), 4)
    example = _text(_("Example"), _("Figures that your members know, worked out."), 3)
    evidence = _text(_("Accepted evidence"), _("Leave empty to show the catalogue’s."), 3)
    note = _text(_("Local note"), _("What is different in your country or for your members."), 3)
    links = forms.CharField(
        label=_("Links"),
        help_text=_("One a line: a title, a space, the address with https://."),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_links(self) -> tuple[Link, ...]:
        """Each line's last word is the address, what stands before it the title."""
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines()]
        links = []
        for line in lines:
            if line:
                title, _space, url = line.rpartition(" ")
                links.append(Link(title, url))
        try:
            return tuple(checked_links(links))
        except Refused as refused:
            raise forms.ValidationError(str(refused.message)) from None

    @property
    def words(self) -> GuidanceText:
        """What the valid form says."""
        return GuidanceText(**self.cleaned_data)


def initial_of(words: GuidanceText) -> dict[str, str]:
    """What the form shows of stored words."""
    return {
        "definition": words.definition,
        "example": words.example,
        "evidence": words.evidence,
        "note": words.note,
        "links": "\n".join(f"{one.title} {one.url}" for one in words.links),
    }
