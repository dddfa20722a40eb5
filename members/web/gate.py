"""Sends people whose role needs a second factor to set one up first."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from members.access import access_of
from members.models import User
from members.selectors.factors import has_second_factor
from spm_portal.common.api.errors import second_factor_missing
from spm_portal.common.api.views import GUARD

# Signing in and out, setting a second factor up, and what a page needs to look right.
OPEN_NAMES = frozenset({"second_factor", "theme", "logo", "healthz", "readyz"})
OPEN_PREFIXES = ("account_", "mfa_", "usersessions_")


class SecondFactorMiddleware:
    """Lets a person whose role demands a second factor do nothing else until one is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Redirect to the page that explains; sees the resolved name, so that no spelling of a path slips by."""
        name = (request.resolver_match.url_name if request.resolver_match else None) or ""
        if name in OPEN_NAMES or name.startswith(OPEN_PREFIXES) or not request.user.is_authenticated:
            return None
        user: User = request.user
        if access_of(user).needs_second_factor and not has_second_factor(user):
            is_api = getattr(view, "guard", "") == GUARD
            return second_factor_missing(request) if is_api else redirect("second_factor")
        return None
