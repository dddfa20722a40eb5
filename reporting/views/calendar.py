"""The calendar feed: whoever has the secret address reads one person's due moments, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from members.services.calendars import person_of
from members.web.guards import public_page
from reporting.datasets.calendar import calendar_file
from reporting.selectors.calendar import due_entries
from training.selectors.session_calendar import feed_sessions


@public_page
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    person = person_of(token)
    if person is None:
        raise Http404
    now = timezone.now()
    with translation.override(person.language):
        body = calendar_file(due_entries(person), at=now, sessions=feed_sessions(person, at=now))
    return HttpResponse(
        body, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"}
    )
