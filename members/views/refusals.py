"""The pages that refuse, with the frame that keeps a person's bearings: drawn once for a frame, not each time."""

from collections.abc import Hashable
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.csrf import requires_csrf_token

from members.web import context
from spm_portal.common.kept import Kept

# In a kept page, where the token of the form that signs out stands.
STAND_IN = "stands-for-what-each-answer-has-of-its-own"
_pages: Kept[str] = Kept(most=300)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer where nothing is, or nothing that the person may know of."""
    return HttpResponse(_page(request, "404.html"), status=404)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer where the person may not do this."""
    return HttpResponse(_page(request, "403.html"), status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in plain words that the form was too old, and that nothing was changed."""
    return HttpResponse(_page(request, "403_csrf.html"), status=403)


def _page(request: HttpRequest, template: str) -> str:
    shell: context.Shell | None = context.shell(request)["shell"]
    if len(get_messages(request)):  # they are shown once, to this person
        return render_to_string(template, request=request)
    key = (template, get_language(), shell and _frame(shell, request))
    page = _pages.get(key)
    if page is None:
        shown: dict[str, Any] = {"csrf_token": STAND_IN, "shell": shell}
        page = _pages.put(key, render_to_string(template, shown, request=request))
    return page.replace(STAND_IN, get_token(request)) if STAND_IN in page else page


def _frame(shell: context.Shell, request: HttpRequest) -> Hashable:
    """All that the frame of a page shows of a person and of where the person is."""
    return (
        str(request.user),
        shell.person_key,
        shell.association,
        shell.home_url,
        tuple(shell.navigation),
        tuple(shell.organisations),
        tuple(shell.account_links),
        tuple(shell.footer_links),
    )
