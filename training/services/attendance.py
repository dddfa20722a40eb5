"""Marking who was there: by staff and trainers with an account, or by a trainer's personal link; one tap at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.clocks import clock_of
from spm_portal.common.refusal import Refused
from training.enums import RegistrationState, SessionState
from training.models import Attendance, Expert, Registration, SessionDay, TrainingSession
from training.services.session_trainers import permit_teacher
from training.windows import MARK_BEFORE, Span, may_mark


@dataclass(frozen=True, slots=True)
class Mark:
    """That a registered person was, or was not, there on a day."""

    day: UUID
    registration: UUID
    present: bool


def mark(
    *,
    session_id: UUID,
    marks: Sequence[Mark],
    by: User | None,
    at: datetime,
    expert: Expert | None = None,
    others_present_on: UUID | None = None,
) -> int:
    """Write marks down; how many were new or other than before. The same mark again changes nothing.

    `others_present_on` names a day on which everybody who is not marked then was present; who is absent stays so.

    `by` is staff or a trainer with an account; without it, `expert` is the trainer whose personal link it is. Raises
    PermissionDenied, and Refused for days to come and people without a seat: then nothing is written.
    """
    with transaction.atomic(), acting(by):
        session = _session(session_id, by, expert)
        days = {day.pk: day for day in SessionDay.objects.filter(session=session)}
        seats = set(
            Registration.objects.filter(session=session, state=RegistrationState.CONFIRMED).values_list(
                "pk", flat=True
            )
        )
        for one in marks:
            _check(session, days.get(one.day), one.registration in seats, at)
        if others_present_on is not None:
            _check(session, days.get(others_present_on), True, at)
            marked = Attendance.objects.filter(day_id=others_present_on).values_list(
                "registration_id", flat=True
            )
            chosen = {one.registration for one in marks if one.day == others_present_on}
            left = seats - set(marked) - chosen
            marks = [*marks, *(Mark(others_present_on, pk, True) for pk in left)]
        return _write(session, marks, by, expert, at)


def _session(pk: UUID, by: User | None, expert: Expert | None) -> TrainingSession:
    """The session, locked, if this person may mark who was there."""
    session: TrainingSession = TrainingSession.objects.select_for_update().get(pk=pk)
    permit_teacher(session, by=by, expert=expert)
    if session.state not in (SessionState.ANNOUNCED, SessionState.HELD):
        raise Refused(_("Attendance is marked for sessions that are announced and were not cancelled."))
    return session


def _check(session: TrainingSession, day: SessionDay | None, has_seat: bool, at: datetime) -> None:
    if day is None:
        raise Refused(_("This session has no such day. Load the page again: its days were changed."))
    if not has_seat:
        raise Refused(
            _(
                "Somebody on this list has no seat any more. Load the page again; whoever came without a seat is "
                "registered first."
            )
        )
    if not may_mark(Span(day.starts_at, day.ends_at), at):
        opens = clock_of(day.starts_at - MARK_BEFORE, session.time_zone, weekday=True)
        raise Refused(_("This day can be marked from %(when)s on.") % {"when": opens})


def _write(
    session: TrainingSession, marks: Sequence[Mark], by: User | None, expert: Expert | None, at: datetime
) -> int:
    there = {(one.day_id, one.registration_id): one for one in Attendance.objects.filter(session=session)}
    who = str(by) if by is not None else expert.name if expert is not None else ""
    new: dict[tuple[UUID, UUID], Attendance] = {}
    other: list[Attendance] = []
    for one in marks:
        key = (one.day, one.registration)
        found = there.get(key)
        if found is None:
            new[key] = Attendance(
                association_id=session.association_id,
                session=session,
                day_id=one.day,
                registration_id=one.registration,
                present=one.present,
                marked_at=at,
                marked_by=who[:150],
            )
        elif found.present != one.present:
            found.present, found.marked_at, found.marked_by = one.present, at, who[:150]
            other.append(found)
    Attendance.objects.bulk_create(new.values())
    for found in other:
        found.save(update_fields=["present", "marked_at", "marked_by"])
    changed = [*new.values(), *other]
    if changed:
        record(
            "training.attendance_marked",
            session,
            by=by,
            at=at,
            association_id=session.association_id,
            marked_by=who,
            present=[str(one.registration_id) for one in changed if one.present],
            absent=[str(one.registration_id) for one in changed if not one.present],
            days=sorted({str(one.day_id) for one in changed}),
        )
    return len(changed)
