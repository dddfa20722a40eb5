"""The words, shapes and classes of states: the same on every page, in every mail and report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Badge:
    """How a state looks: its class (``state-…``), the name of its icon and its words."""

    key: str
    icon: str
    label: _StrPromise | str


def _badges() -> dict[str, Badge]:
    words = (
        ("not_started", "circle", pgettext_lazy("state", "Not started")),
        ("draft", "pen", pgettext_lazy("state", "Draft")),
        ("submitted", "send", pgettext_lazy("state", "Submitted")),
        ("in_review", "eye", pgettext_lazy("state", "In review")),
        ("returned", "return", pgettext_lazy("state", "Returned")),
        ("resubmitted", "repeat", pgettext_lazy("state", "Resubmitted")),
        ("approved", "check-circle", pgettext_lazy("state", "Approved")),
        ("published", "globe", pgettext_lazy("state", "Published")),
        ("overdue", "clock", pgettext_lazy("state", "Overdue")),
        ("open", "half", pgettext_lazy("state", "Open")),
        ("answered", "send", pgettext_lazy("question", "Answered")),
        ("resolved", "check-circle", pgettext_lazy("question", "Resolved")),
        ("closed", "lock", pgettext_lazy("state", "Closed")),
        ("archived", "lock", pgettext_lazy("state", "Archived")),
        ("queued", "dots", pgettext_lazy("job", "Waiting")),
        ("running", "half", pgettext_lazy("job", "Running")),
        ("done", "check-circle", pgettext_lazy("job", "Done")),
        ("failed", "error", pgettext_lazy("job", "Failed")),
    )
    return {key: Badge(key, icon, label) for key, icon, label in words}


BADGES = _badges()


def badge_of(state: str) -> Badge:
    """The badge of a state; an unknown one is shown in its own words, so that no page fails over a new state."""
    return BADGES.get(state) or Badge(state, "dots", state.replace("_", " ").capitalize())
