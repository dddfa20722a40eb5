"""Markup that stands on a page dozens of times, put together in Python: templates take ten times as long for it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.datasets.wording import change_text, value_text
from reporting.selectors.returns import ReturnSheet
from reporting.web.field_state import FieldState, Problem
from reporting.web.fields import Field
from reporting.web.panels import DerivedLine, Located, Problems
from spm_portal.common.templatetags.ui import icon, percent

register = template.Library()

NOTHING = format_html("{}", "")
OPEN = format_html(" {}", "open")
INVALID = format_html(' aria-invalid="{}"', "true")
NO_FIGURE = format_html('<span class="muted">{}</span>', "–")
LONGEST_TEXT = 300
"""Characters of last year's text that stand beside a box."""


@register.simple_tag
def last_answer(field: Field) -> str:
    """Last year's answer beside the controls; nothing where there was none."""
    if not field.has_last:
        return NOTHING
    if field.last is None:
        words = field.last_missing_label
    elif field.widget == "text" and field.last:
        words = Truncator(str(field.last)).chars(LONGEST_TEXT)
    else:
        words = value_text(field.indicator, field.last, field.state.currency)
    return format_html('<span class="field-last">{}: <b>{}</b></span>', str(field.state.last_year), words)


@register.simple_tag
def number_box(field: Field) -> str:
    """The box of a question that is answered by a figure, with its unit."""
    code, unit = field.code, field.unit
    return format_html(
        '<div class="field-box"><input type="text" inputmode="decimal" id="v-{0}" name="v-{0}" form="sheet"'
        ' value="{1}" autocomplete="off" aria-describedby="h-{0}{2} s-{0}"{3}>{4}</div>',
        code,
        field.text,
        format_html(" u-{}", code) if unit else "",
        INVALID if field.state.is_invalid else "",
        format_html('<span class="field-unit" id="u-{}">{}</span>', code, unit) if unit else "",
    )


@register.simple_tag
def state_lines(state: FieldState, may_edit: bool) -> str:
    """What stands under a question besides a conflict: what was saved, the change, the share, and what is wrong."""
    if state.fault:
        first = format_html('<p class="field-error">{} {}</p>', _("Not saved."), state.fault)
    else:
        first = NOTHING if state.conflict else format_html('<p class="field-line">{}</p>', _said(state))
    if not state.problems:
        return first
    errors = format_html_join("", '<p class="field-error">{}</p>', ((one.text,) for one in state.errors))
    warnings = format_html_join(
        "",
        '<p class="field-warning">{} {}</p>',
        ((one.text, _reason(one, may_edit)) for one in state.warnings),
    )
    notes = format_html_join("", '<p class="field-note">{}</p>', ((note(one),) for one in state.notes))
    return format_html("{}{}{}{}", first, errors, warnings, notes)


def _said(state: FieldState) -> str:
    """The line of a question where all is well: saved, checked, changed since last year, how much of its whole."""
    parts: list[str] = []
    if state.mark == "saved":
        parts.append(_saved(state))
        if state.cleared == "value":
            parts.append(format_html("<span>{}</span>", _("The value was taken out.")))
        elif state.cleared == "reason":
            parts.append(format_html("<span>{}</span>", _("The reason was taken out.")))
    elif state.missing:
        parts.append(format_html("<span>{}</span>", state.missing_label))
    if state.level:
        parts.append(format_html('<span class="field-level">{} {}</span>', icon("check"), state.level))
    if state.change is not None:
        words = _("%(change)s since %(year)s") % {
            "change": change_text(state.change, in_points=state.in_points),
            "year": state.last_year,
        }
        parts.append(format_html('<span class="field-change">{}</span>', words))
    if state.share is not None:
        words = _("%(share)s of “%(whole)s”") % {"share": percent(state.share, 1), "whole": state.share_of}
        parts.append(format_html('<span class="field-share">{}</span>', words))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _saved(state: FieldState) -> str:
    told = ""
    if state.missing:
        told = f": {state.missing_label}"
    elif state.value is not None and state.indicator.type.is_number:
        told = f": {value_text(state.indicator, state.value, state.currency)} {state.unit}"
    return format_html('<span class="field-saved">{} {}{}</span>', icon("check"), _("Saved"), told)


def _reason(problem: Problem, may_edit: bool) -> str:
    if problem.reason:
        words = _("Reason given: %(reason)s") % {"reason": problem.reason}
        return format_html('<span class="field-reason">{}</span>', words)
    if may_edit:
        return format_html('<a href="#why-{}">{}</a>', problem.rule, _("Say why it is right"))
    return NOTHING


def note(problem: Problem) -> str:
    """What is worth knowing and asks for nothing, in words."""
    trial = format_html("<strong>{}</strong> ", _("On trial:")) if problem.on_trial else ""
    return format_html("{}{}", trial, problem.text)


@register.simple_tag(takes_context=True)
def problem_lists(context: Context, problems: Problems) -> str:
    """All problems by severity, each a link to its question; reasons are given here, `fold`: one click away."""
    may_edit, fold, section = (bool(context.get(name)) for name in ("may_edit", "fold", "section"))
    address = ""
    if may_edit:
        address = reverse("return_explanation", args=[context["slug"], context["submission"].pk])

    def open_reason(item: Located) -> str:
        if not may_edit:
            return NOTHING
        form = _reason_form(context, item, "why", address)
        return _folded(_("Say why it is right"), form) if fold else form

    def given_reason(item: Located) -> str:
        reason = format_html('<blockquote class="reason">{}</blockquote>', item.problem.reason)
        if not may_edit:
            return reason
        form = _reason_form(context, item, "again", address)
        is_open = context.get("refused_rule") == item.problem.rule
        return format_html("{} {}", reason, _folded(_("Change the reason"), form, is_open=is_open))

    return format_html(
        "{}{}{}{}",
        _listed("is-error", "error", _errors(len(problems.errors), may_edit), problems.errors),
        _listed(
            "is-warning",
            "warning",
            _warnings(len(problems.warnings), may_edit),
            problems.warnings,
            open_reason,
        ),
        _listed("is-note", "check", _explained(len(problems.explained)), problems.explained, given_reason),
        _noted(problems.notes, is_open=not section and not fold),
    )


def _errors(count: int, may_edit: bool) -> str:
    if may_edit:
        return ngettext(
            "%(counter)s error: correct it before you submit",
            "%(counter)s errors: correct them before you submit",
            count,
        ) % {"counter": count}
    return ngettext("%(counter)s error", "%(counter)s errors", count) % {"counter": count}


def _warnings(count: int, may_edit: bool) -> str:
    if may_edit:
        return ngettext(
            "%(counter)s warning: correct it or say why it is right",
            "%(counter)s warnings: correct them or say why they are right",
            count,
        ) % {"counter": count}
    return ngettext(
        "%(counter)s warning without a reason", "%(counter)s warnings without a reason", count
    ) % {"counter": count}


def _explained(count: int) -> str:
    return ngettext("%(counter)s warning with a reason", "%(counter)s warnings with a reason", count) % {
        "counter": count
    }


def _listed(
    kind: str,
    shape: str,
    title: str,
    items: Sequence[Located],
    beside: Callable[[Located], str] | None = None,
) -> str:
    """Problems of one severity; nothing where there is none."""
    if not items:
        return NOTHING
    return format_html(
        '<section class="{}"><h3>{} {}</h3><ul>{}</ul></section>',
        kind,
        icon(shape),
        title,
        format_html_join(
            "",
            '<li><a href="{}">{}</a> <span>{}</span> {}</li>',
            (
                (one.url, one.problem.label, one.problem.text, beside(one) if beside else NOTHING)
                for one in items
            ),
        ),
    )


def _noted(items: Sequence[Located], *, is_open: bool) -> str:
    if not items:
        return NOTHING
    title = ngettext(
        "%(counter)s note: nothing has to be done", "%(counter)s notes: nothing has to be done", len(items)
    ) % {"counter": len(items)}
    notes = format_html_join(
        "",
        '<li><a href="{}">{}</a> <span>{}</span></li>',
        ((one.url, one.problem.label, note(one.problem)) for one in items),
    )
    return format_html(
        '<section class="is-note"><h3>{} {}</h3>{}</section>',
        icon("info"),
        title,
        _folded(_("Read"), format_html("<ul>{}</ul>", notes), is_open=is_open),
    )


def _folded(summary: str, content: str, *, is_open: bool = False) -> str:
    return format_html(
        '<details class="more"{}><summary>{}</summary>{}</details>', OPEN if is_open else "", summary, content
    )


def _reason_form(context: Context, item: Located, prefix: str, address: str) -> str:
    """The box for the reason of one warning; with what was wrong about the reason that was just sent."""
    problem, section = item.problem, context.get("section")
    rule = problem.rule
    refused = context.get("refused_rule") == rule
    clash = refused and context.get("clash")
    fault = invalid = NOTHING
    if refused:
        fault = format_html(
            '<p class="field-error" id="{}-{}-error">{}</p>', prefix, rule, context["refusal"]
        )
        invalid = format_html(' aria-invalid="true" aria-describedby="{}-{}-error"', prefix, rule)
    return format_html(
        '<form class="reason-form" method="post" action="{url}" data-hx-post="{url}" data-hx-swap="none">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        '<input type="hidden" name="rule" value="{rule}">{section}'
        '<input type="hidden" id="was-{prefix}-{rule}" name="was" value="{reason}" data-hx-preserve="true">'
        '<label for="{prefix}-{rule}">{label}</label>{fault}'
        '<textarea class="input" id="{prefix}-{rule}" name="reason" rows="2" data-hx-preserve="true"{invalid}>'
        "{text}</textarea>{button}{before}</form>",
        url=address,
        token=context.get("csrf_token", ""),
        rule=rule,
        section=format_html('<input type="hidden" name="section" value="{}">', section.code)
        if section
        else "",
        prefix=prefix,
        reason=problem.reason,
        label=_("Why the figure is right"),
        fault=fault,
        invalid=invalid,
        text=context["refused_text"] if refused else problem.reason,
        button=format_html(
            '<button type="submit" class="btn btn-sm" name="over" value="{}">{}</button>',
            problem.reason,
            _("Put mine in its place"),
        )
        if clash
        else format_html('<button type="submit" class="btn btn-sm">{}</button>', _("Keep this reason")),
        before=_given_before(problem),
    )


def _given_before(problem: Problem) -> str:
    """The reason that was given last year, to be used again."""
    if not problem.offered:
        return NOTHING
    return format_html(
        '<div class="reason-before"><p>{}</p><blockquote class="reason">{}</blockquote>'
        '<button type="submit" class="btn btn-sm" name="again" value="1">{}</button></div>',
        _("The reason you gave in %(year)s:") % {"year": problem.offered_year},
        problem.offered,
        _("Use this reason again"),
    )


@register.simple_tag
def derived_rows(lines: Iterable[DerivedLine], sheet: ReturnSheet) -> str:
    """The rows of figures that are worked out from the answers, beside those of last year where there was a return."""
    this_year, change = _("This year"), _("Change")
    currency, last = sheet.submission.currency, sheet.previous_submission
    year = str(last.round.year) if last is not None else ""

    def figure(part: Any, value: float | None) -> str:
        return NO_FIGURE if value is None else value_text(part, value, currency)

    def before(line: DerivedLine) -> tuple[str, ...]:
        if not year:
            return ()
        told = change_text(line.change, in_points=line.in_points)
        return year, figure(line.part, line.last), change, told

    return format_html_join(
        "",
        '<tr><th scope="row"><details class="more"><summary>{}</summary><p>{}</p></details></th>'
        + ('<td class="num" data-label="{}">{}</td>' * (3 if year else 1))
        + "</tr>",
        (
            (line.part.label, line.formula, this_year, figure(line.part, line.value), *before(line))
            for line in lines
        ),
    )
