"""Offers of support: made by a donor for a shared plan item, answered by the association, followed to their end."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from capacity.enums import OPEN_PLAN, OfferState
from capacity.models import PlanItem, PlanShare, SupportOffer
from capacity.selectors.frameworks import framework_of
from capacity.selectors.support import open_ends
from capacity.services import support_notices
from capacity.services.owned import locked_for
from members.access import access_of, forget
from members.models import SharingAgreement, User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.money import money
from spm_portal.common.refusal import Refused

MOST_AMOUNT = Decimal("999999999999.99")
MOST_TEXT = 4000


def make(
    *,
    item_id: UUID,
    donor_id: UUID,
    amount: Decimal,
    currency: str,
    support_area: str,
    by: User,
    at: datetime,
    conditions: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_named: bool = True,
) -> SupportOffer:
    """Offer to pay for a plan item that the association shares with the donor.

    `is_named` lets other donors with whom the item is shared read who pays for it, once the offer is accepted.

    The same offer sent again is the offer that is there. Raises PermissionDenied for people of other donors and for
    items not shared with this one, and Refused with what to correct.
    """
    forget(by)  # roles as they are now, not as the request found them
    conditions = text_of(conditions)
    with transaction.atomic(), acting(by):
        item = _locked_item(item_id)
        permit(by, "capacity.offer_support", item)
        if donor_id not in access_of(by).reads_for or not _is_shared(item, donor_id):
            raise PermissionDenied
        _check(item, amount, currency, support_area, starts_on, ends_on)
        said = {
            "amount": amount,
            "currency": currency,
            "support_area": support_area,
            "conditions": conditions,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "is_named": is_named,
        }
        waiting = SupportOffer.objects.filter(item=item, donor=donor_id, state=OfferState.OFFERED)
        known = waiting.select_related("donor", "association").first()
        if known is not None:
            if all(getattr(known, name) == value for name, value in said.items()):
                return known
            raise Refused(
                _(
                    "Your offer of %(amount)s for this item waits for an answer. "
                    "Withdraw it first if you want to offer something else."
                )
                % {"amount": money(known.amount, known.currency)}
            )
        made = SupportOffer.objects.create(
            association_id=item.association_id,
            donor_id=donor_id,
            item=item,
            offered_at=at,
            offered_by=by,
            **said,
        )
        _log("offer.made", made, by, at)
        support_notices.offered(made, at=at)
    return made


def _locked_item(item_id: UUID) -> PlanItem:
    found = (
        PlanItem.objects.select_for_update(of=("self",))
        .select_related("association", "framework")
        .defer("framework__document")
        .filter(pk=item_id)
        .first()
    )
    if found is None:
        raise PermissionDenied  # hidden and absent items answer alike
    return found


def _is_shared(item: PlanItem, donor_id: UUID) -> bool:
    shares = PlanShare.objects.filter(item=item, donor=donor_id, ended_at__isnull=True)
    agreed = SharingAgreement.objects.current().filter(association=item.association_id, donor=donor_id)
    return shares.exists() and agreed.exists()


def _check(
    item: PlanItem,
    amount: Decimal,
    currency: str,
    support_area: str,
    starts_on: date | None,
    ends_on: date | None,
) -> None:
    if item.status not in OPEN_PLAN:
        raise Refused(_("This item is no longer open: it is done or was dropped."))
    if currency != item.currency:
        raise Refused(
            _(
                "The association plans this item in %(planned)s, and your offer is in %(offered)s. "
                "Offer in %(planned)s, so that both sides count the same."
            )
            % {"planned": item.currency, "offered": currency or "–"}
        )
    if not amount.is_finite() or not 0 < amount <= MOST_AMOUNT:
        raise Refused(_("The amount must be more than 0 and have at most 12 digits before the decimals."))
    if amount != amount.quantize(Decimal("0.01")):
        raise Refused(_("The amount has more than two decimals. Round it."))
    if support_area not in {one.code for one in framework_of(item.framework).support_areas}:
        raise Refused(
            _("The framework has no area of donor support “%(code)s”.") % {"code": support_area[:40]}
        )
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Refused(_("The last day must not be before the first."))


def text_of(text: str) -> str:
    """Words of people, of a length that can be read. Raises Refused."""
    cleaned = text.strip()
    if len(cleaned) > MOST_TEXT:
        raise Refused(
            _("The text has %(count)d characters; at most %(limit)d fit.")
            % {"count": len(cleaned), "limit": MOST_TEXT}
        )
    return cleaned


def accept(*, offer_id: UUID, by: User, at: datetime, answer: str = "") -> SupportOffer:
    """Accept an offer; doing it twice is harmless. Raises Refused where it was withdrawn or declined meanwhile."""
    with transaction.atomic(), acting(by):
        offer = locked_offer(offer_id, by, "capacity.answer_offer")
        if offer.state == OfferState.ACCEPTED:
            return offer
        _waits(offer)
        if offer.currency != offer.item.currency:
            raise Refused(
                _(
                    "The item is planned in %(planned)s now, the offer is in %(offered)s. Ask the donor to offer anew."
                )
                % {"planned": offer.item.currency, "offered": offer.currency}
            )
        return _answer(offer, OfferState.ACCEPTED, answer, by, at)


def decline(*, offer_id: UUID, answer: str, by: User, at: datetime) -> SupportOffer:
    """Decline an offer with words that the donor reads; doing it twice is harmless. Raises Refused."""
    with transaction.atomic(), acting(by):
        offer = locked_offer(offer_id, by, "capacity.answer_offer")
        if offer.state == OfferState.DECLINED:
            return offer
        _waits(offer)
        if not answer.strip():
            raise Refused(_("Tell the donor why you decline: a sentence is enough."))
        return _answer(offer, OfferState.DECLINED, answer, by, at)


def withdraw(*, offer_id: UUID, by: User, at: datetime) -> SupportOffer:
    """Take an offer back that was not answered; doing it twice is harmless. Raises Refused."""
    with transaction.atomic(), acting(by):
        offer = locked_offer(offer_id, by, "capacity.withdraw_offer")
        if offer.state == OfferState.WITHDRAWN:
            return offer
        _waits(offer)
        offer.state = OfferState.WITHDRAWN
        offer.save(update_fields=["state"])
        _log("offer.withdrawn", offer, by, at)
        support_notices.withdrawn(offer, at=at)
    return offer


def write_outcome(*, offer_id: UUID, outcome: str, by: User, at: datetime) -> SupportOffer:
    """Say what came of the support; the association's manager does, and may correct it. Raises Refused."""
    with transaction.atomic(), acting(by):
        offer = locked_offer(offer_id, by, "capacity.answer_offer")
        accepted(offer)
        words = text_of(outcome)
        if not words:
            raise Refused(_("Write what came of the support: what changed, for whom, how you know."))
        if words != offer.outcome:
            offer.outcome, offer.outcome_at = words, at
            offer.save(update_fields=["outcome", "outcome_at"])
            _log("offer.outcome", offer, by, at)
            support_notices.outcome(offer, at=at)
    return offer


def complete(*, offer_id: UUID, by: User, at: datetime) -> SupportOffer:
    """Close an accepted offer; doing it twice is harmless.

    All instalments must be received, nothing may be owed, and what came of it must be written: Refused says what is
    missing. Either side may close.
    """
    with transaction.atomic(), acting(by):
        offer = locked_offer(offer_id, by, "capacity.follow_offer")
        if offer.state == OfferState.COMPLETED:
            return offer
        accepted(offer)
        missing = open_ends(offer)
        if missing:
            raise Refused(_("The offer cannot be closed yet: %(missing)s.") % {"missing": "; ".join(missing)})
        offer.state = OfferState.COMPLETED
        offer.save(update_fields=["state"])
        _log("offer.completed", offer, by, at)
    return offer


def locked_offer(offer_id: UUID, by: User, permission: str) -> SupportOffer:
    """An offer under its row lock, until the transaction ends; PermissionDenied without the permission."""
    rows = SupportOffer.objects.select_related("association", "donor", "item")
    return locked_for(by, permission, rows, offer_id)


def accepted(offer: SupportOffer) -> None:
    """Refuse whatever needs an accepted offer that is not closed."""
    if offer.state == OfferState.COMPLETED:
        raise Refused(_("This offer is closed. Nothing of it changes any more."))
    if offer.state != OfferState.ACCEPTED:
        raise Refused(_("This needs an accepted offer."))


def _waits(offer: SupportOffer) -> None:
    if offer.state == OfferState.OFFERED:
        return
    told = {
        OfferState.WITHDRAWN: _("The donor withdrew this offer, so that it cannot be answered any more."),
        OfferState.DECLINED: _("This offer was declined already."),
    }
    raise Refused(told.get(OfferState(offer.state), _("This offer was accepted already.")))


def _answer(offer: SupportOffer, state: OfferState, answer: str, by: User, at: datetime) -> SupportOffer:
    offer.state, offer.answer, offer.answered_at, offer.answered_by = state, text_of(answer), at, by
    offer.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    _log(f"offer.{state}", offer, by, at)
    support_notices.answered(offer, at=at)
    return offer


def _log(verb: str, offer: SupportOffer, by: User, at: datetime) -> None:
    record(
        verb,
        offer,
        by=by,
        at=at,
        association_id=offer.association_id,
        donor=str(offer.donor_id),
        item=str(offer.item_id),
    )
