"""Sessions: prepared from a course, announced to members, changed, cancelled, closed as held."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import forget
from members.models import User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.money import currencies
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line, paragraphs
from training.enums import LIVE_REGISTRATIONS, RegistrationState, SessionState
from training.models import Attendance, Course, Registration, SessionDay, TrainingSession
from training.selectors.needs import answered_by
from training.services import needs, scholarships, session_letters, trainer_letters
from training.services.schedule import (
    Day,
    Moments,
    check_ahead,
    check_closing,
    moment_of,
    moments_of,
    zone_of,
)
from training.services.session_trainers import set_trainers
from training.services.waiting_list import locked_session, move_up

MOST_SEATS = 2000
MOST_PRICE = Decimal("9999999999.99")
# what calendars and people with a seat have to learn of
TOLD = ("is_online", "place", "address", "country", "online_url", "title")


@dataclass(frozen=True, slots=True)
class SessionValues:
    """What is said of a session; days and the closing of registration in the time of its place."""

    title: str
    language: str
    time_zone: str
    days: Sequence[Day]
    closes_at: datetime
    seats: int
    currency: str
    price: Decimal = Decimal(0)
    is_online: bool = False
    place: str = ""
    address: str = ""
    country: str = ""
    online_url: str = ""
    quota_per_member: int | None = None
    needs_approval: bool = False
    note: str = ""
    trainers: Sequence[UUID] = ()
    # a trainer who teaches elsewhere at the same time was confirmed
    confirmed: bool = False


def prepare(*, course_id: UUID, values: SessionValues, by: User, at: datetime) -> TrainingSession:
    """Prepare a session of a course; only staff see it until it is announced.

    Raises PermissionDenied, Refused with what to correct, and DoubleBooked where trainers teach elsewhere then.
    """
    forget(by)
    with transaction.atomic(), acting(by):
        course = Course.objects.select_related("association").filter(pk=course_id).first()
        permit(by, "training.change_course", course)
        if course is None:
            raise PermissionDenied
        if course.archived_at is not None:
            raise Refused(_("This course is archived. Take it out of the archive, or choose another one."))
        zone = zone_of(values.time_zone)
        moments = moments_of(values.days, zone)
        check_ahead(moments, zone, at=at)
        closes_at = moment_of(values.closes_at, zone)
        check_closing(closes_at, moments, zone)
        made = TrainingSession(
            association=course.association, course=course, created_at=at, created_by=by, **_plain(values)
        )
        made.starts_at, made.ends_at = moments[0][0], moments[-1][1]
        made.registration_closes_at = closes_at
        made.save()
        _write_days(made, moments)
        set_trainers(made, values.trainers, moments, confirmed=values.confirmed)
        record("session.created", made, by=by, at=at, association_id=made.association_id)
    return made


def change(*, session_id: UUID, values: SessionValues, by: User, at: datetime) -> TrainingSession:
    """Say anew what is said of a session.

    What people and calendars have to learn of raises the number of changes, and they are told. More seats or a higher
    quota move the waiting list. Raises as `prepare` does.
    """
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by, "training.run_session")
        _check_open(session)
        zone = zone_of(values.time_zone)
        moments = moments_of(values.days, zone)
        before = [(one.starts_at, one.ends_at) for one in session.days.all()]
        closes_at = moment_of(values.closes_at, zone)
        if moments != before:
            check_ahead(moments, zone, at=at)
        check_closing(closes_at, moments, zone)
        confirmed = session.registrations.filter(state=RegistrationState.CONFIRMED).count()
        plain = _plain(values)
        if values.seats < confirmed:
            raise Refused(
                ngettext(
                    "%(count)s person has a seat already: the session cannot have fewer seats than that. "
                    "Cancel registrations first.",
                    "%(count)s people have a seat already: the session cannot have fewer seats than that. "
                    "Cancel registrations first.",
                    confirmed,
                )
                % {"count": confirmed}
            )
        zone_moved = session.time_zone != plain["time_zone"]
        news = moments != before or zone_moved or any(getattr(session, name) != plain[name] for name in TOLD)
        for name, value in plain.items():
            setattr(session, name, value)
        session.starts_at, session.ends_at = moments[0][0], moments[-1][1]
        session.registration_closes_at = closes_at
        if moments != before:
            _write_days(session, moments)
        taught_by = trainer_letters.trainers_of(session)
        set_trainers(session, values.trainers, moments, confirmed=values.confirmed)
        if news:
            session.sequence += 1
        session.save()
        record("session.changed", session, by=by, at=at, association_id=session.association_id, told=news)
        if session.state == SessionState.ANNOUNCED:
            gone = [one for one in taught_by if one.expert_id not in values.trainers]
            trainer_letters.released(session, gone, at=at)
            trainer_letters.asked(session, at=at)
            if news:
                session_letters.changed(session, _live(session), at=at)
            move_up(session, by=by, at=at)
    return session


def announce(*, session_id: UUID, by: User, at: datetime) -> tuple[TrainingSession, int]:
    """Show a session to members and write to their people; how many were told. Twice is harmless.

    Raises Refused where registration would be closed already, or where nobody could tell where it is.
    """
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by, "training.run_session")
        if session.state == SessionState.ANNOUNCED:
            return session, 0
        _check_open(session)
        if session.registration_closes_at <= at:
            raise Refused(_("Registration would be closed already. Let it close later, then announce."))
        if not session.is_online and not session.place:
            raise Refused(
                _("Say where the session is held, or that it is online, before members read of it.")
            )
        session.state, session.announced_at = SessionState.ANNOUNCED, at
        session.save(update_fields=["state", "announced_at"])
        record("session.announced", session, by=by, at=at, association_id=session.association_id)
        told = session_letters.announced(session, at=at)
        trainer_letters.asked(session, at=at)
    return session, told


def cancel(*, session_id: UUID, reason: str, by: User, at: datetime) -> TrainingSession:
    """Cancel a session with the reason that everybody is told; scholarships are free again. Twice is harmless."""
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by, "training.run_session")
        if session.state == SessionState.CANCELLED:
            return session
        _check_open(session)
        why = one_line(reason)
        if not why:
            raise Refused(_("Say why the session is cancelled: everybody who is registered reads it."))
        if len(why) > 300:
            raise Refused(_("The reason has more than 300 characters. Shorten it."))
        was_announced = session.state == SessionState.ANNOUNCED
        session.state, session.cancelled_at, session.cancel_reason = SessionState.CANCELLED, at, why
        session.sequence += 1
        session.save(update_fields=["state", "cancelled_at", "cancel_reason", "sequence"])
        live = _live(session)
        for one in live:
            one.state, one.ended_at, one.reason = RegistrationState.CANCELLED, at, why
            one.save(update_fields=["state", "ended_at", "reason"])
        scholarships.free_awards([one.pk for one in live], at=at)
        record("session.cancelled", session, by=by, at=at, association_id=session.association_id, reason=why)
        if was_announced:
            session_letters.cancelled(session, live, at=at)
    return session


def mark_held(*, session_id: UUID, by: User, at: datetime, meets: Collection[UUID] = ()) -> TrainingSession:
    """Close a session as held, once its last day is over: nothing of its registrations changes then.

    Who still waited is told. Of the needs that it may answer, `meets` are marked as met.
    """
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by, "training.run_session")
        if session.state == SessionState.HELD:
            return session
        if session.state != SessionState.ANNOUNCED:
            raise Refused(_("Only a session that was announced can be closed as held."))
        if session.ends_at > at:
            raise Refused(_("The last day is not over yet. Close the session as held after it."))
        session.state, session.held_at = SessionState.HELD, at
        session.save(update_fields=["state", "held_at"])
        waiting = session.registrations.filter(
            state__in=(RegistrationState.REQUESTED, RegistrationState.WAITING)
        )
        ended = list(waiting.select_related("participant").order_by("asked_at", "pk"))
        for one in ended:
            one.state, one.ended_at, one.reason = RegistrationState.REFUSED, at, _("No seat became free.")
            one.session = session
            one.save(update_fields=["state", "ended_at", "reason"])
        scholarships.free_awards([one.pk for one in ended], at=at)
        record("session.held", session, by=by, at=at, association_id=session.association_id)
        if meets:
            _meet(session, meets, by=by, at=at)
        session_letters.without_seat(session, ended, at=at)
    return session


def _meet(session: TrainingSession, chosen: Collection[UUID], *, by: User, at: datetime) -> None:
    """Mark the chosen ones of the needs that it may answer as met, in the language in which needs are written."""
    with translation.override(session.association.language):
        day = date_format(session.starts_at.astimezone(zone_of(session.time_zone)), "DATE_FORMAT")
        words = _("Session held on %(day)s: %(title)s") % {"day": day, "title": session.title}
    needs.meet_by([one.pk for one in answered_by(session) if one.pk in chosen], words, by=by, at=at)


def _check_open(session: TrainingSession) -> None:
    if session.state == SessionState.CANCELLED:
        raise Refused(_("This session is cancelled. Nothing of it changes any more."))
    if session.state == SessionState.HELD:
        raise Refused(_("This session is closed as held. Nothing of it changes any more."))


def _live(session: TrainingSession) -> list[Registration]:
    found = session.registrations.filter(state__in=LIVE_REGISTRATIONS)
    people = list(found.select_related("participant", "institution").order_by("asked_at", "pk"))
    for one in people:
        one.session = session
    return people


def _plain(values: SessionValues) -> dict[str, object]:
    """The fields that are kept as they were said, checked. Raises Refused."""
    title, place = one_line(values.title), one_line(values.place)
    if not title:
        raise Refused(_("Give the session a title."))
    if not 0 < values.seats <= MOST_SEATS:
        raise Refused(_("A session has from 1 to %(most)d seats.") % {"most": MOST_SEATS})
    if values.quota_per_member is not None and values.quota_per_member < 1:
        raise Refused(_("The most seats for one member must be 1 or more. Leave it empty for no limit."))
    if values.currency not in currencies():
        raise Refused(
            _("“%(code)s” is no currency of ISO 4217. Write three letters, such as KES.")
            % {"code": values.currency[:10]}
        )
    price = values.price
    if not price.is_finite() or not 0 <= price <= MOST_PRICE:
        raise Refused(_("The price must be 0 or more, with at most ten digits before the decimals."))
    if price != price.quantize(Decimal("0.01")):
        raise Refused(_("The price has more than two decimals. Round it."))
    return {
        "title": title[:200],
        "language": values.language,
        "time_zone": values.time_zone,
        "is_online": values.is_online,
        "place": place[:150],
        "address": one_line(values.address)[:300],
        "country": values.country,
        "online_url": _join_link(values.online_url),
        "seats": values.seats,
        "quota_per_member": values.quota_per_member,
        "needs_approval": values.needs_approval,
        "price": price,
        "currency": values.currency,
        "note": paragraphs(values.note)[:4000],
    }


def _join_link(typed: str) -> str:
    link = one_line(typed)
    if link:
        try:
            URLValidator(schemes=["https", "http"])(link)
        except ValidationError:
            raise Refused(_("The link to join must begin with https:// and name a page.")) from None
    return link


def _write_days(session: TrainingSession, moments: Moments) -> None:
    """Keep days that stay, move the others: calendars know a day by its row. Raises Refused for marked days."""
    known = {(one.starts_at, one.ends_at): one for one in session.days.all()}
    spare = [row for key, row in known.items() if key not in moments]
    for begins, ends in moments:
        if (begins, ends) in known:
            continue
        same = next((one for one in spare if one.starts_at == begins), None)
        row = same or (spare[0] if spare else None)
        if row is None:
            SessionDay.objects.create(
                association_id=session.association_id, session=session, starts_at=begins, ends_at=ends
            )
            continue
        spare.remove(row)
        row.starts_at, row.ends_at = begins, ends
        row.save(update_fields=["starts_at", "ends_at"])
    if Attendance.objects.filter(day__in=spare).exists():
        raise Refused(_("Attendance is marked for a day that you took out. Leave that day as it is."))
    for row in spare:
        row.delete()
