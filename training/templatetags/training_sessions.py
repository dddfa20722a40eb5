"""Filters of pages about sessions and registrations: the looks of their states."""

from django import template

from training.enums import RegistrationState, SessionState

register = template.Library()

# The look of states that the portal's own list of badges does not know, by what they mean.
_LOOKS = {
    SessionState.DRAFT.value: "draft",
    SessionState.ANNOUNCED.value: "open",
    SessionState.HELD.value: "done",
    RegistrationState.REQUESTED.value: "submitted",
    RegistrationState.CONFIRMED.value: "approved",
    RegistrationState.WAITING.value: "queued",
    RegistrationState.REFUSED.value: "archived",
    RegistrationState.CANCELLED.value: "archived",
}


@register.filter
def look(state: str) -> str:
    """The badge that a state of a session or a registration wears."""
    return _LOOKS.get(str(state), str(state))
