"""Instalments of an accepted offer: a plan that makes up the amount, and when money was paid and came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from capacity.models import Instalment, SupportOffer
from capacity.services.offers import accepted, locked_offer
from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.money import money
from spm_portal.common.refusal import Refused

MOST_PARTS = 24
MOST_CONDITION = 300


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment as it is planned."""

    amount: Decimal
    due_on: date
    condition: str = ""


def plan(*, offer_id: UUID, parts: Sequence[Part], by: User, at: datetime) -> list[Instalment]:
    """Write the instalments of an accepted offer anew, in the order of their days; either side may.

    The same plan again changes nothing. What was paid or received stays as it is. Raises Refused where the parts do not
    make up the amount, or where a paid one would change.
    """
    with transaction.atomic(), acting(by):
        offer = locked_offer(offer_id, by, "capacity.follow_offer")
        accepted(offer)
        ordered = sorted(parts, key=lambda part: part.due_on)
        _check(offer, ordered)
        held = list(offer.instalments.order_by("number"))
        if [(one.amount, one.due_on, one.condition) for one in held] == [
            (part.amount, part.due_on, part.condition) for part in ordered
        ]:
            return held
        paid = [one for one in held if one.paid_on or one.received_on]
        left = list(ordered)
        for one in paid:
            same = Part(one.amount, one.due_on, one.condition)
            if same not in left:
                raise Refused(
                    _(
                        "Instalment %(number)d of %(amount)s is paid and cannot change. Leave its line as it is."
                    )
                    % {"number": one.number, "amount": money(one.amount, offer.currency)}
                )
            left.remove(same)
        Instalment.objects.filter(pk__in=[one.pk for one in held if one not in paid]).delete()
        made = _numbered(offer, paid, left)
        record(
            "offer.instalments",
            offer,
            by=by,
            at=at,
            association_id=offer.association_id,
            donor=str(offer.donor_id),
            parts=len(made),
        )
    return made


def _numbered(offer: SupportOffer, paid: Sequence[Instalment], parts: Sequence[Part]) -> list[Instalment]:
    """Paid instalments and new ones in the order of their days."""
    new = [
        Instalment(
            association_id=offer.association_id,
            donor_id=offer.donor_id,
            offer=offer,
            amount=part.amount,
            due_on=part.due_on,
            condition=part.condition,
        )
        for part in parts
    ]
    ordered = sorted([*paid, *new], key=lambda one: one.due_on)
    # numbers are unique: paid ones first move out of the way
    for place, one in enumerate(paid, start=1):
        Instalment.objects.filter(pk=one.pk).update(number=1000 + place)
    for number, one in enumerate(ordered, start=1):
        one.number = number
        if one in paid:
            Instalment.objects.filter(pk=one.pk).update(number=number)
        else:
            one.save(force_insert=True)
    return ordered


def _check(offer: SupportOffer, parts: Sequence[Part]) -> None:
    if not parts:
        raise Refused(_("Write at least one instalment."))
    if len(parts) > MOST_PARTS:
        raise Refused(_("At most %(limit)d instalments fit.") % {"limit": MOST_PARTS})
    for part in parts:
        if (
            not part.amount.is_finite()
            or part.amount <= 0
            or part.amount != part.amount.quantize(Decimal("0.01"))
        ):
            raise Refused(_("Each instalment must be more than 0 and have at most two decimals."))
        if len(part.condition) > MOST_CONDITION:
            raise Refused(_("A condition has at most %(limit)d characters.") % {"limit": MOST_CONDITION})
    total = sum((part.amount for part in parts), Decimal(0))
    if total != offer.amount:
        facts = {
            "total": money(total, offer.currency),
            "amount": money(offer.amount, offer.currency),
            "missing": money(abs(offer.amount - total), offer.currency),
        }
        if total < offer.amount:
            raise Refused(
                _("The instalments make up %(total)s, and %(amount)s were offered: %(missing)s are missing.")
                % facts
            )
        raise Refused(
            _("The instalments make up %(total)s, and %(amount)s were offered: %(missing)s are too much.")
            % facts
        )


def mark_paid(*, instalment_id: UUID, on: date | None, today: date, by: User, at: datetime) -> Instalment:
    """Note the day on which the donor paid; None takes the note back. Raises Refused."""
    with transaction.atomic(), acting(by):
        one = _locked(instalment_id, by, "capacity.withdraw_offer")
        if on is None and one.received_on is not None:
            raise Refused(_("The association received this instalment, so that it was paid."))
        _not_to_come(on, today)
        return _mark(one, "paid_on", on, by, at)


def mark_received(*, instalment_id: UUID, on: date | None, today: date, by: User, at: datetime) -> Instalment:
    """Note the day on which the association received the money; None takes the note back. Raises Refused.

    Money may be there before the donor noted that it paid.
    """
    with transaction.atomic(), acting(by):
        one = _locked(instalment_id, by, "capacity.answer_offer")
        _not_to_come(on, today)
        return _mark(one, "received_on", on, by, at)


def _locked(instalment_id: UUID, by: User, permission: str) -> Instalment:
    # the offer's lock comes first: whoever plans anew waits, or is waited for
    known = Instalment.objects.filter(pk=instalment_id).values_list("offer_id", flat=True).first()
    if known is None:
        raise Refused(_("The instalments were planned anew meanwhile. Look at them again."))
    offer = locked_offer(known, by, permission)
    accepted(offer)
    one = Instalment.objects.filter(pk=instalment_id).first()
    if one is None:
        raise Refused(_("The instalments were planned anew meanwhile. Look at them again."))
    one.offer = offer
    return one


def _not_to_come(on: date | None, today: date) -> None:
    if on is not None and on > today:
        raise Refused(_("This day is still to come. Note a payment on the day on which it is made."))


def _mark(one: Instalment, field: str, on: date | None, by: User, at: datetime) -> Instalment:
    if getattr(one, field) != on:
        setattr(one, field, on)
        one.save(update_fields=[field])
        record(
            f"instalment.{field.removesuffix('_on')}",
            one,
            by=by,
            at=at,
            association_id=one.association_id,
            donor=str(one.donor_id),
            number=one.number,
            day=on.isoformat() if on else "",
        )
    return one
