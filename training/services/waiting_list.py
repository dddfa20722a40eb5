"""The waiting list: it moves by itself, in the transaction that makes a seat or a place of a quota free."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from members.access import forget
from members.models import User
from members.services.permission import permit
from spm_portal.common.audit import record
from training.enums import RegistrationState, SessionState
from training.models import Registration, TrainingSession
from training.seating import has_place, next_up
from training.services import session_letters


def locked_session(session_id: UUID, by: User | None, permission: str = "") -> TrainingSession:
    """A session under its row lock until the transaction ends: whoever gives out seats holds it.

    PermissionDenied for a session that is not there, and for people without the permission (if one is named).
    """
    found = (
        TrainingSession.objects.select_for_update(of=("self",))
        .select_related("association", "course")
        .filter(pk=session_id)
        .first()
    )
    if found is None:
        raise PermissionDenied
    if by is not None:
        forget(by)  # roles as they are now, not as the request found them
        if permission:
            permit(by, permission, found)
    return found


def seated(session: TrainingSession) -> list[UUID | None]:
    """The member of each person who has a seat."""
    return list(
        session.registrations.filter(state=RegistrationState.CONFIRMED).values_list(
            "institution_id", flat=True
        )
    )


def place_for(session: TrainingSession, institution_id: UUID | None) -> bool:
    """Whether one more person of this member fits now; false while somebody before them waits for the same place."""
    if not has_place(
        institution_id, seated=seated(session), seats=session.seats, quota=session.quota_per_member
    ):
        return False
    return not _up(session)


def _up(session: TrainingSession) -> list[UUID]:
    queue = (
        session.registrations.filter(state=RegistrationState.WAITING)
        .order_by("queued_at", "asked_at", "pk")
        .values_list("pk", "institution_id")
    )
    return next_up(list(queue), seated=seated(session), seats=session.seats, quota=session.quota_per_member)


def move_up(session: TrainingSession, *, by: User | None, at: datetime) -> list[Registration]:
    """Give free seats to the first on the list, and tell them. The caller holds the session's row."""
    if session.state != SessionState.ANNOUNCED or session.ends_at <= at:
        return []
    order = _up(session)
    if not order:
        return []
    found = {
        one.pk: one
        for one in session.registrations.filter(pk__in=order).select_related("participant", "institution")
    }
    moved = [found[pk] for pk in order]
    for one in moved:
        one.session = session
        one.state, one.confirmed_at = RegistrationState.CONFIRMED, at
        one.save(update_fields=["state", "confirmed_at"])
        record("registration.moved_up", one, by=by, at=at, association_id=session.association_id)
        session_letters.standing(one, at=at, why="moved_up")
    return moved
