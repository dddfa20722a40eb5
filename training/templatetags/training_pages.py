"""Tags of the training area's templates."""

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse

from spm_portal.common.clocks import clock_of
from spm_portal.common.languages import language_name as name_of_language
from spm_portal.common.money import money as written
from training.web.tabs import jobs_of, label_of

register = template.Library()
register.simple_tag(clock_of)


@register.inclusion_tag("training/_tabs.html", takes_context=True)
def training_tabs(context: dict[str, Any], current: str, *, has_own: bool = False) -> dict[str, Any]:
    """The pages of the area that the reader may open: jobs, and the pages of the present job where there are several.

    `current` is the name of the route the page belongs to. `has_own`: the page has tabs of its own, which take
    the place of the second row.
    """
    request = context["request"]
    association = getattr(request, "association", None)
    jobs = jobs_of(request.user, association) if association else []
    here = next((job for job in jobs if job.has(current)), None)
    return {
        "jobs": jobs,
        "here": here,
        "pages": here.tabs if here and len(here.tabs) > 1 and not has_own else (),
        "current": current,
        "association": association,
        "has_own": has_own,
    }


@register.inclusion_tag("components/breadcrumbs.html", takes_context=True)
def way_back(context: dict[str, Any], route: str, label: str = "", url: str = "") -> dict[str, Any]:
    """The way back to a page of the area, named as its tab, and to a page below it: its label and address."""
    first = {"label": label_of(route), "url": reverse(route, args=[context["request"].association.slug])}
    return {"crumbs": [first, {"label": label, "url": url}] if url else [first]}


@register.filter
def language_name(code: str) -> str:
    """The name of a language in the reader's language; an unknown code as it is."""
    return name_of_language(code)


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency; nothing for None."""
    return "" if amount is None else written(amount, currency)
