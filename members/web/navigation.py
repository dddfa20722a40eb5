"""Where apps hang their pages into the navigation, each with the permission that shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from members.models import User


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the main navigation.

    `url_name` takes the association's slug; `permission` is asked about the association; `order` sorts (10, 20, …).
    `prefix` is the part of the address behind `/a/<slug>/` under which the entry counts as the current one; several
    where its pages do not share one.
    """

    label: str | Promise
    url_name: str
    permission: str
    order: int
    prefix: str | tuple[str, ...] = ""


@dataclass(frozen=True, slots=True)
class PersonalPage:
    """A page of people who may have no role anywhere; `is_for` says whether somebody has anything there."""

    label: str | Promise
    url_name: str
    is_for: Callable[[User], bool]


_items: dict[str, NavigationItem] = {}
_personal: dict[str, PersonalPage] = {}
_of_operators: dict[str, str | Promise] = {}


def register(*items: NavigationItem) -> None:
    """Add entries to the navigation of an association's pages; apps call it from `ready()`."""
    for item in items:
        _items[item.url_name] = item


def items() -> list[NavigationItem]:
    """All entries in their order."""
    return sorted(_items.values(), key=lambda item: item.order)


def register_for_operators(label: str | Promise, url_name: str) -> None:
    """Add a page to the operators' navigation, behind those of the platform itself."""
    _of_operators[url_name] = label


def operator_items() -> list[tuple[str | Promise, str]]:
    """Labels and names of the pages that apps added to the operators' navigation."""
    return [(label, url_name) for url_name, label in _of_operators.items()]


def register_personal(page: PersonalPage) -> None:
    """Add a page to which people come without a role at an organisation; apps call it from `ready()`."""
    _personal[page.url_name] = page


def personal_pages(user: User) -> list[PersonalPage]:
    """Those on which the person has something."""
    return [page for page in _personal.values() if page.is_for(user)]
