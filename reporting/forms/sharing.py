"""The form by which an MFI lets somebody read values of its own."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.forms import DayField
from members.models import Donor
from reporting.catalogue import Section
from reporting.enums import Recipient
from reporting.models import Round

EVERY = "every"


class GiveValuesForm(forms.Form):
    """To whom, which groups of questions, of which round, for what and until when."""

    recipient = forms.ChoiceField(label=_("Who may read"), widget=forms.RadioSelect)
    sections = forms.MultipleChoiceField(
        label=_("Which groups of questions"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Confidential questions and files are never shown, whatever you tick."),
        error_messages={"required": _("Choose every group of questions, or tick single ones.")},
    )
    round = forms.ChoiceField(label=_("Of which round"), required=False)
    purpose = forms.CharField(
        label=_("For what"),
        max_length=300,
        help_text=_("Such as: yearly portfolio review. Whoever reads the values sees it."),
        error_messages={"required": _("Say for what the values may be used.")},
    )
    until = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty for as long as you do not withdraw."),
    )

    def __init__(
        self,
        *args: Any,
        donors: Iterable[Donor],
        sections: Iterable[Section],
        rounds: Iterable[Round],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._donors = {f"donor:{one.pk}": one for one in donors}
        self._rounds = {str(one.pk): one for one in rounds}
        self._choose(
            "recipient",
            [
                (
                    Recipient.ASSOCIATION.value,
                    _("The association, to use with our name beyond reviewing our return"),
                ),
                *((key, one.name) for key, one in self._donors.items()),
                (Recipient.NETWORK.value, Recipient.NETWORK.label),
                (Recipient.PUBLIC.value, Recipient.PUBLIC.label),
            ],
        )
        groups = [(one.code, one.title) for one in sections]
        self._choose("sections", [(EVERY, _("Every group, also later ones")), *groups])
        named = [(key, one.name) for key, one in self._rounds.items()]
        self._choose("round", [("", _("Every round, also later ones")), *named])

    def clean_sections(self) -> list[str]:
        """Codes of groups, or the empty one alone, which means every group."""
        chosen: list[str] = self.cleaned_data["sections"]
        if EVERY in chosen and len(chosen) > 1:
            raise ValidationError(_("Either every group of questions or single ones, not both."))
        return [""] if EVERY in chosen else chosen

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = self.cleaned_data
        donor = self._donors.get(cleaned["recipient"])
        return {
            "recipient": Recipient.DONOR.value if donor else cleaned["recipient"],
            "donor": donor,
            "sections": cleaned["sections"],
            "of_round": self._rounds.get(cleaned["round"]),
            "purpose": cleaned["purpose"],
            "until": cleaned["until"],
        }

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
