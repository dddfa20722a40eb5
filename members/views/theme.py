"""The stylesheet of an association's colour: for its people, and for those whom a personal link brings to a page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from members.web.guards import public_page
from members.web.theme import stylesheet

YEAR = 365 * 24 * 3600


@public_page
@require_safe
def theme(request: HttpRequest, colour: str) -> HttpResponse:
    """Worked out of the colour alone, so that it tells of nobody and may be kept for ever; 404 for no colour."""
    try:
        styles = stylesheet(f"#{colour}")
    except ValueError as error:
        raise Http404 from error
    response = HttpResponse(styles, content_type="text/css; charset=utf-8")
    patch_cache_control(response, private=True, max_age=YEAR, immutable=True)
    return response
