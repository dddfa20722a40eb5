"""What templates of dashboards need: shares as words."""

from django import template
from django.utils.translation import get_language

from spm_portal.common.numbers import format_percent

register = template.Library()


@register.filter
def whole_share(share: float | None) -> str:
    """A share in whole per cent, a dash where there is none."""
    if share is None:
        return "–"
    return format_percent(round(share), language=get_language() or "en", decimals=None)
