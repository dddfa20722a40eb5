"""The part of a registered person's page about learning: `{% my_learning registration %}`."""

from typing import Any

from django import template
from django.utils import timezone

from training.models import Registration
from training.selectors.own_learning import own_learning
from training.web.learning import card_of

register = template.Library()


@register.inclusion_tag("training/registration/_learning.html")
def my_learning(registration: Registration) -> dict[str, Any]:
    """Cards of the tests and evaluations of the person whose link opened the page, and the own result."""
    found = own_learning(registration, at=timezone.now())
    cards = [card_of(registration, step) for step in found.steps] if found else []
    return {"learning": found, "cards": cards, "time_zone": registration.session.time_zone}
