"""Mails between an association and a donor: offers, answers, reports, and what is overdue."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capacity.due import TO_DONOR
from capacity.enums import DutyState, OfferState
from capacity.models import Obligation, ObligationStep, SupportOffer
from members.enums import Role
from members.models import RoleAssignment, User
from members.selectors.readers import staff_of
from members.services.letters import Letter, letter, tell
from spm_portal.common.money import money
from spm_portal.common.origin import address_of


def readers_of(donor_id: UUID) -> list[User]:
    """Everybody who reads for a donor."""
    roles = RoleAssignment.objects.live().filter(
        donor_id=donor_id, role=Role.DONOR_READER, user__is_active=True
    )
    return list(User.objects.filter(pk__in=roles.values("user_id")).order_by("email"))


def managers_of(association_id: UUID) -> list[User]:
    """The managers of an association."""
    roles = RoleAssignment.objects.live().filter(
        association_id=association_id, role=Role.ASSOCIATION_MANAGER, user__is_active=True
    )
    return list(User.objects.filter(pk__in=roles.values("user_id")).order_by("email"))


def _facts(offer: SupportOffer) -> dict[str, str]:
    return {
        "donor": offer.donor.name,
        "association": offer.association.name,
        "item": offer.item.title,
        "amount": money(offer.amount, offer.currency),
        "staff": address_of("offer", offer.association.slug, offer.pk),
        "reader": address_of("donor_offer", offer.donor.slug, offer.pk),
    }


def offered(offer: SupportOffer, *, at: datetime) -> None:
    """Tell the association's managers that a donor offers support."""

    def words(_reader: User) -> Letter:
        facts = _facts(offer)
        return letter(
            _("%(donor)s offers %(amount)s for “%(item)s”") % facts,
            _("%(donor)s offers %(amount)s for “%(item)s” of your plan.") % facts,
            "",
            _("Read the conditions and answer:\n%(staff)s") % facts,
        )

    _tell(managers_of(offer.association_id), words, "offer.made", offer.pk, at, offer.association_id)


def answered(offer: SupportOffer, *, at: datetime) -> None:
    """Tell the donor's readers how the association answered."""
    is_accepted = offer.state == OfferState.ACCEPTED

    def words(_reader: User) -> Letter:
        facts = _facts(offer)
        subject = (
            _("%(association)s accepts your offer of %(amount)s for “%(item)s”")
            if is_accepted
            else _("%(association)s declines your offer of %(amount)s for “%(item)s”")
        )
        said = [_("They write: “%(answer)s”") % {"answer": offer.answer}, ""] if offer.answer else []
        next_step = (
            _("Agree on the instalments and on what is reported when:\n%(reader)s")
            if is_accepted
            else _("The offer and its answer:\n%(reader)s")
        )
        return letter(subject % facts, *said, next_step % facts)

    _tell(readers_of(offer.donor_id), words, "offer.answered", offer.pk, at, offer.association_id)


def withdrawn(offer: SupportOffer, *, at: datetime) -> None:
    """Tell the association's managers that an offer was taken back."""

    def words(_reader: User) -> Letter:
        facts = _facts(offer)
        return letter(
            _("%(donor)s withdrew its offer for “%(item)s”") % facts,
            _("%(donor)s withdrew its offer of %(amount)s for “%(item)s”. There is nothing for you to do.")
            % facts,
            "",
            facts["staff"],
        )

    _tell(managers_of(offer.association_id), words, "offer.withdrawn", offer.pk, at, offer.association_id)


def outcome(offer: SupportOffer, *, at: datetime) -> None:
    """Tell the donor's readers that the association wrote what came of the support."""

    def words(_reader: User) -> Letter:
        facts = _facts(offer)
        return letter(
            _("%(association)s wrote what came of your support for “%(item)s”") % facts,
            _("Read it here:\n%(reader)s") % facts,
        )

    about = f"{offer.pk} {at:%Y-%m-%d}"
    _tell(readers_of(offer.donor_id), words, "offer.outcome", about, at, offer.association_id)


def moved(duty: Obligation, step: ObligationStep, *, to_donor: bool, at: datetime) -> None:
    """Tell the other side that a report was handed in, asked about, accepted or is not needed."""
    readers = readers_of(duty.donor_id) if to_donor else staff_of(duty.association_id)

    def words(_reader: User) -> Letter:
        subjects = {
            DutyState.SUBMITTED: _("%(association)s handed in “%(title)s”"),
            DutyState.QUESTIONS: _("%(donor)s has questions about “%(title)s”"),
            DutyState.ACCEPTED: _("%(donor)s accepted “%(title)s”"),
            DutyState.SKIPPED: _("%(donor)s no longer needs “%(title)s”"),
        }
        facts = _facts_of_duty(duty)
        said = [_("They write: “%(answer)s”") % {"answer": step.text}, ""]
        return letter(
            subjects[DutyState(step.state)] % facts,
            *(said if step.text and not to_donor else []),
            _("Read it, then accept it or ask questions:\n%(reader)s") % facts
            if to_donor and step.state == DutyState.SUBMITTED
            else _("Look at it:\n%(address)s") % {"address": facts["reader" if to_donor else "staff"]},
        )

    _tell(readers, words, "obligation.moved", step.pk, at, duty.association_id)


def put_off(duty: Obligation, *, at: datetime) -> None:
    """Tell the association's staff that something is due on another day."""

    def words(_reader: User) -> Letter:
        facts = _facts_of_duty(duty)
        return letter(
            _("%(donor)s needs “%(title)s” by %(due)s") % facts,
            _("The day on which it is due was changed. Everything else stays:\n%(staff)s") % facts,
        )

    about = f"{duty.pk} {duty.due_on} {at:%Y-%m-%d %H:%M}"
    _tell(staff_of(duty.association_id), words, "obligation.put_off", about, at, duty.association_id)


def reminded(duty: Obligation, step: int, label: str, *, at: datetime) -> int:
    """Remind of something that is owed; how many mails were new.

    The item's owner and the managers are told at every step, all staff where the item has no owner with an account,
    and from TO_DONOR days after the due day the donor's readers too.
    """
    owner = duty.offer.item.owner
    staff = staff_of(duty.association_id)
    works = owner is not None and owner in staff
    people = [*managers_of(duty.association_id), owner] if owner is not None and works else staff

    def words(_reader: User) -> Letter:
        facts = _facts_of_duty(duty)
        return letter(
            _timing(step) % facts,
            _("%(donor)s is owed “%(title)s” for its support of “%(item)s”. It is due on %(due)s.") % facts,
            *([_("%(donor)s is told too that it is late.") % facts] if step >= TO_DONOR else []),
            "",
            _("Write it and hand it in here. If it cannot be ready in time, tell the donor:\n%(staff)s")
            % facts,
        )

    def words_to_donor(_reader: User) -> Letter:
        facts = _facts_of_duty(duty)
        return letter(
            _("“%(title)s” of %(association)s is %(days)s days late") % {**facts, "days": step},
            _("It was due on %(due)s for your support of “%(item)s”. The association has been reminded.")
            % facts,
            "",
            _("You can give it another day, or say that it is not needed:\n%(reader)s") % facts,
        )

    about = f"{duty.pk} {label}"
    told = {one.pk: one for one in people}.values()
    new = _tell(told, words, "obligation.reminder", about, at, duty.association_id)
    if step >= TO_DONOR:
        readers = readers_of(duty.donor_id)
        new += _tell(readers, words_to_donor, "obligation.late", about, at, duty.association_id)
    return new


def _timing(step: int) -> str:
    """The subject of a reminder, with places for the title, by days from the due day."""
    if step < 0:
        words = ngettext(
            "“%%(title)s” is due in %(count)d day", "“%%(title)s” is due in %(count)d days", -step
        )
    else:
        words = ngettext("“%%(title)s” is %(count)d day late", "“%%(title)s” is %(count)d days late", step)
    return words % {"count": abs(step)}


def _facts_of_duty(duty: Obligation) -> dict[str, str]:
    offer = duty.offer
    return {
        "donor": offer.donor.name,
        "association": offer.association.name,
        "item": offer.item.title,
        "title": duty.title,
        "due": date_format(duty.due_on, "DATE_FORMAT"),
        "staff": address_of("obligation", offer.association.slug, duty.pk),
        "reader": address_of("donor_obligation", offer.donor.slug, duty.pk),
    }


def _tell(
    readers: Iterable[User],
    words: Callable[[User], Letter],
    purpose: str,
    about: object,
    at: datetime,
    association_id: UUID,
) -> int:
    return tell(readers, words, purpose=purpose, about=about, at=at, association_id=association_id)
