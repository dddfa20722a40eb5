"""Mails about sessions: to members when something is on, and to registered people and their MFI about their seats."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Institution, User
from members.selectors.readers import people_of, people_of_each
from members.services.letters import Letter, letter, tell, tell_address
from spm_portal.common.clocks import clock_of
from spm_portal.common.money import money
from spm_portal.common.origin import address_of
from training.enums import LIVE_REGISTRATIONS, RegistrationState
from training.models import Registration, SessionTrainer, TrainingSession
from training.selectors.sessions import day_lines
from training.services.person_links import link_of


def announced(session: TrainingSession, *, at: datetime) -> int:
    """Tell signatories and editors of all members what is on; how many were told."""
    members = Institution.objects.members_of(session.association).values_list("pk", flat=True)
    readers = {one.pk: one for people in people_of_each(members).values() for one in people}

    def words(reader: User) -> Letter:
        said = facts(session) | {
            "closes": clock_of(session.registration_closes_at, session.time_zone),
            "seats": session.seats,
            "price": money(session.price, session.currency) if session.price else _("free of charge"),
            "address": address_of("training_session", session.association.slug, session.pk),
        }
        return letter(
            _("%(association)s: “%(title)s” – register your staff") % said,
            _("%(association)s announces “%(title)s”.") % said,
            "",
            *when_and_where(session),
            _("Seats: %(seats)s. Price per person: %(price)s.") % said,
            _("Registration closes on %(closes)s.") % said,
            "",
            _("Register your staff:"),
            str(said["address"]),
        )

    return tell(
        readers.values(),
        words,
        purpose="session.announced",
        about=session.pk,
        at=at,
        association_id=session.association_id,
    )


def changed(session: TrainingSession, live: Iterable[Registration], *, at: datetime) -> None:
    """Tell registered people, their MFIs and the trainers that days, place or the link to join are others now."""
    people = list(live)

    def lines(address: str) -> Letter:
        return letter(
            _("“%(title)s” has changed") % facts(session),
            _("Something changed about “%(title)s”. This holds now:") % facts(session),
            "",
            *when_and_where(session),
            "",
            _("All about it, with a file for your calendar:"),
            address,
        )

    _tell_all(
        session, people, lines, purpose="session.changed", about=f"{session.pk}:{session.sequence}", at=at
    )


def cancelled(session: TrainingSession, live: Iterable[Registration], *, at: datetime) -> None:
    """Tell everybody that the session is not held, and why."""
    people = list(live)

    def lines(address: str) -> Letter:
        return letter(
            _("“%(title)s” is cancelled") % facts(session),
            _("“%(title)s” is cancelled.") % facts(session),
            "",
            *day_lines(session),
            "",
            _("Why: %(reason)s") % {"reason": session.cancel_reason},
            _("All registrations end with it, and scholarships are free again. You need to do nothing."),
        )

    _tell_all(session, people, lines, purpose="session.cancelled", about=session.pk, at=at)


def _tell_all(
    session: TrainingSession,
    people: list[Registration],
    lines: Callable[[str], Letter],
    *,
    purpose: str,
    about: object,
    at: datetime,
) -> None:
    """The same words to registered people, to the people of their MFIs, and to trainers."""
    for one in people:
        to_person(one, lambda one=one: lines(link_of(one)), purpose=purpose, about=about, at=at)  # type: ignore[misc]
    address = address_of("training_session", session.association.slug, session.pk)
    told = {one.participant.email for one in people}
    members = {one.institution_id for one in people if one.institution_id is not None}
    readers = {one.pk: one for users in people_of_each(members).values() for one in users}
    tell(
        [one for one in readers.values() if one.email not in told],
        lambda reader: lines(address),
        purpose=purpose,
        about=about,
        at=at,
        association_id=session.association_id,
    )
    told |= {one.email for one in readers.values()}
    for trainer in session.trainers.select_related("expert__user"):
        mail = trainer.expert.mail_to
        if mail and mail not in told:
            tell_address(
                mail,
                trainer.expert.user.language if trainer.expert.user else _language(session),
                lambda trainer=trainer: lines(page_of_trainer(trainer, session)),  # type: ignore[misc]
                purpose=purpose,
                key=f"{purpose}:{about}:{trainer.expert_id}",
                at=at,
                association_id=session.association_id,
            )


def page_of_trainer(trainer: SessionTrainer, session: TrainingSession) -> str:
    """Where a trainer's page of the session is; a personal link is known to the mail alone that carried it."""
    if trainer.expert.user_id is not None:
        return address_of("my_teaching_session", session.pk)
    return _("the link that %(association)s sent you opens it; ask for a new one if you miss it.") % facts(
        session
    )


def standing(registration: Registration, *, at: datetime, why: str = "") -> None:
    """Tell a person and the MFI how the registration stands now.

    `why` names what happened, such as "moved_up": about one such thing nobody is told twice at one moment.
    """
    purpose, about = "registration.state", f"{registration.pk}:{why or registration.state}:{at.isoformat()}"

    def words() -> Letter:
        subject, *lines = _own_words(registration, why)
        greeting = _("Hello %(name)s,") % {"name": registration.participant.name}
        page = [_("Your page about it:"), link_of(registration)]
        if registration.state in LIVE_REGISTRATIONS:
            page += [
                "",
                _("If you cannot come, say so there: somebody else gets the seat. The link is yours alone."),
            ]
        return letter(subject, greeting, "", *lines, "", *page)

    to_person(registration, words, purpose=purpose, about=about, at=at)
    if registration.institution_id is None:
        return
    session = registration.session
    address = address_of("training_session", session.association.slug, session.pk)

    def to_member(reader: User) -> Letter:
        subject, *lines = _standing_words(registration, why)
        return letter(f"{registration.participant.name}: {subject}", *lines, "", address)

    # who just did it by hand need not be told by mail
    if why not in {"registered", "cancelled_by_member"}:
        tell(
            [
                one
                for one in people_of(registration.institution_id)
                if one.email != registration.participant.email
            ],
            to_member,
            purpose=purpose,
            about=about,
            at=at,
            association_id=session.association_id,
        )


def without_seat(session: TrainingSession, ended: Iterable[Registration], *, at: datetime) -> None:
    """Tell those who still waited when the session was held: each person, and each MFI once for all its people."""
    purpose = "session.without_seat"
    by_member: dict[UUID, list[Registration]] = defaultdict(list)

    def lines(names: str, *further: str) -> Letter:
        said = facts(session) | {"name": names, "reason": _("No seat became free.")}
        return letter(
            _("No seat: “%(title)s”") % said,
            _("%(association)s could not give %(name)s a seat in “%(title)s”.") % said,
            _("Why: %(reason)s") % said,
            "",
            *further,
        )

    course = address_of("course", session.association.slug, session.course_id)
    for one in ended:
        to_person(
            one,
            lambda one=one: lines(one.participant.name, _("Your page about it:"), link_of(one)),  # type: ignore[misc]
            purpose=purpose,
            about=session.pk,
            at=at,
        )
        if one.institution_id is not None:
            by_member[one.institution_id].append(one)
    readers = people_of_each(by_member)
    for member, people in by_member.items():
        own = {one.participant.email for one in people}
        names = ", ".join(one.participant.name for one in people)
        tell(
            [reader for reader in readers[member] if reader.email not in own or len(people) > 1],
            lambda reader, names=names: lines(names, _("The course, with its next sessions:"), course),  # type: ignore[misc]
            purpose=purpose,
            about=f"{session.pk}:{member}",
            at=at,
            association_id=session.association_id,
        )


def _own_words(registration: Registration, why: str) -> list[str]:
    """Subject and lines for the person, who may not know yet who registered whom for what."""
    session = registration.session
    by = registration.institution or session.association
    said = facts(session) | {"mfi": by.label, "reason": registration.reason}
    when = when_and_where(session)
    state = registration.state
    made = _("%(mfi)s registered you for “%(title)s” of %(association)s.") % said
    if state == RegistrationState.CONFIRMED:
        news = _("A seat became free: you have a seat in “%(title)s” now.") % said
        lines = [news if why == "moved_up" else " ".join((str(made), _("You have a seat."))), "", *when]
        return [_("Seat confirmed: “%(title)s”") % said, *lines]
    if state == RegistrationState.WAITING:
        return [
            _("On the waiting list: “%(title)s”") % said,
            made,
            _("It is full, or the seats for your MFI are taken: you are on the waiting list."),
            _("As soon as a seat becomes free the first on the list gets it, and is told by mail."),
            "",
            *when,
        ]
    if state == RegistrationState.REQUESTED:
        confirms = _("%(association)s confirms each registration and will write to you.") % said
        return [_("Registration received: “%(title)s”") % said, made, confirms, "", *when]
    if state == RegistrationState.REFUSED:
        ended = [
            _("No seat: “%(title)s”") % said,
            _("%(association)s could not give you a seat in “%(title)s”.") % said,
        ]
    else:
        ended = [
            _("Registration cancelled: “%(title)s”") % said,
            _("You are no longer registered for “%(title)s”.") % said,
        ]
    return [*ended, _("Why: %(reason)s") % said] if registration.reason and why != "left" else ended


def _standing_words(registration: Registration, why: str) -> list[str]:
    session = registration.session
    said = facts(session) | {"name": registration.participant.name, "reason": registration.reason}
    when = when_and_where(session)
    state = registration.state
    if state == RegistrationState.CONFIRMED:
        first = (
            _("A seat became free: %(name)s has a seat in “%(title)s” now.")
            if why == "moved_up"
            else _("%(name)s has a seat in “%(title)s”.")
        )
        return [_("Seat confirmed: “%(title)s”") % said, first % said, "", *when]
    if state == RegistrationState.WAITING:
        return [
            _("On the waiting list: “%(title)s”") % said,
            _("“%(title)s” is full, or the seats for your MFI are taken. %(name)s is on the waiting list.")
            % said,
            _("As soon as a seat becomes free the first on the list gets it, and is told by mail."),
            "",
            *when,
        ]
    if state == RegistrationState.REQUESTED:
        return [
            _("Registration received: “%(title)s”") % said,
            _(
                "%(name)s is registered for “%(title)s”. %(association)s confirms each registration and will write."
            )
            % said,
            "",
            *when,
        ]
    if state == RegistrationState.REFUSED:
        return [
            _("No seat: “%(title)s”") % said,
            _("%(association)s could not give %(name)s a seat in “%(title)s”.") % said,
            _("Why: %(reason)s") % said,
        ]
    ended = [
        _("Registration cancelled: “%(title)s”") % said,
        _("%(name)s is no longer registered for “%(title)s”.") % said,
    ]
    return [*ended, _("Why: %(reason)s") % said] if registration.reason else ended


def to_person(
    registration: Registration, words: Callable[[], Letter], *, purpose: str, about: object, at: datetime
) -> None:
    """One mail to a registered person, in the language of the session where the portal speaks it."""
    participant, session = registration.participant, registration.session
    if participant.erased_at is not None:
        return
    tell_address(
        participant.email,
        _language(session),
        words,
        purpose=purpose,
        key=f"{purpose}:{about}:person:{registration.pk}",
        at=at,
        association_id=session.association_id,
    )


def _language(session: TrainingSession) -> str:
    spoken = {code for code, _name in settings.LANGUAGES}
    return session.language if session.language in spoken else session.association.language


def facts(session: TrainingSession) -> dict[str, object]:
    """Words about a session that most mails use."""
    return {
        "association": session.association.label,
        "title": session.title,
        "day": date_format(session.starts_at, "DATE_FORMAT"),
    }


def when_and_where(session: TrainingSession) -> list[str]:
    """Its days, each on a line, and where it is held."""
    where = _("Online") if session.is_online else ", ".join(filter(None, (session.place, session.address)))
    return [*day_lines(session), where] if where else day_lines(session)
