"""Whole addresses of pages, for whatever leaves the portal: mails, calendars, workbooks."""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse


def address_of(page: str, *parts: object, query: Mapping[str, str] | None = None, fragment: str = "") -> str:
    """The whole address of a page by its name; `parts` stand in its path."""
    return f"{settings.PUBLIC_ORIGIN}{reverse(page, args=parts, query=query, fragment=fragment or None)}"
