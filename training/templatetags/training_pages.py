"""Tags of the training area's templates."""

from decimal import Decimal
from typing import Any

from django import template

from spm_portal.common.languages import language_name as name_of_language
from spm_portal.common.money import money as written
from training.web.tabs import tabs_of

register = template.Library()


@register.inclusion_tag("training/_tabs.html", takes_context=True)
def training_tabs(context: dict[str, Any], current: str) -> dict[str, Any]:
    """The pages of the area that the reader may open; `current` is the name of the route the page belongs to."""
    request = context["request"]
    tabs = tabs_of(request.user, request.association)
    return {"tabs": tabs, "current": current, "association": request.association}


@register.filter
def language_name(code: str) -> str:
    """The name of a language in the reader's language; an unknown code as it is."""
    return name_of_language(code)


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency; nothing for None."""
    return "" if amount is None else written(amount, currency)
