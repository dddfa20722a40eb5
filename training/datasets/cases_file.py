"""Cases of technical assistance as a workbook: cases with cost and outcome, deliverables, hours, costs."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from spm_portal.common.table_files import Cell, Sheet
from training.models import CaseCost, CaseHours, CaseRating, Deliverable
from training.selectors.cases import CaseLine


def case_sheets(lines: Sequence[CaseLine]) -> list[Sheet]:
    """Four tables about these cases; a constant number of queries."""
    known = [line.case.pk for line in lines]
    marks = {(one.case_id, one.side): one.score for one in CaseRating.objects.filter(case__in=known)}
    cases = Sheet(
        _("Cases"),
        (
            _("Number"),
            _("Title"),
            _("MFI"),
            _("Topic"),
            _("Stage"),
            _("Requested on"),
            _("Expert"),
            _("From"),
            _("Until"),
            _("Days of work"),
            _("Currency"),
            _("Budget"),
            _("Amount of the contract"),
            _("Real cost"),
            _("Paid by the association (%)"),
            _("Part of the association"),
            _("Part of the member"),
            pgettext("work", "Hours"),
            _("Deliverables"),
            _("Accepted"),
            _("Rating by the member"),
            _("Rating by the expert"),
            _("Indicators it should move"),
            _("Follow-up on"),
            _("What came of it"),
            _("Closed or stopped on"),
            _("Why it was stopped"),
        ),
        tuple(
            (
                line.case.number,
                line.case.title,
                line.case.institution.name,
                line.case.get_topic_display(),
                line.case.get_stage_display(),
                _day(line.case.requested_at),
                line.case.expert.name if line.case.expert else "",
                _day(line.case.starts_on),
                _day(line.case.ends_on),
                _number(line.case.days),
                line.case.currency,
                _number(line.case.budget),
                _number(line.case.contract_amount),
                float(line.totals.cost),
                line.case.subsidy_share,
                float(line.totals.association_part),
                float(line.totals.member_part),
                float(line.totals.hours),
                line.deliverables,
                line.accepted,
                marks.get((line.case.pk, "member")),
                marks.get((line.case.pk, "expert")),
                ", ".join(line.case.indicators),
                _day(line.case.follow_up_on),
                line.case.outcome,
                _day(line.case.ended_at),
                line.case.end_reason,
            )
            for line in lines
        ),
    )
    names = {line.case.pk: (line.case.number, line.case.title) for line in lines}
    currency = {line.case.pk: line.case.currency for line in lines}
    head = (_("Number"), _("Title"))
    deliverables = Sheet(
        _("Deliverables"),
        (*head, _("Deliverable"), _("Due on"), _("State"), _("Delivered on"), _("Accepted or sent back on")),
        tuple(
            (
                *names[one.case_id],
                one.title,
                _day(one.due_on),
                one.get_state_display(),
                _day(one.delivered_at),
                _day(one.decided_at),
            )
            for one in Deliverable.objects.filter(case__in=known).order_by("case__number", "due_on", "pk")
        ),
    )
    hours = Sheet(
        pgettext("work", "Hours"),
        (*head, _("Date"), pgettext("work", "Hours"), _("Who"), _("What was done")),
        tuple(
            (*names[one.case_id], _day(one.worked_on), float(one.hours), one.who, one.note)
            for one in CaseHours.objects.filter(case__in=known).order_by("case__number", "worked_on", "pk")
        ),
    )
    costs = Sheet(
        _("Costs"),
        (*head, _("Date"), _("Kind"), _("What for"), _("Currency"), _("Amount")),
        tuple(
            (
                *names[one.case_id],
                _day(one.spent_on),
                one.get_kind_display(),
                one.text,
                currency[one.case_id],
                float(one.amount),
            )
            for one in CaseCost.objects.filter(case__in=known).order_by("case__number", "spent_on", "pk")
        ),
    )
    return [cases, deliverables, hours, costs]


def _day(value: date | datetime | None) -> Cell:
    if value is None:
        return ""
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def _number(value: object) -> Cell:
    return None if value is None else float(str(value))
