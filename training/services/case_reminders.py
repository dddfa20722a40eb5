"""Reminders in cases: deliverables that are due or late, and follow-ups; each step once, by the ledger of mails."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from members.models import Association
from training.assistance.reminders import DELIVERABLE_STEPS, FOLLOW_UP_STEPS, step_of
from training.selectors.cases import deliverables_waiting, follow_ups_waiting
from training.services import case_notices


def send_due(*, at: datetime) -> int:
    """Send what is due at this moment; how many mails to staff were new.

    Run as often as wanted: the ledger knows each step of each due day, and a new due day begins anew.
    """
    new = 0
    for one in deliverables_waiting().order_by("due_on", "pk"):
        today = _today(one.case.association, at)
        # who got something back has it anew from that day on
        since = one.decided_at.date() if one.decided_at is not None else one.case.requested_at.date()
        step = step_of(one.due_on, DELIVERABLE_STEPS, today=today, since=since)
        if step is not None:
            with transaction.atomic():
                new += case_notices.deliverable_due(one, (today - one.due_on).days, step=step, at=at)
    for case in follow_ups_waiting().order_by("follow_up_on", "pk"):
        if case.follow_up_on is None:
            continue
        today = _today(case.association, at)
        step = step_of(case.follow_up_on, FOLLOW_UP_STEPS, today=today, since=case.requested_at.date())
        if step is not None:
            with transaction.atomic():
                new += case_notices.follow_up_due(case, step=step, at=at)
    return new


def _today(association: Association, at: datetime) -> date:
    return at.astimezone(ZoneInfo(association.time_zone)).date()
