"""Markup of a question that is the same in every return: rendered once per process and language."""

from collections import OrderedDict
from threading import Lock

from django.template.loader import render_to_string
from django.utils.translation import get_language

from reporting.enums import MissingReason

KEPT = 4096  # about a kilobyte each

_Key = tuple[str, str]
_kept: OrderedDict[_Key, str] = OrderedDict()
_lock = Lock()


def reasons() -> list[tuple[str, str]]:
    """Why there may be no value, in the reader's language."""
    return [(value, str(label)) for value, label in MissingReason.choices]


def empty_more(code: str) -> str:
    """What stands one click away under a question without a reason and without a note."""
    key = (code, get_language() or "en")
    with _lock:
        found = _kept.get(key)
    if found is None:
        context = {"field": {"reasons": reasons(), "missing": "", "note": ""}, "code": code}
        found = render_to_string("reporting/returns/_more.html", context)
        with _lock:
            _kept[key] = found
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found
