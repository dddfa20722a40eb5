"""The form by which findings from outside are written: who checked and when, and a level with a note per item."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from capacity.frameworks import Framework, Item
from capacity.services.outside import Found


class VerifierForm(forms.Form):
    """Who checked, and when."""

    verifier = forms.CharField(
        label=_("Who checked"),
        help_text=_("Name and organisation, such as “Amina Diallo, rating agency”."),
        max_length=150,
        error_messages={"required": _("Say who checked: name and organisation.")},
    )
    checked_on = forms.DateField(
        label=_("Checked on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Give the day of the check."),
            "invalid": _("Give the day as 2025-03-31."),
        },
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What was sent for one item: as it was typed, what it means, and what is wrong with it."""

    value: str
    note: str
    found: Found | None
    fault: str = ""


def findings_of(framework: Framework, items: Sequence[Item], data: QueryDict) -> dict[str, Finding]:
    """What was sent for the items that were on the page."""
    sent = (item for item in items if f"l-{item.code}" in data)
    return {item.code: _finding(framework, item.code, data) for item in sent}


def _finding(framework: Framework, code: str, data: Any) -> Finding:
    value, note = data.get(f"l-{code}", ""), data.get(f"n-{code}", "").strip()
    if not value:
        fault = __("Choose the level found, or leave out the note.") if note else ""
        return Finding(value, note, None, fault)
    level = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1
    if level not in framework.levels:
        return Finding(
            value, note, None, __("Choose a level from 0 to %(highest)s.") % {"highest": framework.highest}
        )
    return Finding(value, note, Found(level, note))
