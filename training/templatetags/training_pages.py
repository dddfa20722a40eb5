"""Tags of the training area's templates."""

from typing import Any

from django import template

from training.web.tabs import tabs_of

register = template.Library()


@register.inclusion_tag("training/_tabs.html", takes_context=True)
def training_tabs(context: dict[str, Any], current: str) -> dict[str, Any]:
    """The pages of the area that the reader may open; `current` is the name of the route the page belongs to."""
    request = context["request"]
    tabs = tabs_of(request.user, request.association)
    return {"tabs": tabs, "current": current, "association": request.association}
