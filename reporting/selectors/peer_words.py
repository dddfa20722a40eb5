"""Rules of peer groups in words: the criteria of a rule, its faults, and why a group is not offered."""

from collections.abc import Iterable
from datetime import date

from babel.lists import format_list
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from reporting.catalogue import Catalogue
from reporting.peer_rules import Band, Fault, FaultKind, Period, Rule
from reporting.peer_sets import MOST_GROUPS, Offer, Verdict
from spm_portal.common.numbers import format_number
from spm_portal.common.templatetags.ui import country

LEGAL_FORM = "legal_form"

CRITERION_LABELS = {
    "legal_forms": gettext_lazy("Legal form"),
    "countries": gettext_lazy("Country"),
    "assets": gettext_lazy("Total assets"),
    "clients": gettext_lazy("Active clients"),
    "borrowers": gettext_lazy("Active borrowers"),
    "year_end": gettext_lazy("End of the year reported on"),
}


def legal_forms_of(catalogue: Catalogue) -> dict[str, str]:
    """The legal forms that the catalogue offers, with their labels; empty where it does not ask."""
    asked = catalogue.find(LEGAL_FORM)
    return {str(choice.value): choice.label for choice in getattr(asked, "choices", ())}


def clauses(rule: Rule, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Each criterion of a rule: its name and what it asks, in the reader's language."""
    found: list[tuple[str, str]] = []
    if rule.legal_forms:
        labels = legal_forms_of(catalogue)
        found.append((_label("legal_forms"), _either(labels.get(one, one) for one in rule.legal_forms)))
    if rule.countries:
        found.append((_label("countries"), _either(country(one) for one in rule.countries)))
    found += [(_label(name), _band(band)) for name, band in rule.bands.items()]
    if rule.year_end is not None:
        found.append((_label("year_end"), _period(rule.year_end)))
    return found


def sentence(rule: Rule, catalogue: Catalogue) -> str:
    """A rule in one line."""
    return "; ".join(
        _("%(criterion)s: %(asked)s") % {"criterion": name, "asked": asked}
        for name, asked in clauses(rule, catalogue)
    )


def fault_words(fault: Fault) -> str:
    """What is wrong with a rule and how to put it right."""
    given = {"value": fault.value, "criterion": _label(fault.criterion)}
    match fault.kind:
        case FaultKind.NOTHING_ASKED:
            return _("The rule asks nothing, so every member would fit. Fill in at least one criterion.")
        case FaultKind.NOT_A_RULE:
            return _("This is not a rule of a peer group. Use the form.")
        case FaultKind.UNKNOWN_CRITERION | FaultKind.UNKNOWN_PART:
            return _("A rule cannot ask about “%(value)s”. Use the form.") % given
        case FaultKind.EMPTY:
            return (
                _("%(criterion)s: nothing is asked. Give a limit or a choice, or leave the criterion out.")
                % given
            )
        case FaultKind.UNKNOWN_VALUE:
            return _("%(criterion)s: “%(value)s” is not among the choices.") % given
        case FaultKind.TWICE:
            return _("%(criterion)s: “%(value)s” is listed twice.") % given
        case FaultKind.NOT_A_NUMBER:
            return _("%(criterion)s: “%(value)s” is not a whole number from 0.") % given
        case FaultKind.TOO_LARGE:
            return _("%(criterion)s: no MFI is that large. Check the number of digits.") % given
        case FaultKind.NOT_A_DATE:
            return _("%(criterion)s: “%(value)s” is not a date.") % given
        case FaultKind.NOT_A_CURRENCY:
            return _("%(criterion)s: say in which currency.") % given
        case FaultKind.OUT_OF_ORDER:
            return (
                _("%(criterion)s: the upper limit lies below the lower one. Correct one of the two.") % given
            )


def verdict_words(offer: Offer, names: dict[str, str], minimum: int) -> str:
    """Why a group is offered or not; `names` are the groups' names by key."""
    numbers = {"minimum": minimum, "other": names.get(offer.other, offer.other), "most": MOST_GROUPS}
    match offer.verdict:
        case Verdict.OFFERED:
            return _("Enough contributors, and nothing stands in the way.")
        case Verdict.TOO_FEW:
            return (
                _(
                    "Too few: fewer than %(minimum)d contributors fit. Widen the rule or wait for more returns."
                )
                % numbers
            )
        case Verdict.EVERYBODY:
            return _("Every contributor fits, so the group says the same as the figures of all members.")
        case Verdict.REST_TOO_FEW:
            return (
                _(
                    "Too few are left: all members without this group are fewer than %(minimum)d contributors, and "
                    "subtracting would show their figures. Narrow the rule."
                )
                % numbers
            )
        case Verdict.SAME:
            return _("The group has the same members as “%(other)s”. One of the two is enough.") % numbers
        case Verdict.CLOSE:
            return (
                _(
                    "Too close to “%(other)s”: the two differ by fewer than %(minimum)d contributors, and subtracting "
                    "would show their figures. Change the rule, or retire the other group."
                )
                % numbers
            )
        case Verdict.CLOSE_TO_EARLIER:
            return (
                _(
                    "Too close to figures that an earlier edition of the same round published: the difference is fewer "
                    "than %(minimum)d contributors. The group can be offered from the next round."
                )
                % numbers
            )
        case Verdict.DERIVABLE:
            return (
                _(
                    "Together with the other groups it would leave fewer than %(minimum)d contributors by themselves. "
                    "Change the rule, or retire another group."
                )
                % numbers
            )
        case Verdict.TOO_MANY:
            return _("%(most)d groups are offered already. Retire one of them first.") % numbers


def _label(criterion: str) -> str:
    return str(CRITERION_LABELS.get(criterion, criterion))


def _either(words: Iterable[str]) -> str:
    return str(format_list(sorted(words), style="or", locale=(get_language() or "en").replace("-", "_")))


def _band(band: Band) -> str:
    numbers = {
        "start": _number(band.start, band.currency),
        "below": _number(band.below, band.currency),
    }
    if band.below is None:
        return _("%(start)s or more") % numbers
    if band.start is None:
        return _("below %(below)s") % numbers
    return _("from %(start)s to below %(below)s") % numbers


def _number(value: int | None, currency: str) -> str:
    if value is None:
        return ""
    shown = format_number(value, language=get_language() or "en")
    return f"{currency} {shown}" if currency else shown


def _period(period: Period) -> str:
    days = {"start": _day(period.start), "until": _day(period.until)}
    if period.until is None:
        return _("on %(start)s or later") % days
    if period.start is None:
        return _("on %(until)s or earlier") % days
    return _("between %(start)s and %(until)s") % days


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""
