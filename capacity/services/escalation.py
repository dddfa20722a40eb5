"""Reminders of what is owed to donors, each step once, with the managers told and from some days on the donor."""

import zoneinfo
from datetime import datetime

from django.db import transaction

from capacity.due import label_of, newest_step
from capacity.enums import OfferState
from capacity.models import Obligation
from capacity.services import support_notices
from capacity.services.obligations import OPEN


def send_due(*, at: datetime) -> int:
    """Send the reminders that are due at this moment; how many obligations were reminded of.

    Run as often as wanted, by as many workers as wanted: the step is written on the locked row in the transaction of
    its mails. After an outage only the newest missed step is sent.
    """
    waiting = (
        Obligation.objects.filter(state__in=OPEN, offer__state=OfferState.ACCEPTED)
        .select_related("offer__association")
        .order_by("due_on", "pk")
    )
    return sum(_remind(one, at) for one in waiting if _due_step(one, at) is not None)


def _due_step(duty: Obligation, at: datetime) -> int | None:
    """The step that has come and was not done."""
    zone = zoneinfo.ZoneInfo(duty.offer.association.time_zone)
    since = duty.state_since.astimezone(zone).date()
    step = newest_step(duty.due_on, today=at.astimezone(zone).date(), since=since)
    return None if step is None or label_of(step, duty.due_on) == duty.reminded else step


def _remind(known: Obligation, at: datetime) -> bool:
    with transaction.atomic():
        # whoever hands in at this moment is passed over: the next run sees what became of it
        duty = (
            Obligation.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("offer__association", "offer__donor", "offer__item__owner")
            .filter(pk=known.pk, state__in=OPEN)
            .first()
        )
        step = _due_step(duty, at) if duty is not None else None
        if duty is None or step is None:
            return False
        label = label_of(step, duty.due_on)
        Obligation.objects.filter(pk=duty.pk).update(reminded=label)
        support_notices.reminded(duty, step, label, at=at)
    return True
