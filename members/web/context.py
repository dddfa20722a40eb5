"""What every page's frame needs: the association, the navigation, the person's other organisations."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page; empty for a visitor."""
    return {"shell": None}
