"""Tags that show reported values the way the reader's language writes them."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join

from reporting.catalogue import Derived, Indicator
from reporting.datasets.wording import change_text, value_text
from reporting.web import fragments
from spm_portal.common.clocks import clock_of

register = template.Library()
SELECTED = format_html(" selected{}", "")
register.simple_tag(clock_of)


@register.simple_tag
def reported(part: Indicator | Derived, value: Any, currency: str = "") -> str:
    """A value with its unit; nothing for none."""
    return value_text(part, value, currency)


@register.simple_tag
def change(value: float | None, in_points: bool = False) -> str:
    """A change with its sign: +12.5 % or −3.0 points; nothing for none."""
    return change_text(value, in_points=in_points)


@register.simple_tag
def options(found: Iterable[Any]) -> str:
    """The entries of a list (value, label, chosen) that a page shows dozens of: a loop would take ten times as long."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((one.value, SELECTED if one.chosen else "", one.label) for one in found),
    )


@register.simple_tag(takes_context=True)
def tools(context: Context, field: Any) -> str:
    """What stands one click away under a question (a Field): help, a flag, evidence, and no answer or a note."""
    flag_url = context["flag_url"]
    return fragments.tools(
        field.code,
        has_more=field.has_more,
        flagged=field.code in context["team"].flagged if flag_url else None,
        may_cite=context["may_cite"],
        addresses={
            "help_base": context["help_base"],
            "flag_url": flag_url,
            "cite_base": context.get("cite_base") or "",
        },
    )
