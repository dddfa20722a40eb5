"""Tags and filters of offers and obligations: addresses of a side, amounts with their currency, ages in words."""

from collections.abc import Iterable
from decimal import Decimal

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from capacity.enums import DutyState, OfferState
from capacity.web.sides import Side
from spm_portal.common.money import money as written
from spm_portal.common.numbers import format_number

register = template.Library()

# The look of states that the portal's own list of badges does not know, by what they mean.
_LOOKS = {
    OfferState.OFFERED.value: "submitted",
    OfferState.ACCEPTED.value: "approved",
    OfferState.DECLINED.value: "archived",
    OfferState.WITHDRAWN.value: "archived",
    OfferState.COMPLETED.value: "done",
    DutyState.DUE.value: "not_started",
    DutyState.QUESTIONS.value: "returned",
    DutyState.SKIPPED.value: "archived",
}


@register.simple_tag
def side_url(side: Side, page: str, *parts: object) -> str:
    """The address of a page on this side."""
    return side.url(page, *parts)


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency; nothing for None."""
    return "" if amount is None else written(amount, currency)


@register.filter
def sums(amounts: Iterable[tuple[str, Decimal]]) -> str:
    """Amounts of several currencies beside each other: they are never added."""
    return " + ".join(written(amount, currency) for currency, amount in amounts) or "–"


@register.filter
def signed(value: float | None) -> str:
    """A change of levels with its sign; nothing for None."""
    if value is None:
        return ""
    words = format_number(value, language=get_language() or "en", decimals=1)
    return f"+{words}" if round(value, 1) > 0 else words


@register.filter
def look(state: str) -> str:
    """The badge that a state of an offer or a report wears."""
    return _LOOKS.get(str(state), str(state))


@register.filter
def to_go(days: int) -> str:
    """Days to a due day in words."""
    if days == 0:
        return _("due today")
    if days < 0:
        return ngettext("%(count)d day late", "%(count)d days late", -days) % {"count": -days}
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}


@register.filter
def since(days: int) -> str:
    """For how many days something waits."""
    if days <= 0:
        return _("since today")
    return ngettext("for %(count)d day", "for %(count)d days", days) % {"count": days}
