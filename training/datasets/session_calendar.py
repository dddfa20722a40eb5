"""Sessions as iCalendar entries: one for each day, with an identity that stays and a count of changes (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from spm_portal.common.origin import address_of
from training.enums import SessionState
from training.models import TrainingSession

if TYPE_CHECKING:
    from icalendar import Event


def session_file(session: TrainingSession, *, at: datetime, address: str, with_link: bool) -> bytes:
    """One session as a file; `address` is the page that its entries name."""
    from icalendar import Calendar  # late: only where a calendar is asked for

    calendar = Calendar()
    calendar.add("prodid", "-//SPM portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in session_events(session, at=at, address=address, with_link=with_link):
        calendar.add_component(event)
    found: bytes = calendar.to_ical()
    return found


def session_events(
    session: TrainingSession, *, at: datetime, address: str = "", with_link: bool = False
) -> "Iterable[Event]":
    """The days of a session; the link to join is told only `with_link`."""
    from icalendar import Event

    host = settings.PUBLIC_ORIGIN.partition("://")[2]
    address = address or address_of("training_session", session.association.slug, session.pk)
    days = list(session.days.all())
    cancelled = session.state == SessionState.CANCELLED
    where = _("Online") if session.is_online else ", ".join(filter(None, (session.place, session.address)))
    for number, day in enumerate(days, start=1):
        event = Event()
        event.add("uid", f"{day.pk}@{host}")
        event.add("dtstamp", at)
        event.add("sequence", session.sequence)
        event.add("dtstart", day.starts_at)
        event.add("dtend", day.ends_at)
        title = session.title if len(days) == 1 else f"{session.title} ({number}/{len(days)})"
        event.add("summary", _("Cancelled: %(title)s") % {"title": title} if cancelled else title)
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        if where:
            event.add("location", where)
        lines = [session.association.label, address]
        if with_link and session.online_url:
            lines.append(_("Join: %(link)s") % {"link": session.online_url})
        event.add("description", "\n".join(lines))
        event.add("url", address)
        yield event
