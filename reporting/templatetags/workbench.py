"""Rows of the tables that staff work with, put together in Python: a template takes several times as long for them."""

from collections.abc import Iterable, Sequence

from django import template
from django.template import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.selectors.reviews import Problem
from reporting.web.board import BoardLine
from reporting.web.review import Line, SectionLink
from spm_portal.common.templatetags.ui import badge, day, icon

register = template.Library()

LINE, ASK = "reporting/review/_line.html", "reporting/questions/_ask.html"
CURRENT = format_html(' aria-current="{}"', "page")
WARNED = format_html(' class="{}"', "has-warning")
NOTHING = format_html("{}", "")
NONE = format_html('<span class="muted">{}</span>', 0)


@register.simple_tag
def board_rows(lines: Iterable[BoardLine]) -> str:
    """The rows of a board, a cell for each column of its head, which names itself on small screens."""
    heads = (
        _("State"),
        _("Answered of required"),
        _("Errors"),
        _("Warnings"),
        _("Open questions"),
        _("Due"),
        _("Last touched"),
        _("Last contact"),
    )
    words = {"choose": _("Choose"), "untouched": _("not begun"), "silent": pgettext("contact", "none")}
    return format_html_join("", "{}", ((_row(line, heads, words),) for line in lines))


def _row(line: BoardLine, heads: tuple[str, ...], words: dict[str, str]) -> str:
    return format_html(
        '<tr><th scope="row"><div class="tick-row"><label class="tick">'
        '<input type="checkbox" name="returns" value="{}"> <span class="visually-hidden">{} {}</span></label> '
        '<a href="{}">{}</a></div></th>'
        '<td data-label="{}"><div>{} <span class="sub">{}</span> {}</div></td>'
        '<td data-label="{}"><div class="progress-line">'
        '<progress value="{}" max="{}" aria-label="{}">{}</progress> <span>{}</span></div></td>'
        '<td class="num" data-label="{}">{}</td>'
        '<td class="num" data-label="{}"><div>{}{}</div></td>'
        '<td class="num" data-label="{}"><div>{}{}</div></td>'
        '<td data-label="{}"><div>{}{}</div></td>'
        '<td data-label="{}"><div>{}</div></td>'
        '<td data-label="{}"><div>{}{}</div></td></tr>',
        line.pk,
        words["choose"],
        line.member,
        line.url,
        line.member,
        heads[0],
        badge(line.state),
        line.since,
        _sub(line.holder),
        heads[1],
        line.answered,
        line.required,
        line.member,
        line.answered,
        line.progress,
        heads[2],
        format_html("<strong>{}</strong>", line.errors) if line.errors else NONE,
        heads[3],
        line.warnings or NONE,
        _sub(line.unexplained),
        heads[4],
        format_html('<a href="{}">{}</a>', line.questions_url, line.open_questions)
        if line.questions_url
        else NONE,
        _sub(line.to_read),
        heads[5],
        badge("overdue", line.overdue) if line.overdue else line.due,
        _sub(line.extended),
        heads[6],
        _dated(line.touched, line.touched_by, words["untouched"]),
        heads[7],
        _dated(line.contact_day, line.contact, words["silent"]),
        format_html(' <span class="sub failed">{} {}</span>', icon("error"), line.failed)
        if line.failed
        else NOTHING,
    )


def _sub(text: str) -> str:
    return format_html(' <span class="sub">{}</span>', text) if text else NOTHING


def _dated(moment: str, about: str, never: str) -> str:
    """A day with what happened or who it was; a word where it never did."""
    if not moment:
        return format_html('<span class="muted">{}</span>', never)
    return format_html('<span class="day">{}</span>{}', moment, _sub(about))


@register.simple_tag(takes_context=True)
def review_rows(context: Context, lines: Iterable[Line]) -> str:
    """The rows of a table of the review. Most are a value with nothing to say about it; others have a template."""
    names = ("this_year", "last_year", "change_words", "year_before")
    heads = [
        conditional_escape(words) for words in (*(context[name] for name in names), context["peers"].words)
    ]
    ask: tuple[str, str] | None = None  # what stands before and after the code
    if context["ask_query"]:
        ask = (
            format_html(' · <a class="ask" href="{}', context["ask_query"]),
            format_html('#ask-text">{}</a>', context["ask_words"]),
        )
    return format_html_join(
        "",
        "{}",
        (
            (_plain(line, heads, ask) if line.is_plain else _drawn(context, LINE, line=line),)
            for line in lines
        ),
    )


def _drawn(context: Context, name: str, **more: object) -> str:
    """What a template makes of the context and `more`, as an include does."""
    found = context.template.engine.get_template(name)  # type: ignore[union-attr]
    with context.push(**more):
        return found.render(context)


def _plain(line: Line, heads: Sequence[str], ask: tuple[str, str] | None) -> str:
    return format_html(
        '<tr id="row-{}"><th scope="row">{} <span class="sub">{}{}{}</span></th>'
        '<td data-label="{}"><strong>{}</strong></td><td data-label="{}">{}</td><td data-label="{}">{}</td>'
        '<td data-label="{}">{}</td><td data-label="{}">{} <span class="sub">{}</span></td></tr>',
        line.code,
        line.label,
        line.code,
        line.level,
        format_html("{}{}{}", ask[0], line.code, ask[1]) if ask else "",
        heads[0],
        line.now,
        heads[1],
        line.last,
        heads[2],
        line.change,
        heads[3],
        line.before_last,
        heads[4],
        line.peers,
        line.n_band,
    )


@register.simple_tag(takes_context=True)
def review_problem(context: Context, problem: Problem) -> str:
    """One problem with the member's reason, and the form that asks about it where it is open."""
    found = problem.finding
    code = found.indicators[0] if found.indicators else ""
    label = (
        format_html('<a href="#row-{}">{}</a>', code, problem.label)
        if found.section
        else format_html("<strong>{}</strong>", problem.label)
    )
    trial = format_html("<strong>{}</strong> ", _("On trial:")) if found.on_trial else ""
    ask: str = NOTHING
    form: str = NOTHING
    if context["may_ask"] and code:
        ask = format_html(
            ' <a class="ask" href="{}{}&amp;rule={}#ask-text">{}</a>',
            context["ask_query"],
            code,
            found.rule,
            _("Ask about this"),
        )
    if context["ask_rule"] and (context["ask_rule"], context["ask_code"]) == (found.rule, code):
        form = _drawn(context, ASK)
    return format_html(
        "<li>{} <span>{}{}</span>{}{}{}</li>", label, trial, problem.text, ask, _reason(problem), form
    )


def _reason(problem: Problem) -> str:
    given = problem.explanation
    if given is None:
        return NOTHING
    return format_html(
        ' <blockquote class="mb-0"><strong>{}</strong> {} <span class="muted">– {}, {}</span></blockquote>',
        _("The member's reason:"),
        given.reason,
        given.given_by or "",
        day(localtime(given.given_at)),
    )


@register.simple_tag
def review_links(links: Iterable[SectionLink]) -> str:
    """The sections of a review, each with how many of its answers have problems or changed."""
    return format_html_join(
        "",
        '<li{}><a href="{}"{}><span>{}</span>{}{}</a></li>',
        (
            (
                WARNED if one.with_problems else "",
                one.url,
                CURRENT if one.current else "",
                one.title,
                _count("warning", one.with_problems, _("with problems")),
                _count("repeat", one.new, _("changed")),
            )
            for one in links
        ),
    )


def _count(shape: str, count: int, words: str) -> str:
    if not count:
        return NOTHING
    return format_html(
        ' <span class="count">{} {}<span class="visually-hidden">{}</span></span>', icon(shape), count, words
    )
