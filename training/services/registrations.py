"""Registrations: members send their people, cancel and replace them; people leave by their own link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import access_of
from members.models import Institution, Membership, User
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.enums import LIVE_REGISTRATIONS, RegistrationState, SessionState, Sex
from training.models import Participant, Registration, TrainingSession
from training.selectors.sessions import is_open
from training.services import scholarships, session_letters
from training.services.person_links import link_of
from training.services.waiting_list import locked_session, move_up, place_for

MOST_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be registered; `consents` says that the person's consent was confirmed."""

    name: str
    sex: str
    email: str
    consents: bool
    job: str = ""
    country: str = ""


class PeopleRefused(Refused):
    """Some people cannot be registered; `faults` says why, by their place in the list (from 0) and by the name of
    what is wrong with each. Nobody was registered."""

    def __init__(self, faults: dict[int, dict[str, str]]) -> None:
        super().__init__(" ".join(words for one in faults.values() for words in one.values()))
        self.faults = faults


def register(
    *, session_id: UUID, institution_id: UUID | None, people: Sequence[Person], by: User, at: datetime
) -> list[Registration]:
    """Register people of a member (or of the association itself) all together or not at all.

    Each gets a seat, a place on the waiting list, or waits for approval, and a mail with the own link. Two who ask
    for the last seat wait for each other: exactly one gets it. Raises PermissionDenied, Refused and PeopleRefused.
    """
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by, "training.view_session")
        member = _allowed(session, institution_id, by, at)
        if not people:
            raise Refused(_("Name at least one person."))
        if len(people) > MOST_AT_ONCE:
            raise Refused(
                _("At most %(most)d people can be registered at once. Send them in parts.")
                % {"most": MOST_AT_ONCE}
            )
        if faults := faults_of(session, member, people):
            raise PeopleRefused(faults)
        # each a microsecond after the one before: the list keeps the order in which they were named
        return [
            _register_one(session, member, one, by, at + timedelta(microseconds=number))
            for number, one in enumerate(people)
        ]


def _allowed(
    session: TrainingSession, institution_id: UUID | None, by: User, at: datetime
) -> Institution | None:
    """The member whose people they are. Staff may register for any member, also after the closing."""
    is_staff = by.has_perm("training.run_session", session)
    if not is_staff and institution_id not in access_of(by).works_for:
        raise PermissionDenied
    member = Institution.objects.filter(pk=institution_id).first() if institution_id else None
    if institution_id is not None:
        memberships = Membership.objects.filter(association=session.association, institution=institution_id)
        if member is None or not memberships.exists():
            raise Refused(
                _("%(mfi)s is not a member of %(association)s: only members register people.")
                % {"mfi": member.label if member else _("This MFI"), "association": session.association.label}
            )
        if not memberships.current().exists():
            raise Refused(
                _("%(mfi)s is no longer a member of %(association)s: only members register people.")
                % {"mfi": member.label, "association": session.association.label}
            )
    if session.state != SessionState.ANNOUNCED:
        raise Refused(_closed_words(session))
    if not is_open(session, at) and not (is_staff and session.ends_at > at):
        raise Refused(
            _("Registration for this session is closed. Ask the association whether it can add people.")
        )
    return member


def _closed_words(session: TrainingSession) -> str:
    if session.state == SessionState.CANCELLED:
        return _("This session is cancelled: nobody can be registered.")
    if session.state == SessionState.HELD:
        return _("This session was held: nobody can be registered any more.")
    return _("This session is not announced yet: nobody can be registered.")


def faults_of(
    session: TrainingSession, member: Institution | None, people: Sequence[Person]
) -> dict[int, dict[str, str]]:
    """All that is wrong with a list of people, by their place in it (from 0) and the name of what is wrong."""
    present = {
        email.casefold(): name
        for email, name in Registration.objects.filter(
            session=session, institution=member, state__in=LIVE_REGISTRATIONS
        ).values_list("participant__email", "participant__name")
    }
    faults: dict[int, dict[str, str]] = {}
    seen: dict[str, str] = {}
    for number, one in enumerate(people):
        email = one.email.strip().casefold()
        found = _faults(one)
        if "email" not in found and email in present:
            found["email"] = _("%(name)s (%(email)s) is registered already.") % {
                "name": present[email],
                "email": one.email,
            }
        if "email" not in found and email in seen:
            found["email"] = _(
                "%(email)s stands here twice: for %(first)s and for %(name)s. Each person needs an own address."
            ) % {
                "email": one.email,
                "first": seen[email],
                "name": one.name,
            }
        if found:
            faults[number] = found
        seen.setdefault(email, one.name)
    return faults


def _faults(person: Person) -> dict[str, str]:
    """What is wrong with what was said of one person, by field."""
    found: dict[str, str] = {}
    name = one_line(person.name)
    if not name or len(name) > 150:
        found["name"] = _("Give the name of each person, in at most 150 characters.")
    told = {"name": name or person.email}
    if person.sex not in Sex.values:
        found["sex"] = _("Choose the sex of %(name)s, as the person gives it.") % told
    try:
        validate_email(person.email.strip())
    except ValidationError:
        found["email"] = (
            _("Correct the e-mail address of %(name)s: the link to the own page goes there.") % told
        )
    if not person.consents:
        found["consents"] = (
            _("Confirm that %(name)s agrees to be registered. Without it nothing about the person is kept.")
            % told
        )
    return found


def _participant(
    session: TrainingSession, member: Institution | None, person: Person, at: datetime
) -> Participant:
    """The person's row: the one that is there, with what is new about the person, or a new one."""
    email = person.email.strip().lower()
    said = {
        "name": one_line(person.name),
        "sex": person.sex,
        "job": one_line(person.job)[:100],
        "country": person.country or (member.country if member else ""),
        "consented_at": at,
    }
    known, is_new = Participant.objects.get_or_create(
        association=session.association, institution=member, email=email, erased_at=None, defaults=said
    )
    if is_new:
        return known
    for name, value in said.items():
        setattr(known, name, value)
    known.save(update_fields=[*said])
    return known


def _register_one(
    session: TrainingSession, member: Institution | None, person: Person, by: User, at: datetime
) -> Registration:
    participant = _participant(session, member, person, at)
    made = Registration(
        association=session.association,
        session=session,
        institution=member,
        participant=participant,
        price=session.price,
        asked_at=at,
        asked_by=by,
        state=RegistrationState.REQUESTED,
    )
    by_staff = by.has_perm("training.run_session", session)
    if by_staff or not session.needs_approval:
        seat(made, at)
    made.save()
    link_of(made)
    record("registration.made", made, by=by, at=at, association_id=session.association_id, state=made.state)
    # the member is told of what it did not do itself
    session_letters.standing(made, at=at, why="registered_by_staff" if by_staff else "registered")
    return made


def seat(registration: Registration, at: datetime) -> None:
    """Give the registration a seat, or a place on the waiting list; the caller holds the session's row and saves."""
    if place_for(registration.session, registration.institution_id):
        registration.state, registration.confirmed_at = RegistrationState.CONFIRMED, at
    else:
        registration.state, registration.queued_at = RegistrationState.WAITING, registration.queued_at or at


def cancel(*, registration_id: UUID, reason: str, by: User, at: datetime) -> Registration:
    """Cancel a registration, by the member or by staff (who say why); the list moves up. Twice is harmless."""
    with transaction.atomic(), acting(by):
        one = locked_registration(registration_id, by, "training.change_registration")
        is_staff = by.has_perm("training.run_session", one.session)
        if is_staff and not one_line(reason):
            raise Refused(_("Say why: the person and the MFI read it."))
        return _end(
            one, one_line(reason)[:300], by, at, "cancelled_by_staff" if is_staff else "cancelled_by_member"
        )


def leave(*, registration_id: UUID, at: datetime) -> Registration:
    """A person gives the seat or the place on the waiting list back, by the own link. Twice is harmless."""
    with transaction.atomic(), acting(None):
        one = locked_registration(registration_id, None, "")
        return _end(one, _("Cancelled by the person."), None, at, "left")


def _end(one: Registration, reason: str, by: User | None, at: datetime, why: str) -> Registration:
    if one.state in (RegistrationState.CANCELLED, RegistrationState.REFUSED):
        return one
    if one.session.state == SessionState.HELD or one.session.ends_at <= at:
        raise Refused(_("The session is over: registrations for it stay as they are."))
    one.state, one.ended_at, one.reason = RegistrationState.CANCELLED, at, reason
    one.save(update_fields=["state", "ended_at", "reason"])
    scholarships.free_awards([one.pk], at=at)
    record("registration.cancelled", one, by=by, at=at, association_id=one.association_id, how=why)
    session_letters.standing(one, at=at, why=why)
    move_up(one.session, by=by, at=at)
    return one


def replace(*, registration_id: UUID, person: Person, by: User, at: datetime) -> Registration:
    """Send another person of the same member instead: seat or place on the list, and price, go over.

    A scholarship does not: it was given to the person. Raises Refused and PeopleRefused.
    """
    with transaction.atomic(), acting(by):
        old = locked_registration(registration_id, by, "training.change_registration")
        if old.state not in LIVE_REGISTRATIONS:
            raise Refused(_("This registration has ended already: register the other person anew."))
        if old.session.state != SessionState.ANNOUNCED or old.session.ends_at <= at:
            raise Refused(_("The session is over: registrations for it stay as they are."))
        if faults := faults_of(old.session, old.institution, [person]):
            raise PeopleRefused(faults)
        participant = _participant(old.session, old.institution, person, at)
        state = old.state
        old.state, old.ended_at = RegistrationState.CANCELLED, at
        old.reason = _("Replaced by %(name)s.") % {"name": participant.name}
        old.save(update_fields=["state", "ended_at", "reason"])
        scholarships.free_awards([old.pk], at=at)
        made = Registration.objects.create(
            association_id=old.association_id,
            session=old.session,
            institution=old.institution,
            participant=participant,
            state=state,
            price=old.price,
            asked_at=old.asked_at,
            asked_by=by,
            queued_at=old.queued_at,
            confirmed_at=at if state == RegistrationState.CONFIRMED else None,
            paid_at=old.paid_at,
        )
        link_of(made)
        record(
            "registration.replaced", made, by=by, at=at, association_id=old.association_id, old=str(old.pk)
        )
        session_letters.standing(old, at=at, why="cancelled_by_member")
        session_letters.standing(made, at=at, why="registered")
    return made


def locked_registration(registration_id: UUID, by: User | None, permission: str) -> Registration:
    """A registration with its session's row locked first, so that whoever gives out seats comes one by one."""
    session_id = Registration.objects.filter(pk=registration_id).values_list("session_id", flat=True).first()
    if session_id is None:
        raise PermissionDenied
    session = locked_session(session_id, by)
    one = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("participant", "institution")
        .get(pk=registration_id)
    )
    one.session = session
    if by is not None and not by.has_perm(permission, one):
        raise PermissionDenied
    return one


def may_register(session: TrainingSession, user: User, *, at: datetime) -> bool:
    """Whether the page offers the form: to members while registration is open, to staff until the session is over."""
    if user.has_perm("training.run_session", session):
        return session.state == SessionState.ANNOUNCED and session.ends_at > at
    return is_open(session, at) and user.has_perm("training.register_people", session.association)
