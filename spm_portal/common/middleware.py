"""Middleware of the kernel: private pages are never cached, and history knows who acts."""

from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class PrivatePagesMiddleware:
    """Pages of a signed-in person are kept by no cache, so that the back button shows nothing after sign-out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response


class HistoryMiddleware:
    """Writes the person and the page into the history of every row that a request changes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS or not request.user.is_authenticated:
            return self.get_response(request)
        with pghistory.context(user=str(request.user.pk), source="page"):
            return self.get_response(request)
