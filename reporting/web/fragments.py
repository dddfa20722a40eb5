"""Markup of a question that is the same in every return: rendered once per process and language.

Most of a section's page is labels, help, choices and the tools under each question. They depend on the catalogue alone,
so a template is asked for them once and not for every reader.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import get_language

from reporting.enums import MissingReason

KEPT = 8192  # about a kilobyte each

_Key = tuple[str, int, Hashable, str]
_kept: OrderedDict[_Key, tuple[object, str]] = OrderedDict()
_lock = Lock()


def reasons() -> list[tuple[str, str]]:
    """Why there may be no value, in the reader's language."""
    return [(value, str(label)) for value, label in MissingReason.choices]


def kept(template: str, part: object, variant: Hashable, context: Callable[[], Mapping[str, Any]]) -> str:
    """What the template makes of a part of the catalogue; `variant` tells apart whatever else the context brings in.

    The context is asked for where there is nothing kept yet.
    """
    key = (template, id(part), variant, get_language() or "en")
    with _lock:
        found = _kept.get(key)
    # the part is kept beside its markup, so that its id is nobody else's meanwhile
    if found is None or found[0] is not part:
        found = part, render_to_string(template, dict(context()))
        with _lock:
            _kept[key] = found
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found[1]


def tools(
    code: str, *, has_more: bool, flagged: bool | None, may_cite: bool, addresses: Mapping[str, str]
) -> str:
    """What stands one click away under a question: no answer or a note, help, a flag (None for who has none), evidence.

    `addresses` are those of the return: `help_base`, `flag_url` and `cite_base`.
    """

    def context() -> dict[str, Any]:
        return {
            "code": code,
            "field": {"reasons": reasons(), "missing": "", "note": ""},
            "has_more": has_more,
            "flagged": flagged,
            "may_cite": may_cite,
            **{name: f"{{{name}}}" for name in ("help_base", "flag_url", "cite_base")},
        }

    markup = kept("reporting/returns/_tools.html", None, (code, has_more, flagged, may_cite), context)
    return format_html(markup, **addresses)
