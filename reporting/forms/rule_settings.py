"""The form by which a manager says what a rule does."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.enums import RuleMode
from reporting.forms.rounds import day_input
from reporting.models import RuleSetting
from reporting.services.rule_settings import MAX_REASON, RuleTerms

AS_CATALOGUE = "catalogue"


class RuleForm(forms.Form):
    """Mode, dates and reason."""

    mode = forms.ChoiceField(
        label=_("What the rule does"),
        widget=forms.RadioSelect,
        choices=[(AS_CATALOGUE, _("What the catalogue says")), *RuleMode.choices],
    )
    effective_from = forms.DateField(
        label=_("From"),
        required=False,
        widget=day_input(),
        help_text=_("Rounds whose period ends on this day or later. Leave empty for no beginning."),
    )
    effective_until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=day_input(),
        help_text=_("Rounds whose period ends on this day or earlier. Leave empty for no end."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the history; members can read it."),
    )

    def clean(self) -> dict[str, Any]:
        """Dates say nothing where the catalogue decides."""
        data: dict[str, Any] = super().clean() or {}
        begins, ends = data.get("effective_from"), data.get("effective_until")
        if data.get("mode") == AS_CATALOGUE and (begins or ends):
            self.add_error(
                "mode", _("Choose what the rule does within these dates, or leave the dates empty.")
            )
        if begins and ends and ends < begins:
            self.add_error(
                "effective_until", _("The last day lies before the first. Correct one of the two.")
            )
        return data

    @property
    def terms(self) -> RuleTerms | None:
        """What the valid form says; None: follow the catalogue."""
        data = self.cleaned_data
        if data["mode"] == AS_CATALOGUE:
            return None
        return RuleTerms(RuleMode(data["mode"]), data["effective_from"], data["effective_until"])


def initial_of(setting: RuleSetting | None) -> dict[str, Any]:
    """What the form shows of a setting; the reason is always written anew."""
    if setting is None:
        return {"mode": AS_CATALOGUE}
    return {
        "mode": setting.mode,
        "effective_from": setting.effective_from,
        "effective_until": setting.effective_until,
    }
