"""Every permission of the capacity app; each docstring states the rule as a coordinator would say it."""

from typing import Any

import rules

from capacity.enums import Stage
from capacity.models import Assessment, CapacityConsent, Obligation, PlanItem, PlanShare, Rater, SupportOffer
from members.access import access_of
from members.models import Donor
from members.rules import is_manager, is_staff, reads_for, reads_for_donor_of

OWNED = Assessment | PlanItem | SupportOffer | Obligation | Rater


@rules.predicate
def staff_of_owner(user: Any, obj: Any = None) -> bool:
    """Works in the association that this assessment, plan item, offer or obligation belongs to."""
    return isinstance(obj, OWNED) and obj.association_id in access_of(user).staff_of


@rules.predicate
def manager_of_owner(user: Any, obj: Any = None) -> bool:
    """Manages the association that this assessment, plan item, offer or obligation belongs to."""
    return isinstance(obj, OWNED) and obj.association_id in access_of(user).manages


@rules.predicate
def is_the_rater(user: Any, obj: Any = None) -> bool:
    """Is the person who scores here, and has not been taken off."""
    known = isinstance(obj, Rater) and obj.removed_at is None
    return known and obj.user_id is not None and obj.user_id == getattr(user, "pk", None)


@rules.predicate
def opened_to_my_donor(user: Any, obj: Any = None) -> bool:
    """Reads for a donor to whom the association opened its agreed assessments, and with whom it shares today."""
    access = access_of(user)
    return (
        isinstance(obj, Assessment)
        and obj.stage == Stage.AGREED
        and obj.association_id in access.donor_in
        and CapacityConsent.objects.live()
        .filter(association_id=obj.association_id, donor_id__in=access.reads_for)
        .exists()
    )


@rules.predicate
def shared_with_my_donor(user: Any, obj: Any = None) -> bool:
    """Reads for a donor with whom the association shares this plan item."""
    access = access_of(user)
    return (
        isinstance(obj, PlanItem)
        and obj.association_id in access.donor_in
        and PlanShare.objects.filter(item=obj, donor_id__in=access.reads_for, ended_at__isnull=True).exists()
    )


@rules.predicate
def reads_for_the_donor(user: Any, obj: Any = None) -> bool:
    """Reads for the donor of this offer or obligation."""
    return isinstance(obj, SupportOffer | Obligation) and obj.donor_id in access_of(user).reads_for


@rules.predicate
def is_a_donor(user: Any, obj: Any = None) -> bool:
    """Reads for this donor."""
    return isinstance(obj, Donor) and bool(reads_for(user, obj))


# of the association as a whole
rules.add_perm("capacity.view_frameworks", is_staff | reads_for_donor_of)
rules.add_perm("capacity.view_capacity", is_staff)
rules.add_perm("capacity.manage_capacity", is_manager)
rules.add_perm("capacity.edit_plan", is_staff)
rules.add_perm("capacity.view_strategy", is_staff)
rules.add_perm("capacity.edit_strategy", is_manager)
rules.add_perm("capacity.write_ambassador_events", is_staff)
# of one assessment, plan item, offer or obligation
rules.add_perm("capacity.view_assessment", staff_of_owner | opened_to_my_donor)
rules.add_perm("capacity.view_scores", staff_of_owner)
rules.add_perm("capacity.run_assessment", manager_of_owner)
rules.add_perm("capacity.rate", is_the_rater)
rules.add_perm("capacity.key_scores", staff_of_owner)
rules.add_perm("capacity.view_plan_item", staff_of_owner | shared_with_my_donor)
rules.add_perm("capacity.change_plan_item", staff_of_owner)
rules.add_perm("capacity.share_plan_item", manager_of_owner)
rules.add_perm("capacity.offer_support", shared_with_my_donor)
rules.add_perm("capacity.view_offer", staff_of_owner | reads_for_the_donor)
rules.add_perm("capacity.answer_offer", manager_of_owner)
rules.add_perm("capacity.follow_offer", manager_of_owner | reads_for_the_donor)
rules.add_perm("capacity.withdraw_offer", reads_for_the_donor)
rules.add_perm("capacity.report_on_obligation", staff_of_owner)
rules.add_perm("capacity.review_obligation", reads_for_the_donor)
rules.add_perm("capacity.view_donor_room", is_a_donor)
