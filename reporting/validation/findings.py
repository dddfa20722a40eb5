"""Everything that is wrong or unusual in a form: missing answers, faulty values, rules and trends."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from reporting.catalogue import Catalogue, Rule, Severity, TrendCheck, TrendKind
from reporting.expressions import Value
from reporting.validation import messages
from reporting.validation.computing import Computed, compute
from reporting.validation.messages import Message, message
from reporting.validation.values import is_empty, value_fault

REQUIRED = "REQ"
VALUE = "VAL"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of a form.

    `rule`: REQ (required, not answered), VAL (a value that cannot be), a rule's id, or a trend check's id.
    `indicators`: the fields to look at, the first one first. `section`: the section of the first. `message`: in
    English; `text` renders it in another language.
    """

    rule: str
    severity: Severity
    indicators: tuple[str, ...]
    section: str
    message: str
    text: Message = field(compare=False, repr=False)


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
) -> tuple[Finding, ...]:
    """Every problem, errors first, then in the order of the form.

    `missing` maps codes to the reason why there is no answer; a reason satisfies a required field. `previous` holds
    the values of last year's approved return (`previous_context` its context, by default this year's). `computed`
    spares working the form out again if the caller has done so with the same arguments.
    """
    form = computed or compute(catalogue, values, context, sections=sections, full_form=full_form)
    found = [*_unanswered(catalogue, form, missing), *_faulty(catalogue, form), *_fired(catalogue, form)]
    if previous is not None:
        before = compute(catalogue, previous, context if previous_context is None else previous_context)
        found.extend(_changed(catalogue, form, before))
    return tuple(sorted(found, key=lambda finding: _place(catalogue, finding)))


def _place(catalogue: Catalogue, finding: Finding) -> tuple[bool, int]:
    first = finding.indicators[0] if finding.indicators else ""
    return finding.severity is not Severity.ERROR, catalogue.position.get(first, len(catalogue.codes))


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


def _fired(catalogue: Catalogue, form: Computed) -> Iterator[Finding]:
    for rule in catalogue.rules:
        if fires(rule, form.names):
            behind = catalogue.inputs(rule.check.codes)
            if behind and form.asked.isdisjoint(behind):
                continue  # nobody could answer: every field of the check is switched off
            yield _finding(catalogue, form, rule.id, rule.severity, rule.codes, Message(rule.message))


def _finding(
    catalogue: Catalogue, form: Computed, rule: str, severity: Severity, codes: tuple[str, ...], text: Message
) -> Finding:
    behind = catalogue.inputs(codes)
    shown = tuple(code for code in behind if code in form.relevant) or behind
    section = catalogue.indicator(shown[0]).section if shown else ""
    return Finding(rule, severity, shown, section, str(text), text)


def _changed(catalogue: Catalogue, form: Computed, before: Computed) -> Iterator[Finding]:
    for check in catalogue.trend_checks:
        now, then = form.names.get(check.code), before.names.get(check.previous_code)
        if isinstance(now, int | float) and isinstance(then, int | float):
            text = _CHANGES[check.kind](catalogue, check, now, then)
            if text is not None:
                yield _finding(catalogue, form, check.id, check.severity, (check.code,), text)


def _relative(catalogue: Catalogue, check: TrendCheck, now: float, then: float) -> Message | None:
    if then == 0:
        return None
    change = 100 * (now - then) / abs(then)
    if abs(change) <= check.limit:
        return None
    return _change(messages.RELATIVE_CHANGE, catalogue, check, now, then, change)


def _absolute(catalogue: Catalogue, check: TrendCheck, now: float, then: float) -> Message | None:
    change = now - then
    if abs(change) <= check.limit:
        return None
    return _change(messages.ABSOLUTE_CHANGE, catalogue, check, now, then, change)


def _continuity(catalogue: Catalogue, check: TrendCheck, now: float, then: float) -> Message | None:
    if abs(now - then) <= abs(then) * check.limit / 100:
        return None
    return Message(check.message or "")


def _change(
    template: str, catalogue: Catalogue, check: TrendCheck, now: float, then: float, change: float
) -> Message:
    return message(
        check.message or template,
        label=catalogue.labels[check.code],
        before=_rounded(then),
        now=_rounded(now),
        change=_rounded(change),
        limit=check.limit,
    )


def _rounded(figure: float) -> float:
    """One decimal is enough to see a change that is out of the ordinary."""
    return figure if isinstance(figure, int) else round(figure, 1)


_CHANGES = {
    TrendKind.RELATIVE: _relative,
    TrendKind.ABSOLUTE: _absolute,
    TrendKind.CONTINUITY: _continuity,
}


def is_answered(code: str, values: Mapping[str, object], missing: Mapping[str, str]) -> bool:
    """Whether a field has a value (zero and No are values) or a reason for having none."""
    return not is_empty(values.get(code)) or bool(missing.get(code))
