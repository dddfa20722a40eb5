"""How often each rule fires over many returns, of those where it could: the measure of a noisy rule."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from reporting.catalogue import Catalogue, Severity
from reporting.validation.computing import Computed, compute
from reporting.validation.findings import Finding, Policy, comparisons, findings, nothing_given
from reporting.validation.past import Past


@dataclass(frozen=True)
class Case:
    """One return with all that its rules look at."""

    values: Mapping[str, object]
    context: Mapping[str, object]
    missing: Mapping[str, str] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    day: date | None = None

    def computed(self, catalogue: Catalogue) -> Computed:
        """The return worked out."""
        return compute(catalogue, self.values, self.context)

    def findings(self, catalogue: Catalogue) -> tuple[Finding, ...]:
        """What the rules find, as in an imported return, of which nothing is missing."""
        policy = Policy(day=self.day, imported=True)
        return findings(
            catalogue,
            self.values,
            missing=self.missing,
            context=self.context,
            past=self.past,
            policy=policy,
        )


@dataclass(frozen=True, slots=True)
class Share:
    """How one rule fared: `looked` counts the returns that hold what it checks, `fired` those it speaks up about."""

    rule: str
    severity: Severity
    looked: int
    fired: int

    @property
    def percent(self) -> float:
        """Fired of looked, in per cent; 0 where there was nothing to look at."""
        return 100 * self.fired / self.looked if self.looked else 0.0


@dataclass(frozen=True, slots=True)
class Shares:
    """The outcome over all returns; `with_...` count returns with at least one finding of that kind."""

    returns: int
    with_error: int
    with_warning: int
    with_note: int
    warnings: int
    rules: tuple[Share, ...]


def shares_of(catalogue: Catalogue, cases: Iterable[Case]) -> Shares:
    """The share of every rule and comparison, those that fire most often first."""
    looked: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    returns = with_error = with_warning = with_note = warnings = 0
    for case in cases:
        found = case.findings(catalogue)
        returns += 1
        with_error += any(one.blocks for one in found)
        with_warning += any(one.needs_reason for one in found)
        with_note += any(one.is_note for one in found)
        warnings += sum(one.needs_reason for one in found)
        fired.update({one.rule for one in found})
        looked.update(_looked_at(catalogue, case))
    severities = {rule.id: rule.severity for rule in catalogue.rules}
    severities |= {check.id: check.severity for check in catalogue.trend_checks}
    shares = [
        Share(rule, severities.get(rule, Severity.WARNING), looked[rule], fired[rule])
        for rule in {**severities, **dict.fromkeys(looked)}
    ]
    order = {rule: place for place, rule in enumerate(severities)}
    shares.sort(key=lambda one: (-one.percent, order.get(one.rule, len(order))))
    return Shares(returns, with_error, with_warning, with_note, warnings, tuple(shares))


def _looked_at(catalogue: Catalogue, case: Case) -> set[str]:
    form = case.computed(catalogue)
    found = {
        rule.id
        for rule in catalogue.rules
        if rule.check.evaluate(form.names) is not None
        and (rule.when is None or rule.when.evaluate(form.names) is True)
        and not nothing_given(catalogue, rule, form)
    }
    return found | {verdict.rule for verdict in comparisons(catalogue, form, case.past)}
