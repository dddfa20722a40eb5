"""Tags and filters of every template: icons, state badges, numbers and days in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from babel import Locale, UnknownLocaleError
from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from spm_portal.common import numbers
from spm_portal.common.badges import badge_of
from spm_portal.common.charts import spark_bar
from spm_portal.common.markup import rendered
from spm_portal.common.wording import colon

register = template.Library()
register.simple_tag(colon)

# Icons that point along the line of reading turn around in right-to-left languages.
_TURNING = frozenset({"next", "back", "return", "send", "exit"})
_Number = Decimal | float | int
_CURRENT = format_html(' aria-current="{}"', "page")
_NUMERIC = format_html(' class="{}"', "num")


def _language() -> str:
    return get_language() or "en"


@register.simple_tag
def icon(name: str, label: str = "") -> str:
    """An icon of the sprite. Decoration beside words has no ``label``; an icon that stands alone needs one."""
    return _icon(name, str(label), _sprite(staticfiles_storage))


@lru_cache(maxsize=4)
def _sprite(_storage: object) -> str:
    """The address of the sprite in this storage: worked out for each icon, it took longer than their markup."""
    return static("img/icons.svg")


@lru_cache(maxsize=256)
def _icon(name: str, label: str, sprite: str) -> str:
    turning = " icon-turns" if name in _TURNING else ""
    if label:
        return format_html(
            '<svg class="icon icon-{}{}" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            name,
            turning,
            label,
            sprite,
            name,
        )
    return format_html(
        '<svg class="icon icon-{}{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        name,
        turning,
        sprite,
        name,
    )


@register.simple_tag
def badge(state: str, label: str = "") -> str:
    """The badge of a state: words, shape and colour. ``label`` replaces the words (due in 3 days)."""
    found = badge_of(str(state))
    return _badge(found.key, found.icon, str(label or found.label))


@lru_cache(maxsize=256)
def _badge(state: str, icon_name: str, label: str) -> str:
    # lists show the same few badges again and again: the markup follows from these words alone
    return render_to_string("components/badge.html", {"state": state, "icon_name": icon_name, "label": label})


class _Event(Protocol):
    """Something that happened, for the timeline."""

    @property
    def title(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def text(self) -> str: ...
    @property
    def strong(self) -> bool: ...


@register.simple_tag
def timeline_events(events: Iterable[_Event]) -> str:
    """The entries of a timeline."""
    return format_html_join(
        "",
        '<li class="{}"><p><strong>{}</strong></p><p class="meta">{} <time datetime="{}">{}</time></p>{}</li>',
        (
            (
                "is-strong" if one.strong else "",
                one.title,
                f"{one.by} ·" if one.by else "",
                at.strftime("%Y-%m-%dT%H:%M:%S%z"),
                moment(at),
                format_html("<blockquote>{}</blockquote>", one.text) if one.text else "",
            )
            for one in events
            for at in [localtime(one.at)]
        ),
    )


class _Section(Protocol):
    """A section of a return in the list of sections."""

    label: str
    url: str
    answered: int
    required: int
    errors: int
    warnings: int
    current: bool


@register.simple_tag
def section_lines(sections: Iterable[_Section]) -> str:
    """The entries of the list of sections, each with its state: a tag, because every page of a return has a dozen."""
    marks: dict[str, str] = {}

    def mark(shape: str, words: str) -> str:
        # most sections are in the same state
        if shape not in marks:
            marks[shape] = icon(shape, words)
        return marks[shape]

    return format_html_join(
        "",
        '<li class="{}"><a href="{}"{}>{} <span>{}</span> <span class="count">{}/{}</span></a></li>',
        (
            (
                kind,
                one.url,
                _CURRENT if one.current else "",
                mark(shape, words),
                one.label,
                one.answered,
                one.required,
            )
            for one in sections
            for kind, shape, words in [_state_of(one)]
        ),
    )


def _state_of(section: _Section) -> tuple[str, str, str]:
    """How far a section is: its class, its icon, and that in words."""
    if section.errors:
        return "has-error", "error", _("has errors")
    if section.warnings:
        return "has-warning", "warning", _("has warnings")
    if section.answered >= section.required:
        return "is-done", "check-circle", _("complete")
    if section.answered:
        return "", "half", _("begun")
    return "", "circle", _("not begun")


@register.filter
def number(value: object, decimals: int | None = None) -> str:
    """A number in the reader's language; anything else unchanged, nothing for None."""
    if isinstance(value, bool) or not isinstance(value, Decimal | float | int):
        return "" if value is None else str(value)
    return numbers.format_number(value, language=_language(), decimals=decimals)


@register.filter
def percent(value: object, decimals: int | None = 0) -> str:
    """12.5 as "13 %" the way the reader's language writes it; nothing for None."""
    if isinstance(value, bool) or not isinstance(value, Decimal | float | int):
        return "" if value is None else str(value)
    return numbers.format_percent(value, language=_language(), decimals=decimals)


@register.filter
def breakable(words: object) -> str:
    """A figure that may go on in the next line: amounts such as "KES 2,470 million" are wider than a tile."""
    return str(words).replace("\u00a0", " ")


@register.filter(expects_localtime=True)
def day(value: date | datetime | None) -> str:
    """The day of a date or moment, in the reader's language and time zone; nothing for None."""
    return date_format(value, "DATE_FORMAT") if value else ""


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """Day and time in the reader's language and time zone; nothing for None."""
    return date_format(value, "DATETIME_FORMAT") if value else ""


@register.filter
def country(code: str) -> str:
    """The name of a country (two letters of ISO 3166) in the reader's language; an unknown code as it is."""
    try:
        locale = Locale.parse(_language(), sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return str(locale.territories.get(code.upper(), code))


@register.simple_tag
def spark(value: _Number | None, maximum: _Number = 100) -> str:
    """A small bar for a table's cell; the number itself stands beside it as text."""
    return spark_bar(value, maximum)


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether a form field is one tick box, whose label stands after it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def beside(row: Sequence[object], columns: Sequence[object]) -> list[tuple[object, object]]:
    """Pairs of column and cell, for tables described by data."""
    return list(zip(columns, row, strict=True))


@register.simple_tag(takes_context=True)
def sortable(context: Context, key: str, label: str, sort: str, *, numeric: bool = False) -> str:
    """A ``<th>`` that sorts this page by ``key``, the other way round where it is sorted by that already.

    Other parameters of the address stay, the page number starts anew. ``numeric`` and ``parameter`` (the name in the
    address) may stand in the context.
    """
    descending = f"-{key}"
    order, wanted, shape = "none", key, ""
    if sort == key:
        order, wanted, shape = "ascending", descending, "up"
    elif sort == descending:
        order, shape = "descending", "down"
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query[context.get("parameter") or "sort"] = wanted
    query.pop("page", None)
    return format_html(
        '<th scope="col"{} aria-sort="{}"><a href="?{}">{}{}</a></th>',
        _NUMERIC if numeric or context.get("numeric") else "",
        order,
        query.urlencode(),
        label,
        format_html(" {}", icon(shape)) if shape else "",
    )


@register.simple_tag
def page_numbers(page: Page[object]) -> Iterable[int | str]:
    """The page numbers to offer around the current one, with an ellipsis for the rest."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.simple_tag(takes_context=True)
def render_component(context: Context, template_name: str, inputs: Mapping[str, object]) -> str:
    """A component rendered with ``inputs`` alone, the way the gallery shows it."""
    return render_to_string(template_name, dict(inputs), request=context.get("request"))


@register.filter
def prose(markdown: str, heading: int) -> str:
    """People's own words in markdown as markup that went through the sanitiser, headings of this level."""
    return rendered(markdown, heading=heading)
