"""Tags of the pages of needs and of the training plan."""

from django import template
from django.utils.translation import get_language

from spm_portal.common.numbers import format_number

register = template.Library()


@register.filter
def signed(number: int) -> str:
    """A difference with its sign."""
    words = format_number(abs(number), language=get_language() or "en", decimals=0)
    return f"+{words}" if number > 0 else f"−{words}" if number < 0 else words
