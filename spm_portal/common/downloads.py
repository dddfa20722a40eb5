"""Handing out files: always to be kept, never shown in the portal's own origin."""

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header


def made_file(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """A file that the portal made itself."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def handed_in_file(stored: FieldFile, *, name: str, content_type: str) -> HttpResponse:
    """A file that somebody handed in, whatever it holds; Http404 where it is no longer in the storage."""
    try:
        with stored.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404 from None
    response = made_file(content, name=name, content_type=content_type)
    # nothing of it runs or loads, even where a browser shows it all the same
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
