"""Lines that lists of the training area repeat, put together in Python: templates take ten times as long for them."""

# labels come from the choices themselves: get_…_display makes them hashable anew each time

from django import forms, template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from spm_portal.common.languages import language_name
from spm_portal.common.templatetags.ui import badge, day, number
from training.enums import SessionState, Topic, WorkKind
from training.selectors.library import Shelved
from training.selectors.sessions import SessionRow
from training.templatetags.training_sessions import look

register = template.Library()

NOTHING = format_html("{}", "")
SUMMARY_WORDS = 36


@register.simple_tag
def select_box(field: forms.BoundField) -> str:
    """A plain choice of a filter, as Django's widget draws it option by option through templates."""
    shown = str(field.value() or "")
    choices = field.field.choices  # type: ignore[attr-defined]
    options = format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((key, format_html(" {}", "selected") if str(key) == shown else "", words) for key, words in choices),
    )
    return format_html('<select name="{}" id="{}">{}</select>', field.html_name, field.id_for_label, options)


@register.simple_tag
def work_line(one: Shelved, slug: str, heading: str, is_managed: bool) -> str:
    """A work on a shelf; `slug` is empty on public pages, `heading` is the level of its title."""
    work = one.work
    address = reverse("work", args=[slug, work.pk]) if slug else reverse("public_work", args=[work.pk])
    lang = format_html(' lang="{}" dir="auto"', one.language) if one.language else NOTHING
    about = [str(WorkKind(work.kind).label)]
    if work.toolkit_key:
        toolkit = _("Ambassador Toolkit")
        if work.toolkit_number is not None:
            toolkit += ", " + _("no. %(number)s") % {"number": work.toolkit_number}
        about.append(toolkit)
    if work.published_in:
        about.append(str(work.published_in))
    summary = NOTHING
    if one.summary:
        summary = format_html("<p{}>{}</p>", lang, Truncator(one.summary).words(SUMMARY_WORDS, truncate=" …"))
    return format_html(
        '<div class="work-line"><p class="kicker">{}</p><{h} class="work-title"><a{} href="{}">{}</a></{h}>{}'
        '<p class="muted small">{}</p></div>',
        " · ".join(about),
        lang,
        address,
        one.title,
        summary,
        _held(one, is_managed),
        h=heading if heading in ("h2", "h3") else "h2",
    )


def _held(one: Shelved, is_managed: bool) -> str:
    """The languages of a work, and what staff know of it."""
    # outside of the f-string, where texts are not found for translation
    nothing = " (" + _("no file or link") + ")"
    languages = format_html_join(
        " · ",
        '<span lang="{}">{}</span>{}',
        ((held.code, held.name, "" if held.gives else nothing) for held in one.held),
    )
    more = ""
    if one.work.retired_at:
        away = day(localtime(one.work.retired_at))
        more += " · " + _("put away on %(day)s") % {"day": away}
    if is_managed and one.work.is_public:
        more += " · " + _("public")
    return format_html("{}{}", languages or _("The source names no language."), more)


@register.simple_tag
def session_line(row: SessionRow, slug: str, is_staff: bool) -> str:
    """A session in a list: a row of its table."""
    session, places = row.session, row.places
    where = _("Online") if session.is_online else session.place or "–"
    counts = [
        (_("%(count)s waiting"), places.waiting),
        (_("%(count)s to approve"), places.requested if is_staff else 0),
        (_("%(count)s of ours"), row.own),
    ]
    return format_html(
        '<tr><th scope="row"><a href="{}">{}</a><span class="sub">{} · {}</span></th>'
        '<td data-label="{}">{}</td><td data-label="{}">{}</td><td data-label="{}" class="num">{}{}</td>'
        '<td data-label="{}">{}</td></tr>',
        reverse("training_session", args=[slug, session.pk]),
        session.title,
        Topic(session.course.topic).label,
        language_name(session.language),
        _("When"),
        row.when,
        _("Where"),
        where,
        _("Seats"),
        _("%(taken)s of %(seats)s") % {"taken": number(places.confirmed), "seats": number(places.seats)},
        format_html_join(
            "",
            '<span class="sub">{}</span>',
            ((words % {"count": number(count)},) for words, count in counts if count),
        ),
        _("State"),
        badge(look(session.state), str(SessionState(session.state).label)),
    )
