"""What the member changed since staff last looked, in words for both sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.catalogue import Indicator, IndicatorType
from reporting.datasets.wording import value_text
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.reviews import Earlier, changed_since_review


@dataclass(frozen=True, slots=True)
class Change:
    """One answer as it was when staff last looked, and as it is now."""

    label: str
    was: str
    now: str


def changes_of(sheet: ReturnSheet) -> Sequence[Change]:
    """The answers that changed, in the order of the form; at most one query."""
    changed = changed_since_review(sheet)
    found = []
    for section in sheet.sections:
        for indicator in section.indicators:
            if indicator.code in changed:
                answer = sheet.answers[indicator.code]
                missing = str(answer.get_missing_display()) if answer.missing else ""
                now = _text(sheet, indicator, Earlier(sheet.values.get(indicator.code), missing, answer.note))
                found.append(Change(indicator.label, _text(sheet, indicator, changed[indicator.code]), now))
    return found


def _text(sheet: ReturnSheet, indicator: Indicator, held: Earlier | None) -> str:
    if held is None:
        return _("no answer")
    if held.value is not None and indicator.type is IndicatorType.FILE:
        return _("a file")
    words = (
        value_text(indicator, held.value, sheet.submission.currency)
        if held.value is not None
        else held.missing
    )
    return words or _("no answer")
