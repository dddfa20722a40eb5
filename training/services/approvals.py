"""Staff answer registrations: approve them one by one or all, refuse with a reason, note what was paid."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.enums import LIVE_REGISTRATIONS, RegistrationState, SessionState
from training.models import Registration
from training.services import scholarships, session_letters
from training.services.registrations import locked_registration, seat
from training.services.waiting_list import locked_session, move_up


def approve(
    *, session_id: UUID, registration_ids: Collection[UUID], by: User, at: datetime
) -> list[Registration]:
    """Approve these registrations in the order in which they were asked for, as long as seats and quotas last.

    Who finds none comes onto the waiting list. Those that do not wait for approval any more are left alone.
    """
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by, "training.run_session")
        if session.state != SessionState.ANNOUNCED:
            raise Refused(_("This session is not open: registrations for it stay as they are."))
        asked = (
            session.registrations.select_for_update(of=("self",))
            .filter(pk__in=registration_ids, state=RegistrationState.REQUESTED)
            .select_related("participant", "institution")
            .order_by("asked_at", "pk")
        )
        done = []
        for one in asked:
            one.session = session
            seat(one, at)
            one.save(update_fields=["state", "confirmed_at", "queued_at"])
            record(
                "registration.approved", one, by=by, at=at, association_id=one.association_id, state=one.state
            )
            session_letters.standing(one, at=at, why="approved")
            done.append(one)
    return done


def refuse(*, registration_id: UUID, reason: str, by: User, at: datetime) -> Registration:
    """Refuse a registration with words that the person and the MFI read. Twice is harmless."""
    with transaction.atomic(), acting(by):
        one = locked_registration(registration_id, by, "training.answer_registration")
        if one.state == RegistrationState.REFUSED:
            return one
        if one.state not in LIVE_REGISTRATIONS:
            raise Refused(_("This registration was cancelled meanwhile: there is nothing to refuse."))
        why = one_line(reason)[:300]
        if not why:
            raise Refused(_("Say why: the person and the MFI read it."))
        one.state, one.ended_at, one.reason = RegistrationState.REFUSED, at, why
        one.save(update_fields=["state", "ended_at", "reason"])
        scholarships.free_awards([one.pk], at=at)
        record("registration.refused", one, by=by, at=at, association_id=one.association_id, reason=why)
        session_letters.standing(one, at=at, why="refused")
        move_up(one.session, by=by, at=at)
    return one


def mark_paid(*, registration_id: UUID, paid: bool, by: User, at: datetime) -> Registration:
    """Note that the price came in, or take the note back."""
    with transaction.atomic(), acting(by):
        one = locked_registration(registration_id, by, "training.answer_registration")
        if paid and one.state != RegistrationState.CONFIRMED:
            raise Refused(_("Only people with a seat pay."))
        if paid != (one.paid_at is not None):
            one.paid_at = at if paid else None
            one.save(update_fields=["paid_at"])
            record("registration.paid", one, by=by, at=at, association_id=one.association_id, paid=paid)
    return one
