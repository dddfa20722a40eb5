"""Hours and costs of a case, written by staff, hours by the expert's link too."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.enums import CaseCostKind, CaseStage
from training.models import Case, CaseCost, CaseHours
from training.services.case_calls import chosen_call
from training.services.case_steps import locked_case, log, still_open
from training.services.cases import MOST_MONEY

MOST_TEXT, MOST_NOTE, MOST_NAME = 200, 300, 150
WORKED = (CaseStage.DELIVERY, CaseStage.RATING, CaseStage.FOLLOW_UP)


def add_hours(
    *,
    case_id: UUID,
    worked_on: date,
    hours: Decimal,
    note: str,
    by: User | None,
    at: datetime,
    today: date,
    who: str = "",
    call_id: UUID | None = None,
) -> CaseHours:
    """Write down hours of a day; the same line of the same minute is the one that is there. Raises Refused.

    `by` is None for the expert by link, whose call is `call_id`; `who` is the expert where it is empty.
    """
    note, who = one_line(note), one_line(who)
    if not Decimal(0) < hours <= 24 or hours != hours.quantize(Decimal("0.01")):
        raise Refused(_("Write hours between 0 and 24, with at most two decimals."))
    if worked_on > today:
        raise Refused(_("Hours are written down after the work: the day must not lie ahead."))
    if len(note) > MOST_NOTE or len(who) > MOST_NAME:
        raise Refused(_("Write at most %(limit)d characters.") % {"limit": MOST_NOTE})
    with transaction.atomic(), acting(by):
        case = _worked_on(case_id, by, call_id)
        if by is None or not who:
            who = case.expert.name if case.expert is not None else ""
        said = {"worked_on": worked_on, "hours": hours, "note": note, "who": who}
        known = case.hours.filter(**said).order_by("-written_at").first()
        if known is not None and (at - known.written_at).total_seconds() < 60:
            return known  # the second of two clicks
        on_the_day = sum(
            case.hours.filter(worked_on=worked_on, who=who).values_list("hours", flat=True), Decimal(0)
        )
        if on_the_day + hours > 24:
            raise Refused(_("That makes more than 24 hours of one person on one day."))
        made = CaseHours.objects.create(association_id=case.association_id, case=case, written_at=at, **said)
        log("case.hours_added", case, by, at, hours=str(hours), by_link=by is None)
    return made


def take_hours_away(*, hours_id: UUID, by: User | None, at: datetime, call_id: UUID | None = None) -> None:
    """Take a line of hours away, as who may write it; one that is gone is gone. Raises Refused."""
    known = CaseHours.objects.filter(pk=hours_id).first()
    if known is None:
        return
    with transaction.atomic(), acting(by):
        case = _worked_on(known.case_id, by, call_id)
        if by is None and (case.expert is None or known.who != case.expert.name):
            raise PermissionDenied
        if CaseHours.objects.filter(pk=hours_id).delete()[0]:
            log("case.hours_removed", case, by, at, hours=str(known.hours))


def add_cost(
    *,
    case_id: UUID,
    kind: str,
    text: str,
    amount: Decimal,
    spent_on: date,
    by: User,
    at: datetime,
    today: date,
) -> CaseCost:
    """Write down a real cost in the currency of the case; a second click writes no second line. Raises Refused."""
    words = one_line(text)
    if kind not in CaseCostKind.values:
        raise Refused(_("Choose what the cost is for."))
    if not Decimal(0) < amount <= MOST_MONEY or amount != amount.quantize(Decimal("0.01")):
        raise Refused(_("The amount must be more than 0, with at most two decimals."))
    if spent_on > today:
        raise Refused(_("Costs are written down when they came up: the day must not lie ahead."))
    if len(words) > MOST_TEXT:
        raise Refused(_("Write at most %(limit)d characters.") % {"limit": MOST_TEXT})
    with transaction.atomic(), acting(by):
        case = locked_case(case_id, by, "training.run_case")
        still_open(case)
        said = {"kind": kind, "text": words, "amount": amount, "spent_on": spent_on}
        for known in case.costs.filter(**said):
            if not _is_older(known, case, at):
                return known
        made = CaseCost.objects.create(association_id=case.association_id, case=case, **said)
        log("case.cost_added", case, by, at, cost=str(made.pk), kind=kind)
    return made


def take_cost_away(*, cost_id: UUID, by: User, at: datetime) -> None:
    """Take a cost away that was written by mistake; one that is gone is gone. Raises Refused."""
    known = CaseCost.objects.filter(pk=cost_id).first()
    if known is None:
        return
    with transaction.atomic(), acting(by):
        case = locked_case(known.case_id, by, "training.run_case")
        still_open(case)
        if CaseCost.objects.filter(pk=cost_id).delete()[0]:
            log("case.cost_removed", case, by, at, cost=str(known.pk), kind=known.kind)


def _is_older(known: CaseCost, case: Case, at: datetime) -> bool:
    """Whether a cost was written before the last minute; the audit trail knows when."""
    last = AuditEvent.objects.filter(
        verb="case.cost_added", object_id=case.pk, data__cost=str(known.pk)
    ).first()
    return last is None or (at - last.at).total_seconds() >= 60


def _worked_on(case_id: UUID, by: User | None, call_id: UUID | None) -> Case:
    if by is None and (call_id is None or chosen_call(call_id).case_id != case_id):
        raise PermissionDenied
    case = locked_case(case_id, by, "training.run_case")
    if case.stage not in WORKED:
        raise Refused(_("Hours are written down from the contract to the end of the case."))
    return case
