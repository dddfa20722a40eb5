"""Every permission of the training app; each docstring states the rule as a coordinator would say it."""

from typing import Any

import rules

from members.access import access_of
from members.rules import is_manager, is_staff, reads_for_donor_of, works_for_member
from training.enums import SessionState
from training.models import (
    Case,
    Certificate,
    Course,
    Expert,
    GroupMember,
    LearningGroup,
    Need,
    NeedsReply,
    NeedsSurvey,
    Participant,
    Registration,
    Scholarship,
    SessionTrainer,
    TrainingSession,
    Work,
)

OF_A_MEMBER = Case | Certificate | Need | NeedsReply | Participant | Registration
OWNED = OF_A_MEMBER | Course | Expert | LearningGroup | NeedsSurvey | Scholarship | TrainingSession | Work


@rules.predicate
def staff_of_owner(user: Any, obj: Any = None) -> bool:
    """Works in the association that this belongs to."""
    return isinstance(obj, OWNED) and obj.association_id in access_of(user).staff_of


@rules.predicate
def manager_of_owner(user: Any, obj: Any = None) -> bool:
    """Manages the association that this belongs to."""
    return isinstance(obj, OWNED) and obj.association_id in access_of(user).manages


@rules.predicate
def works_for_its_member(user: Any, obj: Any = None) -> bool:
    """Works for the MFI that this belongs to, which is a member of the association today."""
    access = access_of(user)
    return (
        isinstance(obj, OF_A_MEMBER)
        and obj.institution_id in access.works_for
        and obj.association_id in access.member_in
    )


@rules.predicate
def reaches_its_association(user: Any, obj: Any = None) -> bool:
    """Works for a member of its association, or reads for a donor with whom the association shares."""
    return isinstance(obj, OWNED) and obj.association_id in access_of(user).reaches


@rules.predicate
def member_of_its_association(user: Any, obj: Any = None) -> bool:
    """Works for an MFI that is a member of its association today."""
    return isinstance(obj, OWNED) and obj.association_id in access_of(user).member_in


@rules.predicate
def is_on_offer(user: Any, obj: Any = None) -> bool:
    """It is a work that is not put away, a course that is not archived, or a session that was announced."""
    if isinstance(obj, Work):
        return obj.retired_at is None
    if isinstance(obj, Course):
        return obj.archived_at is None
    return isinstance(obj, TrainingSession) and obj.state != SessionState.DRAFT


@rules.predicate
def is_public_work(user: Any, obj: Any = None) -> bool:
    """It is a work that anybody may read."""
    return isinstance(obj, Work) and obj.is_public and obj.retired_at is None


@rules.predicate
def is_open_survey(user: Any, obj: Any = None) -> bool:
    """It is a needs assessment that was sent out."""
    return isinstance(obj, NeedsSurvey) and obj.opened_at is not None


@rules.predicate
def teaches_it(user: Any, obj: Any = None) -> bool:
    """Is a trainer of this session, by account, and not taken off the roster."""
    pk = getattr(user, "pk", None)
    return (
        isinstance(obj, TrainingSession)
        and pk is not None
        and bool(getattr(user, "is_active", False))
        and SessionTrainer.objects.filter(
            session=obj, expert__user_id=pk, expert__retired_at__isnull=True
        ).exists()
    )


@rules.predicate
def is_the_expert(user: Any, obj: Any = None) -> bool:
    """Is the person of this entry of the roster, and not taken off it."""
    pk = getattr(user, "pk", None)
    return (
        isinstance(obj, Expert)
        and pk is not None
        and bool(getattr(user, "is_active", False))
        and obj.user_id == pk
        and obj.retired_at is None
    )


@rules.predicate
def takes_part(user: Any, obj: Any = None) -> bool:
    """Works for an MFI that takes part in this group, pair or visit."""
    access = access_of(user)
    return (
        isinstance(obj, LearningGroup)
        and obj.association_id in access.member_in
        and GroupMember.objects.filter(
            group=obj, institution_id__in=access.works_for, left_on__isnull=True
        ).exists()
    )


everybody_of = is_staff | works_for_member | reads_for_donor_of

# of the association as a whole
rules.add_perm("training.view_library", everybody_of)
rules.add_perm("training.view_catalogue", everybody_of)
rules.add_perm("training.view_calendar", is_staff | works_for_member)
rules.add_perm("training.view_training", is_staff)
rules.add_perm("training.manage_training", is_staff)
rules.add_perm("training.view_money", is_staff)
rules.add_perm("training.manage_money", is_manager)
rules.add_perm("training.view_our_training", works_for_member)
rules.add_perm("training.register_people", works_for_member)
rules.add_perm("training.answer_needs", works_for_member)
rules.add_perm("training.view_roster", is_staff)
rules.add_perm("training.view_groups", is_staff | works_for_member)
rules.add_perm("training.manage_roster", is_manager)
rules.add_perm("training.issue_certificates", is_manager)
rules.add_perm("training.view_year", is_staff | reads_for_donor_of)
# of one work, course, session, registration, certificate, need, case or group
rules.add_perm(
    "training.view_work", staff_of_owner | (reaches_its_association & is_on_offer) | is_public_work
)
rules.add_perm("training.change_work", staff_of_owner)
rules.add_perm("training.view_course", staff_of_owner | (reaches_its_association & is_on_offer))
rules.add_perm("training.change_course", staff_of_owner)
rules.add_perm(
    "training.view_session", staff_of_owner | teaches_it | (member_of_its_association & is_on_offer)
)
rules.add_perm("training.run_session", staff_of_owner)
rules.add_perm("training.teach_session", staff_of_owner | teaches_it)
rules.add_perm("training.change_registration", staff_of_owner | works_for_its_member)
rules.add_perm("training.answer_registration", staff_of_owner)
rules.add_perm("training.erase_person", staff_of_owner | works_for_its_member)
rules.add_perm("training.change_scholarship", manager_of_owner)
rules.add_perm("training.view_certificate", staff_of_owner | works_for_its_member)
rules.add_perm("training.revoke_certificate", manager_of_owner)
rules.add_perm("training.view_expert", staff_of_owner | is_the_expert)
rules.add_perm("training.change_expert", manager_of_owner)
rules.add_perm("training.view_survey", staff_of_owner | (member_of_its_association & is_open_survey))
rules.add_perm("training.decide_need", staff_of_owner)
rules.add_perm("training.view_case", staff_of_owner | works_for_its_member)
rules.add_perm("training.answer_case", staff_of_owner | works_for_its_member)
rules.add_perm("training.run_case", staff_of_owner)
rules.add_perm("training.contract_case", manager_of_owner)
rules.add_perm("training.rate_case", works_for_its_member)
rules.add_perm("training.view_group", staff_of_owner | takes_part)
rules.add_perm("training.run_group", staff_of_owner)
