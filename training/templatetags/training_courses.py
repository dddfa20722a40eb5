"""Tags of pages about courses and the people who teach them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django import template
from django.utils.translation import get_language

from spm_portal.common.languages import language_name
from spm_portal.common.numbers import format_number
from training.enums import Topic
from training.lifetimes import STEPS
from training.models import TestQuestion, TrainingSession
from training.selectors.sessions import span_of
from training.web.own_teaching import OwnDoor

register = template.Library()

_TOPICS = {one.value: one.label for one in Topic}


@register.filter
def hours(value: Decimal) -> str:
    """Hours with a decimal only where there is one."""
    decimals = 0 if value == value.to_integral_value() else 1
    return format_number(value, language=get_language() or "en", decimals=decimals)


@register.filter
def answers(question: TestQuestion) -> list[tuple[str, bool]]:
    """Each choice of a question, and whether it is right."""
    return [(choice, number in question.correct) for number, choice in enumerate(question.choices)]


@register.filter
def topic_names(codes: Iterable[str]) -> str:
    """Topics in words."""
    return ", ".join(str(_TOPICS.get(code, code)) for code in codes)


@register.filter
def language_names(codes: Iterable[str]) -> str:
    """Languages in words."""
    return ", ".join(language_name(code) for code in codes)


@register.filter
def is_before(day: date | None, other: date) -> bool:
    """Whether a day comes before another; a missing one does not."""
    return day is not None and day < other


@register.filter
def days_left(day: date | None, today: date) -> int | None:
    """Days until a document ends, in the time in which its end is told of; nothing before and after that."""
    left = (day - today).days if day is not None else -1
    return left if 0 <= left <= STEPS[0] else None


@register.filter
def of_key(found: Mapping[object, object], key: object) -> object:
    """What a mapping holds under a key; nothing where it holds none."""
    return found.get(key)


@register.simple_tag
def own_url(own: OwnDoor, page: str, *parts: object) -> str:
    """The address of a page of a trainer's own, behind the door that was opened."""
    return own.url(page, *parts)


@register.simple_tag
def own_session_url(own: OwnDoor, session: TrainingSession, page: str) -> str:
    """The address of what a trainer does in a session, behind the door that was opened."""
    return own.of_session(session, page)


@register.filter
def span(session: TrainingSession) -> str:
    """First and last day of a session in the time of its place."""
    return span_of(session)
