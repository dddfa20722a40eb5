"""Rows that people tick in a list."""

from uuid import UUID

from django.http import QueryDict


def chosen_ids(sent: QueryDict, name: str) -> list[UUID]:
    """The keys that were ticked under a name; what is no key is left out, for it names no row."""
    found = []
    for one in sent.getlist(name):
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
