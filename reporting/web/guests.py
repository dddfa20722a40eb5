"""The guard of pages for guests, who answer one section by a personal link."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from members.web.links import LinkRequest, PersonalLink
from reporting.models import GuestLink
from reporting.services.guests import guest_by_key, guest_by_token

P = ParamSpec("P")

GUEST_LINK = PersonalLink(
    name="guest",
    home="guest_section",
    by_token=guest_by_token,
    by_key=guest_by_key,
    ends_at=lambda link: link.expires_at,
)


class GuestRequest(HttpRequest):
    """A request of somebody without an account, who may answer the section of one link."""

    guest: GuestLink
    htmx: HtmxDetails


def guest_page(
    view: Callable[Concatenate[GuestRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Guard a view at `/guest/<uuid>/…`: the browser opened this very link, and the link has not ended."""

    def opened(request: LinkRequest[GuestLink], *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.guest = request.opened  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return GUEST_LINK.page(wraps(view)(opened))
