"""What the pages of needs and of the plan share: the year that they are about."""

from django.http import Http404, HttpRequest
from django.utils import timezone


def year_of(request: HttpRequest) -> int:
    """The year that the address or the form names, or this one; Http404 for what is no year."""
    text = request.POST.get("year") or request.GET.get("year") or str(timezone.localdate().year)
    if not (text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100):
        raise Http404
    return int(text)
