"""Scholarships: budgets with rules, awards by these rules and never over the budget, freed when a registration ends."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.models import Association, User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.money import currencies, money
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.awarding import No, most_of
from training.enums import LIVE_REGISTRATIONS, Topic
from training.models import Registration, Scholarship, ScholarshipAward
from training.selectors.donors import is_donor_of
from training.selectors.scholarships import asked_of, awarded_to_members, funds_of, reason_words, rules_of

MOST_BUDGET = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class ScholarshipValues:
    """What is said of a scholarship; `share` in percent of the price."""

    name: str
    budget: Decimal
    currency: str
    starts_on: date
    ends_on: date
    share: int
    most_per_person: Decimal | None = None
    most_per_member: Decimal | None = None
    only_women: bool = False
    topics: Sequence[str] = ()
    donor_id: UUID | None = None


def begin(*, association: Association, values: ScholarshipValues, by: User, at: datetime) -> Scholarship:
    """Begin a scholarship. Raises PermissionDenied and Refused."""
    forget(by)
    with transaction.atomic(), acting(by):
        permit(by, "training.manage_money", association)
        made = Scholarship.objects.create(association=association, **_checked(values, association.pk))
        record("scholarship.created", made, by=by, at=at, association_id=association.pk)
    return made


def change(*, scholarship_id: UUID, values: ScholarshipValues, by: User, at: datetime) -> Scholarship:
    """Say anew what is said of a scholarship; awards stay as they are. Raises Refused below what was awarded."""
    with transaction.atomic(), acting(by):
        found = _locked(scholarship_id, by)
        said = _checked(values, found.association_id)
        used = funds_of([found])[0].used
        if used and values.currency != found.currency:
            raise Refused(
                _("%(amount)s is awarded already: the currency stays %(currency)s.")
                % {"amount": money(used, found.currency), "currency": found.currency}
            )
        if values.budget < used:
            raise Refused(
                _("%(amount)s is awarded already: the budget cannot be less than that.")
                % {"amount": money(used, found.currency)}
            )
        for name, value in said.items():
            setattr(found, name, value)
        found.save()
        record("scholarship.changed", found, by=by, at=at, association_id=found.association_id)
    return found


def close(*, scholarship_id: UUID, closed: bool, by: User, at: datetime) -> Scholarship:
    """End a scholarship, so that nothing more is awarded, or open it again. Twice is harmless."""
    with transaction.atomic(), acting(by):
        found = _locked(scholarship_id, by)
        if closed != (found.closed_at is not None):
            found.closed_at = at if closed else None
            found.save(update_fields=["closed_at"])
            record(
                "scholarship.closed", found, by=by, at=at, association_id=found.association_id, closed=closed
            )
    return found


def award(*, registration_id: UUID, scholarship_id: UUID, by: User, at: datetime) -> ScholarshipAward:
    """Award what the rules allow today for a registration; the same again is the award that is there.

    The scholarship's row is held, so that two awards at once never go over the budget. Raises Refused with why not.
    """
    with transaction.atomic(), acting(by):
        one = (
            Registration.objects.select_for_update(of=("self",))
            .select_related("session__course", "participant", "institution")
            .filter(pk=registration_id)
            .first()
        )
        if one is None:
            raise PermissionDenied
        fund = _locked(scholarship_id, by)
        if fund.association_id != one.association_id:
            raise PermissionDenied
        if one.state not in LIVE_REGISTRATIONS:
            raise Refused(_("This registration has ended: there is nothing to pay."))
        there = one.awards.filter(freed_at__isnull=True).select_related("scholarship").first()
        if there is not None:
            if there.scholarship_id == fund.pk:
                return there
            raise Refused(
                _("“%(name)s” pays for %(person)s already. Take that back first.")
                % {"name": there.scholarship.name, "person": one.participant.name}
            )
        amount = _amount(fund, one)
        made = ScholarshipAward.objects.create(
            association_id=one.association_id,
            scholarship=fund,
            registration=one,
            amount=amount,
            awarded_at=at,
            awarded_by=by,
        )
        record("scholarship.awarded", made, by=by, at=at, association_id=one.association_id)
    return made


def _amount(fund: Scholarship, one: Registration) -> Decimal:
    left_of_member = None
    if fund.most_per_member is not None and one.institution_id is not None:
        used = awarded_to_members([fund.pk]).get((fund.pk, one.institution_id), Decimal(0))
        left_of_member = fund.most_per_member - used
    found = most_of(
        rules_of(fund), asked_of(one), left=funds_of([fund])[0].left, left_of_member=left_of_member
    )
    if isinstance(found, No):
        raise Refused(reason_words(found, fund, one))
    return found


def take_back(*, award_id: UUID, by: User, at: datetime) -> ScholarshipAward:
    """Free an award by hand. Twice is harmless."""
    with transaction.atomic(), acting(by):
        found = (
            ScholarshipAward.objects.select_for_update(of=("self",))
            .select_related("scholarship", "registration")
            .filter(pk=award_id)
            .first()
        )
        if found is None:
            raise PermissionDenied
        forget(by)
        permit(by, "training.change_scholarship", found.scholarship)
        if found.freed_at is None:
            found.freed_at = at
            found.save(update_fields=["freed_at"])
            record("scholarship.freed", found, by=by, at=at, association_id=found.association_id)
    return found


def free_awards(registration_ids: Collection[UUID], *, at: datetime) -> int:
    """Free what was awarded to registrations that end; the caller writes the audit row of the ending."""
    live = ScholarshipAward.objects.filter(registration__in=registration_ids, freed_at__isnull=True)
    return live.update(freed_at=at)


def _locked(scholarship_id: UUID, by: User) -> Scholarship:
    found = (
        Scholarship.objects.select_for_update(of=("self",))
        .select_related("association")
        .filter(pk=scholarship_id)
        .first()
    )
    forget(by)
    permit(by, "training.change_scholarship", found)
    if found is None:
        raise PermissionDenied
    return found


def _checked(values: ScholarshipValues, association_id: UUID) -> dict[str, object]:
    said = asdict(values)
    said["name"] = one_line(values.name)[:150]
    said["topics"] = [one for one in values.topics if one in Topic.values]
    if not said["name"]:
        raise Refused(_("Give the scholarship a name."))
    for amount in (values.budget, values.most_per_person, values.most_per_member):
        if amount is not None and not (amount.is_finite() and 0 < amount <= MOST_BUDGET):
            raise Refused(_("Amounts must be more than 0, with at most 12 digits before the decimals."))
        if amount is not None and amount != amount.quantize(Decimal("0.01")):
            raise Refused(_("An amount has more than two decimals. Round it."))
    if values.currency not in currencies():
        raise Refused(
            _("“%(code)s” is no currency of ISO 4217. Write three letters, such as KES.")
            % {"code": values.currency[:10]}
        )
    if not 1 <= values.share <= 100:
        raise Refused(_("The share of the price goes from 1 to 100 percent."))
    if values.ends_on < values.starts_on:
        raise Refused(_("The last day must not be before the first."))
    if values.donor_id is not None and not is_donor_of(values.donor_id, association_id):
        raise Refused(_("Choose the donor from the list."))
    return said
