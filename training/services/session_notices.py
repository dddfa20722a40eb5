"""Reminders before sessions, with the works for before, and thanks after them, with the works for after: each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.services.letters import Letter, letter
from training.enums import Moment, RegistrationState, SessionState
from training.models import Registration, SessionNotice, TrainingSession
from training.selectors.materials import Material, materials_of
from training.selectors.sessions import day_lines
from training.services.person_links import link_of
from training.services.session_letters import facts, to_person
from training.services.trainer_letters import remind

BEFORE = (14, 3)  # days before the first day
AFTER = "after"
# thanks that were missed for so long are not sent any more
THANKS_KEEP = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Step:
    """What is due for a session: the ledger's name, and calendar days to go (0 after it)."""

    name: str
    days: int


def send_due(*, at: datetime) -> int:
    """Send what is due at this moment, to trainers too; how many registered people were written to.

    Run as often as wanted, by as many workers as wanted: the ledger's row is unique and in the transaction of its
    mail. After an outage only the newest step is sent; who registered after a step's day is spared it.
    """
    around = TrainingSession.objects.filter(
        state__in=(SessionState.ANNOUNCED, SessionState.HELD),
        starts_at__lt=at + timedelta(days=max(BEFORE) + 2),
        ends_at__gt=at - THANKS_KEEP,
    )
    sessions = around.select_related("association", "course").order_by("starts_at", "pk")
    return sum(_send_for(one, at) for one in sessions)


def step_of(session: TrainingSession, at: datetime) -> Step | None:
    """The step that is due for a session, by the calendar of its place."""
    if session.ends_at <= at:
        return Step(AFTER, 0) if at < session.ends_at + THANKS_KEEP else None
    if session.starts_at <= at:
        return None
    zone = ZoneInfo(session.time_zone)
    days = (session.starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    newest = [step for step in BEFORE if days <= step]
    # the first day is part of the name: a session that is put off is reminded of anew
    first = f"{session.starts_at.astimezone(zone):%Y-%m-%d}"
    return Step(f"before-{min(newest)} {first}", days) if newest else None


def _send_for(session: TrainingSession, at: datetime) -> int:
    step = step_of(session, at)
    if step is None:
        return 0
    remind(session, step=step.name, days=step.days, at=at)
    people = session.registrations.filter(state=RegistrationState.CONFIRMED).exclude(
        pk__in=SessionNotice.objects.filter(session=session, step=step.name).values("registration_id")
    )
    if step.name != AFTER:
        people = people.filter(confirmed_at__lt=_begins(session, step))
    waiting = list(people.values_list("pk", flat=True))
    if not waiting:
        return 0
    moment = Moment.AFTER if step.name == AFTER else Moment.BEFORE
    works = [one for one in materials_of(session) if one.moment == moment]
    return sum(_send(pk, session, step, works, at) for pk in waiting)


def _begins(session: TrainingSession, step: Step) -> datetime:
    """The moment from which a step before the session is due."""
    days = int(step.name.removeprefix("before-").split()[0])
    zone = ZoneInfo(session.time_zone)
    day = session.starts_at.astimezone(zone) - timedelta(days=days)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _send(pk: UUID, session: TrainingSession, step: Step, works: Sequence[Material], at: datetime) -> bool:
    with transaction.atomic():
        # whoever cancels at this moment is passed over
        one = (
            Registration.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("participant", "institution")
            .filter(pk=pk, state=RegistrationState.CONFIRMED)
            .first()
        )
        if one is None:
            return False
        one.session = session
        row = SessionNotice(
            pk=uuid4(),
            association_id=session.association_id,
            session=session,
            registration=one,
            step=step.name,
            at=at,
        )
        SessionNotice.objects.bulk_create([row], ignore_conflicts=True)
        if not SessionNotice.objects.filter(pk=row.pk).exists():
            return False
        words = _thanks if step.name == AFTER else _reminder
        to_person(
            one,
            lambda: words(one, step, works),
            purpose="session.reminder",
            about=f"{session.pk}:{step.name}",
            at=at,
        )
    return True


def _reminder(one: Registration, step: Step, works: Sequence[Material]) -> Letter:
    session = one.session
    said = facts(session) | {"name": one.participant.name, "count": step.days}
    when = ngettext("in %(count)s day", "in %(count)s days", step.days) % said if step.days else _("today")
    where = _("Online") if session.is_online else ", ".join(filter(None, (session.place, session.address)))
    lines = [
        _("%(name)s, “%(title)s” begins %(when)s.") % (said | {"when": when}),
        "",
        *day_lines(session),
        where,
    ]
    if session.online_url:
        lines.append(_("Join: %(link)s") % {"link": session.online_url})
    if session.note:
        lines += ["", session.note]
    return letter(
        _("“%(title)s” begins %(when)s") % (said | {"when": when}),
        *lines,
        *_works(works, _("Please read before:")),
        "",
        _("Your page, with materials, a file for your calendar, and a button if you cannot come:"),
        link_of(one),
    )


def _thanks(one: Registration, step: Step, works: Sequence[Material]) -> Letter:
    said = facts(one.session) | {"name": one.participant.name}
    return letter(
        _("Thank you for coming: “%(title)s”") % said,
        _("%(name)s, thank you for taking part in “%(title)s”.") % said,
        *_works(works, _("To read on:")),
        "",
        _("Your page, with all materials, the test and the evaluation:"),
        link_of(one),
    )


def _works(works: Sequence[Material], heading: str) -> list[str]:
    """Titles with their links; files are on the person's page."""
    if not works:
        return []
    lines = [f"– {one.version.title}" + (f": {one.version.url}" if one.version.url else "") for one in works]
    return ["", heading, *lines]
