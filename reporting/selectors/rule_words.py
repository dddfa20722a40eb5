"""Rules and comparisons as sentences for people, in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.catalogue import Catalogue, Rule, Severity, Terms, TrendCheck, TrendKind
from reporting.expressions import Expression, Words
from reporting.validation import CURRENCY, UNIT


@dataclass(frozen=True, slots=True)
class Told:
    """A rule in words: what it says when it fires, what exactly it compares, and what the catalogue makes of it."""

    rule: str
    severity: Severity
    message: str
    check: str
    section: str
    terms: Terms


def rules_in_words(catalogue: Catalogue) -> list[Told]:
    """Every rule, comparison and built-in check of a catalogue, in its order."""
    return [
        *(_rule(catalogue, one) for one in catalogue.rules),
        *_built_in(),
        *(_comparison(catalogue, one) for one in catalogue.trend_checks),
    ]


def _rule(catalogue: Catalogue, rule: Rule) -> Told:
    check = _read(catalogue, rule.check)
    if rule.when is not None:
        check = _("Where %(when)s: %(check)s") % {"when": _read(catalogue, rule.when), "check": check}
    inputs = catalogue.inputs(rule.codes)
    section = catalogue.indicator(inputs[0]).section if inputs else ""
    return Told(rule.id, rule.severity, rule.message, check, section, rule.terms)


def _comparison(catalogue: Catalogue, check: TrendCheck) -> Told:
    inputs = catalogue.inputs((check.code,))
    section = catalogue.indicator(inputs[0]).section if inputs else ""
    label = catalogue.labels[check.code]
    return Told(check.id, check.severity, f"{label}: {trend_in_words(check)}", "", section, check.terms)


def _built_in() -> list[Told]:
    warning, terms = Severity.WARNING, Terms()
    return [
        Told(
            UNIT,
            warning,
            _("Amounts look as if they were filled in in thousands or millions."),
            _(
                "Most amounts changed by about 1,000 or 1,000,000 times since last year; numbers of people stayed."
            ),
            "",
            terms,
        ),
        Told(
            CURRENCY,
            warning,
            _("Amounts look as if the currency was not converted."),
            _("Most amounts changed by about the exchange rate since last year; numbers of people stayed."),
            "",
            terms,
        ),
    ]


def trend_in_words(check: TrendCheck) -> str:
    """What a comparison with earlier returns asks about."""
    limit = {"limit": f"{check.limit:g}"}
    if check.kind is TrendKind.CONTINUITY:
        return check.message or _("Last year's closing figure is this year's opening figure.")
    if check.kind is TrendKind.ABSOLUTE:
        return _("A change of more than %(limit)s points since last year asks for a reason.") % limit
    if check.kind is TrendKind.HISTORY:
        return (
            _(
                "A figure far from the usual level and growth of at least four earlier returns asks for a reason "
                "(more than %(limit)s median deviations)."
            )
            % limit
        )
    return _("A change of more than %(limit)s per cent since last year asks for a reason.") % limit


def sign_words() -> Words:
    """The words of formulas in the reader's language."""
    return Words(
        yes=pgettext("formula", "yes"),
        no=pgettext("formula", "no"),
        is_=pgettext("formula", "is"),
        is_not=pgettext("formula", "is not"),
        and_=pgettext("formula", "and"),
        or_=pgettext("formula", "or"),
        not_=pgettext("formula", "not"),
        functions={
            "sum": pgettext("formula", "sum of"),
            "min": pgettext("formula", "smallest of"),
            "max": pgettext("formula", "largest of"),
            "abs": pgettext("formula", "size of"),
            "coalesce": pgettext("formula", "first given of"),
        },
        name=pgettext("name in a formula", "“{}”"),
    )


def _read(catalogue: Catalogue, expression: Expression) -> str:
    return catalogue.readable(expression, sign_words())
