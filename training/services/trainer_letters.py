"""Mails to the trainers of a session: that they teach it, or do not any more, and what is to do before and after it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.services.letters import Letter, letter, tell_address
from training.enums import RegistrationState, SessionState
from training.models import Attendance, SessionDay, SessionTrainer, TrainingSession
from training.selectors.sessions import day_lines
from training.services.session_letters import facts, page_of_trainer, when_and_where

# so long after a session its trainers have to mark who was there, before they are asked
MARKS_AFTER = timedelta(hours=20)


def asked(session: TrainingSession, *, at: datetime) -> None:
    """Tell each trainer of an announced session, once, that he or she teaches it."""

    def words(one: SessionTrainer) -> Letter:
        said = _said(one, session)
        return letter(
            _("You teach “%(title)s”") % said,
            _("Hello %(name)s,") % said,
            "",
            _("%(association)s counts on you as a trainer of “%(title)s”. Your part: %(part)s.") % said,
            "",
            *when_and_where(session),
            "",
            _("Your page about it:"),
            page_of_trainer(one, session),
        )

    # the row and not the expert: who was taken off and comes back is told again
    _tell(trainers_of(session), words, "session.teaches", lambda one: one.pk, at)


def released(session: TrainingSession, trainers: Iterable[SessionTrainer], *, at: datetime) -> None:
    """Tell trainers who were taken off an announced session."""

    def words(one: SessionTrainer) -> Letter:
        said = _said(one, session)
        return letter(
            _("You do not teach “%(title)s” any more") % said,
            _("Hello %(name)s,") % said,
            "",
            _("%(association)s has given “%(title)s” to other trainers.") % said,
            "",
            *day_lines(session),
        )

    _tell(trainers, words, "session.teaches_no_more", lambda one: one.pk, at)


def remind(session: TrainingSession, *, step: str, days: int, at: datetime) -> None:
    """Tell trainers how many come, so many days before; and the day after, that marks of attendance are missing."""
    if session.ends_at <= at:
        if session.state == SessionState.ANNOUNCED and at >= session.ends_at + MARKS_AFTER:
            _ask_for_marks(session, step, at)
        return
    people = session.registrations.filter(state=RegistrationState.CONFIRMED).count()

    def words(one: SessionTrainer) -> Letter:
        when = (
            ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days} if days else _("today")
        )
        said = _said(one, session) | {"when": when, "count": people}
        return letter(
            _("“%(title)s” begins %(when)s") % said,
            _("%(name)s, “%(title)s” begins %(when)s.") % said,
            ngettext("%(count)s person has a seat.", "%(count)s people have a seat.", people) % said,
            "",
            *when_and_where(session),
            "",
            _("Your page, with materials, the sheet to sign and the list of attendance:"),
            page_of_trainer(one, session),
        )

    _tell(trainers_of(session), words, "session.trainer_reminder", lambda one: f"{one.pk}:{step}", at)


def trainers_of(session: TrainingSession) -> list[SessionTrainer]:
    """Trainers of a session with all that a mail to them needs."""
    rows = session.trainers.select_related("expert__user", "expert__association")
    return list(rows.filter(expert__retired_at__isnull=True).order_by("expert__name", "pk"))


def _ask_for_marks(session: TrainingSession, step: str, at: datetime) -> None:
    missing = _unmarked(session)
    if not missing:
        return

    def words(one: SessionTrainer) -> Letter:
        said = _said(one, session) | {"count": missing}
        return letter(
            _("Who was there? “%(title)s”") % said,
            _("%(name)s, thank you for “%(title)s”.") % said,
            ngettext(
                "%(count)s mark of attendance is missing. Certificates can be given once it is there.",
                "%(count)s marks of attendance are missing. Certificates can be given once they are there.",
                missing,
            )
            % said,
            "",
            _("Your page about it:"),
            page_of_trainer(one, session),
        )

    _tell(trainers_of(session), words, "session.trainer_reminder", lambda one: f"{one.pk}:{step}", at)


def _unmarked(session: TrainingSession) -> int:
    """How many people with a seat nobody marked, counted for each day."""
    seats = session.registrations.filter(state=RegistrationState.CONFIRMED)
    days = SessionDay.objects.filter(session=session).count()
    marks = Attendance.objects.filter(session=session, registration__in=seats).count()
    return seats.count() * days - marks


def _tell(
    trainers: Iterable[SessionTrainer],
    words: Callable[[SessionTrainer], Letter],
    purpose: str,
    about: Callable[[SessionTrainer], object],
    at: datetime,
) -> None:
    """One mail to each who has an address, in the own language or in that of the association."""
    for one in trainers:
        expert = one.expert
        if expert.mail_to:
            tell_address(
                expert.mail_to,
                expert.user.language if expert.user is not None else expert.association.language,
                lambda one=one: words(one),  # type: ignore[misc]
                purpose=purpose,
                key=f"{purpose}:{about(one)}",
                at=at,
                association_id=expert.association_id,
            )


def _said(one: SessionTrainer, session: TrainingSession) -> dict[str, object]:
    return facts(session) | {"name": one.expert.name, "part": one.get_level_display()}
