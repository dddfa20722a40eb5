"""Indicators to tick, under the headings of the catalogue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from members.selectors.indicator_names import IndicatorName

NAME = "indicators"


@dataclass(frozen=True, slots=True)
class IndicatorGroup:
    """One heading with its indicators: code, name, and whether it is ticked."""

    heading: str
    choices: tuple[tuple[str, str, bool], ...]

    @property
    def is_open(self) -> bool:
        """Whether something under it is ticked."""
        return any(ticked for _code, _label, ticked in self.choices)


def indicators_field() -> forms.MultipleChoiceField:
    """The field; its choices come from `set_indicators`, its page from training/_indicators.html."""
    return forms.MultipleChoiceField(
        label=_("Indicators it should move"),
        help_text=_("These are compared before and after. Two or three are enough."),
        required=False,
    )


def set_indicators(form: forms.Form, names: Iterable[IndicatorName], kept: Sequence[str] = ()) -> None:
    """Offer these indicators and those that are kept though no catalogue has them; without any the field goes."""
    groups: dict[str, list[tuple[str, str]]] = {}
    known = set()
    for one in names:
        groups.setdefault(one.group, []).append((one.code, one.label))
        known.add(one.code)
    gone = [(code, code) for code in kept if code not in known]
    if gone:
        groups[__("Not in the catalogue any more")] = gone
    if not groups:
        del form.fields[NAME]
        return
    field = form.fields[NAME]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(groups.items())


def indicator_groups(form: forms.Form) -> list[IndicatorGroup]:
    """What the page shows."""
    if NAME not in form.fields:
        return []
    ticked = set(form[NAME].value() or ())
    offered: Any = form.fields[NAME].choices  # type: ignore[attr-defined]
    return [
        IndicatorGroup(heading, tuple((code, label, code in ticked) for code, label in options))
        for heading, options in offered
    ]
