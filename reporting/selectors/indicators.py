"""The catalogue in words: definitions, formulas, rules and standards of each indicator, and a search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.catalogue import Catalogue, Derived, Indicator, Severity
from reporting.expressions import Expression
from reporting.selectors.rule_words import sign_words, trend_in_words
from reporting.selectors.standards import Place, place_of

Part = Indicator | Derived


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list of indicators."""

    part: Part
    type: str
    is_derived: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the catalogue, or its derived values (`code` empty), with the entries that were looked for."""

    code: str
    title: str
    help: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """A rule as a sentence for people, and what exactly is compared."""

    id: str
    severity: Severity
    message: str
    check: str
    when: str


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """Everything that the page of one indicator or derived value says."""

    part: Part
    is_derived: bool
    type: str
    facts: Sequence[tuple[str, str]]
    section: str
    section_title: str
    formula: str
    relevance: str
    rules: Sequence[RuleInWords]
    trends: Sequence[str]
    place: Place | None
    choices: Sequence[str]
    parent: Indicator | None
    breakdowns: Sequence[tuple[str, str, Sequence[Indicator]]]
    used_in: Sequence[Derived]


def chapters(catalogue: Catalogue, search: str = "") -> Sequence[Chapter]:
    """The sections with their indicators, then the derived values; `search` looks in codes, labels and help."""
    words = search.casefold().split()
    found = [
        Chapter(
            section.code,
            section.title,
            section.help,
            [
                Entry(one, type_in_words(one), is_derived=False)
                for one in section.indicators
                if _matches(one, words)
            ],
        )
        for section in catalogue.sections
    ]
    derived = [
        Entry(one, _("Worked out"), is_derived=True) for one in catalogue.derived if _matches(one, words)
    ]
    found.append(Chapter("", _("Derived values"), _("Worked out from the answers."), derived))
    return [chapter for chapter in found if chapter.entries or not words]


def _matches(part: Part, words: Sequence[str]) -> bool:
    text = f"{part.code} {part.label} {part.help}".casefold()
    return all(word in text for word in words)


def page_of(catalogue: Catalogue, code: str) -> IndicatorPage | None:
    """The page of an indicator or derived value; None for an unknown code."""
    part = catalogue.find(code)
    if part is None:
        return None
    derived = isinstance(part, Derived)
    section = catalogue.section(part.section) if isinstance(part, Indicator) else None
    return IndicatorPage(
        part=part,
        is_derived=derived,
        type=_("Worked out") if isinstance(part, Derived) else type_in_words(part),
        facts=_facts(part),
        section=section.code if section else "",
        section_title=section.title if section else _("Derived values"),
        formula=_read(catalogue, part.formula) if isinstance(part, Derived) else "",
        relevance=_read(catalogue, part.relevance) if part.relevance else "",
        rules=[
            RuleInWords(
                rule.id,
                rule.severity,
                rule.message,
                _read(catalogue, rule.check),
                _read(catalogue, rule.when) if rule.when else "",
            )
            for rule in catalogue.rules_of(code)
        ],
        trends=[trend_in_words(check) for check in catalogue.trend_checks_of(code)],
        place=place_of(part.usspm_dimension, part.usspm_standard),
        choices=[choice.label for choice in part.choices] if isinstance(part, Indicator) else [],
        parent=catalogue.indicator(part.child_of) if isinstance(part, Indicator) and part.child_of else None,
        breakdowns=_breakdowns(catalogue, part),
        used_in=[item for item in catalogue.derived if code in item.formula.codes],
    )


def _read(catalogue: Catalogue, expression: Expression) -> str:
    return catalogue.readable(expression, sign_words())


def _breakdowns(catalogue: Catalogue, part: Part) -> list[tuple[str, str, Sequence[Indicator]]]:
    if isinstance(part, Derived):
        return []
    axes = {axis.code: axis.label for axis in catalogue.axes}
    relations = {
        "subset": _("parts of the whole"),
        "partition": _("parts that add up to the whole"),
        "partition_with_tolerance": _("parts that about add up to the whole"),
    }
    return [
        (
            axes.get(one.axis, one.axis),
            relations[one.relation.value],
            [catalogue.indicator(code) for code in one.children],
        )
        for one in part.disaggregations
    ]


def type_in_words(part: Indicator) -> str:
    """What the answer is."""
    return {
        "integer": _("Whole number"),
        "decimal": pgettext("kind of answer", "Number"),
        "money": _("Amount of money"),
        "percentage": _("Percentage, 0 to 100"),
        "boolean": _("Yes or no"),
        "single_choice": _("One of a list"),
        "multiple_choice": _("Any of a list"),
        "text": _("Text"),
        "file": _("File"),
    }[part.type.value]


def _facts(part: Part) -> list[tuple[str, str]]:
    facts = [(_("Unit"), _unit(part)), (_("Better"), _direction(part))]
    if isinstance(part, Indicator):
        facts += [
            (_("Period"), _period(part)),
            (_("Answer"), _("Required") if part.required else _("Optional")),
            (_("Form"), _("Core and full") if part.tier.value == "core" else _("Full form only")),
            (_("Range"), _range(part)),
            (_("Evidence"), _evidence(part)),
            (_("Who sees it"), _visibility(part)),
            (_("Figure of the association"), _aggregate(part.aggregate.value)),
        ]
    else:
        facts += [(_("Figure of the association"), _aggregate(part.sector_aggregate.value))]
        if part.source:
            facts.append((_("Source"), part.source))
    if part.iris:
        facts.append((_("IRIS+"), part.iris))
    return [(name, value) for name, value in facts if value]


def _unit(part: Part) -> str:
    if part.unit == "currency":
        return _("Reporting currency, full units")
    return part.unit_words


def _direction(part: Part) -> str:
    return {
        "higher_better": _("Higher"),
        "lower_better": _("Lower"),
        "target_range": _("Within a range"),
        "neutral": "",
    }[part.direction.value]


def _period(part: Indicator) -> str:
    return {
        "end": _("Balance on the last day of the period"),
        "start": _("Balance on the first day of the period"),
        "flow": _("During the period"),
        "policy": _("State of practice on the last day"),
    }[part.period.value]


def _range(part: Indicator) -> str:
    if part.min is not None and part.max is not None:
        return _("%(min)s to %(max)s") % {"min": f"{part.min:,}", "max": f"{part.max:,}"}
    if part.min is not None:
        return _("%(min)s or more") % {"min": f"{part.min:,}"}
    return _("%(max)s or less") % {"max": f"{part.max:,}"} if part.max is not None else ""


def _evidence(part: Indicator) -> str:
    level = {"none": "", "recommended": _("Recommended"), "required": _("Required")}[part.evidence.value]
    return f"{level}: {part.evidence_prompt}" if level and part.evidence_prompt else level


def _visibility(part: Indicator) -> str:
    return {
        "named": _("The association's staff, with your name; other members only anonymous figures"),
        "aggregate": _("Only counted in totals and medians"),
        "confidential": _("The association's staff only"),
    }[part.visibility_default.value]


def _aggregate(kind: str) -> str:
    names: Mapping[str, str] = {
        "sum": _("Total"),
        "median": _("Median"),
        "mean": pgettext("statistic", "Average"),
        "share_yes": _("Share of members that say yes"),
        "distribution": _("How many members gave which answer"),
        "ratio_of_sums": _("Total divided by total"),
        "none": _("None"),
    }
    return names[kind]
