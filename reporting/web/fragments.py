"""Markup of a question that is the same for every return of a round: rendered once per process and language."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from threading import Lock
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.translation import get_language

from reporting.catalogue import Derived, Indicator
from reporting.enums import MissingReason
from reporting.models import Submission

KEPT = 4096  # about a kilobyte each

_Key = tuple[UUID, str, str, date, str, str]
_kept: OrderedDict[_Key, str] = OrderedDict()
_lock = Lock()


def reasons() -> list[tuple[str, str]]:
    """Why there may be no value, in the reader's language."""
    return [(value, str(label)) for value, label in MissingReason.choices]


def empty_more(submission: Submission, indicator: Indicator, uses: Sequence[Derived]) -> str:
    """What stands one click away under a question without a reason and without a note."""
    of_round, slug = submission.round, submission.association.slug
    key = (
        of_round.catalogue_id,
        indicator.code,
        get_language() or "en",
        of_round.period_end,
        submission.currency,
        slug,
    )
    with _lock:
        found = _kept.get(key)
    if found is None:
        context = {
            "field": {"indicator": indicator, "uses": uses, "reasons": reasons(), "missing": "", "note": ""},
            "code": indicator.code,
            "submission": submission,
            "round": of_round,
            "slug": slug,
        }
        found = render_to_string("reporting/returns/_more.html", context)
        with _lock:
            _kept[key] = found
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found
