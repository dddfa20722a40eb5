"""Error pages that keep the person's bearings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in plain words that the form was too old, and that nothing was changed."""
    return render(request, "403_csrf.html", status=403)
