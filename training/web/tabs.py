"""The pages of the training area that each reader may open, grouped by job, in the order of the tabs."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Association

# a reader with at most so many pages sees them all in one row
FLAT = 6


class Group(Enum):
    """The jobs of the area, in the order of the first row."""

    OVERVIEW = "overview"
    LIBRARY = "library"
    COURSES = "courses"
    SESSIONS = "sessions"
    PEOPLE = "people"
    NEEDS = "needs"
    ASSISTANCE = "assistance"
    RESULTS = "results"


# what a group is called where it has several pages; one page alone keeps its own name
NAMES: dict[Group, str | Promise] = {
    Group.OVERVIEW: pgettext_lazy("training tab", "Overview"),
    Group.LIBRARY: pgettext_lazy("training tab", "Library"),
    Group.COURSES: pgettext_lazy("training tab", "Courses"),
    Group.SESSIONS: pgettext_lazy("training tab", "Sessions"),
    Group.PEOPLE: pgettext_lazy("training tab", "People"),
    Group.NEEDS: pgettext_lazy("training tab", "Needs and plan"),
    Group.ASSISTANCE: pgettext_lazy("training tab", "Assistance"),
    Group.RESULTS: pgettext_lazy("training tab", "Results"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One entry; `url_name` takes the association's slug, `permission` is asked about the association."""

    url_name: str
    label: str | Promise
    permission: str
    group: Group = Group.RESULTS


@dataclass(frozen=True, slots=True)
class Job:
    """One entry of the first row: it leads to the first of its pages; several pages make a second row."""

    label: str | Promise
    tabs: tuple[Tab, ...]

    @property
    def url_name(self) -> str:
        """Where the entry leads."""
        return self.tabs[0].url_name

    def has(self, url_name: str) -> bool:
        """Whether the page is one of the group."""
        return any(tab.url_name == url_name for tab in self.tabs)


# each part of the area adds its own line, where readers would look for it
TABS: tuple[Tab, ...] = (
    Tab("training", pgettext_lazy("training tab", "Overview"), "training.view_catalogue", Group.OVERVIEW),
    Tab("library", pgettext_lazy("training tab", "Library"), "training.view_library", Group.LIBRARY),
    Tab("courses", pgettext_lazy("training tab", "Courses"), "training.view_catalogue", Group.COURSES),
    Tab("sessions", pgettext_lazy("training tab", "Sessions"), "training.view_calendar", Group.SESSIONS),
    Tab("scholarships", pgettext_lazy("training tab", "Scholarships"), "training.view_money", Group.SESSIONS),
    Tab(
        "people_trained",
        pgettext_lazy("training tab", "Participants"),
        "training.view_calendar",
        Group.PEOPLE,
    ),
    Tab(
        "certificates", pgettext_lazy("training tab", "Certificates"), "training.view_calendar", Group.PEOPLE
    ),
    Tab(
        "roster", pgettext_lazy("training tab", "Trainers and experts"), "training.view_roster", Group.PEOPLE
    ),
    Tab("needs", pgettext_lazy("training tab", "Needs"), "training.view_training", Group.NEEDS),
    Tab("needs_surveys", _("Needs assessments"), "training.view_training", Group.NEEDS),
    Tab(
        "training_plan",
        pgettext_lazy("training tab", "Plan of the year"),
        "training.view_training",
        Group.NEEDS,
    ),
    Tab("our_needs", pgettext_lazy("training tab", "Our needs"), "training.view_our_training", Group.NEEDS),
    Tab(
        "cases",
        pgettext_lazy("training tab", "Technical assistance"),
        "training.view_calendar",
        Group.ASSISTANCE,
    ),
    Tab(
        "learning_groups",
        pgettext_lazy("training tab", "Peer learning"),
        "training.view_groups",
        Group.ASSISTANCE,
    ),
    Tab("training_year", pgettext_lazy("training tab", "Year"), "training.view_year", Group.RESULTS),
)


# pages of apps above this one
_further: list[Tab] = []


def register(*tabs: Tab) -> None:
    """Add pages of another app behind the area's own; apps call it from `ready()`."""
    _further.extend(tab for tab in tabs if tab not in _further)


def tabs_of(user: Any, association: Association) -> list[Tab]:
    """Those that the person may open."""
    return [tab for tab in (*TABS, *_further) if user.has_perm(tab.permission, association)]


def label_of(url_name: str) -> str | Promise:
    """What the tab of this page is called."""
    return next(tab.label for tab in (*TABS, *_further) if tab.url_name == url_name)


def jobs_of(user: Any, association: Association) -> list[Job]:
    """The first row of tabs: pages of the same job stand together, unless the person has few pages."""
    tabs = tabs_of(user, association)
    if len(tabs) <= FLAT:
        return [Job(tab.label, (tab,)) for tab in tabs]
    found = {group: tuple(tab for tab in tabs if tab.group is group) for group in Group}
    return [Job(NAMES[group] if len(own) > 1 else own[0].label, own) for group, own in found.items() if own]


def may_open(user: Any, association: Association, url_name: str) -> bool:
    """Whether the person may open a page of the area, one of an app above included."""
    return any(tab.url_name == url_name for tab in tabs_of(user, association))
