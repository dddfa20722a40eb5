"""A person's due moments as an iCalendar file."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from reporting.selectors.calendar import DueEntry
from spm_portal.common.origin import address_of
from training.datasets.session_calendar import session_events
from training.models import TrainingSession


def calendar_file(
    entries: Sequence[DueEntry], *, at: datetime, sessions: Iterable[TrainingSession] = ()
) -> bytes:
    """The feed in the active language, with the days of sessions; entries keep their identity while they change."""
    from icalendar import Calendar, Event  # late: only where the feed is asked for

    calendar = Calendar()
    calendar.add("prodid", "-//SPM portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Returns, rounds and sessions"))
    host = settings.PUBLIC_ORIGIN.partition("://")[2]
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.pk}@{host}")
        event.add("dtstamp", at)
        event.add("dtstart", entry.due_at)
        if isinstance(entry.due_at, datetime):
            event.add("dtend", entry.due_at)  # without it an event takes its whole day
        words = _("Due: %(round)s, %(mfi)s") if entry.mfi else _("Due: %(round)s")
        event.add("summary", words % {"round": entry.round, "mfi": entry.mfi})
        address = address_of(entry.page, *entry.parts)
        event.add("description", f"{entry.association}\n{address}")
        event.add("url", address)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    for session in sessions:
        for day in session_events(session, at=at):
            calendar.add_component(day)
    found: bytes = calendar.to_ical()
    return found
