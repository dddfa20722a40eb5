"""The Ambassador Toolkit as its source lists it: groups, numbered items, and the languages of each."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "ambassador_toolkit.json"


@dataclass(frozen=True, slots=True)
class ToolkitItem:
    """One entry; `title` is as printed, the group's heading where the source gives none.

    `correction` is what the title was probably meant to say, where it is an obvious slip; `number` is the one printed.
    """

    key: str
    title: str
    summary: str
    languages: tuple[str, ...]
    number: int | None = None
    correction: str = ""


@dataclass(frozen=True, slots=True)
class ToolkitGroup:
    """Entries under one heading of the source."""

    code: str
    heading: str
    kind: str
    items: tuple[ToolkitItem, ...]


@dataclass(frozen=True, slots=True)
class ToolkitSource:
    """Who publishes it, and what its source says about using it."""

    title: str
    publisher: str
    permission: str


@lru_cache(maxsize=1)
def source() -> ToolkitSource:
    """The source of the toolkit."""
    document = json.loads(_FILE.read_text(encoding="utf-8"))
    named = document["source"]
    return ToolkitSource(named["title"], named["publisher"], document["permission_note"])


@lru_cache(maxsize=1)
def toolkit() -> tuple[ToolkitGroup, ...]:
    """All groups in the order of the source."""
    document = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        ToolkitGroup(
            code=group["code"],
            heading=group["heading"],
            kind=group["kind"],
            items=tuple(
                ToolkitItem(
                    key=item["key"],
                    title=item["title"] or group["heading"],
                    summary=item["summary"],
                    languages=tuple(language["code"] for language in item["languages"]),
                    number=item["number_in_source"],
                    correction=item["title_suggested_correction"] or "",
                )
                for item in group["items"]
            ),
        )
        for group in document["groups"]
    )


def item_of(key: str) -> ToolkitItem | None:
    """The entry of this key, or None."""
    return next((item for group in toolkit() for item in group.items if item.key == key), None)
