"""A catalogue document (JSON as Python values) to a checked Catalogue, with every fault at once."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from reporting.catalogue import checks, translations
from reporting.catalogue.catalogue import Catalogue
from reporting.catalogue.kinds import (
    Aggregate,
    Direction,
    Evidence,
    IndicatorType,
    Mode,
    Period,
    Relation,
    Severity,
    Tier,
    TrendKind,
    Visibility,
)
from reporting.catalogue.parts import (
    Axis,
    Choice,
    ContextValue,
    Derived,
    Dimension,
    Disaggregation,
    Indicator,
    Rule,
    Section,
    Terms,
    TrendCheck,
)
from reporting.catalogue.reading import MAX_FAULTS, Fault, Reader, is_number
from reporting.expressions import Expression, parse

_FREE_META = ("provenance", "expression_language", "conventions", "scoring_note")
_LIMITS = {
    TrendKind.RELATIVE: "max_change_pct",
    TrendKind.ABSOLUTE: "max_change_points",
    TrendKind.CONTINUITY: "tolerance_pct",
    TrendKind.HISTORY: "max_deviations",
}
_STAND_IN = parse("true")  # for an expression whose fault is reported already


class CatalogueError(ValueError):
    """A document that is no sound catalogue; `faults` lists everything wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def load_catalogue(document: Mapping[str, Any]) -> Catalogue:
    """The catalogue of a document; raises CatalogueError with every fault found."""
    faults: list[Fault] = []
    catalogue = _Loader(Reader("the catalogue", document, faults)).load()
    checks.check(catalogue, faults)
    if not faults:  # translations are compared with a document that is sound in itself
        faults.extend(islice(translations.faults(document), MAX_FAULTS))
    if faults:
        raise CatalogueError(tuple(faults))
    return catalogue


class _Loader:
    def __init__(self, top: Reader) -> None:
        self._top = top
        self._lists: dict[str, tuple[Choice, ...]] = {}

    def load(self) -> Catalogue:
        top = self._top
        meta = top.mapping("meta")
        name, version, language = meta.text("name"), meta.text("version"), meta.text("language")
        for key in _FREE_META:
            meta.has(key)
        meta.finish()
        self._lists = self._choice_lists()
        catalogue = Catalogue(
            name=name,
            version=version,
            language=language,
            axes=tuple(self._axis(item) for item in top.objects("axes", "axis")),
            dimensions=tuple(self._dimension(item) for item in top.objects("dimensions", "dimension")),
            choice_lists=self._lists,
            context_values=tuple(
                self._context_value(item) for item in top.objects("context_values", "context value")
            ),
            sections=tuple(self._section(item) for item in top.objects("sections", "section")),
            derived=tuple(self._derived(item) for item in top.objects("derived", "derived value")),
            rules=tuple(self._rule(item) for item in top.objects("rules", "rule")),
            trend_checks=self._trend_checks(),
        )
        top.has(translations.KEY)
        top.finish()
        return catalogue

    def _choice_lists(self) -> dict[str, tuple[Choice, ...]]:
        reader = self._top.mapping("choice_lists")
        return {name: self._choices(reader, name) for name in reader.keys()}  # noqa: SIM118 - a method, not a dict

    def _choices(self, reader: Reader, key: str) -> tuple[Choice, ...]:
        found: list[Choice] = []
        for item in reader.objects(key, "choice"):
            value = item.raw("value")
            if (isinstance(value, str) and value.strip()) or is_number(value):
                found.append(Choice(value, item.text("label"), item.flag("exclusive", False)))
            else:
                item.report("must be a text or a number", "value")
                item.text("label"), item.flag("exclusive", False)
            item.finish()
        return tuple(found)

    def _axis(self, item: Reader) -> Axis:
        axis = Axis(item.text("code"), item.text("label"), item.texts("values"))
        item.finish()
        return axis

    def _dimension(self, item: Reader) -> Dimension:
        dimension = Dimension(item.text("code"), item.text("label"), item.texts("scored_indicators"))
        item.finish()
        return dimension

    def _context_value(self, item: Reader) -> ContextValue:
        value = ContextValue(
            code=item.text("code"),
            label=item.text("label"),
            type=item.one_of("type", IndicatorType, IndicatorType.DECIMAL),
            set_by=item.text("set_by"),
        )
        item.finish()
        return value

    def _section(self, item: Reader) -> Section:
        code = item.text("code")
        section = Section(
            code=code,
            number=item.integer("number"),
            title=item.text("title"),
            help=item.text("help"),
            mix_category=item.optional_text("mix_category"),
            indicators=tuple(self._indicator(one) for one in item.objects("indicators", "indicator")),
        )
        item.finish()
        for indicator in section.indicators:
            if indicator.section != code:
                item.report(
                    f"indicator {indicator.code} says that it belongs to section {indicator.section!r}"
                )
        return section

    def _indicator(self, item: Reader) -> Indicator:
        kind = item.one_of("type", IndicatorType, IndicatorType.TEXT)
        reference = item.optional_text("choices_ref")
        choices = self._choices(item, "choices") if item.has("choices") else ()
        if reference is not None:
            if item.has("choices"):
                item.report("give either choices or choices_ref, not both", "choices")
            if reference not in self._lists:
                known = ", ".join(self._lists) or "none"
                item.report(f"unknown choice list {reference!r}; known: {known}", "choices_ref")
            choices = self._lists.get(reference, ())
        indicator = Indicator(
            code=item.text("code"),
            section=item.text("section"),
            order=item.integer("order"),
            label=item.text("label"),
            help=item.text("help"),
            type=kind,
            unit=item.optional_text("unit"),
            period=item.one_of("period", Period, Period.END),
            required=item.flag("required"),
            relevance=item.optional_expression("relevance"),
            direction=item.one_of("direction", Direction, Direction.NEUTRAL),
            usspm_dimension=item.optional_text("usspm_dimension"),
            usspm_standard=item.optional_text("usspm_standard"),
            tier=item.one_of("tier", Tier, Tier.CORE),
            min=item.optional_number("min"),
            max=item.optional_number("max"),
            decimals=item.optional_integer("decimals", 6),
            evidence=item.one_of("evidence", Evidence, Evidence.NONE),
            evidence_prompt=item.optional_text("evidence_prompt"),
            disaggregations=self._disaggregations(item),
            child_of=item.optional_text("child_of"),
            visibility_default=item.one_of("visibility_default", Visibility, Visibility.CONFIDENTIAL),
            aggregate=item.one_of("aggregate", Aggregate, Aggregate.NONE),
            iris=item.optional_text("iris"),
            scored=item.flag("scored"),
            choices=choices,
            choices_ref=reference,
            accept=item.texts("accept", optional=True),
            max_length=item.optional_integer("max_length", 100_000),
            unit_label=item.optional_text("unit_label"),
        )
        item.finish()
        return indicator

    def _disaggregations(self, item: Reader) -> tuple[Disaggregation, ...]:
        found: list[Disaggregation] = []
        for one in item.objects("disaggregations", "disaggregation"):
            relation = one.one_of("relation", Relation, Relation.SUBSET)
            found.append(Disaggregation(one.text("axis"), one.texts("children"), relation))
            one.finish()
        return tuple(found)

    def _derived(self, item: Reader) -> Derived:
        derived = Derived(
            code=item.text("code"),
            label=item.text("label"),
            help=item.text("help"),
            formula=item.expression("formula") or parse("0"),
            numerator=item.optional_expression("numerator"),
            denominator=item.optional_expression("denominator"),
            multiplier=item.optional_number("multiplier"),
            unit=item.optional_text("unit"),
            decimals=item.optional_integer("decimals", 6) or 0,
            direction=item.one_of("direction", Direction, Direction.NEUTRAL),
            usspm_dimension=item.optional_text("usspm_dimension"),
            usspm_standard=item.optional_text("usspm_standard"),
            relevance=item.optional_expression("relevance"),
            sector_aggregate=item.one_of("sector_aggregate", Aggregate, Aggregate.NONE),
            iris=item.optional_text("iris"),
            source=item.optional_text("source"),
            unit_label=item.optional_text("unit_label"),
        )
        item.finish()
        return derived

    def _rule(self, item: Reader) -> Rule:
        check: Expression = item.expression("check") or _STAND_IN
        rule = Rule(
            id=item.text("id"),
            severity=item.one_of("severity", Severity, Severity.ERROR),
            when=item.optional_expression("when"),
            check=check,
            message=item.text("message"),
            terms=self._terms(item),
        )
        item.finish()
        return rule

    def _terms(self, item: Reader) -> Terms:
        begins, ends = item.optional_date("effective_from"), item.optional_date("effective_until")
        if begins is not None and ends is not None and ends < begins:
            item.report(f"is {ends}, before effective_from, {begins}", "effective_until")
        return Terms(Mode.TRIAL if item.flag("trial", False) else Mode.IN_FORCE, begins, ends)

    def _trend_checks(self) -> tuple[TrendCheck, ...]:
        reader = self._top.mapping("trend_checks")
        found: list[TrendCheck] = []
        for kind, limit in _LIMITS.items():
            continuity = kind is TrendKind.CONTINUITY
            without = continuity or kind is TrendKind.HISTORY
            for item in reader.objects(kind.value, f"{kind.value} trend check", optional=True):
                check = TrendCheck(
                    kind=kind,
                    code=item.text("code"),
                    limit=item.positive_number(limit),
                    severity=item.one_of("severity", Severity, Severity.WARNING),
                    compare=item.optional_text("compare") or "" if without else item.text("compare"),
                    equals_previous=item.text("equals_previous") if continuity else None,
                    message=item.text("message") if continuity else item.optional_text("message"),
                    terms=self._terms(item),
                )
                item.finish()
                found.append(check)
        reader.finish()
        return tuple(found)
