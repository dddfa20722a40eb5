"""Offers, their instalments and what is owed under them as tables of a file, for either side."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from capacity.models import Instalment, Obligation
from capacity.selectors.support import Between, offer_lines
from members.models import User
from spm_portal.common.table_files import Cell, Sheet


def offer_sheets(between: Between, user: User) -> list[Sheet]:
    """Three tables: offers, instalments, and what is owed; a constant number of queries."""
    lines = offer_lines(between, user)
    known = [line.offer.pk for line in lines]
    names = {
        line.offer.pk: (line.offer.association.name, line.offer.donor.name, line.offer.item.title)
        for line in lines
    }
    currency = {line.offer.pk: line.offer.currency for line in lines}
    paid: dict[UUID, Decimal] = defaultdict(Decimal)
    parts = list(Instalment.objects.filter(offer__in=known).order_by("due_on", "offer", "number"))
    for part in parts:
        paid[part.offer_id] += part.amount if part.paid_on else Decimal(0)
    head = (_("Association"), _("Donor"), _("Item of the plan"))
    offers = Sheet(
        _("Offers"),
        (
            *head,
            _("Area of donor support"),
            _("Currency"),
            _("Amount"),
            _("State"),
            _("From"),
            _("Until"),
            _("Offered on"),
            _("Answered on"),
            _("Paid"),
            _("Received"),
            _("Still owed"),
            _("Conditions"),
            _("Answer"),
            _("What came of it"),
        ),
        tuple(
            (
                *names[line.offer.pk],
                line.area,
                line.offer.currency,
                float(line.offer.amount),
                line.offer.get_state_display(),
                _day(line.offer.starts_on),
                _day(line.offer.ends_on),
                _day(line.offer.offered_at.date()),
                _day(line.offer.answered_at.date() if line.offer.answered_at else None),
                float(paid[line.offer.pk]),
                float(line.received),
                line.owed,
                line.offer.conditions,
                line.offer.answer,
                line.offer.outcome,
            )
            for line in lines
        ),
    )
    instalments = Sheet(
        _("Instalments"),
        (
            *head,
            _("Number"),
            _("Due on"),
            _("Currency"),
            _("Amount"),
            _("Condition"),
            _("Paid on"),
            _("Received on"),
        ),
        tuple(
            (
                *names[one.offer_id],
                one.number,
                _day(one.due_on),
                currency[one.offer_id],
                float(one.amount),
                one.condition,
                _day(one.paid_on),
                _day(one.received_on),
            )
            for one in parts
        ),
    )
    return [offers, instalments, _duties(known, names, head)]


def _duties(known: list[UUID], names: dict[UUID, tuple[str, str, str]], head: tuple[str, ...]) -> Sheet:
    rows = Obligation.objects.filter(offer__in=known).order_by("due_on", "title", "pk")
    return Sheet(
        _("What is owed"),
        (*head, _("What is due"), _("Due on"), _("State"), _("State since"), _("Why it is not needed")),
        tuple(_duty(one, names) for one in rows),
    )


def _duty(duty: Obligation, names: dict[UUID, tuple[str, str, str]]) -> tuple[Cell, ...]:
    return (
        *names[duty.offer_id],
        duty.title,
        _day(duty.due_on),
        duty.get_state_display(),
        _day(duty.state_since.date()),
        duty.skip_reason,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
