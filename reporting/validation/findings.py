"""Everything that is wrong or unusual in a form: missing answers, faulty values, rules and trends."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from reporting.catalogue import Catalogue, Mode, Rule, Severity, Terms
from reporting.expressions import Value
from reporting.validation import messages
from reporting.validation.computing import Computed, compute
from reporting.validation.messages import Message, message
from reporting.validation.past import Past
from reporting.validation.trends import trends
from reporting.validation.units import CURRENCY, UNIT, unit_slips
from reporting.validation.values import is_empty, value_fault
from reporting.validation.verdicts import Verdict

REQUIRED = "REQ"
VALUE = "VAL"
NO_PAST = Past()


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of a form.

    `rule`: REQ (required, not answered), VAL (a value that cannot be), a rule's id, a trend check's id, UNIT or CURR
    (amounts in the wrong unit). `indicators`: the fields to look at, the first one first. `section`: the section of
    the first. `message`: in English; `text` renders it in another language. `on_trial`: the rule is being tried out,
    so that nobody has to do anything about it.
    """

    rule: str
    severity: Severity
    indicators: tuple[str, ...]
    section: str
    message: str
    text: Message = field(compare=False, repr=False)
    on_trial: bool = False

    @property
    def blocks(self) -> bool:
        """Whether the return cannot be submitted before this is corrected."""
        return self.severity is Severity.ERROR

    @property
    def needs_reason(self) -> bool:
        """Whether it must be corrected or explained."""
        return self.severity is Severity.WARNING and not self.on_trial

    @property
    def is_note(self) -> bool:
        """Whether nothing has to be done about it: information, or a rule on trial."""
        return not (self.blocks or self.needs_reason)


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rules count: what the association set for single rules, and the last day of the period.

    A rule without a setting follows its own terms in the catalogue. An `imported` return was asked of nobody: nothing
    is missing from it.
    """

    settings: Mapping[str, Terms] = field(default_factory=dict)
    day: date | None = None
    imported: bool = False

    def mode(self, rule: str, own: Terms) -> Mode:
        """What a rule does here."""
        return self.settings.get(rule, own).on(self.day)


EVERY_RULE = Policy()


def findings(
    catalogue: Catalogue,
    values: Mapping[str, object],
    *,
    missing: Mapping[str, str],
    context: Mapping[str, object],
    previous: Mapping[str, object] | None = None,
    previous_context: Mapping[str, object] | None = None,
    sections: Collection[str] | None = None,
    full_form: bool = True,
    computed: Computed | None = None,
    past: Past | None = None,
    policy: Policy = EVERY_RULE,
) -> tuple[Finding, ...]:
    """Every problem, errors first, then in the order of the form.

    `missing` maps codes to the reason why there is no answer; a reason satisfies a required field. `previous` holds
    the values of last year's approved return (`previous_context` its context, by default this year's); `past` says
    the same, and more, worked out. `computed` spares working the form out again if the caller has done so with the
    same arguments.
    """
    form = computed or compute(catalogue, values, context, sections=sections, full_form=full_form)
    if past is None:
        past = NO_PAST
        if previous is not None:
            before = compute(catalogue, previous, context if previous_context is None else previous_context)
            past = Past(last=before)
    found = [] if policy.imported else list(_unanswered(catalogue, form, missing))
    found += _faulty(catalogue, form)
    found += _ruled(catalogue, form, missing, policy)
    found += _compared(catalogue, form, past, policy)
    return tuple(sorted(found, key=lambda finding: _place(catalogue, finding)))


def _place(catalogue: Catalogue, finding: Finding) -> tuple[int, bool, int]:
    first = finding.indicators[0] if finding.indicators else ""
    place = catalogue.position.get(first, len(catalogue.codes))
    return finding.severity.rank, finding.on_trial, place


def _unanswered(catalogue: Catalogue, form: Computed, missing: Mapping[str, str]) -> Iterator[Finding]:
    for indicator in catalogue.indicators:
        code = indicator.code
        if indicator.required and code in form.relevant and code not in form.values and not missing.get(code):
            text = message(messages.REQUIRED, label=indicator.label)
            yield Finding(REQUIRED, Severity.ERROR, (code,), indicator.section, str(text), text)


def _faulty(catalogue: Catalogue, form: Computed) -> Iterator[Finding]:
    for code, value in form.values.items():
        indicator = catalogue.indicator(code)
        text = value_fault(indicator, value)
        if text is not None:
            yield Finding(VALUE, Severity.ERROR, (code,), indicator.section, str(text), text)


def fires(rule: Rule, names: Mapping[str, Value]) -> bool:
    """Whether a rule fires: `when` absent or true, and `check` false; empty fires nothing."""
    if rule.check.evaluate(names) is not False:
        return False
    return rule.when is None or rule.when.evaluate(names) is True


def speaks_of_gaps(catalogue: Catalogue, rule: Rule, form: Computed, missing: Mapping[str, str]) -> bool:
    """Whether all that a rule checks is absent on purpose: each of its fields is empty and says why."""
    behind = catalogue.inputs(rule.check.codes)
    return bool(behind) and all(code not in form.values and missing.get(code) for code in behind)


def nothing_given(catalogue: Catalogue, rule: Rule, form: Computed) -> bool:
    """Whether all that a rule checks is absent."""
    behind = catalogue.inputs(rule.check.codes)
    return bool(behind) and form.values.keys().isdisjoint(behind)


def fired_rules(
    catalogue: Catalogue, form: Computed, missing: Mapping[str, str], *, imported: bool
) -> Iterator[Rule]:
    """The rules that fire, whatever their terms.

    A rule about what is absent asks for it. It is silent where every field of its check is switched off, where the
    member said of each why there is none, and where nobody was asked (an imported return).
    """
    for rule in catalogue.rules:
        if not fires(rule, form.names):
            continue
        behind = catalogue.inputs(rule.check.codes)
        if behind and form.asked.isdisjoint(behind):
            continue
        if imported and nothing_given(catalogue, rule, form):
            continue
        if not speaks_of_gaps(catalogue, rule, form, missing):
            yield rule


def _ruled(
    catalogue: Catalogue, form: Computed, missing: Mapping[str, str], policy: Policy
) -> Iterator[Finding]:
    for rule in fired_rules(catalogue, form, missing, imported=policy.imported):
        mode = policy.mode(rule.id, rule.terms)
        if mode is not Mode.OFF:
            verdict = Verdict(rule.id, rule.severity, rule.codes, Message(rule.message))
            yield _finding(catalogue, form, verdict, mode)


def _finding(catalogue: Catalogue, form: Computed, verdict: Verdict, mode: Mode) -> Finding:
    behind = catalogue.inputs(verdict.codes)
    shown = tuple(code for code in behind if code in form.relevant) or behind
    section = catalogue.indicator(shown[0]).section if shown else ""
    on_trial = mode is Mode.TRIAL
    severity = verdict.severity
    if on_trial and severity is Severity.ERROR:
        severity = Severity.WARNING
    text = verdict.text or Message("")
    return Finding(verdict.rule, severity, shown, section, str(text), text, on_trial)


def comparisons(catalogue: Catalogue, form: Computed, past: Past) -> Iterator[Verdict]:
    """The verdicts of everything that looks at earlier returns, whether something was found or not."""
    if past.last is not None:
        yield from unit_slips(catalogue, form, past)
    if past.last is not None or past.history:
        yield from trends(catalogue, form, past)


def _compared(catalogue: Catalogue, form: Computed, past: Past, policy: Policy) -> list[Finding]:
    terms = {check.id: check.terms for check in catalogue.trend_checks}
    told = [verdict for verdict in comparisons(catalogue, form, past) if verdict.text is not None]
    found = []
    for verdict in once_told(told, policy, terms):
        mode = policy.mode(verdict.rule, terms.get(verdict.rule, Terms()))
        if mode is not Mode.OFF:
            found.append(_finding(catalogue, form, verdict, mode))
    return found


def once_told(verdicts: Iterable[Verdict], policy: Policy, terms: Mapping[str, Terms]) -> list[Verdict]:
    """The verdicts without those that only repeat another: one fault asks for one reason.

    Where the unit slipped, each of its amounts changed much; where a figure left last year's, it mostly left its usual
    range too. A rule that is on trial or off silences nothing.
    """
    kept: list[Verdict] = []
    told: set[str] = set()
    for verdict in verdicts:  # units first, then last year, then history: in the order of `comparisons`
        if verdict.rule not in (UNIT, CURRENCY) and told.intersection(verdict.codes):
            continue
        kept.append(verdict)
        if policy.mode(verdict.rule, terms.get(verdict.rule, Terms())) is Mode.IN_FORCE:
            told.update(verdict.codes)
    return kept


def is_answered(code: str, values: Mapping[str, object], missing: Mapping[str, str]) -> bool:
    """Whether a field has a value (zero and No are values) or a reason for having none."""
    return not is_empty(values.get(code)) or bool(missing.get(code))
