"""The pages of the training area that each reader may open, in the order of the tabs."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from members.models import Association


@dataclass(frozen=True, slots=True)
class Tab:
    """One entry; `url_name` takes the association's slug, `permission` is asked about the association."""

    url_name: str
    label: str | Promise
    permission: str


# each part of the area adds its own line, where readers would look for it
TABS: tuple[Tab, ...] = (
    Tab("training", pgettext_lazy("training tab", "Overview"), "training.view_catalogue"),
    Tab("courses", pgettext_lazy("training tab", "Courses"), "training.view_catalogue"),
    Tab("sessions", pgettext_lazy("training tab", "Sessions"), "training.view_calendar"),
    Tab("scholarships", pgettext_lazy("training tab", "Scholarships"), "training.view_money"),
    Tab("library", pgettext_lazy("training tab", "Library"), "training.view_library"),
    Tab("people_trained", pgettext_lazy("training tab", "People"), "training.view_calendar"),
    Tab("certificates", pgettext_lazy("training tab", "Certificates"), "training.view_calendar"),
    Tab("needs", pgettext_lazy("training tab", "Needs"), "training.view_training"),
    Tab("training_plan", pgettext_lazy("training tab", "Plan of the year"), "training.view_training"),
    Tab("our_needs", pgettext_lazy("training tab", "Our needs"), "training.view_our_training"),
    Tab("training_year", pgettext_lazy("training tab", "Year"), "training.view_year"),
    Tab("roster", pgettext_lazy("training tab", "Roster"), "training.view_roster"),
    Tab("learning_groups", pgettext_lazy("training tab", "Peer learning"), "training.view_groups"),
    Tab("cases", pgettext_lazy("training tab", "Technical assistance"), "training.view_calendar"),
)


# pages of apps above this one
_further: list[Tab] = []


def register(*tabs: Tab) -> None:
    """Add pages of another app behind the area's own; apps call it from `ready()`."""
    _further.extend(tab for tab in tabs if tab not in _further)


def tabs_of(user: Any, association: Association) -> list[Tab]:
    """Those that the person may open."""
    return [tab for tab in (*TABS, *_further) if user.has_perm(tab.permission, association)]
