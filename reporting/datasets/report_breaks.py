"""What a report may not compare with the year before, and why: the questions that changed between the catalogues."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from reporting.catalogue import Catalogue, Derived
from reporting.comparing import Differs, difference


def words_of(what: Differs) -> str:
    """Why figures of two versions are not compared, in words."""
    return {
        Differs.ABSENT: _("one of them did not ask this"),
        Differs.QUESTION: _("the question changed"),
        Differs.UNIT: _("the unit changed"),
        Differs.FORMULA: _("it is worked out in another way"),
        Differs.AGGREGATE: _("the figures of members are put together in another way"),
    }[what]


def breaks_between(codes: Iterable[str], now: Catalogue, then: Catalogue) -> dict[str, str]:
    """The codes under which both versions do not mean the same, and why, in words.

    A ratio is broken too where one of the answers that it is worked out from is another question now.
    """
    found: dict[str, str] = {}
    for code in codes:
        part = now.find(code)
        if part is None:
            continue
        inputs = now.inputs_of(code) if isinstance(part, Derived) else ()
        for one in (code, *inputs):
            what = difference(one, now, then)
            if what is not None:
                found[code] = words_of(what)
                break
    return found
