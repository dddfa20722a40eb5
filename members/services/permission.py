"""The last check inside a service: a person without the right is refused whatever door they came through."""

from typing import Any

from django.core.exceptions import PermissionDenied

from members.models import User


def permit(by: User | None, permission: str, obj: Any = None) -> None:
    """Raise PermissionDenied unless the person has the permission; None is the command line, which may."""
    if by is not None and not by.has_perm(permission, obj):
        raise PermissionDenied
