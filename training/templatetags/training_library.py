"""Words of the library's choices, for templates."""

from collections.abc import Iterable

from django import template

from training.enums import Audience, Dimension, Topic

register = template.Library()


@register.filter
def topic_labels(values: Iterable[str]) -> str:
    """The topics in words."""
    return ", ".join(str(Topic(one).label) for one in values)


@register.filter
def dimension_labels(values: Iterable[int]) -> str:
    """The dimensions in words, with their numbers."""
    return ", ".join(str(Dimension(one).label) for one in values)


@register.filter
def audience_labels(values: Iterable[str]) -> str:
    """The audiences in words."""
    return ", ".join(str(Audience(one).label) for one in values)
